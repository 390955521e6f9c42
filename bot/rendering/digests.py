"""A digest in words and as a picture: the same numbers in both. Pure but for reading messages/."""

import html
import re
from typing import Final, Literal

from babel import Locale

from bot.domain import digests as rules
from bot.domain.digests import Digest
from bot.rendering import messages
from bot.rendering.messages import CAPTION_MAX, Words
from bot.rendering.picture_facts import DigestCard, Fund, Point, Ring, SmallFact

_TAG: Final = re.compile(r"<[^>]*>")
_MONTHS_MAX: Final = 12  # of the fund's line


def caption(digest: Digest, language: str, zone: str) -> Words:
    """Return the digest in words, as much of it as a caption holds; dates in the zone's time."""
    while True:
        words = messages.render("digests/caption", language, digest=digest, zone=zone)
        if length(words) <= CAPTION_MAX:
            return words
        less = rules.shorter(digest)
        if less is None:
            return words
        digest = less


def length(words: Words) -> int:
    """Return how long Telegram finds a text: UTF-16 units of what is seen, without the tags."""
    return len(html.unescape(_TAG.sub("", words.text)).encode("utf-16-le")) // 2


def card(digest: Digest, language: str, zone: str) -> DigestCard:
    """Return the facts of the digest's picture, in words of the language."""
    lines = _labels(digest, language, zone)

    def one(name: str) -> str:
        return "".join(lines.get(name, ())[:1])

    return DigestCard(
        title=digest.title,
        period=one("period"),
        direction=direction(language),
        ring=Ring(
            digest.check_ins.done, digest.check_ins.of, one("ring_label"), one("ring_caption")
        )
        if digest.check_ins
        else None,
        fund=Fund(
            one("fund_caption"), one("fund_headline"), one("fund_change"), _points(digest, lines)
        )
        if digest.fund
        else None,
        small_facts=tuple(
            SmallFact(number, words)
            for number, _, words in (line.partition(" | ") for line in lines.get("small", ()))
        )[:3],
        coming_up_title=one("coming_title"),
        coming_up=tuple(lines.get("coming", ())),
    )


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return in which direction a language is written."""
    return "rtl" if Locale.parse(language).text_direction == "rtl" else "ltr"


def _points(digest: Digest, lines: dict[str, list[str]]) -> tuple[Point, ...]:
    assert digest.fund is not None
    return tuple(
        Point(label, float(end.balance_minor), shown)
        for end, (label, _, shown) in zip(
            digest.fund.month_ends[-_MONTHS_MAX:],
            (line.partition(" | ") for line in lines.get("point", ())),
            strict=True,
        )
    )


def _labels(digest: Digest, language: str, zone: str) -> dict[str, list[str]]:
    """Return what stands in messages/digests/picture.j2: a line each, `name: words`."""
    text = messages.plain(
        "digests/picture", language, digest=digest, zone=zone, months_max=_MONTHS_MAX
    )
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, words = line.partition(":")
        if words.strip():
            found.setdefault(name.strip(), []).append(words.strip())
    return found
