"""What a decision makes happen by itself: each kind typed, written down with the proposal.

To add one: a class here, its check and its use case in `practices/effects.py`, its words in
`messages/decisions/_effects.j2`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from bot.domain.offices import Office


@dataclass(frozen=True)
class Amend:
    """A part of the agreement gets a value, written as the document writes it."""

    part: str
    value: Any


@dataclass(frozen=True)
class Lock:
    """A part of the agreement is locked (only a decision changes it), or unlocked."""

    part: str
    locked: bool


@dataclass(frozen=True)
class Switch:
    """A practice begins or ends."""

    practice: str
    on: bool


@dataclass(frozen=True)
class Elect:
    """Somebody takes an office: the member, or whoever is chosen of several."""

    office: Office
    member_id: int | None = None


@dataclass(frozen=True)
class PayOut:
    """An amount (minor units) is to be paid out of a purse: a gift to a household, or a cost."""

    purse: str
    amount_minor: int
    household_id: int | None = None


@dataclass(frozen=True)
class PayAllotted:
    """What each choice was allotted of a budget is to be paid out of a purse."""

    purse: str


@dataclass(frozen=True)
class Admit:
    """Somebody who asked to is invited to become a member; they still say yes themselves."""

    member_id: int


@dataclass(frozen=True)
class PartWith:
    """A member leaves; the books stay as they are."""

    member_id: int


@dataclass(frozen=True)
class AdoptQuestion:
    """The check-in asks everybody a question of the group's own, answered in one of its ways."""

    answered: str
    words: str


Effect = Amend | Lock | Switch | Elect | PayOut | PayAllotted | Admit | PartWith | AdoptQuestion

#: By the name under which each is stored; a name is never given to another.
KINDS: Final[Mapping[str, type[Effect]]] = {
    "amend": Amend,
    "lock": Lock,
    "switch": Switch,
    "elect": Elect,
    "pay_out": PayOut,
    "pay_allotted": PayAllotted,
    "admit": Admit,
    "part_with": PartWith,
    "adopt_question": AdoptQuestion,
}
_NAMES: Final = {kind: name for name, kind in KINDS.items()}


def name_of(effect: Effect) -> str:
    """Return the name of an effect's kind."""
    return _NAMES[type(effect)]


def written(effect: Effect) -> dict[str, Any]:
    """Return an effect as it is stored with the proposal."""
    return {"kind": name_of(effect)} | asdict(effect)


def read(document: Mapping[str, Any] | None) -> Effect | None:
    """Read a stored effect; None where there is none."""
    if document is None:
        return None
    facts = dict(document)
    return KINDS[facts.pop("kind")](**facts)
