"""What comes from outside: looked at, limited and opened in a process of its own before anything trusts it.

==========  ====================================================================================
`Limits`    how large, long and heavy a file may be
`sniffed`   what a file is, by its first bytes; its name is never asked
`look`      size, codec, pictures and duration of a recording; refuses before a picture is decoded
`guarded`   runs a function in a process with limits; a crash in it is a sentence here
==========  ====================================================================================
"""

from rom.intake.first_look import Looked, look
from rom.intake.guard import guarded
from rom.intake.limits import LIMITS, Limits
from rom.intake.sniff import Kind, sniffed

__all__ = ["LIMITS", "Kind", "Limits", "Looked", "guarded", "look", "sniffed"]
