"""The group's agreement: what the bot does in a group follows it, and only the group changes it.

A versioned document; each part is typed and validated here. No default costs a member money:
nothing is given together until the group names a plan.
"""

import functools
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from datetime import time
from typing import Any, Final

from bot.domain import plans as giving
from bot.domain.agreement_parts import (
    HOUR_MAX,
    NAME_MAX,
    PURSES,
    WEEKDAYS_MAX,
    WORDS_MAX,
    Amendments,
    Decisions,
    Joining,
    Late,
    Leaving,
    Loans,
    Meetings,
    Offices,
    Privacy,
    Questions,
    Quiet,
    ShareOut,
    SocialFund,
    Witnesses,
)
from bot.domain.calendar import QuietHours, is_zone
from bot.domain.errors import Refusal
from bot.domain.money import CURRENCY_SCALES
from bot.domain.plans import Contribution

#: What a group can do together with the bot, each switched on or off.
PRACTICES: Final = ("check_ins", "contributions", "polls", "digests", "meetings")
DAY_MAX: Final = 31
OPEN_DAYS_MAX: Final = 14

#: The parts of an agreement, in the order in which they are read.
PARTS: Final = (
    "name",
    "purpose",
    "joining",
    "language",
    "zone",
    "currency",
    "practices",
    "check_in",
    "questions",
    "meetings",
    "plans",
    "funds",
    "loans",
    "late",
    "social_fund",
    "share_out",
    "digest",
    "quiet",
    "decisions",
    "offices",
    "witnesses",
    "leaving",
    "privacy",
    "amendments",
)
#: The book is kept in one currency from its first day: that part never changes, locked or not.
NEVER_CHANGES: Final = frozenset({"currency"})
#: What could cost a member money, and how locks are lifted, is the group's from the first day.
LOCKED_AT_FIRST: Final = frozenset({"loans", "late", "amendments"})


class AgreementPartRefused(Refusal):
    """A part of the agreement has a value it cannot have; `part` names it."""


@dataclass(frozen=True)
class CheckIn:
    """The monthly round: the day and local hour it opens, and how many days it stays open."""

    day: int = 24
    hour: int = 18
    open_days: int = 4


@dataclass(frozen=True)
class Digest:
    """The day and local hour of the monthly digest, whether it is pinned, and what it tells.

    Who took part, goals reached and what was decided it always tells. `has_pulse`: whether a short
    post tells of a week in which something happened, on which weekday (1 is Monday) and hour.
    """

    day: int = 1
    hour: int = 18
    is_pinned: bool = False
    tells_answers: bool = True  # in bands, of all together
    tells_fund: bool = True
    tells_help: bool = True
    tells_thanks: bool = True
    tells_joined: bool = True
    has_pulse: bool = False
    pulse_weekday: int = 7
    pulse_hour: int = 18


@dataclass(frozen=True)
class Agreement:
    """One version of what a group agreed."""

    language: str
    zone: str
    currency: str
    practices: frozenset[str] = frozenset({"check_ins", "polls", "digests"})
    check_in: CheckIn = field(default_factory=CheckIn)
    questions: Questions = field(default_factory=Questions)
    meetings: Meetings = field(default_factory=Meetings)
    plans: tuple[Contribution, ...] = ()
    digest: Digest = field(default_factory=Digest)
    name: str = ""  # the chat's own title, where it says nothing
    purpose: str = ""
    joining: Joining = field(default_factory=Joining)
    funds: frozenset[str] = frozenset({"savings"})
    loans: Loans | None = None
    late: Late = field(default_factory=Late)
    social_fund: SocialFund | None = None
    share_out: ShareOut = field(default_factory=ShareOut)
    quiet: Quiet = field(default_factory=Quiet)
    decisions: Decisions = field(default_factory=Decisions)
    offices: Offices = field(default_factory=Offices)
    witnesses: Witnesses = field(default_factory=Witnesses)
    leaving: Leaving = field(default_factory=Leaving)
    privacy: Privacy = field(default_factory=Privacy)
    amendments: Amendments = field(default_factory=Amendments)
    locked: frozenset[str] = LOCKED_AT_FIRST
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse a part that cannot be. Raises AgreementPartRefused."""
        for part, holds in (
            ("zone", is_zone(self.zone)),
            ("currency", self.currency in CURRENCY_SCALES),
            ("practices", self.practices <= set(PRACTICES)),
            ("check_in", _day_and_hour(self.check_in)),
            ("check_in", 1 <= self.check_in.open_days <= OPEN_DAYS_MAX),
            ("digest", _day_and_hour(self.digest)),
            ("digest", 1 <= self.digest.pulse_weekday <= WEEKDAYS_MAX),
            ("digest", 0 <= self.digest.pulse_hour <= HOUR_MAX),
            ("plans", giving.holds(self.plans)),
            ("plans", bool(self.giving) or not self.does("contributions")),
            ("name", len(self.name) <= NAME_MAX),
            ("purpose", len(self.purpose) <= WORDS_MAX),
            ("funds", self.funds <= set(PURSES)),
            ("locked", self.locked <= set(PARTS) - NEVER_CHANGES),
            *((part, value.holds()) for part, value in self._bounded()),
        ):
            if not holds:
                raise AgreementPartRefused(part=part)

    def _bounded(self) -> list[tuple[str, Any]]:
        """Return the parts that know their own bounds."""
        values = ((one, getattr(self, one)) for one in PARTS)
        return [(one, value) for one, value in values if hasattr(value, "holds")]

    def does(self, practice: str) -> bool:
        """Whether the group does this together."""
        return practice in self.practices

    @property
    def giving(self) -> tuple[Contribution, ...]:
        """What the group gives together now: its plans, without those at rest."""
        if not self.does("contributions"):
            return ()
        return tuple(one for one in self.plans if not one.rests)

    @property
    def quiet_hours(self) -> QuietHours:
        """When nothing is said unasked, in the group's local time."""
        return QuietHours(time(self.quiet.from_hour), time(self.quiet.until_hour))

    def to_json(self) -> str:
        """Return the document as it is stored."""
        parts = asdict(self)
        del parts["version"]
        return json.dumps(parts, sort_keys=True, ensure_ascii=False, default=sorted)


# -- documents ------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1024)  # a group's is read with everything that is done in it
def from_json(document: str, version: int) -> Agreement:
    """Read a stored version. What it lacks has its default; what we do not know is passed over."""
    written = json.loads(document)
    if "quiet_from_hour" in written or "quiet_until_hour" in written:
        hours = {one: written.get(f"quiet_{one}") for one in ("from_hour", "until_hour")}
        written["quiet"] = {one: hour for one, hour in hours.items() if hour is not None}
    if "plans" not in written:  # at first an agreement had room for one
        only = written.get("contribution")
        written["plans"] = [] if only is None else [only]
    read: Agreement = _read(Agreement, written)
    return replace(read, version=version)


def with_parts(agreement: Agreement, parts: Mapping[str, Any]) -> Agreement:
    """Return the agreement with some parts changed. Raises AgreementPartRefused."""
    return replace(agreement, **parts)


def document_of(agreement: Agreement) -> dict[str, Any]:
    """Return the parts as plain values, as they stand in a document."""
    written: dict[str, Any] = json.loads(agreement.to_json())
    return written


# -- amending -------------------------------------------------------------------------------------


def amended(agreement: Agreement, part: str, value: Any) -> Agreement:  # noqa: ANN401 - as it is written
    """Return the agreement with one part changed to a plain value, as a document writes it.

    Of a part that has several fields only those that `value` names are changed: what was decided
    about one does not undo what has been agreed about another since. `plans` takes one plan (by
    its number) or all of them. None ends what need not be
    (loans). Raises AgreementPartRefused, for a part that never changes too.
    """
    if part not in PARTS or part in NEVER_CHANGES:
        raise AgreementPartRefused(part=part)
    before = document_of(agreement)[part]
    if part == "plans" and isinstance(value, dict):
        value = _with_plan(before, value)
    if isinstance(before, dict) and isinstance(value, dict):
        value = before | value
    kind = typing.get_type_hints(Agreement)[part]
    if not _fits(kind, value):
        raise AgreementPartRefused(part=part)
    return replace(agreement, **{part: _read(kind, value)})


def _with_plan(plans: list[dict[str, Any]], changed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the plans with one of them changed or added: others stay as they have become since."""
    number = changed.get("number")
    if all(one["number"] != number for one in plans):
        return [*plans, changed]
    return [one | changed if one["number"] == number else one for one in plans]


def with_lock(agreement: Agreement, part: str, *, is_locked: bool) -> Agreement:
    """Return the agreement with a part locked or not. Raises AgreementPartRefused."""
    if part not in PARTS or part in NEVER_CHANGES:
        raise AgreementPartRefused(part=part)
    locked = agreement.locked | {part} if is_locked else agreement.locked - {part}
    return replace(agreement, locked=locked)


def changes(before: Agreement, after: Agreement) -> tuple[str, ...]:
    """Return the parts that differ between two versions, in their order; locks are not a part."""
    return tuple(one for one in PARTS if getattr(before, one) != getattr(after, one))


def _inner(kind: Any) -> Any:  # noqa: ANN401 - any type hint
    """Return what an optional part is where it is there."""
    if isinstance(kind, types.UnionType):
        return next(one for one in typing.get_args(kind) if one is not type(None))
    return kind


def _read(kind: Any, written: Any) -> Any:  # noqa: ANN401 - any part, as a document writes it
    """Turn what a document writes back into a part, leniently: documents are read years later."""
    if written is None:
        return None
    inner = _inner(kind)
    if typing.get_origin(inner) is frozenset:
        return frozenset(written)
    if typing.get_origin(inner) is tuple:
        return tuple(_read(typing.get_args(inner)[0], one) for one in written)
    if not is_dataclass(inner):
        return written
    hints = typing.get_type_hints(inner)
    known = {one.name for one in fields(inner)} & written.keys()
    return typing.cast("type[Any]", inner)(
        **{name: _read(hints[name], written[name]) for name in known}
    )


def _fits(kind: Any, written: Any) -> bool:  # noqa: ANN401 - any part, as somebody wants it
    """Whether a plain value has the types of a part, and no field that we do not know."""
    inner = _inner(kind)
    if written is None:
        return inner is not kind
    origin = typing.get_origin(inner)
    if origin in {frozenset, tuple}:
        of = typing.get_args(inner)[0]
        return isinstance(written, list) and all(_fits(of, one) for one in written)
    if origin is typing.Literal:
        return isinstance(written, str) and written in typing.get_args(inner)
    if not is_dataclass(inner):
        return type(written) is inner
    hints = typing.get_type_hints(inner)
    return (
        isinstance(written, dict)
        and written.keys() <= {one.name for one in fields(inner)}
        and all(_fits(hints[name], value) for name, value in written.items())
    )


def _day_and_hour(part: CheckIn | Digest) -> bool:
    return 1 <= part.day <= DAY_MAX and 0 <= part.hour <= HOUR_MAX
