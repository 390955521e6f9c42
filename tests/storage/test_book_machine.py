"""Whatever people do in whatever order, the book equals a plain model of it.

Nothing of the bot is replaced but Telegram: practices, rules and the real file, which is let go of
and opened again at any step.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from books import Books
from effort import examples
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain import contributions as rules
from bot.domain.errors import Refusal
from bot.practices import book, checking, contributions, corrections, witnessing
from bot.storage import chats, contributions as store, ledger, members
from bot.storage.database import Transaction

NAMES = ("Amina", "Juma", "Neema", "Otieno", "Wanjiru")
WHO = st.integers(0, len(NAMES) - 1)
AMOUNT = st.sampled_from([1, 20_000, 50_000, 50_001, 120_000])


@dataclass
class Said:
    """What the model knows of a claim."""

    id: int
    kind: str
    by: int  # the member's id
    household: int  # whose account
    amount: int
    kin: set[
        int
    ]  # members who ever shared a household with the sayer, or were of the one it is for
    reverses: int | None = None
    tap: int = 0  # the message whose button said it
    state: str = "said"
    against: set[int] = field(default_factory=set)
    seq: int | None = None


class BookMachine(RuleBasedStateMachine):
    """Five people pay, witness, object, correct, move, leave; a dict knows what must come of it."""

    @initialize(witnesses=st.sampled_from([1, 1, 2]))
    def begins(self, witnesses: int) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.books = Books(Path(self.folder.name))
        self.group = self.books.has_group(*NAMES, witnesses=witnesses)
        self.witnesses = witnesses
        self.said: list[Said] = []
        self.taps = 0
        self.given: dict[int, int] = {}  # by household's account
        self.households = {number: number for number in range(1, len(NAMES) + 1)}  # by member
        self.ever: dict[int, set[int]] = {one: {one} for one in self.households}
        self.present = set(self.households)
        self.entries: list[Said] = []

    def teardown(self) -> None:
        if hasattr(self, "books"):
            self.books.close()
            self.folder.cleanup()

    def _person(self, member_id: int) -> int:
        return member_id  # in this file every person is a member of one group, in the same order

    def _kin(self, member_id: int, household: int) -> set[int]:
        theirs = self.ever[member_id] | {household}
        return {one for one, ever in self.ever.items() if ever & theirs}

    # -- what people do ---------------------------------------------------------------------------

    @rule(who=WHO, amount=AMOUNT, for_whom=st.none() | WHO)
    def pays(self, who: int, amount: int, for_whom: int | None) -> None:
        member = who + 1
        household = self.households[member if for_whom is None else for_whom + 1]
        self.taps += 1
        try:
            with self.books.transaction() as at:
                chat = self._chat(at, member)
                contributions.say_amount(
                    at, chat, self.taps, self._person(member), (self.group.id, household, 1, amount)
                )
                number = at.value("SELECT max(id) FROM claims")
        except rules.AmountFarAhead:
            waits = sum(one.amount for one in self.said if one.state in {"said", "disputed"})
            assert amount + waits + sum(self.given.values()) > 20 * 50_000
            return
        except Refusal:
            lives = any(self.households[one] == household for one in self.present)
            assert member not in self.present or not lives
            return
        assert member in self.present
        kin = self._kin(member, household)
        self.said.append(
            Said(number, "contribution", member, household, amount, kin, tap=self.taps)
        )

    @rule(who=WHO, again=st.booleans())
    @precondition(lambda self: self.said)
    def taps_twice(self, who: int, again: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        claim = self.said[-1]
        if claim.kind != "contribution" or claim.state == "withdrawn" or not again:
            return
        if claim.by != who + 1 or claim.by not in self.present:
            return
        if not any(self.households[one] == claim.household for one in self.present):
            return
        with self.books.transaction() as at:
            before = at.value("SELECT count(*) FROM claims")
            contributions.say_amount(
                at,
                self._chat(at, claim.by),
                claim.tap,
                self._person(claim.by),
                (self.group.id, claim.household, 1, claim.amount),
            )
            assert at.value("SELECT count(*) FROM claims") == before

    @rule(who=WHO, which=st.integers(0, 30))
    @precondition(lambda self: self.said)
    def confirms(self, who: int, which: int) -> None:
        claim = self.said[which % len(self.said)]
        member = who + 1
        before = claim.state
        try:
            with self.books.transaction() as at:
                _, state = witnessing.confirm(at, claim.id, self._person(member))
        except Refusal:
            return
        assert member in self.present
        claim.against.discard(member)
        if state == "booked" and before != "booked":
            # Never by who said it, nor by anybody of their household or of the one it is for.
            with self.books.transaction() as at:
                confirmers = set(rules.confirmers(store.events_of(at, claim.id)))
            assert len(confirmers) >= self.witnesses
            assert not confirmers & (claim.kin | {claim.by})
            assert before != "withdrawn"
            assert not claim.against
            self._books(claim)
        claim.state = state

    def _books(self, claim: Said) -> None:
        sign = 1
        if claim.reverses is not None:
            taken_back = self.entries[claim.reverses - 1]
            assert taken_back.kind == "contribution"
            claim.household, claim.amount, sign = taken_back.household, taken_back.amount, -1
        self.given[claim.household] = self.given.get(claim.household, 0) + sign * claim.amount
        self.entries.append(claim)
        claim.seq = len(self.entries)

    @rule(who=WHO, which=st.integers(0, 30))
    @precondition(lambda self: self.said)
    def does_not_find_it(self, who: int, which: int) -> None:
        claim = self.said[which % len(self.said)]
        try:
            with self.books.transaction() as at:
                witnessing.dispute(at, claim.id, self._person(who + 1), text="nothing came")
        except Refusal:
            return
        assert claim.state in {"said", "disputed"}
        assert who + 1 != claim.by
        claim.against.add(who + 1)
        claim.state = "disputed"

    @rule(who=WHO, which=st.integers(0, 30))
    @precondition(lambda self: self.said)
    def withdraws(self, who: int, which: int) -> None:
        claim = self.said[which % len(self.said)]
        try:
            with self.books.transaction() as at:
                witnessing.withdraw(at, claim.id, self._person(who + 1))
        except Refusal:
            assert claim.by != who + 1 or claim.state == "booked"
            return
        assert claim.by == who + 1
        claim.state = "withdrawn"

    @rule(who=WHO, seq=st.integers(1, 6))
    @precondition(lambda self: self.entries)
    def says_it_is_a_mistake(self, who: int, seq: int) -> None:
        member = who + 1
        try:
            with self.books.transaction() as at:
                corrections.take_back(at, self.group.id, self._person(member), seq, "twice")
                number = at.value("SELECT max(id) FROM claims")
        except Refusal:
            return
        assert member in self.present
        entry = self.entries[seq - 1]
        kin = self._kin(member, entry.household)
        self.said.append(
            Said(number, "reversal", member, entry.household, entry.amount, kin, reverses=seq)
        )

    @rule(who=WHO, to=st.none() | WHO)
    def moves(self, who: int, to: int | None) -> None:
        with self.books.transaction() as at:
            household = (
                members.new_household(at, self.group.id) if to is None else self.households[to + 1]
            )
            members.move_to_household(at, who + 1, household)
        self.households[who + 1] = household
        self.ever[who + 1].add(household)

    @rule(who=WHO)
    @precondition(lambda self: len(self.present) > 2)
    def leaves_or_comes_back(self, who: int) -> None:
        state = "left" if who + 1 in self.present else "member"
        with self.books.transaction() as at:
            members.set_state(at, who + 1, state)  # type: ignore[arg-type]  # one of the states
        self.present ^= {who + 1}

    @rule()
    def the_process_dies_and_starts_again(self) -> None:
        self.books.opens_again()

    @rule()
    def dies_in_the_middle(self) -> None:
        try:
            with self.books.transaction() as at:
                for claim in self.said:
                    if claim.state == "said":
                        for member in sorted(self.present - claim.kin):
                            witnessing.confirm(at, claim.id, member)
                raise InterruptedError  # noqa: TRY301 - the process dies here
        except (InterruptedError, Refusal):
            self.books.opens_again()

    # -- what must always hold --------------------------------------------------------------------

    @invariant()
    def the_book_equals_the_model(self) -> None:
        if not hasattr(self, "books"):
            return
        with self.books.transaction() as at:
            money = ledger.money_of(at, self.group.id, "KES")
            purse = ledger.account_id(at, self.group.id, "purse", "savings")
            assert ledger.balance(at, purse, money.id) == sum(self.given.values())
            for household, amount in self.given.items():
                account = ledger.account_id(at, self.group.id, "household", "savings", household)
                assert ledger.balance(at, account, money.id) == -amount
                assert sum(ledger.given_by_period(at, account, money.id, "0000").values()) == (
                    amount
                )
            assert ledger.head(at, self.group.id).seq == len(self.entries)
            for claim in self.said:
                assert store.state_of(at, store.by_id(at, claim.id)) == claim.state
            assert at.value("SELECT coalesce(sum(amount_minor), 0) FROM postings") == 0
            waiting = {one.id for one in self.said if one.state in {"said", "disputed"}}
            assert {one.id for one in store.open_of_group(at, self.group.id)} == waiting

    @invariant()
    def every_household_of_the_group_carries_each_account_once(self) -> None:
        if not hasattr(self, "books"):
            return
        with self.books.transaction() as at:
            plan = book.plan_of(at, self.group.id)
            carried = [
                account
                for one in store.households_of(at, self.group.id)
                for account in book.accounts_of(at, plan.place, one)
            ]
            assert len(carried) == len(set(carried))

    @invariant()
    def the_book_checks(self) -> None:
        if hasattr(self, "books"):
            with self.books.transaction() as at:
                assert checking.verify(at, self.group.id) == []

    @invariant()
    def a_due_period_never_counts_more_than_was_given(self) -> None:
        if not hasattr(self, "books"):
            return
        with self.books.transaction() as at:
            plan = book.plan_of(at, self.group.id)
            key = plan.current(at.now).key
            for household in store.households_of(at, self.group.id):
                standing = book.standing(at, plan, household, key)
                assert standing.left >= 0
                assert standing.given + standing.waiting + standing.left >= standing.due

    def _chat(self, at: Transaction, member_id: int) -> chats.Chat:
        chat = chats.of_person(at, self._person(member_id))
        assert chat is not None
        return chat


TestBook = BookMachine.TestCase
TestBook.settings = settings(
    max_examples=examples(12),
    stateful_step_count=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes, steps tell
    suppress_health_check=list(HealthCheck),
)
