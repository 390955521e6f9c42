"""The agreement: what a group may agree on, kept as documents that are read years later."""

import json
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from agreements import agreements
from hypothesis import given

from bot.domain.agreement import (
    Agreement,
    AgreementPartRefused,
    CheckIn,
    Contribution,
    Digest,
    from_json,
    with_parts,
)

USUAL = Agreement(language="en", zone="Africa/Nairobi", currency="KES")


class TestTheUsual:
    def test_costs_nobody_money(self) -> None:
        assert USUAL.contribution is None
        assert not USUAL.does("contributions")

    def test_does_what_needs_no_money_and_is_quiet_at_night(self) -> None:
        assert USUAL.practices == {"check_ins", "polls", "digests"}
        assert (USUAL.quiet_hours.start, USUAL.quiet_hours.end) == (time(21), time(7))

    def test_speaks_outside_its_own_quiet_hours(self) -> None:
        for hour in (USUAL.check_in.hour, USUAL.digest.hour, Contribution(amount_minor=1).hour):
            assert USUAL.quiet_until_hour <= hour < USUAL.quiet_from_hour


class TestADocument:
    @given(agreements())
    def test_is_read_as_it_was_written(self, agreed: Agreement) -> None:
        assert from_json(agreed.to_json(), agreed.version) == agreed

    @given(agreements())
    def test_of_the_same_agreement_is_the_same_text(self, agreed: Agreement) -> None:
        assert agreed.to_json() == from_json(agreed.to_json(), agreed.version).to_json()

    def test_does_not_carry_its_version(self) -> None:
        assert "version" not in json.loads(USUAL.to_json())

    def test_that_knows_less_is_still_read(self) -> None:
        """Parts that a later program adds have their defaults in a document of today."""
        written = json.loads(USUAL.to_json())
        del written["digest"], written["quiet_from_hour"], written["check_in"]["open_days"]
        assert from_json(json.dumps(written), 1) == USUAL

    def test_that_knows_more_is_still_read(self) -> None:
        written = json.loads(USUAL.to_json()) | {"loans": {"limit": 3}}
        written["check_in"]["weather"] = "fine"
        assert from_json(json.dumps(written), 4) == replace(USUAL, version=4)


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("part", "wrong"),
        [
            ("practices", {"practices": frozenset({"check_ins", "loans"})}),
            ("check_in", {"check_in": CheckIn(day=0)}),
            ("check_in", {"check_in": CheckIn(day=32)}),
            ("check_in", {"check_in": CheckIn(hour=24)}),
            ("check_in", {"check_in": CheckIn(open_days=0)}),
            ("check_in", {"check_in": CheckIn(open_days=15)}),
            ("digest", {"digest": Digest(day=0)}),
            ("digest", {"digest": Digest(hour=-1)}),
            ("contribution", {"practices": frozenset({"contributions"})}),
            ("contribution", {"contribution": Contribution(amount_minor=0)}),
            ("contribution", {"contribution": Contribution(amount_minor=-5)}),
            ("contribution", {"contribution": Contribution(amount_minor=5, day=40)}),
            ("contribution", {"contribution": Contribution(amount_minor=5, grace_days=15)}),
            ("contribution", {"contribution": Contribution(amount_minor=5, witnesses=0)}),
            ("contribution", {"contribution": Contribution(5, how_to_pay="x" * 301)}),
            ("quiet_hours", {"quiet_from_hour": 24}),
            ("quiet_hours", {"quiet_until_hour": -1}),
            ("zone", {"zone": "Mars/Olympus"}),
            ("zone", {"zone": "../../etc/passwd"}),
            ("currency", {"currency": "XYZ"}),
        ],
    )
    def test_is_refused_and_named(self, part: str, wrong: dict[str, Any]) -> None:
        with pytest.raises(AgreementPartRefused) as refused:
            with_parts(USUAL, wrong)
        assert refused.value.facts == {"part": part}

    def test_leaves_the_agreement_as_it_was(self) -> None:
        changed = with_parts(USUAL, {"check_in": CheckIn(day=28)})
        assert changed.check_in.day == 28
        assert USUAL.check_in.day == 24
