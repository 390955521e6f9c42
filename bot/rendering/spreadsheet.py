"""Tables for a spreadsheet: comma-separated, and nothing in a cell that it would take to compute.

A spreadsheet runs what begins with = + - or @, also after a tab or a line end, and some take the
wide and small forms of these signs too. Words that begin so get an apostrophe before them, which is
how a spreadsheet is told that they are words. Numbers of ours stay numbers, those below zero too.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

#: Before the first line: it tells a spreadsheet that this is UTF-8.
MARK: Final = "\ufeff"
RISKY: Final = frozenset("=+-@−")
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LINE_ENDS: Final = re.compile(r"[\r\n\t\v\f\x00\u0085\u2028\u2029]+")
_ROWS_AT_ONCE: Final = 200


def lines(rows: Iterable[Sequence[str | int | None]]) -> Iterator[str]:
    """Yield the table's text, some rows at a time."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    written.write(MARK)
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(one) for one in row])
        if number % _ROWS_AT_ONCE == 0:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def cell(value: str | int | None) -> str:
    """Return what stands in a cell: a number as it is, words so that they stay words."""
    if value is None:
        return ""
    if isinstance(value, int) or _NUMBER.fullmatch(value):
        return str(value)
    text = _LINE_ENDS.sub(" ", value)
    return f"'{text}" if _would_compute(text) else text


def _would_compute(text: str) -> bool:
    """Whether a spreadsheet might take words for something to compute, or for words already."""
    for letter in text:
        if unicodedata.category(letter)[0] in "ZC":
            continue  # spaces, and what nobody sees: some programs pass over it
        return unicodedata.normalize("NFKC", letter)[:1] in RISKY or letter == "'"
    return False
