"""Minutes: what is noted of a meeting, in words, photos and voice notes, for its members to read.

Whoever leads the meeting writes them, each note sealed with its writer's key; whoever wrote one can
take it away. The group sees how many there are, its members read them in private.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain import meetings as rules
from bot.domain.errors import Refusal
from bot.domain.meetings import NoteKind
from bot.practices import meeting_course, meetings
from bot.practices.meeting_course import MeetingOver
from bot.practices.meetings import MeetingNotYours
from bot.practices.showing import Asked, Shown
from bot.rendering import messages
from bot.storage import groups, members, minutes as store, outbox
from bot.storage.chats import Chat
from bot.storage.database import Reading, Transaction
from bot.storage.meetings import Meeting
from bot.storage.members import Member
from bot.storage.minutes import Note
from bot.storage.questions import Question

ASKED_NOTE: Final = "minutes"  # an open question; its subject is the meeting
PAGE: Final = 3  # notes: three of the longest fit into one message
_METHODS: Final[Mapping[NoteKind, str]] = {"photo": "sendPhoto", "voice": "sendVoice"}


class TooManyNotes(Refusal):
    """The minutes of one meeting have as many notes as they can. Facts: most."""


class NoNoteHere(Refusal):
    """What was sent is neither words, a photo nor a voice note."""


# -- writing --------------------------------------------------------------------------------------


def ask(at: Reading, meeting_id: int, person_id: int) -> Shown:
    """Ask whoever leads for a note.

    Raises MeetingNotYours, LedByOthers, MeetingOver, MeetingNotBegun, TooManyNotes.
    """
    meeting, _ = _writing(at, meeting_id, person_id)
    return _asked(at, meeting)


def hear(
    at: Transaction, question: Question, *, text: str, photo: str | None, voice: str | None
) -> Shown:
    """Keep a note, and let the next one follow. Raises WordsTooLong, NoNoteHere, and as `ask`."""
    meeting, member = _writing(at, question.subject, question.person_id)
    kind: NoteKind = "photo" if photo else "voice" if voice else "words"
    content = photo or voice or text
    if not content.strip():
        raise NoNoteHere
    words = rules.note_words(text) if text.strip() else ""
    store.add(
        at,
        meeting.id,
        member_id=member.id,
        person_id=member.person_id,
        kind=kind,
        content=words if kind == "words" else content,
        caption="" if kind == "words" else words,
    )
    meetings.redraw(at, meeting)
    return _asked(at, meeting)


def take_away(at: Transaction, note_id: int, person_id: int) -> Shown:
    """Take one's own note away, words and all. Raises MeetingNotYours."""
    note, meeting, member = _note(at, note_id, person_id)
    if note.member_id != member.id:
        raise MeetingNotYours
    store.remove(at, note.id)
    meetings.redraw(at, meeting)
    return _page(at, meeting, member, 0)


def _writing(at: Reading, meeting_id: int, person_id: int) -> tuple[Meeting, Member]:
    meeting, member = meetings.lead(at, meeting_id, person_id)
    if meeting.state == "planned":
        meeting_course.require_open(at, meeting)
    if not meeting_course.can_correct(at, meeting):
        raise MeetingOver
    if len(store.of_meeting(at, meeting.id)) >= rules.NOTES_MAX:
        raise TooManyNotes(most=rules.NOTES_MAX)
    return meeting, member


def _asked(at: Reading, meeting: Meeting) -> Shown:
    facts = _facts(at, meeting) | {"notes": len(store.of_meeting(at, meeting.id))}
    return Shown("meetings/note_asked", facts, Asked(ASKED_NOTE, meeting.id))


# -- reading --------------------------------------------------------------------------------------


def read(at: Reading, meeting_id: int, person_id: int, page: int) -> Shown:
    """Show a page of the minutes to a member. Raises MeetingNotYours."""
    meeting, member = meetings.look(at, meeting_id, person_id)
    return _page(at, meeting, member, page)


def send(at: Transaction, chat: Chat, note_id: int, person_id: int) -> None:
    """Send a photo or a voice note to a member in private. Raises MeetingNotYours."""
    note, meeting, member = _note(at, note_id, person_id)
    if not chat.is_private or note.kind == "words" or note.content is None:
        raise MeetingNotYours
    facts = _facts(at, meeting) | {"note": note, "name": members.by_id(at, note.member_id).name}
    words = messages.render("meetings/note", member.language, **facts)
    params: dict[str, Any] = {
        note.kind: note.content,
        "caption": words.text,
        "parse_mode": "HTML",
    }
    outbox.queue(at, chat.id, {"method": _METHODS[note.kind], "params": params})


def _page(at: Reading, meeting: Meeting, me: Member, page: int) -> Shown:
    found = store.of_meeting(at, meeting.id)
    shown = found[page * PAGE : (page + 1) * PAGE]
    facts = _facts(at, meeting) | {
        "notes": [(one, members.by_id(at, one.member_id)) for one in shown],
        "me": me,
        "first": page * PAGE + 1,
        "page": page,
        "has_more": len(found) > (page + 1) * PAGE,
        "can_write": meetings.leads(at, meeting, me) and meeting_course.can_correct(at, meeting),
    }
    return Shown("meetings/minutes", facts)


def _facts(at: Reading, meeting: Meeting) -> dict[str, Any]:
    group = groups.by_id(at, meeting.group_id)
    return {"meeting": meeting, "group": group, "zone": groups.agreement(at, group.id).zone}


def _note(at: Reading, note_id: int, person_id: int) -> tuple[Note, Meeting, Member]:
    note = store.find(at, note_id)
    if note is None:
        raise MeetingNotYours
    meeting, member = meetings.look(at, note.meeting_id, person_id)
    return note, meeting, member
