"""The agreement: what a group may agree on, kept as documents that are read years later."""

import json
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from agreements import agreements
from effort import examples
from hypothesis import given, settings

from bot.domain.agreement import (
    LOCKED_AT_FIRST,
    NEVER_CHANGES,
    PARTS,
    Agreement,
    AgreementPartRefused,
    CheckIn,
    Digest,
    amended,
    changes,
    document_of,
    from_json,
    with_lock,
    with_parts,
)
from bot.domain.agreement_parts import (
    Amendments,
    Decisions,
    Joining,
    Late,
    Leaving,
    Loans,
    Offices,
    Privacy,
    Quiet,
    ShareOut,
    SocialFund,
    Witnesses,
)
from bot.domain.plans import Contribution

USUAL = Agreement(language="en", zone="Africa/Nairobi", currency="KES")


class TestTheUsual:
    def test_costs_nobody_money(self) -> None:
        assert USUAL.plans == ()
        assert not USUAL.does("contributions")

    def test_lends_charges_and_fines_nothing(self) -> None:
        assert USUAL.loans is None
        assert Loans().charge == 0
        assert USUAL.late == Late(fine_minor=0)
        assert USUAL.social_fund is None

    def test_leaves_what_could_cost_money_and_the_locks_themselves_to_the_group(self) -> None:
        assert USUAL.locked == {"loans", "late", "amendments"} == LOCKED_AT_FIRST

    def test_does_what_needs_no_money_and_is_quiet_at_night(self) -> None:
        assert USUAL.practices == {"check_ins", "polls", "digests"}
        assert (USUAL.quiet_hours.start, USUAL.quiet_hours.end) == (time(21), time(7))

    def test_speaks_outside_its_own_quiet_hours(self) -> None:
        for hour in (USUAL.check_in.hour, USUAL.digest.hour, Contribution(amount_minor=1).hour):
            assert USUAL.quiet.until_hour <= hour < USUAL.quiet.from_hour


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
        del written["digest"], written["quiet"], written["check_in"]["open_days"]
        assert from_json(json.dumps(written), 1) == USUAL

    def test_of_the_first_program_is_still_read(self) -> None:
        """As it was written before there were locks, words and offices in it."""
        written = {
            "check_in": {"day": 24, "hour": 18, "open_days": 4},
            "contribution": None,
            "currency": "KES",
            "digest": {"day": 2, "hour": 17},
            "language": "en",
            "practices": ["check_ins", "digests", "polls"],
            "quiet_from_hour": 20,
            "quiet_until_hour": 6,
            "zone": "Africa/Nairobi",
        }
        agreed = from_json(json.dumps(written), 3)
        assert agreed == replace(USUAL, digest=Digest(2, 17), quiet=Quiet(20, 6), version=3)
        assert agreed.locked == LOCKED_AT_FIRST

    def test_of_the_time_when_there_was_one_contribution_is_still_read(self) -> None:
        written = json.loads(USUAL.to_json()) | {
            "practices": ["contributions"],
            "contribution": {"amount_minor": 50_000, "day": 7, "witnesses": 2, "how_to_pay": "x"},
        }
        del written["plans"]
        agreed = from_json(json.dumps(written), 1)
        assert agreed.plans == (Contribution(50_000, day=7, witnesses=2, how_to_pay="x"),)
        assert agreed.giving == agreed.plans

    def test_that_knows_more_is_still_read(self) -> None:
        written = json.loads(USUAL.to_json()) | {"weather": {"limit": 3}}
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
            ("plans", {"practices": frozenset({"contributions"})}),
            ("plans", {"plans": (Contribution(amount_minor=0),)}),
            ("plans", {"plans": (Contribution(amount_minor=-5),)}),
            ("plans", {"plans": (Contribution(amount_minor=5, day=40),)}),
            ("plans", {"plans": (Contribution(amount_minor=5, grace_days=15),)}),
            ("plans", {"plans": (Contribution(amount_minor=5, witnesses=0),)}),
            ("plans", {"plans": (Contribution(5, how_to_pay="x" * 301),)}),
            ("plans", {"plans": (Contribution(5, purse="mine"),)}),
            ("plans", {"plans": (Contribution(5, number=0),)}),
            ("plans", {"plans": (Contribution(5), Contribution(5, purse="project"))}),
            ("plans", {"plans": (Contribution(5), Contribution(5, number=2))}),
            (
                "plans",
                {"plans": tuple(Contribution(5, number=n, rests=True) for n in range(1, 10))},
            ),
            ("plans", {"plans": (Contribution(5, kind="open"),)}),
            ("plans", {"plans": (Contribution(0, kind="shares"),)}),
            ("plans", {"plans": (Contribution(5, kind="shares", unit="hours"),)}),
            ("plans", {"plans": (Contribution(5, unit="x" * 25),)}),
            ("plans", {"plans": (Contribution(5, every="week", day=8),)}),
            ("plans", {"plans": (Contribution(5, every="week", day=4, grace_days=4),)}),
            ("plans", {"plans": (Contribution(5, every="two_weeks", day=4),)}),
            ("plans", {"plans": (Contribution(5, every="two_weeks", anchor="20260301"),)}),
            (
                "plans",
                {
                    "practices": frozenset({"contributions"}),
                    "plans": (Contribution(5, rests=True),),
                },
            ),
            ("quiet", {"quiet": Quiet(from_hour=24)}),
            ("quiet", {"quiet": Quiet(until_hour=-1)}),
            ("name", {"name": "x" * 65}),
            ("purpose", {"purpose": "x" * 301}),
            ("joining", {"joining": Joining(words="x" * 301)}),
            ("funds", {"funds": frozenset({"pocket"})}),
            ("loans", {"loans": Loans(times_savings=0)}),
            ("loans", {"loans": Loans(times_savings=11)}),
            ("loans", {"loans": Loans(months=0)}),
            ("loans", {"loans": Loans(months=61)}),
            ("loans", {"loans": Loans(charge=-1)}),
            ("loans", {"loans": Loans(charge=10_001)}),
            ("late", {"late": Late(fine_minor=-1)}),
            ("late", {"late": Late(words="x" * 301)}),
            ("social_fund", {"social_fund": SocialFund(most_minor=-1)}),
            ("social_fund", {"social_fund": SocialFund(words="x" * 301)}),
            ("share_out", {"share_out": ShareOut(month=13)}),
            ("share_out", {"share_out": ShareOut(month=-1)}),
            ("decisions", {"decisions": Decisions(quorum=101)}),
            ("decisions", {"decisions": Decisions(days=0)}),
            ("decisions", {"decisions": Decisions(days=31)}),
            ("decisions", {"decisions": Decisions(talk_days=15)}),
            ("offices", {"offices": Offices(term_months=61)}),
            ("offices", {"offices": Offices(facilitators=0)}),
            ("offices", {"offices": Offices(treasurers=10)}),
            ("witnesses", {"witnesses": Witnesses(0)}),
            ("leaving", {"leaving": Leaving(words="x" * 301)}),
            ("privacy", {"privacy": Privacy(keep_months=11)}),
            ("privacy", {"privacy": Privacy(keep_months=61)}),
            ("amendments", {"amendments": Amendments(quorum=-1)}),
            ("locked", {"locked": frozenset({"currency"})}),
            ("locked", {"locked": frozenset({"weather"})}),
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


class TestAmending:
    @given(agreements(), agreements())
    @settings(max_examples=examples(25), deadline=None)
    def test_turns_one_agreement_into_another_part_by_part(
        self, before: Agreement, after: Agreement
    ) -> None:
        """Whatever can be agreed can be got to; what is done together is tried apart."""
        kept = ("currency", "locked", "version", "practices", "plans")
        after = replace(after, **{one: getattr(before, one) for one in kept})
        now = before
        for part in changes(before, after):
            now = amended(now, part, document_of(after)[part])
        assert now == after

    @given(agreements(), agreements())
    @settings(max_examples=examples(25), deadline=None)
    def test_changes_that_part_and_no_other(self, before: Agreement, after: Agreement) -> None:
        for part in PARTS:
            if part in NEVER_CHANGES | {"practices", "plans"}:
                continue
            changed = amended(before, part, document_of(after)[part])
            assert set(changes(before, changed)) <= {part}
            assert getattr(changed, part) == getattr(after, part)

    def test_of_one_field_leaves_what_was_agreed_on_another(self) -> None:
        changed = amended(USUAL, "check_in", {"day": 10})
        assert changed.check_in == replace(USUAL.check_in, day=10)

    def test_of_one_plan_leaves_what_was_agreed_on_another(self) -> None:
        savings, social = Contribution(500), Contribution(20, number=2, purse="social_fund")
        giving = replace(USUAL, plans=(savings, social))
        changed = amended(giving, "plans", {"number": 2, "amount_minor": 30})
        assert changed.plans == (savings, replace(social, amount_minor=30))
        third = {"number": 3, "amount_minor": 9, "purse": "project", "every": "week", "day": 4}
        added = Contribution(9, number=3, purse="project", every="week", day=4)
        assert amended(giving, "plans", third).plans == (savings, social, added)
        with pytest.raises(AgreementPartRefused):
            amended(giving, "plans", {"number": 2, "purse": "savings"})
        with pytest.raises(AgreementPartRefused):
            amended(giving, "plans", {"number": 2, "every": "year"})

    def test_begins_and_ends_what_need_not_be(self) -> None:
        lending = amended(USUAL, "loans", {"months": 6})
        assert lending.loans == Loans(months=6)
        assert amended(lending, "loans", None) == USUAL

    @pytest.mark.parametrize(
        ("part", "value"),
        [
            ("currency", "EUR"),
            ("weather", "fine"),
            ("locked", []),
            ("version", 7),
            ("check_in", {"day": "10"}),
            ("check_in", {"day": True}),
            ("check_in", {"weather": 1}),
            ("check_in", 10),
            ("check_in", None),
            ("check_in", {"day": 32}),
            ("digest", {"is_pinned": 1}),
            ("purpose", 7),
            ("purpose", None),
            ("practices", "polls"),
            ("practices", ["polls", 7]),
            ("practices", ["polls", "fines"]),
            ("decisions", {"method": "coin"}),
            ("joining", {"way": "lot"}),
            ("offices", []),
        ],
    )
    def test_refuses_what_cannot_be(self, part: str, value: object) -> None:
        with pytest.raises(AgreementPartRefused):
            amended(USUAL, part, value)


class TestLocks:
    @given(agreements())
    def test_are_kept_with_the_document(self, agreed: Agreement) -> None:
        for part in sorted(set(PARTS) - NEVER_CHANGES):
            locked = with_lock(agreed, part, is_locked=True)
            assert part in locked.locked
            assert part not in with_lock(locked, part, is_locked=False).locked
            assert changes(agreed, locked) == ()

    @pytest.mark.parametrize("part", ["currency", "weather", "locked"])
    def test_are_for_parts_that_can_change(self, part: str) -> None:
        with pytest.raises(AgreementPartRefused):
            with_lock(USUAL, part, is_locked=True)
