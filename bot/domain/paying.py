"""How to pay, in the group's own words: the number in them to copy, the link to open or to scan."""

import re
from typing import Final

_TO_COPY: Final = re.compile(r"(?<![\d/=?&.-])\+?\d[\d ]{4,}\d(?![\d/])")
#: Telegram refuses a button whose address it does not like: letters, digits, and a real host.
_LINK: Final = re.compile(
    r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:[/?#][\w./?#=&%~+:@,-]*)?",
    re.ASCII | re.IGNORECASE,
)
_UPI: Final = re.compile(r"upi://pay\?[\w./=&%~+:@,-]+", re.ASCII | re.IGNORECASE)


def to_copy(how_to_pay: str) -> str:
    """Return the number to pay to, to be copied with one tap; "" where there is none.

    A number inside a link is not one.
    """
    found = _TO_COPY.search(_UPI.sub(" ", _LINK.sub(" ", how_to_pay)))
    return "" if found is None else found[0].replace(" ", "")


def link(how_to_pay: str) -> str:
    """Return the payment link, to be opened; "" where there is none."""
    found = _LINK.search(how_to_pay)
    return "" if found is None else found[0].rstrip(".,:?")


def code(how_to_pay: str) -> str:
    """Return what a QR picture says, to be scanned by another phone; "" where there is nothing."""
    found = _UPI.search(how_to_pay)
    return link(how_to_pay) if found is None else found[0].rstrip(".,:?")
