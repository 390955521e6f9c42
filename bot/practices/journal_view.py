"""What a member is shown of their own check-in, in private, and in which message it goes on.

A conversation is rows: which questions have an answer says where somebody is. So it survives days,
restarts and other conversations in between, and a tap on an old message still means what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.domain import check_ins as rules
from bot.domain.check_ins import Answer, Question
from bot.domain.rounds import JUST_THERE, REMINDER_LATE_MAX
from bot.practices import goals, own_way, rounds, sharing, speaking
from bot.storage import chats, check_ins as store, groups, journal_choices, members, questions
from bot.storage.chats import Chat
from bot.storage.check_ins import CheckIn, Round
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member

LINE_ASKED: Final = "check_in_line"  # an open question; its subject is the round
SHOWN: Final = "check_in_shown"  # the result of a message in which a check-in goes on


@dataclass(frozen=True)
class Step:
    """Who does something in which round; all of it untrusted.

    `message_id` is the private message it was done in, where the check-in then goes on; None where
    a new message will be sent.
    """

    round_id: int
    person_id: int
    message_id: int | None = None


@dataclass(frozen=True)
class Shown:
    """What somebody is shown next: a message and its facts, and the check-in that goes on in it.

    `anew`: it belongs to another round than where they tapped, so it is said as a new message.
    """

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    check_in: CheckIn | None = None
    finished: bool = False  # with this very step they reached the end
    anew: bool = False


@dataclass(frozen=True)
class Place:
    """A member in a round, for one step: what is asked of them is read once.

    `late`: the round that closed before they answered, if so.
    """

    round: Round
    group: Group
    member: Member
    late: Round | None = None
    asked: list[Question] = field(default_factory=list, compare=False, repr=False)


# -- what is said unasked --------------------------------------------------------------------------


def say(at: Transaction, chat: Chat, language: str, shown: Shown) -> None:
    """Say what is shown as a new message; where a check-in goes on in it, it moves there."""
    goes_on: dict[str, Any] = {}
    if shown.check_in is not None:
        goes_on = {"result": SHOWN, "subject": shown.check_in.id}
    speaking.say(at, chat, language, shown.message, **goes_on, **shown.facts)


def invite(at: Transaction, place: Place) -> None:
    """Ask the first question in private, where the chat is open: that is the invitation, once."""
    chat = chats.of_person(at, place.member.person_id)
    if chat is None or chat.state != "open":
        return
    key = f"round:{place.round.id}:invite:{place.member.id}"
    known = store.of_member(at, place.round.id, place.member.id)
    if known is not None and known.finished_at is not None:  # all that came late counts now
        speaking.say(
            at,
            chat,
            place.member.language,
            "check_ins/counted",
            key=key,
            urgency=speaking.UNASKED,
            expires_at=place.round.closes_at,
            group=place.group,
            round=place.round,
            zone=groups.agreement(at, place.group.id).zone,
        )
        return
    shown = show_next(at, place, None, Step(place.round.id, place.member.person_id))
    assert shown.check_in is not None
    speaking.say(
        at,
        chat,
        place.member.language,
        shown.message,
        key=key,
        urgency=speaking.UNASKED,
        expires_at=place.round.closes_at,
        result=SHOWN,
        subject=shown.check_in.id,
        **shown.facts,
    )


def remind(at: Transaction, place: Place, number: str) -> None:
    """Remind a member in private, once for each `number`, if they want it and it is of use.

    Never who is done, nor who was at it in the last hours.
    """
    check_in = store.of_member(at, place.round.id, place.member.id)
    if check_in is not None and (
        check_in.finished_at is not None or at.now - check_in.touched_at < JUST_THERE
    ):
        return
    if not store.wants_reminders(at, place.member.id):
        return
    speaking.say_to(
        at,
        place.member.person_id,
        "check_ins/reminder",
        key=f"round:{place.round.id}:remind:{place.member.id}:{number}",
        urgency=speaking.UNASKED,
        expires_at=min(place.round.closes_at, at.now + REMINDER_LATE_MAX),
        **reminder_facts(at, place),
    )


def is_wanted(at: Reading, key: str) -> bool:
    """Whether a reminder that waited on its way is still of use: not to anybody who is done by now.

    `key` is the one under which it was said; whatever else a round says is wanted.
    """
    _, round_id, what, member_id, *_ = key.split(":")
    if what != "remind":
        return True
    check_in = store.of_member(at, int(round_id), int(member_id))
    is_done = check_in is not None and check_in.finished_at is not None
    return not is_done and store.wants_reminders(at, int(member_id))


# -- the questions of one member -------------------------------------------------------------------


def asked_of(at: Reading, place: Place) -> tuple[Question, ...]:
    """Return the round's questions as this member is asked them, each of their goals by itself.

    Goals that began before the round opened, so that the list stays as it is while it is open.
    """
    if not place.asked:
        mine = [
            rules.about_goal(one.id, one.words or "…")
            for one in goals.open_goals(at, place.member.id, place.round.id)
            if one.since <= place.round.opened_at
        ]
        chosen = journal_choices.chosen(at, place.member.id)
        place.asked.extend(rules.own_list(place.round.questions, mine, chosen))
    return tuple(place.asked)


def known_of(at: Reading, place: Place) -> dict[str, Answer]:
    """Return what a member answered in a round, by question."""
    check_in = store.of_member(at, place.round.id, place.member.id)
    return {} if check_in is None else store.answers(at, check_in)


def questions_in_view(
    at: Reading, place: Place, known: Mapping[str, Answer]
) -> tuple[Question, ...]:
    """Return those of a member's questions that make sense with what they answered."""
    return rules.in_view(asked_of(at, place), known)


# -- showing ---------------------------------------------------------------------------------------


def show_next(at: Transaction, place: Place, after: Question | None, step: Step) -> Shown:
    """Show the question that follows one (None: the first that waits), or the end."""
    check_in = goes_on(at, place, step)
    known = store.answers(at, check_in)
    following = rules.next_question(questions_in_view(at, place, known), known, after)
    return show(at, place, check_in, following, known=known)


def goes_on(at: Transaction, place: Place, step: Step) -> CheckIn:
    """Note that somebody is at their check-in, and in which message it goes on."""
    check_in = store.touch(at, place.round.id, place.member.id)
    if step.message_id is not None and place.late is None:
        _move_to(at, check_in, step.message_id)
    return check_in


def _move_to(at: Transaction, check_in: CheckIn, message_id: int) -> None:
    """Let a check-in go on in a message; the one it was in before says so and has no buttons."""
    if check_in.message_id == message_id:
        return
    store.goes_on_in(at, check_in.id, message_id)
    chat = chats.of_person(at, check_in.person_id)
    if check_in.message_id is not None and chat is not None:
        found = members.by_id(at, check_in.member_id)
        group = groups.by_id(at, found.group_id)
        speaking.change(
            at, chat, check_in.message_id, found.language, "check_ins/moved", group=group
        )


def show(
    at: Transaction,
    place: Place,
    check_in: CheckIn,
    question: Question | None,
    *,
    known: Mapping[str, Answer] | None = None,
    changing: bool = False,
    finished: bool = False,
    mask: int | None = None,
    heard: tuple[Question, Answer] | None = None,
) -> Shown:
    """Show a question, or at the end what was answered; a line stands open while it is shown.

    `heard`: a number that was just written, to be read back.
    """
    known = store.answers(at, check_in) if known is None else known
    _ask_for_line(at, place, check_in, question)
    asked = questions_in_view(at, place, known)
    agreement = groups.agreement(at, place.group.id)
    facts: dict[str, Any] = {
        "group": place.group,
        "round": place.round,
        "currency": agreement.currency,
        "late": place.late,
        "opens_at": _opens_at(at, place),
        "zone": agreement.zone,
    }
    if question is None:
        facts |= {
            "answers": [
                (one, known.get(one.key, rules.EMPTY))
                for one in asked
                if not one.folded or one.key in known
            ],
            "has_line": own_way.way_of(at, place.member, place.round).has_line,
            "more": [(rules.PARTS.index(one), one) for one in rules.waiting_parts(asked, known)],
            "said_something": any(not one.is_empty for one in known.values()),
            "changing": changing,
            "reminders": store.wants_reminders(at, place.member.id),
        }
        return Shown("check_ins/summary", facts, check_in, finished, anew=place.late is not None)
    if question.kind == "share":
        mask = _mask_now(at, place, question, known) if mask is None else mask
        offered = rules.offered(asked)
        mask &= offered
        as_marked = dict(known) | {question.key: rules.shared(question, mask)}
        preview = sharing.items_of(at, place.round, as_marked) if mask else ()
        facts |= {"offered": offered, "mask": mask, "preview": preview}
    usual = [one for one in asked if not one.folded]
    before, answer = rules.question_before(asked, question), known.get(question.key)
    facts |= {
        "alike": not (answer or heard or question.about or facts.get("preview")),
        "question": question,
        "answer": answer,
        "begins": not known,
        "in_words": False,
        "heard": heard,
        "position": usual.index(question) + 1 if question in usual else None,
        "of": len(usual),
        "before": None if before is None else before.number,
    }
    return Shown("check_ins/question", facts, check_in, finished, anew=place.late is not None)


def _opens_at(at: Reading, place: Place) -> datetime | None:
    """When the next round opens, for who answers after a closing: nobody else is told."""
    is_told = place.late is not None or place.round.awaited
    return rounds.next_opening(at, place.group.id) if is_told else None


def _mask_now(at: Reading, place: Place, question: Question, known: Mapping[str, Answer]) -> int:
    """What the group may see as it stands: this round's word, or the last one; at first nothing."""
    answer = known.get(question.key)
    if answer is None:
        answer = store.latest_of_member(at, place.member, question.key)
    return rules.share_mask(question, answer)


def _ask_for_line(
    at: Transaction, place: Place, check_in: CheckIn, question: Question | None
) -> None:
    person_id, round_id = place.member.person_id, place.round.id
    is_written = question is not None and question.kind in rules.WRITTEN
    chat = chats.of_person(at, person_id) if is_written else None
    if question is None or chat is None:
        questions.settle(at, person_id, LINE_ASKED, round_id)
        return
    asked_id = questions.ask(
        at,
        person_id=person_id,
        chat_id=chat.id,
        kind=LINE_ASKED,
        subject=round_id,
        question=question.number,
    )
    shown_in = store.by_id(at, check_in.id).message_id
    if shown_in is not None:
        questions.asked_in_message(at, asked_id, shown_in)


def reminder_facts(at: Reading, place: Place) -> dict[str, Any]:
    """Return what a reminder says."""
    return {
        "group": place.group,
        "round": place.round,
        "zone": groups.agreement(at, place.group.id).zone,
        "reminders": store.wants_reminders(at, place.member.id),
    }


def was_shown(at: Transaction, check_in_id: int, result: Any) -> None:  # noqa: ANN401 - a message
    """Keep in which message a check-in goes on, now that it arrived: a reply to it is an answer."""
    check_in = store.by_id(at, check_in_id)
    message_id = result["message_id"]
    _move_to(at, check_in, message_id)
    chat = chats.of_person(at, check_in.person_id)
    if chat is None:
        return
    for open_question in questions.open_in(at, check_in.person_id, chat.id):
        if (open_question.kind, open_question.subject) == (LINE_ASKED, check_in.round_id):
            questions.asked_in_message(at, open_question.id, message_id)
