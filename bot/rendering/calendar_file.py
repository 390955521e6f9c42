"""Meetings as a calendar file (RFC 5545) that any telephone takes in. Pure.

Each meeting is an event of its own, in UTC: what its local time was stays true whatever a summer
time does. Its UID never changes; SEQUENCE grows with each change, so that a file taken anew moves
what a calendar has, and cancels what was cancelled. There is no METHOD: nobody is invited by it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

MEDIA_TYPE: Final = "text/calendar"
_LINE_MAX: Final = 75  # octets, without the line break (RFC 5545, section 3.1)
_ESCAPED: Final = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))


@dataclass(frozen=True)
class Event:
    """One meeting: `changed_at` is when it was last changed; all instants UTC."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    is_cancelled: bool


def text_of(events: Iterable[Event], language: str) -> str:
    """Return the file, its lines folded and ended as the standard says."""
    return "".join(f"{folded}\r\n" for line in _lines(events, language) for folded in _folded(line))


def _lines(events: Iterable[Event], language: str) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:-//Barnraiser//Meetings//{language.upper()}"
    yield "CALSCALE:GREGORIAN"
    for event in events:
        yield "BEGIN:VEVENT"
        yield f"UID:{_escaped(event.uid)}"
        yield f"SEQUENCE:{event.sequence}"
        yield f"DTSTAMP:{_instant(event.changed_at)}"
        yield f"DTSTART:{_instant(event.starts_at)}"
        yield f"DTEND:{_instant(event.ends_at)}"
        yield f"SUMMARY:{_escaped(event.title)}"
        if event.place:
            yield f"LOCATION:{_escaped(event.place)}"
        yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Write a text as a value: what has a meaning of its own is escaped, other marks left out."""
    text = "".join(char for char in text if char == "\n" or ord(char) >= ord(" "))
    for sign, written in _ESCAPED:
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> Iterator[str]:
    """Fold a line at so many octets, never within a letter; what goes on begins with a space."""
    piece = ""
    for char in line:
        if len((piece + char).encode()) > _LINE_MAX:
            yield piece
            piece = " "
        piece += char
    yield piece
