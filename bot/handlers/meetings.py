"""/meetings: the next one and those held, who comes, the agenda, the list, the minutes."""

from collections.abc import Callable
from functools import partial

from bot.handlers import screens
from bot.handlers.context import (
    Answered,
    Route,
    Started,
    Tapped,
    Wrote,
    on_answer,
    on_command,
    on_start,
    on_tap,
)
from bot.practices import (
    attendance,
    meeting_agenda,
    meeting_course,
    meeting_view,
    meetings,
    minutes,
)
from bot.practices.showing import Shown
from bot.storage.database import Transaction
from bot.storage.questions import Question


def command_meetings(wrote: Wrote) -> None:
    """Show the next meeting; in the group, words that follow go on its agenda."""
    if wrote.chat.is_private:
        shown = meeting_view.find_mine(wrote.at, wrote.person.id)
        meeting_view.put(wrote.at, wrote.chat, shown)
        return
    if wrote.text:
        meeting_agenda.add_in_group(
            wrote.at, wrote.chat, wrote.person.id, wrote.text, wrote.message_id
        )
        return
    found = meeting_view.show_in_group(wrote.at, wrote.chat)
    if found is not None:
        wrote.says(found.message, reply_to=wrote.message_id, **found.facts)


def start_overview(started: Started) -> None:
    """Show a group's next meeting, from the group."""
    shown = meeting_view.overview(started.at, started.number, started.person.id)
    meeting_view.put(started.at, started.chat, shown)


def start_one(started: Started) -> None:
    """Show one meeting, from its card."""
    shown = meeting_view.follow_link(started.at, started.number, started.person.id)
    meeting_view.put(started.at, started.chat, shown)


def start_calendar(started: Started) -> None:
    """Send the file for a calendar, from the group."""
    meeting_view.send_calendar(started.at, started.chat, started.number, started.person.id)


def tap_calendar(tap: Tapped) -> None:
    """Send the file for a calendar."""
    meeting_view.send_calendar(tap.at, tap.chat, tap.numbers[0], tap.person.id)


# -- in the group and in private -------------------------------------------------------------------


def tap_come(tap: Tapped) -> None:
    """Say that one comes, or cannot."""
    meeting_id, comes = tap.numbers
    facts = attendance.come(tap.at, meeting_id, tap.person.id, comes=bool(comes))
    tap.toast("meetings/toast_come", **facts)
    _follow(tap, meeting_id)


def tap_here(tap: Tapped) -> None:
    """Say that one is there."""
    facts = attendance.be_here(tap.at, tap.numbers[0], tap.person.id)
    tap.toast("meetings/toast_here", **facts)
    _follow(tap, tap.numbers[0])


def tap_open(tap: Tapped) -> None:
    """Open a meeting."""
    meeting_course.open_(tap.at, tap.numbers[0], tap.person.id)
    _follow(tap, tap.numbers[0])


def tap_close(tap: Tapped) -> None:
    """Close a meeting, saying in the same tap whether anybody from outside was there."""
    meeting_id, alone = tap.numbers
    meeting_course.close(tap.at, meeting_id, tap.person.id, is_alone=bool(alone))
    _follow(tap, meeting_id)


def tap_item(tap: Tapped) -> None:
    """Ask what is to go on the agenda, where the button stands."""
    group_id = tap.numbers[0]
    if tap.chat.is_private:
        shown = meeting_agenda.ask_words(tap.at, group_id, tap.person.id)
        meeting_view.put(tap.at, tap.chat, shown, message_id=tap.message_id)
    else:
        meeting_agenda.ask_in_group(tap.at, tap.chat, tap.person.id)
        tap.toast("setup/toast_answer_below")


def _follow(tap: Tapped, meeting_id: int) -> None:
    """In private the screen shows what came of a tap; in the group its card does."""
    if tap.chat.is_private:
        shown = meeting_view.show(tap.at, meeting_id, tap.person.id)
        meeting_view.put(tap.at, tap.chat, shown, message_id=tap.message_id)


# -- in private alone ------------------------------------------------------------------------------

shows = partial(screens.shows, meeting_view.put)


def hears(kind: str, use_case: Callable[[Transaction, Question, str], Shown]) -> Route:
    """Route the words that answer an open question; where nothing is left to answer, it is said."""

    def take(at: Transaction, question: Question, text: str) -> Shown:
        return meeting_view.take_answer(at, question, lambda now, asked: use_case(now, asked, text))

    return screens.hears(meeting_view.put, kind, take)


def _then_shows(use_case: Callable[..., object]) -> Callable[..., Shown]:
    """Let a use case of a meeting be followed by the meeting's screen."""

    def done(at: Transaction, meeting_id: int, person_id: int, *numbers: int) -> Shown:
        use_case(at, meeting_id, person_id, *numbers)
        return meeting_view.show(at, meeting_id, person_id)

    return done


def _say_alone(at: Transaction, meeting_id: int, person_id: int, alone: int) -> None:
    meeting_course.say_alone(at, meeting_id, person_id, is_alone=bool(alone))


def tap_see(tap: Tapped) -> None:
    """Send a photo or a voice note of the minutes."""
    minutes.send(tap.at, tap.chat, tap.numbers[0], tap.person.id)


def answer_in_group(answered: Answered, question: Question) -> None:
    """Put what somebody answered in the group on the agenda."""
    meeting_agenda.hear_in_group(
        answered.at, answered.chat, question, answered.text, answered.message_id
    )


def answer_note(answered: Answered, question: Question) -> None:
    """Take a note of the minutes: words, a photo, a voice note."""
    take = partial(minutes.hear, text=answered.text, photo=answered.photo, voice=answered.voice)
    shown = meeting_view.take_answer(answered.at, question, take)
    meeting_view.put(answered.at, answered.chat, shown)


HANDLERS: list[Route] = [
    on_command(command_meetings, "meetings"),
    on_start(start_overview, meetings.LINK),
    on_start(start_one, meetings.LINK_ONE),
    on_start(start_calendar, meetings.LINK_CALENDAR),
    shows("meetings", meeting_view.overview),
    shows("meeting", meeting_view.show),
    shows("meetings_past", meeting_view.past, 1),
    on_tap(tap_calendar, r"meetings_file:\d+"),
    on_tap(tap_come, r"meeting_come:\d+:[01]"),
    on_tap(tap_here, r"meeting_here:\d+"),
    # holding it
    on_tap(tap_open, r"meeting_open:\d+"),
    on_tap(tap_close, r"meeting_close:\d+:[01]"),
    shows("meeting_reopen", _then_shows(meeting_course.reopen)),
    shows("meeting_alone", _then_shows(_say_alone), 1),
    shows("meeting_record", _then_shows(meeting_course.record), 1),
    shows("meeting_pass", _then_shows(attendance.pass_chair)),
    shows("meeting_list", attendance.show_list, 1),
    shows("meeting_tick", attendance.tick, 2),
    shows("meeting_spoke", attendance.count_speakers, 2),
    # the agenda
    shows("agenda", meeting_agenda.show),
    on_tap(tap_item, r"agenda_add:\d+"),
    shows("agenda_off", meeting_agenda.take_off),
    shows("agenda_later", meeting_agenda.turn_later),
    hears(meeting_agenda.ASKED_ITEM, meeting_agenda.hear_words),
    on_answer(answer_in_group, meeting_agenda.ASKED_IN_GROUP),
    # the minutes
    shows("minutes", minutes.read, 1),
    shows("minutes_add", minutes.ask),
    shows("minutes_off", minutes.take_away),
    on_tap(tap_see, r"minutes_see:\d+"),
    on_answer(answer_note, minutes.ASKED_NOTE),
]
