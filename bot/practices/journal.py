"""One member's check-in: a question at a time in private, resumed, changed, until the round closes.

What they are shown of it, and where, is in `journal_view`. Every button may be forged: each use
case authorises from the facts.

What comes too late counts for the next round. Who was not done when a round closed, and answers
then, is told so and goes on in the round that follows: in the one that is open by now, or in the
one that is awaited. Only an answer is kept by it, and only where nothing was said to that question
yet. Who was done has nothing left to answer: to them the round has closed.
"""

from dataclasses import replace

from bot.domain import check_ins as rules
from bot.domain.check_ins import Answer, Question
from bot.domain.errors import Refusal
from bot.domain.goals import MOVES, Draft, Moved, read_value
from bot.domain.money import currency as currency_of, parse_amount
from bot.domain.rounds import JUST_THERE
from bot.practices import goals, journal_view as view, own_way, rounds, wishing
from bot.practices.journal_view import Place, Shown, Step
from bot.storage import chats, check_ins as store, groups, hiding, members, outbox, questions
from bot.storage.check_ins import CheckIn
from bot.storage.database import Reading, Transaction
from bot.storage.members import NotAMember


class RoundClosed(Refusal):
    """The round has closed. Facts: group, month, is_next_open, next_at (or None), zone."""

    needs_attention = True


class NotTakingPart(Refusal):
    """Somebody said that check-ins are not for them. Facts: group (its name)."""


class NoSuchQuestion(Refusal):
    """A button or link names a round, a question or an option that is not the person's own."""


class NotALine(Refusal):
    """Something came that is neither words, nor a photo, nor a voice note."""


# -- a member's way through ---------------------------------------------------------------------


def choose(at: Transaction, step: Step, question: int, option: int) -> Shown:
    """Answer a question by an option's place, and go on to the next.

    Raises NoSuchQuestion, NotAMember, RoundClosed.
    """
    place = _enter(at, step)
    if place.late is not None and not _waits(at, place, question):
        return view.show_next(at, place, None, step)
    wanted = _question(at, place, question)
    if wanted.kind not in {"choice", "value"} or option >= len(wanted.options):
        raise NoSuchQuestion
    return _answer(at, place, wanted, Answer(choice=wanted.options[option]), step)


def mark_shared(at: Transaction, step: Step, question: int, mask: int) -> Shown:
    """Show what the group would see by a mask, a bit an item; nothing is kept yet."""
    place = _enter(at, step)
    if place.late is not None:
        return view.show_next(at, place, None, step)
    wanted = _shares(at, place, question, mask)
    check_in = view.goes_on(at, place, step)
    return view.show(at, place, check_in, wanted, mask=mask)


def share(at: Transaction, step: Step, question: int, mask: int) -> Shown:
    """Keep what the group may see, and go on. Raises as `choose` does."""
    place = _enter(at, step)
    if place.late is not None:
        return view.show_next(at, place, None, step)
    wanted = _shares(at, place, question, mask)
    return _answer(at, place, wanted, rules.shared(wanted, mask), step)


def tell_more(at: Transaction, step: Step, part: int) -> Shown:
    """Ask the questions of a part (its place), from the first that waits. Raises as `choose`."""
    place = _enter(at, step)
    if place.late is not None:
        return view.show_next(at, place, None, step)
    if part >= len(rules.PARTS):
        raise NoSuchQuestion
    check_in = view.goes_on(at, place, step)
    known = store.answers(at, check_in)
    asked = view.questions_in_view(at, place, known)
    waiting = rules.first_of_part(asked, known, rules.PARTS[part])
    return view.show(at, place, check_in, waiting, known=known)


def show_own_way(at: Transaction, step: Step) -> bool:
    """Send somebody their own picture once more; False where it is no line yet."""
    return _send_own_way(at, _look_in(at, step))


def skip(at: Transaction, step: Step, question: int) -> Shown:
    """Leave a question empty, or take its answer back, and go on. Raises as `choose` does."""
    place = _enter(at, step)
    if place.late is not None:
        return view.show_next(at, place, None, step)
    return _answer(at, place, _question(at, place, question), rules.EMPTY, step)


def keep(at: Transaction, step: Step, question: int) -> Shown:
    """Leave an answer as it is and go on. Raises as `choose` does."""
    place = _enter(at, step)
    if place.late is not None:
        return view.show_next(at, place, None, step)
    return view.show_next(at, place, _question(at, place, question), step)


def show(at: Transaction, step: Step, question: int) -> Shown:
    """Show a question again, to look at its answer or change it. Raises as `choose` does."""
    place = _enter(at, step)
    if place.late is not None:
        return view.show_next(at, place, None, step)
    check_in = view.goes_on(at, place, step)
    return view.show(at, place, check_in, _question(at, place, question))


def resume(at: Transaction, step: Step) -> Shown:
    """Go on where somebody stopped, or show what they answered. Raises as `choose` does."""
    return view.show_next(at, _enter(at, step), None, step)


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
    if place.late is not None:
        return view.show_next(at, place, None, step)
    check_in = view.goes_on(at, place, step)
    return view.show(at, place, check_in, None, changing=True)


def write_line(
    at: Transaction,
    asked: questions.Question,
    *,
    text: str | None,
    photo: str | None,
    voice: str | None,
) -> Shown:
    """Take the words, the photo or the voice note (file ids) that somebody answered with.

    Raises NotALine, an AmountRefusal where an amount was asked, NumberNotUnderstood. Nothing (0)
    may be earned, saved and owed. Where the round has closed, or they have left, the question is
    closed and they are told so once: a refusal would leave it open, to catch whatever they write
    next.
    """
    step = Step(asked.subject, asked.person_id)
    try:
        place = _enter(at, step)
    except RoundClosed as closed:
        questions.settle(at, asked.person_id, view.LINE_ASKED, asked.subject)
        return Shown("refusals/round_closed", closed.facts)
    except NotAMember as left:
        questions.settle(at, asked.person_id, view.LINE_ASKED, asked.subject)
        return Shown("refusals/not_a_member", left.facts)
    known = view.known_of(at, place)
    number = asked.facts["question"]
    question = rules.with_number(view.questions_in_view(at, place, known), number)
    is_said = place.late is not None and question is not None and question.key in known
    if question is None or question.kind not in rules.WRITTEN or is_said:
        questions.settle(at, asked.person_id, view.LINE_ASKED, asked.subject)
        return view.show_next(at, place, None, step)  # it takes no words any more
    answer = _heard(at, place, question, text=text, photo=photo, voice=voice)
    return _answer(at, place, question, answer, step, known=known)


def ask_again(at: Transaction, person_id: int) -> Shown | None:
    """Show the question somebody wrote words to, though it has buttons; None where none stands.

    Only where they were shown it in the last hours, and have not hidden it since: other words were
    meant for something else.
    """
    check_in = store.latest_unfinished(at, person_id, at.now - JUST_THERE)
    hidden_at = hiding.hidden_at(at, person_id)
    if (
        check_in is None
        or not _goes_on(at, check_in)
        or (hidden_at is not None and check_in.touched_at <= hidden_at)
    ):
        return None
    try:
        shown = resume(at, Step(check_in.round_id, person_id))
    except (RoundClosed, NotAMember, NotTakingPart):
        return None
    return replace(shown, facts=dict(shown.facts) | {"in_words": True})


def choose_reminders(at: Transaction, step: Step, *, wanted: bool) -> Shown:
    """Keep whether a member wants reminders of this group's check-ins, also once it has closed.

    Raises NoSuchQuestion, NotAMember.
    """
    place = _look_in(at, step)
    store.set_reminders(at, place.member.id, wanted=wanted)
    if not place.round.takes_answers(at.now):
        return Shown("refusals/round_closed", _closed(at, place).facts)
    check_in = view.goes_on(at, place, step)
    if check_in.finished_at is not None:
        return view.show(at, place, check_in, None, changing=True)
    return Shown("check_ins/reminder", view.reminder_facts(at, place), check_in)


# -- inside a check-in ----------------------------------------------------------------------------


def _look_in(at: Reading, step: Step) -> Place:
    """Authorise from the facts: any number may be forged. The round may have closed.

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
    return Place(found, group, member)


def _enter(at: Transaction, step: Step) -> Place:
    """Do the same where an answer may be given: in the round itself, or in the one that follows.

    Raises RoundClosed where they were done with it, or no other comes.
    """
    place = _look_in(at, step)
    if not place.member.takes_part(rounds.PRACTICE):
        raise NotTakingPart(group=place.group.title)
    if place.round.takes_answers(at.now):
        return place
    check_in = store.of_member(at, place.round.id, place.member.id)
    if check_in is not None and check_in.finished_at is not None:
        raise _closed(at, place)
    rounds.close(at, place.round.id)  # its time is over, though the bell may not have rung yet
    following = store.open_round_of(at, place.group.id) or rounds.awaited(at, place.group.id)
    if following is None:
        raise _closed(at, place)
    questions.settle(at, step.person_id, view.LINE_ASKED, place.round.id)
    return replace(place, round=following, late=place.round, asked=[])


def _closed(at: Reading, place: Place) -> RoundClosed:
    going_on = store.open_round_of(at, place.group.id)
    return RoundClosed(
        group=place.group,
        month=place.round.first_day,
        is_next_open=going_on is not None and going_on.is_open(at.now),
        next_at=rounds.next_opening(at, place.group.id),
        zone=groups.agreement(at, place.group.id).zone,
    )


def _goes_on(at: Reading, check_in: CheckIn) -> bool:
    found = store.round_by_id(at, check_in.round_id)
    return found is not None and found.takes_answers(at.now)


def _waits(at: Reading, place: Place, number: int) -> bool:
    """Whether the round asks this of them, and they have said nothing to it yet."""
    known = view.known_of(at, place)
    question = rules.with_number(view.questions_in_view(at, place, known), number)
    return question is not None and question.key not in known


def _question(at: Reading, place: Place, number: int) -> Question:
    question = rules.with_number(view.asked_of(at, place), number)
    if question is None:
        raise NoSuchQuestion
    return question


def _shares(at: Reading, place: Place, number: int, mask: int) -> Question:
    question = _question(at, place, number)
    if question.kind != "share" or mask & ~rules.offered(view.asked_of(at, place)):
        raise NoSuchQuestion
    return question


def _answer(
    at: Transaction,
    place: Place,
    question: Question,
    answer: Answer,
    step: Step,
    known: dict[str, Answer] | None = None,
) -> Shown:
    """Keep an answer and show what comes next. `known`: what they answered before, if read."""
    if not rules.fits(question, answer):
        raise NoSuchQuestion
    check_in = view.goes_on(at, place, step)
    known = store.answers(at, check_in) if known is None else known
    if question not in view.questions_in_view(at, place, known):
        raise NoSuchQuestion  # an old button: what it hung on was taken back
    before = known.get(question.key)
    if before != answer:
        store.add_answer(at, check_in, question, answer)
        known[question.key] = answer
        _tell_goal(at, place, question, answer, before)
        own_way.refresh(at, place.member, place.round, question)
    asked = view.questions_in_view(at, place, known)
    finished = check_in.finished_at is None and rules.is_done(asked, known)
    if finished:
        store.finish(at, check_in.id)
        _send_own_way(at, place)
        if not place.round.awaited:
            outbox.update_card(at, rounds.CARD, place.round.id, place.group.chat_id)
    if finished or (check_in.finished_at is not None and question.key == wishing.QUESTION):
        wishing.show_way(at, place.member, place.group, place.round.id)
    following = rules.next_question(asked, known, question)
    heard = (question, answer) if answer.minor is not None else None
    return view.show(at, place, check_in, following, known=known, finished=finished, heard=heard)


def _heard(
    at: Reading,
    place: Place,
    question: Question,
    *,
    text: str | None,
    photo: str | None,
    voice: str | None,
) -> Answer:
    """Return what was written or sent as an answer. Raises as `write_line` does."""
    if question.kind in {"amount", "value"}:
        currency = groups.agreement(at, place.group.id).currency
        if question.kind == "amount":
            return Answer(minor=parse_amount(text or "", currency_of(currency)))
        return Answer(minor=read_value(text or "", Draft(measure="money_up", currency=currency)))
    if question.kind == "number":
        return Answer(minor=read_value(text or "", Draft(measure="number")))
    if text or photo or voice:
        return Answer(text=text or None, photo=photo, voice=voice)
    raise NotALine


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
