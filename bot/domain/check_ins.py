"""The monthly check-in: its questions, and when somebody is done. All of it pure.

The questions follow the journal of the Family Independence Initiative, cut down to what one tap can
say: how each of a family's own goals moved, what was in the way, whether they would like help, what
came in, was put aside and is owed, one line in their own way, and what the group may see of it.
Every one may be left empty. Least private first: somebody may read over one's shoulder. What few
have something to say about is folded away, part by part: asked only of who wants to tell more.
Every third month brings such a part for everybody, how one stands; others a member turns on for
themselves (`MODULES`). Where each question comes from is said in docs/journal.md.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.domain.agreement_parts import Questions

#: A “value” is a choice that also takes an amount: of members who chose to tell amounts.
Kind = Literal["choice", "value", "line", "amount", "number", "share"]
WRITTEN: Final[frozenset[Kind]] = frozenset({"value", "line", "amount", "number"})  # takes words

# -- the questions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """One question of the catalogue, or one about a goal or of a group's own.

    `number` stands in buttons and `key` in stored answers: neither is ever given to another
    question. `options` only grow at the end: a button carries an option's place. One of a `part` is
    folded away: asked only of who wants to tell more; `after`: only where that question was
    answered with something. `about` are the words of the goal, or of the group's own question.
    """

    number: int
    key: str
    kind: Kind
    options: tuple[str, ...] = ()
    part: str | None = None
    after: str | None = None
    about: str = ""

    @property
    def name(self) -> str:
        """What its words are found by: a question about any goal is a “goal”."""
        return self.key.partition(":")[0]

    @property
    def folded(self) -> bool:
        """Whether it is asked only of who wants to tell more."""
        return self.part is not None


MOVES: Final = ("back", "same", "little", "lot", "reached")
_AGAINST_LAST: Final = ("less", "same", "more")
_FAVOURS: Final = ("nothing", "children", "work", "things", "advice", "other")
_HOURS: Final = ("1", "2", "4", "8", "16")
_HOW_OFTEN: Final = ("rarely", "sometimes", "mostly", "always")
_HOW_MUCH: Final = ("little", "some", "much", "most")
#: What is folded away, in order; a button carries a part's place, so they only grow at the end.
PARTS: Final = ("favours", "standing", "school", "business", "benefits", "health", "housing")
#: The parts that nobody is asked who did not turn them on for themselves; as are amounts of what
#: is compared with last month.
MODULES: Final = PARTS[2:]
AMOUNTS: Final = "amounts"
VALUES: Final = ("income", "savings", "debt")
#: What the group may be let to see, item by item; each names the questions it is about.
SHARED: Final[Mapping[str, tuple[str, ...]]] = {
    "goal": ("goal",),
    "hurdle": ("hurdle",),
    "line": ("line",),
    "favours": ("given", "received"),
    "own": ("own",),
}

_ALL: Final = (
    Question(1, "goal", "choice", MOVES),
    Question(2, "hurdle", "choice", ("nothing", "money", "time", "health", "skill", "other")),
    Question(6, "help", "choice", ("no", "group", "peer")),
    Question(3, "income", "choice", _AGAINST_LAST),
    Question(4, "savings", "choice", _AGAINST_LAST),
    Question(7, "debt", "choice", _AGAINST_LAST),
    Question(5, "line", "line"),
    Question(8, "share", "share", tuple(SHARED)),
    Question(9, "given", "choice", _FAVOURS, "favours"),
    Question(10, "given_hours", "choice", _HOURS, "favours", after="given"),
    Question(11, "given_worth", "amount", (), "favours", after="given"),
    Question(12, "received", "choice", _FAVOURS, "favours"),
    Question(13, "received_hours", "choice", _HOURS, "favours", after="received"),
    Question(14, "received_worth", "amount", (), "favours", after="received"),
    Question(15, "control_hard", "choice", _HOW_OFTEN, "standing"),
    Question(16, "control_keep", "choice", _HOW_OFTEN, "standing"),
    Question(17, "control_ahead", "choice", _HOW_MUCH, "standing"),
    Question(18, "support_people", "choice", ("nobody", "few", "several", "many"), "standing"),
    Question(19, "support_care", "choice", _HOW_MUCH, "standing"),
    Question(20, "support_hand", "choice", ("hard", "depends", "easy", "very_easy"), "standing"),
    Question(21, "school_days", "choice", ("all", "some", "few", "nothing"), "school"),
    Question(
        22, "school_marks", "choice", (*_AGAINST_LAST, "no_news"), "school", after="school_days"
    ),
    Question(23, "business", "choice", ("nothing", "little", "half", "most"), "business"),
    Question(24, "business_went", "choice", _AGAINST_LAST, "business", after="business"),
    Question(25, "benefits", "choice", ("nothing", "yes"), "benefits"),
    Question(26, "benefits_were", "choice", _AGAINST_LAST, "benefits", after="benefits"),
    Question(27, "health", "choice", ("poor", "fair", "good", "very_good"), "health"),
    Question(28, "health_days", "choice", ("nothing", "days", "weeks"), "health"),
    Question(29, "health_care", "choice", ("not_needed", "yes", "partly", "no"), "health"),
    Question(30, "housing", "choice", _AGAINST_LAST, "housing"),
    Question(31, "housing_cost", "choice", ("no", "little", "yes"), "housing"),
)
CATALOGUE: Final[Mapping[str, Question]] = {one.key: one for one in _ALL}
#: What a round asks, in this order, unless the group says otherwise; and every third month also:
USUAL: Final = tuple(one.key for one in _ALL if one.part in {None, "favours"})
STANDING: Final = tuple(one.key for one in _ALL if one.part == "standing")
#: After this one come the group's own questions.
_OWN_AFTER: Final = "debt"
#: Answers by which there is nothing to ask further.
_NOTHING: Final = frozenset({None, "nothing"})

_GOALS_FROM: Final = 1000  # the numbers below belong to the catalogue; the odd ones to groups
#: The kinds of a group's own questions, with what they are here; a button carries a kind's place.
OWN_KINDS: Final[Mapping[str, tuple[Kind, tuple[str, ...]]]] = {
    "yes_no": ("choice", ("yes", "no")),
    "scale": ("choice", ("1", "2", "3", "4", "5")),
    "number": ("number", ()),
    "line": ("line", ()),
}
OWN_WORDS_MAX: Final = 120  # signs of a group's own question


@dataclass(frozen=True)
class Answer:
    """What somebody answered: an option, an amount, or words, a photo, a voice note (file ids).

    Of a share the choice is the items, as in "goal,line". `minor` are minor units of the group's
    currency, or hundredths of a plain number; the text beside a value says why it is so. With none
    of them the question was left empty on purpose.
    """

    choice: str | None = None
    text: str | None = None
    photo: str | None = None
    voice: str | None = None
    minor: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the question was skipped, or its answer taken back."""
        return self == EMPTY


EMPTY: Final = Answer()


def asked(keys: Iterable[str], own: Mapping[str, Question] | None = None) -> tuple[Question, ...]:
    """Return the questions of a round, as its keys name them; `own` are the group's, by key."""
    known = {**CATALOGUE, **(own or {})}
    return tuple(known[key] for key in keys)


def keys_of(agreed: Questions, *, standing: bool) -> tuple[str, ...]:
    """Return what a round asks by the group's agreement; `standing`: how one stands too."""
    found: list[str] = []
    for key in USUAL:
        one = CATALOGUE[key]
        if (one.part or key) not in agreed.resting:
            found.append(key)
        if key == _OWN_AFTER:
            found += (own_key(number) for number in agreed.own)
    return (*found, *(STANDING if standing and "standing" not in agreed.resting else ()))


def own_key(own_id: int) -> str:
    """Return the key of a group's own question."""
    return f"own:{own_id}"


def own_id_of(key: str) -> int | None:
    """Return the id of the group's own question that a key names; None for any other."""
    name, _, number = key.partition(":")
    return int(number) if name == "own" and number else None


def own_question(own_id: int, kind: str, words: str) -> Question:
    """Return a group's own question, as a member is asked it."""
    taken, options = OWN_KINDS[kind]
    number = _GOALS_FROM + 1 + 2 * own_id
    return Question(number, own_key(own_id), taken, options, about=words)


def about_goal(goal_id: int, words: str) -> Question:
    """Return the question how one goal moved; the general one stands for who has none."""
    number = _GOALS_FROM + 2 * goal_id
    return replace(CATALOGUE["goal"], number=number, key=f"goal:{goal_id}", about=words)


def goal_of(question: Question) -> int | None:
    """Return the id of the goal a question is about; None for any other question."""
    name, _, number = question.key.partition(":")
    return int(number) if name == "goal" and number else None


def own_list(
    questions: Iterable[Question], goals: Sequence[Question], chosen: Collection[str] = ()
) -> tuple[Question, ...]:
    """Return a round's questions as one member is asked them.

    Each of their goals stands in place of “goal”; what they turned on for themselves (`chosen`)
    comes last, and by it what is compared with last month may be told as an amount.
    """
    found: list[Question] = []
    for one in questions:
        found += goals if one.key == "goal" and goals else (as_value(one, chosen),)
    found += (one for one in _ALL if one.part in MODULES and one.part in chosen)
    return tuple(found)


def as_value(question: Question, chosen: Collection[str]) -> Question:
    """Return the question as a value where it can be one, and the member chose to tell amounts."""
    if question.key in VALUES and AMOUNTS in chosen:
        return replace(question, kind="value")
    return question


def in_view(questions: Iterable[Question], answers: Mapping[str, Answer]) -> tuple[Question, ...]:
    """Return the questions that make sense with these answers: hours only of help that was."""
    return tuple(
        one
        for one in questions
        if one.after is None or answers.get(one.after, EMPTY).choice not in _NOTHING
    )


def with_number(questions: Sequence[Question], number: int) -> Question | None:
    """Return the question a button names, if the round asks it."""
    return next((one for one in questions if one.number == number), None)


def fits(question: Question, answer: Answer) -> bool:
    """Whether the answer is one that the question takes; left empty always is."""
    if answer.is_empty:
        return True
    if question.kind == "share":
        return answer == shared(question, share_mask(question, answer))
    if question.kind in {"amount", "number"}:
        least = 1 if question.kind == "amount" else 0
        return answer == Answer(minor=answer.minor) and (answer.minor or 0) >= least
    if question.kind == "value" and answer.minor is not None:
        return answer == Answer(minor=answer.minor, text=answer.text) and answer.minor >= 0
    if question.kind in {"choice", "value"}:
        return answer == Answer(choice=answer.choice) and answer.choice in question.options
    return answer.choice is None and answer.minor is None


def shared(question: Question, mask: int) -> Answer:
    """Return the answer by which the items of a mask, a bit each, may be seen; empty for none."""
    items = [one for place, one in enumerate(question.options) if mask >> place & 1]
    return Answer(choice=",".join(items) or None)


def share_mask(question: Question, answer: Answer) -> int:
    """Return the mask of a share's answer."""
    items = (answer.choice or "").split(",")
    return sum(1 << place for place, one in enumerate(question.options) if one in items)


def offered(questions: Iterable[Question]) -> int:
    """Return the mask of what a share offers: items about which something is asked at all."""
    names = {one.name for one in questions}
    return sum(1 << place for place, one in enumerate(SHARED) if names & set(SHARED[one]))


def may_be_seen(question: Question, share: Answer) -> bool:
    """Whether a share lets the group see what was answered to a question."""
    items = (share.choice or "").split(",")
    return any(question.name in SHARED[one] for one in items if one in SHARED)


# -- the way through ----------------------------------------------------------------------------


def next_question(
    questions: Sequence[Question], answered: Collection[str], after: Question | None = None
) -> Question | None:
    """Return the question to ask next, or None at the end.

    The first without an answer that comes after `after`; then any that was left out before it.
    Folded ones only after one of the same part: who did not ask for them is not led there.
    `answered` are the keys that have an answer, an empty one too.
    """
    part = None if after is None else after.part
    waiting = [one for one in questions if one.key not in answered and one.part == part]
    if after in questions:
        place = questions.index(after)
        waiting.sort(key=lambda one: questions.index(one) <= place)
    return waiting[0] if waiting else None


def first_of_part(
    questions: Sequence[Question], answered: Collection[str], part: str
) -> Question | None:
    """Return the first question of a part that has no answer yet."""
    return next((one for one in questions if one.part == part and one.key not in answered), None)


def waiting_parts(questions: Sequence[Question], answered: Collection[str]) -> tuple[str, ...]:
    """Return the parts in which something has no answer yet."""
    return tuple(one for one in PARTS if first_of_part(questions, answered, one))


def question_before(questions: Sequence[Question], question: Question) -> Question | None:
    """Return the question that stands before this one, if any does; within a part among its own."""
    among = [one for one in questions if one.part == question.part]
    place = among.index(question)
    return among[place - 1] if place > 0 else None


def is_done(questions: Sequence[Question], answered: Collection[str]) -> bool:
    """Whether somebody reached the end: each was answered or left empty on purpose.

    Folded ones are never needed for it.
    """
    return next_question(questions, answered) is None


# -- who counts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many are in, and of how many. Never who."""

    done: int
    of: int


def tally(members: Iterable[tuple[bool, bool]]) -> Tally:
    """Count the members of a group who take part, each given as (is asked, is done).

    Those without a phone can be in only where another records it for them, and who left the
    group's chat is not asked until they are back: until they are in they are not counted, so that
    a group can always be whole.
    """
    counted = [done for is_asked, done in members if is_asked or done]
    return Tally(done=sum(counted), of=len(counted))
