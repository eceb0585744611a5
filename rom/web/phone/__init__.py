"""Film with your phone: a second, upload-only listener on the local network, open for a quarter of an hour.

`PhoneDoor` is the listener; `rom.web.phone.page` is what the computer shows meanwhile.
"""

from rom.web.phone.answers import State
from rom.web.phone.door import PhoneDoor
from rom.web.phone.page import register
from rom.web.phone.qr import qr_svg

__all__ = ["PhoneDoor", "State", "qr_svg", "register"]
