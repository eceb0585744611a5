"""How many people a clinic's agreement study needs: the formulas behind `agreement_protocol.md`."""

from math import ceil

from rom.exam.uncertainty import Z95


def people_for_limits(sd_deg: float, within_deg: float) -> int:
    """People, one pair of readings each, that fix a limit of agreement to within so many degrees (95 %).

    The standard error of a limit is about ``sqrt(3 / n)`` SD (Bland and Altman 1999, section 2.2).

    Parameters
    ----------
    sd_deg : expected SD of the differences. within_deg : half-width of the limit's own interval.

    Examples
    --------
    >>> people_for_limits(4.0, 1.5)
    82
    """
    return ceil(3 * (Z95 * sd_deg / within_deg) ** 2)


def people_for_icc(icc: float, width: float, readings: int = 2) -> int:
    """People that give an intraclass correlation an interval of a width (Bonett 2002, equation 3).

    Parameters
    ----------
    icc : expected. width : of the whole 95 % interval. readings : a person.

    Examples
    --------
    >>> people_for_icc(0.85, 0.15)
    54
    """
    k = readings
    return ceil(8 * Z95**2 * (1 - icc) ** 2 * (1 + (k - 1) * icc) ** 2 / (k * (k - 1) * width**2) + 1)
