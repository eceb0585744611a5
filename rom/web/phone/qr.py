"""An address as a picture that a phone's camera reads."""


def qr_svg(url: str) -> str:
    """A QR code of an address as SVG, to stand in a page: black on white whatever the page's colours are.

    Error correction M (15 %): enough for a screen that mirrors a lamp, and few enough squares to be read from afar.
    """
    import segno

    code = segno.make(url, error="m", micro=False)
    return str(code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))
