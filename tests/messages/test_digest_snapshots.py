"""Digests as they are told: facts, words and what the picture shows, kept to be read and compared.

They stand in tests/snapshots/digests, a file a language. After a change that is meant:

    RENEW=1 .venv/bin/python -m pytest -q tests/messages/test_digest_snapshots.py && git diff
"""

import dataclasses
import os
import re
from pathlib import Path

import digest_months
import pytest

from bot.domain.digests import DigestFacts, compose
from bot.rendering import digests as written
from bot.rendering.messages import languages
from bot.rendering.picture_facts import DigestCard

FOLDER = Path(__file__).parents[1] / "snapshots" / "digests"
ZONE = "Africa/Nairobi"
_INVISIBLE = dict.fromkeys(map(ord, "\u2068\u2069"))
SIZES = ("four", "twelve", "eighty")
KINDS = ("", ", first month", ", silent month", ", one large event")
CASES = [(name, language) for name in digest_months.MONTHS for language in languages()]


def picture_in_words(card: DigestCard) -> list[str]:
    """A line for each thing the picture shows, in its order."""
    lines = [f"title: {card.title}", f"period: {card.period} ({card.direction})"]
    if card.ring:
        lines.append(f"ring: {card.ring.done}/{card.ring.of} {card.ring.caption}")
    if card.fund:
        lines.append(f"fund: {card.fund.caption}: {card.fund.headline}; {card.fund.change}")
        lines += [f"  {one.label}: {one.shown}" for one in card.fund.points]
    lines += [f"small: {one.number} | {one.words}" for one in card.small_facts]
    lines += [f"{card.coming_up_title}: {one}" for one in card.coming_up]
    return lines


def told(facts: DigestFacts, language: str) -> str:
    """A digest as a page to read; a silent month is one line."""
    digest = compose(facts)
    if not digest.has_news:
        return "Nothing to say: nothing is sent.\n"
    words = written.caption(digest, language, ZONE)
    left_out = [
        f"{field.name} +{part.more}"
        for field in dataclasses.fields(digest)
        if getattr(part := getattr(digest, field.name), "more", 0)
    ]
    picture = picture_in_words(written.card(digest, language, ZONE))
    parts = [
        words.text.translate(_INVISIBLE).rstrip(),
        f"-- {written.length(words)} of 1024 signs; beyond the list: {', '.join(left_out) or '–'}",
        "-- the picture",
        *picture,
    ]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("language", languages())
def test_months_are_told_as_they_were(language: str) -> None:
    path = FOLDER / f"{language}.txt"
    now = "\n".join(
        f"=== {name}\n{told(facts, language)}" for name, facts in digest_months.MONTHS.items()
    )
    if os.environ.get("RENEW"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(now, "utf-8")
    assert path.read_text("utf-8") == now


def test_small_and_large_groups_are_told_in_every_kind_of_month() -> None:
    assert list(digest_months.MONTHS) == [size + kind for size in SIZES for kind in KINDS]
    for name, facts in digest_months.MONTHS.items():
        assert compose(facts).has_news == ("silent" not in name)


def test_no_snapshot_is_left_over() -> None:
    assert {one.name for one in FOLDER.iterdir()} == {f"{language}.txt" for language in languages()}


@pytest.mark.parametrize(("name", "language"), CASES)
def test_every_number_of_the_picture_stands_in_the_words(name: str, language: str) -> None:
    digest = compose(digest_months.MONTHS[name])
    words = written.caption(digest, language, ZONE).text.translate(_INVISIBLE)
    card = written.card(digest, language, ZONE)
    shown = [*(one.number for one in card.small_facts), *card.coming_up]
    shown += [card.ring.label] if card.ring else []
    shown += [card.fund.headline] if card.fund else []
    for one in shown:
        for number in re.findall(r"\d[\d.,\u00a0\u202f]*\d|\d", one):
            assert number in words
