"""Whoever adds a way in says who may change something by it; docs/access.md tells all of them."""

import os
from pathlib import Path

from attack.rights import MEANING, RIGHTS, twice, way_of_route

import bot
import bot.app

PAGE = Path(bot.__file__).parent.parent / "docs" / "access.md"
INTRODUCTION = """\
Every button, link, command and answer there is, and who may change something of a group's by it;
for all others it changes nothing. Made from the code: `tests/attack/rights.py`, then
`RENEW=1 .venv/bin/python -m pytest -q tests/architecture/test_access.py`. A way in that is not
named there fails the tests.

`tests/attack/` plays them as everybody in `actors.py`, from the facilitator to a stranger, with
true ids of others' rows: what changed is compared row by row, and what was said is read."""
KINDS = {
    "command": "commands",
    "tap": "buttons",
    "start": "links",
    "answer": "answers",
    "words": "words in private",
    "update": "news",
}


def ways() -> dict[str, list[str]]:
    """Every way in there is, by the practice whose it is."""
    return {
        module.__name__.rpartition(".")[2]: [way_of_route(route) for route in module.HANDLERS]
        for module in bot.app.HANDLERS
    }


def page() -> str:
    """The table, as it is to be read."""
    every = ways()
    lines = [
        "# Who may do what",
        "",
        INTRODUCTION,
        "",
        "| who | what that means |",
        "|---|---|",
        *(f"| {who} | {words} |" for who, words in MEANING.items()),
        "",
        f"{sum(len(found) for found in every.values())} ways in:",
        "",
        "| practice | who may change something | by what |",
        "|---|---|---|",
    ]
    for practice in sorted(every):
        for who in MEANING:
            found = [way for way in every[practice] if RIGHTS.get(way) == who]
            if found:
                lines.append(f"| {practice.replace('_', ' ')} | {who} | {said(found)} |")
    return "\n".join(lines) + "\n"


def said(found: list[str]) -> str:
    """Ways in by their kind: `buttons a, b; links c`."""
    parts = []
    for kind, words in KINDS.items():
        names = sorted(way.partition(":")[2] for way in found if way.startswith(f"{kind}:"))
        if names:
            parts.append(f"{words} " + ", ".join(f"`{name}`" for name in names))
    return "; ".join(parts)


def test_every_way_in_says_who_may() -> None:
    there = {way for found in ways().values() for way in found}
    assert there - RIGHTS.keys() == set(), "say in tests/attack/rights.py who may"
    assert RIGHTS.keys() - there == set(), "these are there no more"
    assert twice() == []
    assert set(RIGHTS.values()) == set(MEANING)


def test_the_page_tells_all_of_them() -> None:
    if os.environ.get("RENEW"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()
