"""Whole years of a village and of a farm, with the figures the field knows: to the last unit."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from books import Books

from bot.domain.periods import next_key
from bot.domain.plans import Contribution
from bot.practices import (
    book,
    checking,
    contributions,
    fund,
    meeting_lists,
    payouts,
    splits,
    witnessing,
)
from bot.practices.payouts import WHATS
from bot.storage import chats, contributions as store, ledger, members, questions
from bot.storage.database import Transaction


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(tmp_path)
    yield made
    made.close()


class Year:
    """What a treasurer (the first) and a witness (the second) do, a transaction each."""

    def __init__(self, books: Books, group_id: int) -> None:
        self.books = books
        self.group_id = group_id
        self.taps = 0
        with books.transaction() as at:
            members.take_office(at, group_id, "treasurer", 1)

    def gives(self, household: int, plan: int, amount_minor: int) -> None:
        """A household's member (of the same number) gives something; another confirms it."""
        with self.books.transaction() as at:
            self.taps += 1
            numbers = (self.group_id, household, plan, amount_minor)
            contributions.say_amount(at, self._chat(at, household), self.taps, household, numbers)
            self._confirm_last(at, 2 if household == 1 else 1)

    def whole_list(self) -> None:
        """The treasurer ticks all; the second confirms all but their own, the third that."""
        with self.books.transaction() as at:
            screen = meeting_lists.begin(at, self.group_id, 1)
            list_id = screen.facts["list"].id
            meeting_lists.tick_all(at, list_id, 1)
            meeting_lists.say(at, list_id, 1)
            meeting_lists.confirm(at, list_id, 2)
            for claim in store.open_of_group(at, self.group_id):
                witnessing.confirm(at, claim.id, 3)

    def moves(self, what: str, purse: int, code: str, target: int, amount: str) -> None:
        """The treasurer says what moved; the second confirms it."""
        with self.books.transaction() as at:
            numbers = (self.group_id, purse, self._id(at, code), WHATS.index(what), target)
            chat = self._chat(at, 1)
            payouts.ask_amount(at, chat, 1, numbers)
            payouts.take_amount(at, chat, questions.open_in(at, 1, chat.id)[0], amount)
            payouts.take_reason(at, questions.open_in(at, 1, chat.id)[0], "as agreed", None)
            self._confirm_last(at, 2)

    def shares_out(self, purse: int, by: str, amount: str) -> list[int]:
        """The treasurer shares an amount out by a unit; all is confirmed; the parts are given."""
        with self.books.transaction() as at:
            numbers = (self.group_id, purse, self._id(at, "USD"), self._id(at, by))
            chat = self._chat(at, 1)
            splits.ask_amount(at, chat, 1, numbers)
            shown = splits.take_amount(at, chat, questions.open_in(at, 1, chat.id)[0], amount)
            splits.take_reason(at, questions.open_in(at, 1, chat.id)[0], "The harvest")
            for claim in store.open_of_group(at, self.group_id):
                witnessing.confirm(at, claim.id, 3 if claim.household_id == 2 else 2)
            return [part.amount_minor for _, part in shown.facts["parts"]]

    def purse_of(self, name: str) -> int:
        """The account of a purse."""
        with self.books.transaction() as at:
            found = ledger.account_id(at, self.group_id, "purse", name)
            assert found is not None
            return found

    def fund(self) -> dict[tuple[str, str], int]:
        """What every purse holds of everything."""
        with self.books.transaction() as at:
            return {
                (one.name, one.commodity.unit or one.commodity.code): one.amount_minor
                for one in fund.purses(at, self.group_id)
            }

    def is_whole(self) -> None:
        """The book agrees with itself, and every commodity adds up to nothing."""
        with self.books.transaction() as at:
            assert checking.verify(at, self.group_id) == []
            for commodity in ledger.commodities_of(at, self.group_id):
                total = sum(
                    ledger.balance(at, row["id"], commodity.id)
                    for row in at.all("SELECT id FROM accounts")
                )
                assert total == 0

    def _confirm_last(self, at: Transaction, witness: int) -> None:
        witnessing.confirm(at, at.value("SELECT max(id) FROM claims"), witness)

    def _id(self, at: Transaction, code: str) -> int:
        for one in ledger.commodities_of(at, self.group_id):
            if code in {one.code, one.unit}:
                return one.id
        return ledger.money_of(at, self.group_id, code).id

    def _chat(self, at: Transaction, person_id: int) -> chats.Chat:
        chat = chats.of_person(at, person_id)
        assert chat is not None
        return chat


def test_a_village_of_75_households_at_1_10_a_month_for_three_years(books: Books) -> None:
    """Siganiro (product: "Where this comes from"): 82.50 a month, 2,970 in three years."""
    names = [f"Household {number}" for number in range(1, 76)]
    group = books.has_group(*names, plans=(Contribution(110),), currency="USD")
    year = Year(books, group.id)
    year.whole_list()
    assert year.fund() == {("savings", "USD"): 82_50}
    for household in range(1, 76):
        year.gives(household, 1, 11 * 110)  # the rest of the first year at once
    assert year.fund() == {("savings", "USD"): 990_00}
    for _ in range(2):
        books.passes(days=365)
        for household in range(1, 76):
            year.gives(household, 1, 12 * 110)
    assert year.fund() == {("savings", "USD"): 2_970_00}
    with books.transaction() as at:
        plan = book.plan_of(at, group.id)
        months = [next_key("2026-03", steps) for steps in range(36)]
        assert [book.paid(at, plan, month) for month in months] == [(75, 75)] * 36
        assert book.paid(at, plan, next_key(months[-1])) == (0, 75)
        assert book.given_by(at, plan.place, 40) == 36 * 110
        assert ledger.head(at, group.id).seq == 4 * 75
    for instalment in ("4800", "2400", "800"):  # 60, 30 and 10 %: field notes 2.4 J
        year.moves("income", 2, "USD", 0, instalment)
    assert year.fund()["project", "USD"] == 8_000_00
    year.moves("cost", year.purse_of("project"), "USD", 0, "7999.50")  # 75 iron roofs at 106.66
    assert year.fund() == {("savings", "USD"): 2_970_00, ("project", "USD"): 50}
    year.is_whole()


ACRES = {1: 40, 2: 40, 3: 40, 4: 40, 5: 40, 6: 40, 7: 40, 8: 40, 9: 40, 10: 40, 11: 40}


def test_a_farm_cooperatives_year(books: Books) -> None:
    """Gruver (product: "Where this comes from"): 440 acres, seed, fertilizer, work; 500,000.

    Agreed is: three fifths of the harvest for scholarships, a tenth for the next season, and the
    rest to the households by the acre-days they gave.
    """
    units = ("kg of seed", "kg of fertilizer", "acre-days", "hours")
    plans = tuple(
        Contribution(0, number=number, purse="project", kind="open", unit=unit)
        for number, unit in enumerate(units, 1)
    )
    group = books.has_group(*(f"Farm {number}" for number in ACRES), plans=plans, currency="USD")
    year = Year(books, group.id)
    for household, acres in ACRES.items():
        year.gives(household, 1, acres * 20 * 100)  # 20 kg of seed an acre
        year.gives(household, 2, acres * 100 * 100)
        year.gives(household, 3, acres * 100)  # a day an acre
        year.gives(household, 4, 12_50)  # twelve and a half hours of mending fences
    year.gives(3, 3, 10_00)  # ten acre-days more, for a neighbour who was ill
    held = year.fund()
    assert held == {
        ("project", "kg of seed"): 8_800_00,
        ("project", "kg of fertilizer"): 44_000_00,
        ("project", "acre-days"): 450_00,
        ("project", "hours"): 137_50,
    }
    year.moves("cost", year.purse_of("project"), "kg of seed", 0, "8800")  # it is sown
    year.moves("income", 2, "USD", 0, "500,000")
    year.moves("move", year.purse_of("project"), "USD", 3, "300000")
    parts = year.shares_out(year.purse_of("project"), "acre-days", "150000")
    assert sum(parts) == 150_000_00
    assert parts[2] == 1_666_667  # 50 of 450 acre-days
    assert sorted({*parts}) == [1_333_333, 1_333_334, 1_666_667]
    held = year.fund()
    assert held["scholarship", "USD"] == 300_000_00
    assert held["project", "USD"] == 50_000_00
    assert ("project", "kg of seed") not in held
    year.is_whole()


def test_three_weeks_and_what_is_left_over_to_the_social_fund(books: Books) -> None:
    """Field notes 2.4 A in the book itself: 10 shares worth 50, and 3 for welfare."""
    plan = Contribution(500, kind="shares", every="week", day=4, leftover="social_fund")
    group = books.has_group("Ama", "Kofi", plans=(plan,), currency="GHS")
    year = Year(books, group.id)
    for amount in (20_00, 10_00, 23_00):
        year.gives(1, 1, amount)
        books.passes(days=7)
    assert year.fund() == {
        ("savings", "GHS"): 50_00,
        ("savings", "shares"): 10,
        ("social_fund", "GHS"): 3_00,
    }
    year.is_whole()
