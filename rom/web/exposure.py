"""To whom the app answers: this computer alone, or others by a name, over TLS, with accounts."""

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address

from rom.errors import UsageError
from rom.store.sign_ins import IDLE

#: This computer's own names. A page of another site cannot take them: the browser says the name it asked for.
OWN_NAMES = ("localhost", "127.0.0.1", "::1")
#: Every address of this machine.
ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound by itself
#: Where a proxy stands unless it is said: on this machine.
OWN_PROXY = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Exposure:
    """How the app may be asked.

    Attributes
    ----------
    names : what may stand as Host; others are refused (DNS rebinding). accounts : whether everybody signs in.
    https : whether browsers speak TLS, to the app or to a proxy before it. proxies : whose word is taken for where
    a request comes from and how; none by default. idle : nothing was done for so long, and one is signed out.
    """

    names: tuple[str, ...] = OWN_NAMES
    accounts: bool = False
    https: bool = False
    proxies: tuple[str, ...] = ()
    idle: timedelta = field(default=IDLE)


#: This computer's user, alone.
AT_HOME = Exposure()


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("192.168.0.9"), is_loopback("localhost")
    (True, False, True)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def exposure_of(  # one door: every way in which it must not open is said here
    host: str,
    *,
    names: tuple[str, ...],
    tls: bool,
    behind_proxy: bool,
    proxies: tuple[str, ...],
    accounts: bool,
    idle: timedelta,
) -> Exposure:
    """What was asked for on the command line, if it is safe.

    Parameters
    ----------
    host : the address to listen on. names : by which browsers open it, beside its own.
    accounts : asked for, or there already.

    Raises
    ------
    UsageError : others could read along, or come in by a name that was not said.
    """
    opened = not is_loopback(host)
    if opened and not (tls or behind_proxy):
        raise UsageError(
            f"Expected TLS for an app that others reach at {host}, but none was named; add --tls-cert and "
            "--tls-key, or --behind-proxy where a web server before it speaks TLS (how: rom/web/ADMINISTRATION.md)."
        )
    if (host in ALL_ADDRESSES or behind_proxy) and not names:
        raise UsageError(
            "Expected the name by which browsers open the app, but none was said; add --allowed-host NAME, such as "
            "--allowed-host rom.clinic.example."
        )
    if proxies and not behind_proxy:
        raise UsageError("Expected --behind-proxy beside --proxy-address; nobody's word is taken without it.")
    own = () if host in ALL_ADDRESSES else (host,)
    return Exposure(
        names=tuple(dict.fromkeys((*OWN_NAMES, *own, *(name.lower() for name in names)))),
        accounts=accounts or opened or behind_proxy,
        https=tls or behind_proxy,
        proxies=(proxies or OWN_PROXY) if behind_proxy else (),
        idle=idle,
    )
