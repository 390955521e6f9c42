"""May this number be shown to these people? The one place that answers it. All of it pure.

Whatever puts several members' private answers together is a function of this module, and what
leaves it is a `Figure`: nothing else may be said, drawn, exported or logged of them. What members
chose to show under their own name (`domain.sharing`), and the group's own book, are not private.

The rules, from field notes 5.2 and reliability notes 4.3:

- *Whole group only*: no part of a group, no dates of one's own choosing. A figure is made once,
  when its round closes, of those who are in the group then, and never again.
- *Enough*: at least 5 who answered (10 where it is about money), in a group of at least 8: in a
  smaller one the rest are too nearly one person.
- *The rest*: where parts of a whole are shown and others kept back, those kept back hold nobody, or
  at least 5 together; otherwise they are got by subtraction.
- *Nothing of one*: no least, no most, and below 10 no sum or middle of private money.
- *No difference*: nothing is said against an earlier time unless enough answered at both, and those
  who came, and those who went, were nobody or at least 5. By the minimum alone the exact amount of
  970 in 1,000 who left was recovered by subtraction.
- *Bands*: of answers nothing is said but “most”, “about half”, “a few”.
- *Participation* is counted exactly, and never by name. Whether somebody answered is participation;
  what they answered is not.

Bands alone do not hold against who knows every answer but one: where the others make 6 of 10, the
seventh makes it “most”. No rule that always says the same of the same answers can help: to tell
nothing of anybody it could tell nothing at all. So each count is *blurred* by a few before it is
put into a band, by a number drawn once a round from the operator's secret. No band is then more
than twice as likely for one answer than for another (four times, of several choices), whatever else
is known: `ODDS_MAX`. That is a bound for each answer, not for a habit that lasts for years.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.domain.check_ins import Answer

Kind = Literal["answers", "money"]
What = Literal["moved", "hurdle"]
Band = Literal["most", "half", "few"]
Measure = Literal["band", "count", "sum", "middle", "least", "most"]
#: A member's answers by key; of several members, by the member's id.
Answers = Mapping[str, Answer]
Draw = Callable[[str], bytes]  # by a name: 32 bytes that nobody outside can know

ENOUGH: Final[Mapping[Kind, int]] = {"answers": 5, "money": 10}
GROUP_MIN: Final = 8  # members who count
CHOICES_MIN: Final = 12  # answers to a question of several choices: each of them is blurred
CHANGED_MIN: Final = 5
REST_MIN: Final = 5
SECRET_BYTES: Final = 32
#: How many times likelier anything said can be for one answer than for another.
ODDS_MAX: Final[Mapping[What, int]] = {"moved": 2, "hurdle": 4}

FORWARD: Final = frozenset({"little", "lot", "reached"})
HURDLES: Final = ("money", "time", "health", "skill", "other")
#: From so many tenths on; what is below the last is not said at all.
_BANDS: Final[tuple[tuple[Band, int], ...]] = (("most", 7), ("half", 3), ("few", 2))
_ORDER: Final[tuple[Band, ...]] = ("few", "half", "most")


@dataclass(frozen=True)
class Figure:
    """What may be said of many answers; made by this module alone.

    `choice`: what most of them chose. `is_more`: a higher band than the time before, where the two
    may be compared.
    """

    what: What
    band: Band
    choice: str = ""
    is_more: bool = False


@dataclass(frozen=True)
class Shown:
    """A figure, and who was counted for it: all that is kept. No answers."""

    figure: Figure
    counted: frozenset[int]


# -- the rules ------------------------------------------------------------------------------------


def may_show(
    measure: Measure, kind: Kind, *, members: int, answered: int, shown_of: Collection[int] = ()
) -> bool:
    """Whether a measure of private answers may be shown to the whole group.

    `members` of the group count at all, `answered` of them did; `shown_of` is for a count of parts:
    how many are in each part that would be shown, where what is left is kept back.

    >>> may_show("band", "answers", members=12, answered=5)
    True
    >>> may_show("sum", "money", members=12, answered=9)
    False
    >>> may_show("count", "answers", members=12, answered=12, shown_of=(9,))  # three are left over
    False
    """
    if measure in {"least", "most"}:
        return False
    if members < GROUP_MIN or not ENOUGH[kind] <= answered <= members:
        return False
    return not shown_of or rest_is_hidden(answered, shown_of)


def rest_is_hidden(whole: int, parts: Iterable[int]) -> bool:
    """Whether what is left of a whole beside its shown parts gives nobody away: 0, or at least 5.

    >>> rest_is_hidden(20, (12, 8)), rest_is_hidden(20, (12, 3)), rest_is_hidden(20, (12, 5))
    (True, True, False)
    """
    rest = whole - sum(parts)
    return rest == 0 or rest >= REST_MIN


def may_compare(before: frozenset[int], now: frozenset[int], kind: Kind = "answers") -> bool:
    """Whether anything may be said of how two times differ, by the ids of those who answered each.

    Enough who answered both times; and those who came, and those who went, nobody or at least 5.

    >>> may_compare(frozenset(range(9)), frozenset(range(9)))
    True
    >>> may_compare(frozenset(range(9)), frozenset(range(8)))  # one left: the difference is theirs
    False
    """
    if len(before & now) < ENOUGH[kind]:
        return False
    return all(len(one) == 0 or len(one) >= CHANGED_MIN for one in (now - before, before - now))


# -- blurring --------------------------------------------------------------------------------------


def blur(secret: bytes) -> int:
    """Return by how many a count is blurred: a whole number around 0, from 32 secret bytes.

    0 in one of three, 1 or -1 in one of three, and each one further half as often: the difference
    of two runs of heads. So a count that is one higher makes no outcome more than twice as likely.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError(len(secret))
    half = SECRET_BYTES // 2
    return _heads(secret[:half]) - _heads(secret[half:])


def _heads(secret: bytes) -> int:
    number = int.from_bytes(secret, "big")
    return (number & -number).bit_length() - 1 if number else 8 * len(secret)


def band(count: int, of: int) -> Band | None:
    """Return the band that a count, blurred or not, falls into; None where it is hardly any.

    >>> band(7, 10), band(6, 10), band(3, 10), band(2, 10), band(1, 10)
    ('most', 'half', 'half', 'few', None)
    """
    return next((name for name, tenths in _BANDS if count > 0 and 10 * count >= tenths * of), None)


# -- the figures -----------------------------------------------------------------------------------


def moved(
    members: int, answers: Mapping[int, Answers], draw: Draw, before: Shown | None = None
) -> Shown | None:
    """Return how many moved towards what they set out to do: of those who said how it moved.

    `answers` of those who finished the round and are in the group, which has so many `members` that
    count; `before` is what was shown the last time. None where nothing may be said.
    """
    said = {
        member: any(one.choice in FORWARD for one in moves)
        for member, found in answers.items()
        if (moves := [one for key, one in found.items() if _is_move(key) and one.choice])
    }
    if not may_show("band", "answers", members=members, answered=len(said)):
        return None
    found = band(sum(said.values()) + blur(draw("moved")), len(said))
    return None if found is None else _shown(Figure("moved", found), frozenset(said), before)


def hurdle(members: int, answers: Mapping[int, Answers], draw: Draw) -> Shown | None:
    """Return what was most in the way, where it was for about half or more of who said what was.

    Each choice is blurred by itself before they are compared, so a group has to be larger.
    """
    said = {
        member: one.choice
        for member, found in answers.items()
        if (one := found.get("hurdle")) is not None and one.choice
    }
    if len(said) < CHOICES_MIN or not may_show(
        "band", "answers", members=members, answered=len(said)
    ):
        return None
    chosen = list(said.values())
    counts = {one: chosen.count(one) + blur(draw(f"hurdle {one}")) for one in HURDLES}
    first = max(HURDLES, key=lambda one: (counts[one], -HURDLES.index(one)))
    found = band(counts[first], len(said))
    if found is None or found == "few":
        return None
    return Shown(Figure("hurdle", found, first), frozenset(said))


def as_shown(what: What, band: Band, choice: str, *, is_more: bool) -> Figure:
    """Return a figure as it was shown when its round closed."""
    return Figure(what, band, choice, is_more)


def _shown(figure: Figure, counted: frozenset[int], before: Shown | None) -> Shown:
    is_more = (
        before is not None
        and may_compare(before.counted, counted)
        and _ORDER.index(figure.band) > _ORDER.index(before.figure.band)
    )
    return Shown(Figure(figure.what, figure.band, figure.choice, is_more), counted)


def _is_move(key: str) -> bool:
    return key.partition(":")[0] == "goal"
