"""Keeps docs/proof.md: what was tried and what was seen, written by the runs themselves.

`make prove` gives every promise a row, `make bench` every benchmark its figures. A later run takes
the place of the one before, whatever it found.
"""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

BOOK: Final = Path(__file__).parent.parent / "docs" / "proof.md"
HEAD: Final = "| promise | tried by | seen | took | on |\n| --- | --- | --- | --- | --- |\n"
ROW: Final = re.compile(r"^\| (?!promise|---).* \|$\n?", re.MULTILINE)


def with_row(page: str, promise: str, tried_by: str, seen: str, took: str, on: str) -> str:
    """Give the page with one promise's row, in the place of what stood there of the same test."""
    cells = (promise, f"`{tried_by}`", seen, took, on)
    row = "| " + " | ".join(_cell(one) for one in cells) + " |\n"
    rows = [one for one in ROW.findall(page) if f"| `{tried_by}` |" not in one]
    start, _, rest = page.partition(HEAD)
    after = ROW.sub("", rest)
    return start + HEAD + "".join(sorted([*rows, row])) + after


def with_figures(page: str, name: str, printed: str, on: str) -> str:
    """Give the page with what a benchmark printed, in the place of what it printed before."""
    section = f"### {name}\n\n{on}\n\n```text\n{printed.strip()}\n```\n"
    before = re.compile(rf"^### {re.escape(name)}\n.*?^```\n(?=\n|\Z)", re.MULTILINE | re.DOTALL)
    if before.search(page):
        return before.sub(lambda _: section, page)
    return f"{page.rstrip()}\n\n{section}"


def today() -> str:
    """The day and the commit that a run is of."""
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=BOOK.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{datetime.now(UTC):%Y-%m-%d} {found.stdout.strip()}".strip()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
