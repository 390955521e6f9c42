"""What a group's check-in asks: its own questions, and what of the usual rests.

Part of its agreement (`questions`): the facilitator changes it, in private, unless the group locked
it; a decision of the group may. A round keeps the questions it opened with.
"""

from typing import Any, Final

from bot.domain.agreement_parts import MAY_REST, OWN_QUESTIONS_MAX
from bot.domain.check_ins import OWN_WORDS_MAX
from bot.domain.errors import Refusal
from bot.domain.own_questions import KINDS, OwnQuestion, mask_of, of_mask
from bot.practices import agreement as agreed, rounds
from bot.practices.journal import NoSuchQuestion
from bot.practices.journal_view import Shown
from bot.practices.members import NotTheFacilitator
from bot.storage import chats, groups, members, own_questions as store, questions
from bot.storage.database import Reading, Transaction

PART: Final = "questions"  # of the agreement
LINK: Final = "questions"  # the deep link's purpose; its number is the group's
WORDS_ASKED: Final = "own_question"  # an open question; its subject is the group
SHOWN_MAX: Final = 10  # of the group's own, the newest


class TooManyQuestions(Refusal):
    """The group asks as many questions of its own as it can at a time. Facts: most."""


# -- what a group asks ----------------------------------------------------------------------------


def adopt_question(
    at: Transaction,
    group_id: int,
    question: OwnQuestion,
    *,
    by: int | None,
    decision_id: int | None = None,
) -> int:
    """Let a group ask a question of its own from the next round on, and return its id.

    Args:
        at: the transaction of whoever calls.
        group_id: the group.
        question: its kind and its words (`OwnQuestion` refuses what cannot be asked).
        by: the person who adds it: the facilitator, or whose proposal it was.
        decision_id: the decision by which the group wants it; None: the facilitator adds it.

    Raises:
        TooManyQuestions: one must rest first.
        NotTheFacilitator, PartLocked: without a decision.
    """
    own = groups.agreement(at, group_id).questions.own
    if len(own) >= OWN_QUESTIONS_MAX:
        raise TooManyQuestions(most=OWN_QUESTIONS_MAX)
    own_id = store.add(at, group_id, question)
    agreed.amend(at, group_id, PART, {"own": [*own, own_id]}, by=by, decision_id=decision_id)
    return own_id


def choose_questions(
    at: Transaction, group_id: int, mask: int, *, by: int | None, decision_id: int | None = None
) -> None:
    """Let a group ask what a mask says, a bit each as `look` shows them, and let the others rest.

    Raises TooManyQuestions, NoSuchQuestion, and as `adopt_question` does.
    """
    shown = list(store.of_group(at, group_id, SHOWN_MAX))
    if mask >= 1 << len(MAY_REST) + len(shown):
        raise NoSuchQuestion
    wanted = of_mask(mask, shown)
    before = groups.agreement(at, group_id).questions.own
    own = (*(one for one in before if one in wanted.own or one not in shown),)
    own += tuple(one for one in wanted.own if one not in own)
    if len(own) > OWN_QUESTIONS_MAX:
        raise TooManyQuestions(most=OWN_QUESTIONS_MAX)
    value = {"own": list(own), "resting": sorted(wanted.resting)}
    agreed.amend(at, group_id, PART, value, by=by, decision_id=decision_id)


# -- in private, for the facilitator --------------------------------------------------------------


def follow_link(at: Transaction, group_id: int, person_id: int) -> Shown:
    """Show what the group asks, from its settings. Raises as `look` does, and NotAMember."""
    try:
        group = groups.by_id(at, group_id)
    except LookupError:
        raise NoSuchQuestion from None
    members.require(at, group_id, person_id, group_title=group.title)
    return look(at, group_id, person_id)


def look(at: Transaction, group_id: int, person_id: int, mask: int | None = None) -> Shown:
    """Show the facilitator what the group asks, or what it would by a mask that is not kept yet.

    Raises NoSuchQuestion, NotTheFacilitator, PartLocked.
    """
    _enter(at, group_id, person_id)
    questions.settle(at, person_id, WORDS_ASKED, group_id)
    return Shown("own_questions/list", _facts(at, group_id, mask))


def mark(at: Transaction, group_id: int, person_id: int, version: int, mask: int) -> Shown:
    """Show what the group would ask; where the agreement has changed since, what it asks now."""
    _enter(at, group_id, person_id)
    is_new = version == groups.agreement(at, group_id).version
    return look(at, group_id, person_id, mask if is_new else None)


def hold(at: Transaction, group_id: int, person_id: int, version: int, mask: int) -> Shown:
    """Let it hold, unless the agreement has changed since; then it is only shown. As `mark`."""
    _enter(at, group_id, person_id)
    if version == groups.agreement(at, group_id).version:
        choose_questions(at, group_id, mask, by=person_id)
    return look(at, group_id, person_id)


def ask_kind(at: Reading, group_id: int, person_id: int) -> Shown:
    """Ask how a new question is to be answered. Raises TooManyQuestions, and as `look` does."""
    _enter(at, group_id, person_id)
    if len(groups.agreement(at, group_id).questions.own) >= OWN_QUESTIONS_MAX:
        raise TooManyQuestions(most=OWN_QUESTIONS_MAX)
    return Shown("own_questions/kind", {"group": groups.by_id(at, group_id), "kinds": KINDS})


def ask_words(at: Transaction, group_id: int, person_id: int, kind: int) -> Shown:
    """Ask for the words of a new question, in private. Raises as `look` does."""
    _enter(at, group_id, person_id)
    chat = chats.of_person(at, person_id)
    if kind >= len(KINDS) or chat is None:
        raise NoSuchQuestion
    questions.ask(
        at, person_id=person_id, chat_id=chat.id, kind=WORDS_ASKED, subject=group_id, answer=kind
    )
    facts = {"group": groups.by_id(at, group_id), "kind": KINDS[kind], "most": OWN_WORDS_MAX}
    return Shown("own_questions/words", facts)


def hear_words(at: Transaction, asked: questions.Question, text: str) -> Shown:
    """Adopt the question whose words somebody wrote. Raises WordsMissing, WordsTooLong.

    Where they may not any more, the open question is closed and they are told so once.
    """
    try:
        _enter(at, asked.subject, asked.person_id)
    except (NoSuchQuestion, NotTheFacilitator, agreed.PartLocked):
        questions.settle(at, asked.person_id, WORDS_ASKED, asked.subject)
        return Shown("refusals/no_such_question")
    question = OwnQuestion(KINDS[asked.facts["answer"]], text)
    adopt_question(at, asked.subject, question, by=asked.person_id)
    return look(at, asked.subject, asked.person_id)


def _enter(at: Reading, group_id: int, person_id: int) -> None:
    """Authorise from the facts: to who is not in the group, there is nothing to be seen."""
    member = members.of_person(at, group_id, person_id)
    if member is None or member.state != "member":
        raise NoSuchQuestion
    agreed.require_facilitator(at, group_id, person_id)
    agreed.require_unlocked(groups.agreement(at, group_id), PART)


def _facts(at: Reading, group_id: int, mask: int | None) -> dict[str, Any]:
    agreement = groups.agreement(at, group_id)
    own = store.of_group(at, group_id, SHOWN_MAX)
    holds = mask_of(agreement.questions, list(own))
    mask = holds if mask is None else mask
    opens_at = rounds.next_opening(at, group_id)
    return {
        "group": groups.by_id(at, group_id),
        "may_rest": [(one, bool(mask >> place & 1)) for place, one in enumerate(MAY_REST)],
        "own": [
            (one, bool(mask >> place & 1))
            for place, one in enumerate(own.values(), start=len(MAY_REST))
        ],
        "mask": mask,
        "changed": mask != holds,
        "version": agreement.version,
        "opens_at": opens_at,
        "zone": agreement.zone,
        "has_room": len(agreement.questions.own) < OWN_QUESTIONS_MAX,
    }
