"""One member's check-in: a question at a time in private, resumed, changed, until the round closes.

A conversation is rows: which questions have an answer says where somebody is. So it survives days,
restarts and other conversations in between, and a tap on an old message still means what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.domain import check_ins as rules
from bot.domain.check_ins import Answer, Question
from bot.domain.errors import Refusal
from bot.domain.goals import MOVES, Moved
from bot.domain.money import currency as currency_of, parse_amount
from bot.practices import goals, own_way, speaking, wishing
from bot.storage import chats, check_ins as store, due, groups, members, outbox, questions
from bot.storage.chats import Chat
from bot.storage.check_ins import CheckIn, Round
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member, NotAMember

CARD: Final = "round"  # the group's post; its subject is the round
OPENING: Final = "check_in_open"  # what is due for a group
LINE_ASKED: Final = "check_in_line"  # an open question; its subject is the round
SHOWN: Final = "check_in_shown"  # the result of a message in which a check-in goes on


class RoundClosed(Refusal):
    """The round has closed. Facts: group, month, next_at (or None), zone."""

    needs_attention = True


class NoSuchQuestion(Refusal):
    """A button or link names a round, a question or an option that is not the person's own."""


class NotALine(Refusal):
    """Something came that is neither words, nor a photo, nor a voice note."""


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
    """What somebody is shown next: a message and its facts, and the check-in that goes on in it."""

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    check_in: CheckIn | None = None
    finished: bool = False  # with this very step they reached the end


@dataclass(frozen=True)
class Place:
    """A member in a round that is open."""

    round: Round
    group: Group
    member: Member


# -- a member's way through ---------------------------------------------------------------------


def choose(at: Transaction, step: Step, question: int, option: int) -> Shown:
    """Answer a question by an option's place, and go on to the next.

    Raises NoSuchQuestion, NotAMember, RoundClosed.
    """
    place = _enter(at, step)
    wanted = _question(at, place, question)
    if wanted.kind != "choice" or option >= len(wanted.options):
        raise NoSuchQuestion
    return _answer(at, place, wanted, Answer(choice=wanted.options[option]), step)


def mark_shared(at: Transaction, step: Step, question: int, mask: int) -> Shown:
    """Show what the group would see by a mask, a bit an item; nothing is kept yet."""
    place = _enter(at, step)
    wanted = _shares(at, place, question, mask)
    check_in = _goes_on(at, place, step)
    return _show(at, place, check_in, wanted, mask=mask)


def share(at: Transaction, step: Step, question: int, mask: int) -> Shown:
    """Keep what the group may see, and go on. Raises as `choose` does."""
    place = _enter(at, step)
    wanted = _shares(at, place, question, mask)
    return _answer(at, place, wanted, rules.shared(wanted, mask), step)


def tell_more(at: Transaction, step: Step) -> Shown:
    """Ask the questions that are folded away, from the first that waits. Raises as `choose`."""
    place = _enter(at, step)
    check_in = _goes_on(at, place, step)
    known = store.answers(at, check_in)
    waiting = rules.first_folded(_in_view(at, place, known), known)
    return _show(at, place, check_in, waiting, known=known)


def show_own_way(at: Transaction, step: Step) -> bool:
    """Send somebody their own picture once more; False where it is no line yet."""
    return _send_own_way(at, _enter(at, step))


def skip(at: Transaction, step: Step, question: int) -> Shown:
    """Leave a question empty, or take its answer back, and go on. Raises as `choose` does."""
    place = _enter(at, step)
    return _answer(at, place, _question(at, place, question), rules.EMPTY, step)


def keep(at: Transaction, step: Step, question: int) -> Shown:
    """Leave an answer as it is and go on. Raises as `choose` does."""
    place = _enter(at, step)
    return _show_next(at, place, _question(at, place, question), step)


def show(at: Transaction, step: Step, question: int) -> Shown:
    """Show a question again, to look at its answer or change it. Raises as `choose` does."""
    place = _enter(at, step)
    check_in = _goes_on(at, place, step)
    return _show(at, place, check_in, _question(at, place, question))


def resume(at: Transaction, step: Step) -> Shown:
    """Go on where somebody stopped, or show what they answered. Raises as `choose` does."""
    return _show_next(at, _enter(at, step), None, step)


def follow_link(at: Transaction, step: Step) -> Shown:
    """Go on by the link that stands in the group. Raises as `choose` does.

    Somebody who is not a member yet is told of which group: the link is signed, it was seen there.
    """
    found = store.round_by_id(at, step.round_id)
    if found is not None:
        group = groups.by_id(at, found.group_id)
        members.require(at, group.id, step.person_id, group_title=group.title)
    return resume(at, step)


def offer_changes(at: Transaction, step: Step) -> Shown:
    """Show somebody's answers with a button to change each. Raises as `choose` does."""
    place = _enter(at, step)
    check_in = _goes_on(at, place, step)
    return _show(at, place, check_in, None, changing=True)


def write_line(
    at: Transaction,
    asked: questions.Question,
    *,
    text: str | None,
    photo: str | None,
    voice: str | None,
) -> Shown:
    """Take the words, the photo or the voice note (file ids) that somebody answered with.

    Raises NotALine, and an AmountRefusal where an amount was asked. Where the round has closed, or
    they have left, the question is closed and they are told so once: a refusal would leave it
    open, to catch whatever they write next.
    """
    step = Step(asked.subject, asked.person_id)
    try:
        place = _enter(at, step)
    except RoundClosed as closed:
        questions.settle(at, asked.person_id, LINE_ASKED, asked.subject)
        return Shown("refusals/round_closed", closed.facts)
    except NotAMember as left:
        questions.settle(at, asked.person_id, LINE_ASKED, asked.subject)
        return Shown("refusals/not_a_member", left.facts)
    question = _question(at, place, asked.facts["question"])
    if question.kind == "amount":
        currency = currency_of(groups.agreement(at, place.group.id).currency)
        answer = Answer(minor=parse_amount(text or "", currency))
    elif text or photo or voice:
        answer = Answer(text=text or None, photo=photo, voice=voice)
    else:
        raise NotALine
    return _answer(at, place, question, answer, step)


def ask_again(at: Transaction, person_id: int) -> Shown | None:
    """Show the question somebody wrote words to, though it has buttons; None where none stands.

    Only where they were shown it in the last hours: older words were meant for something else.
    """
    check_in = store.latest_unfinished(at, person_id, at.now - rules.JUST_THERE)
    if check_in is None:
        return None
    try:
        shown = resume(at, Step(check_in.round_id, person_id))
    except (RoundClosed, NotAMember):
        return None
    return replace(shown, facts=dict(shown.facts) | {"in_words": True})


def choose_reminders(at: Transaction, step: Step, *, wanted: bool) -> Shown:
    """Keep whether a member wants reminders of this group's check-ins. Raises as `choose` does."""
    place = _enter(at, step)
    store.set_reminders(at, place.member.id, wanted=wanted)
    check_in = _goes_on(at, place, step)
    if check_in.finished_at is not None:
        return _show(at, place, check_in, None, changing=True)
    return Shown("check_ins/reminder", _reminder_facts(at, place), check_in)


# -- what is said in private ----------------------------------------------------------------------


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
    shown = _show_next(at, place, None, Step(place.round.id, place.member.person_id))
    assert shown.check_in is not None
    speaking.say(
        at,
        chat,
        place.member.language,
        shown.message,
        key=f"round:{place.round.id}:invite:{place.member.id}",
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
        check_in.finished_at is not None or at.now - check_in.touched_at < rules.JUST_THERE
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
        expires_at=min(place.round.closes_at, at.now + rules.REMINDER_LATE_MAX),
        **_reminder_facts(at, place),
    )


# -- inside a check-in ----------------------------------------------------------------------------


def _enter(at: Reading, step: Step) -> Place:
    """Authorise from the facts: any number may be forged.

    To somebody who never was in the group, a round of it is none at all: not even its name is told.
    """
    found = store.round_by_id(at, step.round_id)
    if found is None:
        raise NoSuchQuestion
    group = groups.by_id(at, found.group_id)
    member = members.of_person(at, group.id, step.person_id)
    if member is None:
        raise NoSuchQuestion
    if member.state != "member":
        raise NotAMember(group=group.title)
    if not found.is_open(at.now):
        raise RoundClosed(
            group=group,
            month=found.first_day,
            next_at=due.waiting_at(at, OPENING, group.id),
            zone=groups.agreement(at, group.id).zone,
        )
    return Place(found, group, member)


def asked_of(at: Reading, place: Place) -> tuple[Question, ...]:
    """Return the round's questions as this member is asked them, each of their goals by itself.

    Goals that began before the round opened, so that the list stays as it is while it is open.
    """
    mine = [
        rules.about_goal(one.id, one.words or "…")
        for one in goals.open_goals(at, place.member.id, place.round.id)
        if one.since <= place.round.opened_at
    ]
    return rules.own_list(place.round.questions, mine)


def _in_view(at: Reading, place: Place, known: Mapping[str, Answer]) -> tuple[Question, ...]:
    return rules.in_view(asked_of(at, place), known)


def _question(at: Reading, place: Place, number: int) -> Question:
    question = rules.with_number(asked_of(at, place), number)
    if question is None:
        raise NoSuchQuestion
    return question


def _shares(at: Reading, place: Place, number: int, mask: int) -> Question:
    question = _question(at, place, number)
    if question.kind != "share" or mask >= 1 << len(question.options):
        raise NoSuchQuestion
    return question


def _answer(at: Transaction, place: Place, question: Question, answer: Answer, step: Step) -> Shown:
    if not rules.fits(question, answer):
        raise NoSuchQuestion
    check_in = _goes_on(at, place, step)
    known = store.answers(at, check_in)
    if question not in _in_view(at, place, known):
        raise NoSuchQuestion  # an old button: what it hung on was taken back
    before = known.get(question.key)
    if before != answer:
        store.add_answer(at, check_in, question, answer)
        known[question.key] = answer
        _tell_goal(at, place, question, answer, before)
    asked = _in_view(at, place, known)
    finished = check_in.finished_at is None and rules.is_done(asked, known)
    if finished:
        store.finish(at, check_in.id)
        _send_own_way(at, place)
        outbox.show_card(at, CARD, place.round.id, place.group.chat_id)
    if finished or (check_in.finished_at is not None and question.key == wishing.QUESTION):
        wishing.show_way(at, place.member, place.group, place.round.id)
    following = rules.next_question(asked, known, question)
    return _show(at, place, check_in, following, known=known, finished=finished)


def _send_own_way(at: Transaction, place: Place) -> bool:
    chat = chats.of_person(at, place.member.person_id)
    if chat is None or chat.state != "open":
        return False
    return own_way.send(at, chat, place.member, place.group, place.round)


def _tell_goal(
    at: Transaction, place: Place, question: Question, answer: Answer, before: Answer | None
) -> None:
    """Keep with the goal how it moved; an answer that is taken back leaves it where it was."""
    goal_id = rules.goal_of(question)
    if goal_id is None or (answer.is_empty and (before is None or before.is_empty)):
        return
    moved: Moved = next((one for one in MOVES if one == answer.choice), "same")
    goals.note_month(at, goal_id, place.member.person_id, moved, place.round.id)


def _show_next(at: Transaction, place: Place, after: Question | None, step: Step) -> Shown:
    check_in = _goes_on(at, place, step)
    known = store.answers(at, check_in)
    following = rules.next_question(_in_view(at, place, known), known, after)
    return _show(at, place, check_in, following, known=known)


def _goes_on(at: Transaction, place: Place, step: Step) -> CheckIn:
    check_in = store.touch(at, place.round.id, place.member.id)
    if step.message_id is not None:
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


def _show(
    at: Transaction,
    place: Place,
    check_in: CheckIn,
    question: Question | None,
    *,
    known: Mapping[str, Answer] | None = None,
    changing: bool = False,
    finished: bool = False,
    mask: int | None = None,
) -> Shown:
    """Show a question, or at the end what was answered; a line stands open while it is shown."""
    known = store.answers(at, check_in) if known is None else known
    _ask_for_line(at, place, check_in, question)
    asked = _in_view(at, place, known)
    agreement = groups.agreement(at, place.group.id)
    facts: dict[str, Any] = {
        "group": place.group,
        "round": place.round,
        "currency": agreement.currency,
    }
    if question is None:
        facts |= {
            "answers": [
                (one, known.get(one.key, rules.EMPTY))
                for one in asked
                if not one.folded or one.key in known
            ],
            "has_line": own_way.way_of(at, place.member, place.round).has_line,
            "more": rules.first_folded(asked, known) is not None,
            "said_something": any(not one.is_empty for one in known.values()),
            "zone": agreement.zone,
            "changing": changing,
            "reminders": store.wants_reminders(at, place.member.id),
        }
        return Shown("check_ins/summary", facts, check_in, finished)
    if question.kind == "share":
        facts["mask"] = _mask_now(at, place, question, known) if mask is None else mask
    usual = [one for one in asked if not one.folded]
    facts |= {
        "question": question,
        "answer": known.get(question.key),
        "begins": not known,
        "in_words": False,
        "position": usual.index(question) + 1 if question in usual else None,
        "of": len(usual),
        "before": rules.question_before(asked, question),
    }
    return Shown("check_ins/question", facts, check_in, finished)


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
    chat = chats.of_person(at, person_id)
    if question is None or question.kind not in {"line", "amount"} or chat is None:
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


def _reminder_facts(at: Reading, place: Place) -> dict[str, Any]:
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
