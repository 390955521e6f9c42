"""Offices: who may hold which, who makes room, and how the chair goes round."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from agreements import agreements
from hypothesis import given, strategies as st

from bot.domain.agreement import Agreement
from bot.domain.agreement_parts import Offices, Witnesses
from bot.domain.offices import (
    OFFICES,
    Holding,
    Office,
    OfficeFull,
    TreasurerWitnesses,
    WitnessKeepsMoney,
    WitnessOfHousehold,
    free,
    make_room,
    next_chair,
    require_may_take,
    seats,
    term_ends,
)

USUAL = Agreement(language="en", zone="Africa/Nairobi", currency="KES")
AMINA, JUMA = Holding(1, 1, "Amina"), Holding(2, 1, "Juma")  # of one household
NEEMA, OTIENO, WANJIRU = Holding(3, 2, "Neema"), Holding(4, 3, "Otieno"), Holding(5, 4, "Wanjiru")
people = st.lists(
    st.builds(Holding, st.integers(1, 12), st.integers(1, 6)),
    unique_by=lambda one: one.member_id,
    max_size=9,
)


class TestSeats:
    def test_are_as_agreed_three_witnesses_if_nothing_else_is(self) -> None:
        assert [seats(USUAL, one) for one in OFFICES] == [2, 1, 1, 3, 1]
        agreed = replace(USUAL, offices=Offices(treasurers=2), witnesses=Witnesses(5))
        assert [seats(agreed, one) for one in OFFICES] == [2, 2, 1, 5, 1]

    def test_that_are_free_are_offered(self) -> None:
        assert free(USUAL, {}) == [0, 1, 2, 3, 4]
        assert free(USUAL, {"facilitator": 2, "treasurer": 1, "witness": 2}) == [2, 3, 4]

    def test_are_not_offered_where_the_group_elects_but_for_a_lacking_facilitator(self) -> None:
        elects = replace(USUAL, offices=Offices(way="election"))
        assert free(elects, {"treasurer": 1}) == [0]
        assert free(elects, {"facilitator": 1}) == []


class TestATerm:
    def test_is_a_year_if_nothing_else_is_agreed(self) -> None:
        assert term_ends(USUAL, date(2026, 3, 2)) == date(2027, 3, 2)

    def test_ends_on_the_last_day_of_a_short_month(self) -> None:
        half = replace(USUAL, offices=Offices(term_months=6))
        assert term_ends(half, date(2026, 8, 31)) == date(2027, 2, 28)

    def test_may_have_no_end(self) -> None:
        assert term_ends(replace(USUAL, offices=Offices(term_months=0)), date(2026, 3, 2)) is None


class TestTakingUp:
    def test_the_treasurer_is_no_witness_and_a_witness_no_treasurer(self) -> None:
        with pytest.raises(TreasurerWitnesses):
            require_may_take("witness", AMINA, {"treasurer": [AMINA]}, 3)
        with pytest.raises(WitnessKeepsMoney):
            require_may_take("treasurer", AMINA, {"witness": [NEEMA, AMINA]}, 1)

    def test_two_witnesses_are_not_of_one_household(self) -> None:
        with pytest.raises(WitnessOfHousehold) as refused:
            require_may_take("witness", JUMA, {"witness": [NEEMA, AMINA]}, 3)
        assert refused.value.facts == {"name": "Amina"}
        require_may_take("witness", JUMA, {"witness": [NEEMA, AMINA]}, 3, giver=AMINA.member_id)

    def test_of_other_offices_two_may_be_of_one_household(self) -> None:
        require_may_take("facilitator", JUMA, {"facilitator": [AMINA]}, 2)

    def test_needs_a_seat(self) -> None:
        with pytest.raises(OfficeFull) as refused:
            require_may_take("treasurer", NEEMA, {"treasurer": [AMINA]}, 1)
        assert refused.value.facts == {"office": "treasurer", "names": ["Amina"]}
        require_may_take("treasurer", NEEMA, {"treasurer": [AMINA]}, 1, giver=AMINA.member_id)

    @given(people, st.lists(st.sampled_from(OFFICES), max_size=30), st.integers(1, 4))
    def test_in_whatever_order_keeps_the_rules(
        self, folk: list[Holding], wanted: list[Office], number: int
    ) -> None:
        held: dict[Office, list[Holding]] = {one: [] for one in OFFICES}
        for place, office in enumerate(wanted):
            if not folk:
                return
            taker = folk[place % len(folk)]
            if taker in held[office]:
                continue
            try:
                require_may_take(office, taker, held, number)
            except (OfficeFull, TreasurerWitnesses, WitnessKeepsMoney, WitnessOfHousehold):
                continue
            held[office].append(taker)
        witnesses = held["witness"]
        assert len({one.household_id for one in witnesses}) == len(witnesses)
        assert not {one.member_id for one in witnesses} & {
            one.member_id for one in held["treasurer"]
        }
        assert all(len(ones) <= number for ones in held.values())


class TestAnElection:
    def test_fills_a_free_seat(self) -> None:
        assert make_room("facilitator", [AMINA], NEEMA, 2) == []

    def test_takes_the_seat_of_who_served_longest(self) -> None:
        assert make_room("facilitator", [AMINA, OTIENO], NEEMA, 2) == [AMINA]
        assert make_room("treasurer", [OTIENO], NEEMA, 1) == [OTIENO]

    def test_of_who_holds_it_moves_nobody(self) -> None:
        assert make_room("treasurer", [OTIENO], OTIENO, 1) == []

    def test_moves_a_witness_of_the_same_household_and_then_nobody_else(self) -> None:
        assert make_room("witness", [OTIENO, AMINA, NEEMA], JUMA, 3) == [AMINA]
        assert make_room("witness", [OTIENO, NEEMA, WANJIRU], JUMA, 3) == [OTIENO]

    def test_frees_what_is_too_many_since_fewer_were_agreed_on(self) -> None:
        assert make_room("witness", [OTIENO, NEEMA, WANJIRU], JUMA, 2) == [OTIENO, NEEMA]

    def test_of_three_one_after_another_ends_with_those_three(self) -> None:
        """The group elects Neema again, and Juma and Wanjiru for Amina and Otieno."""
        holding = [AMINA, NEEMA, OTIENO]
        for elected in (NEEMA, JUMA, WANJIRU):
            leaving = make_room("witness", holding, elected, 3)
            holding = [one for one in holding if one not in [*leaving, elected]] + [elected]
        assert holding == [NEEMA, JUMA, WANJIRU]

    @given(st.sampled_from(OFFICES), people, st.integers(1, 9))
    def test_leaves_as_many_as_there_are_seats(
        self, office: Office, folk: list[Holding], number: int
    ) -> None:
        for elected in folk:
            others = [one for one in folk if one != elected]
            leaving = make_room(office, others, elected, number)
            staying = [one for one in others if one not in leaving]
            assert len(staying) + 1 <= max(number, 1)
            assert elected not in leaving
            if office == "witness":
                assert elected.household_id not in {one.household_id for one in staying}
            too_few = len(staying) + 1 < number
            of_others = [one for one in leaving if one.household_id != elected.household_id]
            assert not (too_few and of_others), "nobody steps down for a seat that is free"


class TestTheChair:
    def test_goes_round_by_number(self) -> None:
        chaired: list[int] = []
        for _ in range(7):
            turn = next_chair([1, 2, 3], chaired)
            assert turn is not None
            chaired.append(turn)
        assert chaired == [1, 2, 3, 1, 2, 3, 1]

    def test_waits_for_nobody_and_forgets_nobody(self) -> None:
        """Two could not come to the second meeting: it is hers at the third."""
        assert next_chair([1, 3], [1]) == 3
        assert next_chair([1, 2, 3], [1, 3]) == 2

    def test_comes_to_a_newcomer_before_anybody_again(self) -> None:
        assert next_chair([1, 2, 9], [1, 2]) == 9

    def test_is_nobodys_where_nobody_can(self) -> None:
        assert next_chair([], [1, 2]) is None

    @given(
        st.sets(st.integers(1, 30), min_size=1, max_size=12),
        st.lists(st.integers(1, 30), max_size=20),
    )
    def test_comes_to_each_once_before_to_anybody_twice(
        self, numbers: set[int], before: list[int]
    ) -> None:
        chaired = list(before)
        for _ in numbers:
            turn = next_chair(numbers, chaired)
            assert turn is not None
            chaired.append(turn)
        assert Counter(chaired[len(before) :]) == dict.fromkeys(numbers, 1)


@given(agreements())
def test_every_office_of_every_agreement_has_a_seat(agreed: Agreement) -> None:
    assert all(seats(agreed, one) >= 1 for one in OFFICES)
