"""A page that a member opens without internet: their own lines, and the whole book to be checked.

What it checks is in the page itself, as numbers; a script beside it (check_book.py) reads the same.
Neither needs us, nor anything of ours: only the code that somebody once wrote down on paper.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from babel import Locale
from markupsafe import Markup

from bot.domain.copies import Copy
from bot.domain.ledger import FORM, Stored
from bot.rendering import check_book, messages
from bot.rendering.messages import Countable


class OwnLine(Protocol):
    """A line of a household's account: what it gave is positive."""

    @property
    def seq(self) -> int:
        """The number of its entry."""

    @property
    def day(self) -> date:
        """When it happened."""

    @property
    def name(self) -> str:
        """The purse it went to."""

    @property
    def period(self) -> str:
        """Which period's contribution it is, if any."""

    @property
    def amount_minor(self) -> int:
        """How much."""

    @property
    def balance_minor(self) -> int:
        """What it makes in all."""

    @property
    def commodity(self) -> Countable:
        """Of what."""


@dataclass(frozen=True)
class Own:
    """What a page shows of a household: who they are, and every line of theirs."""

    names: Sequence[str]
    lines: Sequence[OwnLine]


def text_of(copy: Copy, language: str, own: Own | None = None) -> Iterator[str]:
    """Yield the page, in a language; without `own` it shows nobody's lines."""
    template = messages.environment(language).get_template("copies/page.j2")
    return template.generate(
        copy=copy,
        own=own,
        entries=_parts(copy),
        direction="rtl" if Locale.parse(language).text_direction == "rtl" else "ltr",
    )


def script() -> str:
    """Return the script that checks such a page; it needs nothing but Python."""
    text = Path(check_book.__file__).read_text("utf-8")
    return re.sub(r"  # noqa: .*", "", text)  # what only our own tools read


def _parts(copy: Copy) -> Iterator[Markup]:
    """Yield the book as JSON, such that no browser takes a part of it for the end of it."""
    book = None
    for stored in copy.entries():
        book = stored.entry.book
        break
    head = json.dumps({"form": FORM.decode(), "book": book})
    yield Markup(head.removesuffix("}") + ', "entries": [')  # noqa: S704 - ours
    for number, stored in enumerate(copy.entries()):
        text = json.dumps(_written(stored), ensure_ascii=False, separators=(",", ":"))
        safe = (
            text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        )
        yield Markup((",\n" if number else "\n") + safe)  # noqa: S704 - see just above
    yield Markup("]}")


def _written(stored: Stored) -> list[object]:
    """Return an entry as the checks read it; amounts as text, since a browser rounds large ones."""
    entry = stored.entry
    return [
        entry.seq,
        entry.kind,
        entry.day,
        entry.recorded_at,
        entry.recorded_by,
        entry.witnesses,
        entry.key,
        entry.commitment.hex(),
        entry.reverses,
        [[one.member, one.at] for one in entry.confirmations],
        [[one.account, one.commodity, str(one.amount_minor), one.period] for one in entry.postings],
        entry.hash.hex(),
        [str(one) for one in stored.balances],
    ]
