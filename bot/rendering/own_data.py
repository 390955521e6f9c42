"""Everything about oneself, as JSON for a program and as a page to read."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from babel import Locale

from bot.rendering import messages

Kept = Mapping[str, Mapping[str, list[dict[str, Any]]]]  # by practice, by table, row by row


INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
#: The columns that say something to a person, and by which word of the page; the rest is in JSON.
LABELS: Final[Mapping[str, str]] = {
    "name": "name",
    "title": "name",
    "language": "language",
    "number": "number",
    "office": "office",
    "words": "words",
    "parts": "words",
    "content": "words",
    "caption": "note",
    "place": "place",
    "starts_at": "when",
    "matter": "words",
    "document": "words",
    "question": "question",
    "answer": "answer",
    "choice": "choice",
    "area": "area",
    "measure": "measure",
    "unit": "unit",
    "to_value": "goal",
    "value": "value",
    "by_month": "until",
    "moved": "moved",
    "kind": "kind",
    "purse": "purse",
    "period": "period",
    "amount_minor": "amount",
    "balance_minor": "balance",
    "currency": "currency",
    "note": "note",
    "reason": "note",
    "why": "note",
    "photo": "photo",
    "what": "state",
    "state": "state",
    "minutes": "minutes",
    "thing": "thing",
    "option": "vote",
    "ballot": "vote",
    "since": "when",
    "day": "when",
    "said_at": "when",
    "given_at": "when",
    "asked_at": "when",
    "answered_at": "when",
    "noted_at": "when",
    "voted_at": "when",
    "proposed_at": "when",
    "happened_at": "when",
    "joined_at": "when",
    "until": "until",
    "left_at": "until",
}


def json_of(kept: Kept, made_at: datetime) -> str:
    """Return it as JSON: every row as it is stored, what is sealed opened."""
    document = {"made_at": made_at.isoformat(), "kept": kept}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def page_of(kept: Kept, language: str, name: str, made_at: datetime) -> str:
    """Return it as one page of HTML that needs nothing else, in a language."""
    template = messages.environment(language).get_template("privacy/page.j2")
    return template.render(
        kept={
            practice: [_readable(row) for rows in tables.values() for row in rows]
            for practice, tables in kept.items()
        },
        name=name,
        made_on=made_at.date(),
        direction="rtl" if Locale.parse(language).text_direction == "rtl" else "ltr",
    )


def _readable(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a person would read of a row: each column's label and text; a label once."""
    found: dict[str, str] = {}
    for column, value in row.items():
        text = _text(value)
        if column in LABELS and text:
            found.setdefault(LABELS[column], text)
    return list(found.items())


def _text(value: Any) -> str:  # noqa: ANN401 - whatever is kept
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list):
        parts = value
    else:
        text = str(value)
        return text[:16].replace("T", " ") if INSTANT.match(text) else text
    return " · ".join(_text(one) for one in parts if one not in (None, "", [], {}))
