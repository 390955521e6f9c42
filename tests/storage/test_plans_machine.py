"""Shares, what is given in kind, what is paid out and taken back: the book equals a plain model.

Beside tests/storage/test_book_machine.py, which tries one plan's periods. Here the model knows what
each account holds of each thing; nothing of the bot is replaced but Telegram.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from books import Books
from effort import examples
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain import contributions as rules
from bot.domain.agreement_parts import PURSES
from bot.domain.errors import Refusal
from bot.domain.plans import Contribution
from bot.practices import book, checking, contributions, corrections, payouts, saved, witnessing
from bot.practices.payouts import WHATS
from bot.storage import (
    chats,
    contributions as store,
    entries,
    ledger,
    members,
    questions,
)
from bot.storage.database import Transaction

NAMES = ("Amina", "Juma", "Neema", "Otieno")
WHO = st.integers(1, len(NAMES))
PRICE = 5_000
AMOUNTS = st.sampled_from([1, 400, 4_999, 5_000, 5_001, 12_300, 25_000, 60_000])
AT_ONCE = st.sampled_from([0, 2, 2, 2])
SAVINGS, PROJECT, SOCIAL = 1, 2, 3  # the plans: money, shares, hours

Place = tuple[str, str]  # an account as the chain names it, and a commodity's code


@dataclass
class Said:
    """What the model knows of a claim."""

    id: int
    kind: str
    by: int
    household: int | None
    amount: int
    kin: set[int]
    plan: int = 0
    purse: str = ""
    code: str = "KES"
    to: str = ""
    reverses: int | None = None
    state: str = "said"
    moved: Counter[Place] = field(default_factory=Counter)


class PlansMachine(RuleBasedStateMachine):
    """Four people give by three plans, pay out, take back; a counter knows what must come of it."""

    @initialize(keeps=st.booleans(), witnesses=st.sampled_from([1, 1, 2]))
    def begins(self, keeps: bool, witnesses: int) -> None:  # noqa: FBT001 - drawn by Hypothesis
        self.folder = tempfile.TemporaryDirectory()
        self.books = Books(Path(self.folder.name))
        self.keeps = keeps
        self.witnesses = witnesses
        leftover = "kept" if keeps else "social_fund"
        self.group = self.books.has_group(
            *NAMES,
            plans=(
                Contribution(50_000, witnesses=witnesses),
                Contribution(
                    PRICE,
                    number=PROJECT,
                    purse="project",
                    kind="shares",
                    every="week",
                    day=4,
                    leftover=leftover,  # type: ignore[arg-type]  # one of the two
                    witnesses=witnesses,
                ),
                Contribution(
                    400, number=SOCIAL, purse="scholarship", unit="hours", witnesses=witnesses
                ),
            ),
        )
        with self.books.transaction() as at:
            members.take_office(at, self.group.id, "treasurer", 1)
            ledger.money_of(at, self.group.id, "KES")
            ledger.unit_of(at, self.group.id, "hours")
        self.said: list[Said] = []
        self.booked: list[Said] = []
        self.holds: Counter[Place] = Counter()
        self.households = {number: number for number in range(1, len(NAMES) + 1)}
        self.ever = {one: [one] for one in self.households}
        self.present = set(self.households)
        self.taps = 0

    def teardown(self) -> None:
        if hasattr(self, "books"):
            self.books.close()
            self.folder.cleanup()

    # -- the model ---------------------------------------------------------------------------------

    def _kin(self, member: int, household: int | None) -> set[int]:
        theirs = {*self.ever[member], *([] if household is None else [household])}
        return {one for one, ever in self.ever.items() if theirs & set(ever)}

    def _carries(self, household: int) -> list[int]:
        """A household and those it carries on: nobody is in them, their first member is here."""
        lived = {one for one, at in self.households.items() if one in self.present}
        found = [household]
        for old in {one for ever in self.ever.values() for one in ever} - {household}:
            empty = not any(self.households[one] == old for one in lived)
            first = min(one for one, ever in self.ever.items() if old in ever)
            if empty and self.households[first] == household:
                found.append(old)
        return found

    def _given(self, household: int, name: str, code: str) -> int:
        return -sum(self.holds[f"household:{one}:{name}", code] for one in self._carries(household))

    def _moves(self, claim: Said) -> Counter[Place]:
        """What a claim moves once it is booked, by the rules in words."""
        moved: Counter[Place] = Counter()
        purse, code, amount = f"purse:{claim.purse}", claim.code, claim.amount
        own = f"household:{claim.household}:{claim.purse}"
        if claim.reverses is not None:
            for place, minor in self.booked[claim.reverses - 1].moved.items():
                moved[place] -= minor
        elif claim.kind == "contribution" and claim.plan == PROJECT:
            assert claim.household is not None
            kept = self._given(claim.household, "kept_project", "KES") if self.keeps else 0
            shares = max(0, (amount + kept) // PRICE)
            rest = amount + kept - shares * PRICE
            moved[own, "KES"] -= shares * PRICE
            moved[own, "SHARES"] -= shares
            moved[purse, "SHARES"] += shares
            if self.keeps:
                moved[purse, "KES"] += amount
                moved[f"household:{claim.household}:kept_project", "KES"] += kept - rest
            else:
                moved[purse, "KES"] += amount - rest
                moved[f"household:{claim.household}:social_fund", "KES"] -= rest
                moved["purse:social_fund", "KES"] += rest
        elif claim.kind == "back":
            assert claim.household is not None
            moved[purse, code] -= amount
            kept = self._given(claim.household, f"kept_{claim.purse}", code)
            held = self._given(claim.household, claim.purse, "SHARES")
            needed = -(-(amount - kept) // PRICE) if amount > kept else 0
            shares = min(needed, held) if claim.purse == "project" and code == "KES" else 0
            whole = claim.purse == "project" and code == "KES" and needed <= held
            money = shares * PRICE if whole else amount - min(kept, amount)
            moved[own, code] += money
            moved[f"household:{claim.household}:kept_{claim.purse}", code] += amount - money
            moved[own, "SHARES"] += shares
            moved[purse, "SHARES"] -= shares
        elif claim.kind == "income":
            moved[purse, code] += amount
            moved["outside:income", code] -= amount
        else:
            moved[purse, code] += amount if claim.kind == "contribution" else -amount
            other = {
                "contribution": own,
                "cost": "outside:costs",
                "gift": f"household:{claim.household}:gifts",
                "move": f"purse:{claim.to}",
            }[claim.kind]
            moved[other, code] -= amount if claim.kind == "contribution" else -amount
        return Counter({place: minor for place, minor in moved.items() if minor})

    # -- what people do ----------------------------------------------------------------------------

    def _asks_around(self, claim: Said, at_once: int) -> None:
        """Let some who may confirm do so at once, so that more gets into the book."""
        for who in sorted(self.present - claim.kin)[:at_once]:
            self._confirms(claim, who)

    @rule(
        who=WHO,
        amount=AMOUNTS,
        for_whom=WHO,
        plan=st.sampled_from([1, 2, 2, 2, 3]),
        at_once=AT_ONCE,
    )
    def gives(self, who: int, amount: int, for_whom: int, plan: int, at_once: int) -> None:
        household = self.households[for_whom]
        self.taps += 1
        try:
            with self.books.transaction() as at:
                numbers = (self.group.id, household, plan, amount)
                contributions.say_amount(at, self._chat(at, who), self.taps, who, numbers)
                claim_id = at.value("SELECT max(id) FROM claims")
        except rules.AmountFarAhead:
            return
        except Refusal:
            lives = any(self.households[one] == household for one in self.present)
            assert who not in self.present or not lives
            return
        purse = {SAVINGS: "savings", PROJECT: "project", SOCIAL: "scholarship"}[plan]
        code = "HOURS" if plan == SOCIAL else "KES"
        kin = self._kin(who, household)
        said = Said(claim_id, "contribution", who, household, amount, kin, plan)
        said.purse, said.code = purse, code
        self.said.append(said)
        self._asks_around(said, at_once)

    @rule(
        who=st.sampled_from([1, 1, 1, 1, 1, 1, 2]),
        what=st.sampled_from(WHATS),
        purse=st.sampled_from([0, 1, 2, 2, 2, 3]),
        whom=WHO,
        amount=AMOUNTS,
        in_hours=st.sampled_from([False, False, True]),
        at_once=AT_ONCE,
    )
    def moves_what_is_there(  # noqa: PLR0917 - drawn by name
        self,
        who: int,
        what: str,
        purse: int,
        whom: int,
        amount: int,
        in_hours: bool,  # noqa: FBT001 - drawn by Hypothesis
        at_once: int,
    ) -> None:
        name, code = PURSES[purse], "HOURS" if in_hours else "KES"
        household = self.households[whom] if what in payouts.TO_HOUSEHOLDS else None
        to = {"move": whom - 1}.get(what, household or 0)
        try:
            with self.books.transaction() as at:
                number = WHATS.index(what)
                commodity = ledger.commodity_named(at, self.group.id, code)
                account = ledger.account_id(at, self.group.id, "purse", name)
                place = purse if what == "income" else account or 0
                numbers = (self.group.id, place, commodity.id if commodity else 0, number, to)
                chat = self._chat(at, who)
                payouts.ask_amount(at, chat, who, numbers)
                written = f"{amount // 100}.{amount % 100:02}"
                payouts.take_amount(at, chat, questions.open_in(at, who, chat.id)[0], written)
                open_ = questions.open_in(at, who, chat.id)[0]
                payouts.take_reason(at, open_, "as agreed", None)
                claim_id = at.value("SELECT max(id) FROM claims")
        except Refusal:
            return
        assert who == 1, "only who keeps the money says so"
        kin = self._kin(who, household)
        claim = Said(
            claim_id,
            what,
            who,
            household,
            amount,
            kin,
            purse=name,
            code=code,
            to=PURSES[whom - 1],
        )
        if what != "income":
            assert self.holds[f"purse:{name}", code] >= amount
        if what == "back":
            assert household is not None
            saved = self._given(household, name, code)
            assert saved + self._given(household, f"kept_{name}", code) >= amount
        self.said.append(claim)
        self._asks_around(claim, at_once)

    @rule(which=st.integers(0, 5), at_once=AT_ONCE)
    @precondition(lambda self: any(one.state == "said" for one in self.said))
    def those_who_may_confirm(self, which: int, at_once: int) -> None:
        waiting = [one for one in self.said if one.state == "said"]
        self._asks_around(waiting[-1 - which % len(waiting)], at_once)

    @rule(who=WHO, which=st.integers(0, 30))
    @precondition(lambda self: self.said)
    def anybody_confirms(self, who: int, which: int) -> None:
        self._confirms(self.said[-1 - which % len(self.said)], who)

    def _confirms(self, claim: Said, who: int) -> None:
        moved = self._moves(claim)
        try:
            with self.books.transaction() as at:
                _, state = witnessing.confirm(at, claim.id, who)
                confirmers = set(rules.confirmers(store.events_of(at, claim.id)))
        except book.PurseTooLow:
            assert self._would_empty(moved), "there is enough, and yet it is refused"
            return
        except saved.NotSoMuchSaved:
            assert claim.kind == "back"
            return
        except Refusal:
            return
        assert who in self.present
        if state == "booked" and claim.state != "booked":
            assert claim.state != "withdrawn"
            assert not confirmers & (claim.kin | {claim.by}), "one household alone moved it"
            homes = {self.households[one] for one in confirmers}
            assert len(homes) >= (self.witnesses if claim.kind == "contribution" else 1)
            claim.moved = moved
            self.holds.update(moved)
            self.booked.append(claim)
            for place in moved:
                assert not place[0].startswith("purse:") or self.holds[place] >= 0
        claim.state = state

    def _would_empty(self, moved: Counter[Place]) -> bool:
        """Whether a purse would hold less than nothing."""
        return any(
            self.holds[place] + minor < 0
            for place, minor in moved.items()
            if place[0].startswith("purse:")
        )

    @rule(who=WHO, which=st.integers(0, 30))
    @precondition(lambda self: self.said)
    def does_not_find_it(self, who: int, which: int) -> None:
        claim = self.said[which % len(self.said)]
        try:
            with self.books.transaction() as at:
                witnessing.dispute(at, claim.id, who, code="nothing_came")
        except Refusal:
            return
        assert who != claim.by
        claim.state = "disputed"

    @rule(who=WHO, which=st.integers(0, 30))
    @precondition(lambda self: self.said)
    def takes_back_what_was_said(self, who: int, which: int) -> None:
        claim = self.said[which % len(self.said)]
        try:
            with self.books.transaction() as at:
                witnessing.withdraw(at, claim.id, who)
        except Refusal:
            return
        assert claim.by == who
        claim.state = "withdrawn"

    @rule(who=WHO, seq=st.integers(1, 8))
    @precondition(lambda self: self.booked)
    def says_it_is_a_mistake(self, who: int, seq: int) -> None:
        try:
            with self.books.transaction() as at:
                corrections.take_back(at, self.group.id, who, seq, "twice")
                claim_id = at.value("SELECT max(id) FROM claims")
                household = entries.facts(at, self.group.id, seq).household_id  # type: ignore[union-attr]  # it is there
        except Refusal:
            return
        kin = self._kin(who, household)
        claim = Said(claim_id, "reversal", who, household, 0, kin, reverses=seq)
        self.said.append(claim)
        self._asks_around(claim, 2)

    @rule(who=WHO, to=st.none() | WHO, seldom=st.integers(0, 3))
    def moves_house(self, who: int, to: int | None, seldom: int) -> None:
        if seldom:
            return
        with self.books.transaction() as at:
            household = (
                members.new_household(at, self.group.id) if to is None else self.households[to]
            )
            members.move_to_household(at, who, household)
        self.households[who] = household
        if household not in self.ever[who]:
            self.ever[who].append(household)

    @rule(who=st.integers(2, len(NAMES)), seldom=st.integers(0, 3))
    @precondition(lambda self: len(self.present) > 2)
    def leaves_or_comes_back(self, who: int, seldom: int) -> None:
        if seldom and who in self.present:
            return
        state = "left" if who in self.present else "member"
        with self.books.transaction() as at:
            members.set_state(at, who, state)  # type: ignore[arg-type]  # one of the states
        self.present ^= {who}

    @rule()
    def the_process_dies_and_starts_again(self) -> None:
        self.books.opens_again()

    @rule(amount=AMOUNTS)
    def dies_in_the_middle(self, amount: int) -> None:
        """With shares said and all that waits confirmed, the process dies before it is kept."""
        try:
            with self.books.transaction() as at:
                numbers = (self.group.id, self.households[1], PROJECT, amount)
                contributions.say_amount(at, self._chat(at, 1), self.taps + 1, 1, numbers)
                for claim in self.said:
                    if claim.state == "said":
                        for member in sorted(self.present - claim.kin):
                            witnessing.confirm(at, claim.id, member)
                raise InterruptedError  # noqa: TRY301 - the process dies here
        except (InterruptedError, Refusal):
            self.books.opens_again()

    # -- what must always hold ---------------------------------------------------------------------

    @invariant()
    def the_book_equals_the_model(self) -> None:
        if not hasattr(self, "books"):
            return
        with self.books.transaction() as at:
            found: Counter[Place] = Counter()
            for account in at.all("SELECT * FROM accounts"):
                for commodity in ledger.commodities_of(at, self.group.id):
                    balance = ledger.balance(at, account["id"], commodity.id)
                    found[ledger.named(account), commodity.code] = balance
            assert +found == +self.holds
            assert -found == -self.holds
            for code in ("KES", "HOURS", "SHARES"):
                assert sum(minor for place, minor in found.items() if place[1] == code) == 0
            assert ledger.head(at, self.group.id).seq == len(self.booked)
            for claim in self.said:
                assert store.state_of(at, store.by_id(at, claim.id)) == claim.state
            assert checking.verify(at, self.group.id) == []

    def _chat(self, at: Transaction, person_id: int) -> chats.Chat:
        chat = chats.of_person(at, person_id)
        assert chat is not None
        return chat


TestPlans = PlansMachine.TestCase
TestPlans.settings = settings(
    max_examples=examples(15),
    stateful_step_count=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes, steps tell
    suppress_health_check=list(HealthCheck),
)
