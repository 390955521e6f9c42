"""The group's agreement: what the bot does in a group follows it, and only the group changes it.

A versioned document; each part is typed and validated here. No default costs a member money:
there is no contribution until the group names an amount.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import time
from typing import Any, Final

from bot.domain.calendar import QuietHours, is_zone
from bot.domain.errors import Refusal
from bot.domain.money import CURRENCY_SCALES

#: What a group can do together with the bot, each switched on or off.
PRACTICES: Final = ("check_ins", "contributions", "polls", "digests")
DAY_MAX: Final = 31
HOUR_MAX: Final = 23
OPEN_DAYS_MAX: Final = 14
GRACE_DAYS_MAX: Final = 14
HOW_TO_PAY_MAX: Final = 300


class AgreementPartRefused(Refusal):
    """A part of the agreement has a value it cannot have; `part` names it."""


@dataclass(frozen=True)
class CheckIn:
    """The monthly round: the day and local hour it opens, and how many days it stays open."""

    day: int = 24
    hour: int = 18
    open_days: int = 4


@dataclass(frozen=True)
class Contribution:
    """A fixed amount a month: minor units of the group's currency, its day, and days of grace."""

    amount_minor: int
    day: int = 5
    hour: int = 18
    grace_days: int = 3
    how_to_pay: str = ""
    witnesses: int = 1


@dataclass(frozen=True)
class Digest:
    """The day and local hour of the monthly digest."""

    day: int = 1
    hour: int = 18


@dataclass(frozen=True)
class Agreement:
    """One version of what a group agreed."""

    language: str
    zone: str
    currency: str
    practices: frozenset[str] = frozenset({"check_ins", "polls", "digests"})
    check_in: CheckIn = field(default_factory=CheckIn)
    contribution: Contribution | None = None
    digest: Digest = field(default_factory=Digest)
    quiet_from_hour: int = 21
    quiet_until_hour: int = 7
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
            ("contribution", self.contribution is None or _contribution(self.contribution)),
            ("contribution", self.contribution is not None or not self.does("contributions")),
            ("quiet_hours", 0 <= self.quiet_from_hour <= HOUR_MAX),
            ("quiet_hours", 0 <= self.quiet_until_hour <= HOUR_MAX),
        ):
            if not holds:
                raise AgreementPartRefused(part=part)

    def does(self, practice: str) -> bool:
        """Whether the group does this together."""
        return practice in self.practices

    @property
    def quiet_hours(self) -> QuietHours:
        """When nothing is said unasked, in the group's local time."""
        return QuietHours(time(self.quiet_from_hour), time(self.quiet_until_hour))

    def to_json(self) -> str:
        """Return the document as it is stored."""
        parts = asdict(self)
        parts["practices"] = sorted(self.practices)
        del parts["version"]
        return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def from_json(document: str, version: int) -> Agreement:
    """Read a stored version. What it lacks has its default; what we do not know is passed over."""
    parts = _known(Agreement, json.loads(document))
    parts["practices"] = frozenset(parts["practices"])
    parts["check_in"] = CheckIn(**_known(CheckIn, parts.get("check_in", {})))
    parts["digest"] = Digest(**_known(Digest, parts.get("digest", {})))
    if parts.get("contribution") is not None:
        parts["contribution"] = Contribution(**_known(Contribution, parts["contribution"]))
    return Agreement(**parts | {"version": version})


def with_parts(agreement: Agreement, parts: Mapping[str, Any]) -> Agreement:
    """Return the agreement with some parts changed. Raises AgreementPartRefused."""
    return replace(agreement, **parts)


def _known(part: type[Any], written: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(part)}
    return {name: value for name, value in written.items() if name in names}


def _day_and_hour(part: CheckIn | Digest | Contribution) -> bool:
    return 1 <= part.day <= DAY_MAX and 0 <= part.hour <= HOUR_MAX


def _contribution(part: Contribution) -> bool:
    return (
        _day_and_hour(part)
        and part.amount_minor > 0
        and 0 <= part.grace_days <= GRACE_DAYS_MAX
        and part.witnesses in {1, 2}
        and len(part.how_to_pay) <= HOW_TO_PAY_MAX
    )
