"""Whatever a group calls itself and its place, its calendar file is valid and says just that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from ics import NotValid, events_of, lines_of, read

from bot.rendering.calendar_file import Event, text_of

MEETING = Event(
    uid="meeting-7-abc@barnraiser",
    sequence=2,
    changed_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    starts_at=datetime(2026, 3, 7, 11, 30, tzinfo=UTC),
    ends_at=datetime(2026, 3, 7, 13, 30, tzinfo=UTC),
    title="Meeting: Kitui",
    place="The old church; behind it, left\\right",
    is_cancelled=False,
)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - given below
    lambda one: one.replace(microsecond=0, tzinfo=UTC)
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
events = st.builds(
    Event,
    uid=st.uuids().map(lambda one: f"meeting-{one}@barnraiser"),
    sequence=st.integers(0, 10**6),
    changed_at=instants,
    starts_at=instants,
    ends_at=st.just(MEETING.ends_at),
    title=words,
    place=words,
    is_cancelled=st.booleans(),
).map(lambda one: replace(one, ends_at=one.starts_at + timedelta(hours=2)))


def said(text: str) -> str:
    """What of a text can be said in a calendar: its control marks are left out."""
    return "".join(char for char in text if char == "\n" or ord(char) >= 32)


@given(st.lists(events, min_size=1, max_size=5, unique_by=lambda one: one.uid))
def test_what_is_written_is_read_back(meetings: list[Event]) -> None:
    content = text_of(meetings, "es").encode()
    assert read(content).values["PRODID"] == "-//Barnraiser//Meetings//ES"
    for meeting, event in zip(meetings, events_of(content), strict=True):
        assert event.text("UID") == meeting.uid
        assert int(event.values["SEQUENCE"]) == meeting.sequence
        assert event.instant("DTSTAMP") == meeting.changed_at
        assert event.instant("DTSTART") == meeting.starts_at
        assert event.instant("DTEND") == meeting.ends_at
        assert event.text("SUMMARY") == said(meeting.title)
        assert ("LOCATION" in event.values) == bool(meeting.place)
        if meeting.place:
            assert event.text("LOCATION") == said(meeting.place)
        assert (event.values["STATUS"] == "CANCELLED") == meeting.is_cancelled


def test_the_same_meetings_make_the_same_file() -> None:
    assert text_of([MEETING], "en") == text_of([MEETING], "en")


def test_it_is_as_the_standard_writes_it() -> None:
    assert text_of([MEETING], "en").split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Barnraiser//Meetings//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        "UID:meeting-7-abc@barnraiser",
        "SEQUENCE:2",
        "DTSTAMP:20260302T090000Z",
        "DTSTART:20260307T113000Z",
        "DTEND:20260307T133000Z",
        "SUMMARY:Meeting: Kitui",
        "LOCATION:The old church\\; behind it\\, left\\\\right",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_it_invites_nobody() -> None:
    """With a METHOD it would be a scheduling message, which needs an organizer's address."""
    assert "METHOD" not in text_of([MEETING], "en")


def test_a_long_line_is_folded_between_letters() -> None:
    title = "Reunión de las familias de la comunidad de San José Ñ" * 3
    folded = text_of([replace(MEETING, title=title)], "es").encode()
    assert max(len(line) for line in folded.split(b"\r\n")) == 75
    assert f"SUMMARY:{title}" in lines_of(folded)


@pytest.mark.parametrize(
    ("what", "becomes"),
    [
        (b"\r\n", b"\n"),
        (b"SEQUENCE:2", b"SEQUENCE:two"),
        (b"DTSTART:20260307T113000Z", b"DTSTART:20260307T113000"),
        (b"\\;", b";"),
        (b"END:VEVENT", b"END:VTODO"),
        (b"UID:", b"UUID:"),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 80),
    ],
)
def test_the_little_reader_refuses_what_is_not_valid(what: bytes, becomes: bytes) -> None:
    content = text_of([MEETING], "en").encode().replace(what, becomes)
    with pytest.raises(NotValid):
        [event.text("LOCATION") for event in events_of(content)]
