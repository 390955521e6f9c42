"""Books as no agreement would make them: any purse, any unit, any household, taken back and given.

Each entry follows the rules of the book and nothing else, so that whoever reads books must cope.
"""

import random
from collections.abc import Iterator, Sequence

from books import Books

from bot.domain.ledger import Confirmation
from bot.domain.money import CURRENCY_SCALES
from bot.storage import entries, ledger, members
from bot.storage.database import Transaction
from bot.storage.ledger import Commodity, Line

PURSES = ("savings", "social_fund", "seed_store", "a_long_name_of_a_purse", "_odd_", "x__y")
OUTSIDE = ("costs", "grant", "harvest", "opening", "sale_of_maize")
UNITS = (("HOURS", 0, "hours"), ("SEED-KG", 1, 'kg of "seed" \\ maize'), ("ACRE-DAYS", 2, "=días"))
NAMES = ("Amina", '=cmd|"/c calc"!A1', "+254 700", "Ñandú, José", "@juma", "O'Brien \\ Sons")
NOTES = ("seed & rope", "=1+1", '"quoted" \\ and\nnew line', "\t=2*3", "＝1+1", "-5", "−5 lost", "")


def has_random_book(books: Books, seed: int, count: int) -> int:
    """Give a group of six, in households of one or two, a book of so many entries; its id."""
    chance = random.Random(seed)
    group = books.has_group(*NAMES)
    with books.transaction() as at:
        mine = members.of_group(at, group.id)
        members.move_to_household(at, mine[1].id, mine[0].household_id)
        units = [_money(at, group.id, code) for code in ("KES", "RWF", "KWD")]
        units += [_unit(at, group.id, *one) for one in UNITS]
    for _ in range(count):
        with books.transaction() as at:
            _adds(at, group.id, chance, units)
    return group.id


def _money(at: Transaction, group_id: int, code: str) -> Commodity:
    assert code in CURRENCY_SCALES
    return ledger.money_of(at, group_id, code)


def _unit(at: Transaction, group_id: int, code: str, scale: int, unit: str) -> Commodity:
    at.run(
        "INSERT INTO commodities (group_id, code, scale, unit) VALUES (:group, :code, :scale, :u)",
        group=group_id,
        code=code,
        scale=scale,
        u=at.key.payloads.close(unit),
    )
    found = ledger.commodity_named(at, group_id, code)
    assert found is not None
    return found


def _adds(at: Transaction, group_id: int, chance: random.Random, units: list[Commodity]) -> None:
    everybody = members.of_group(at, group_id)
    recorder = chance.choice(everybody)
    others = [one for one in everybody if one.household_id != recorder.household_id]
    confirmers = chance.sample(others, chance.choice((1, 1, 2)))
    reverses = _one_to_take_back(at, group_id, chance)
    lines = (
        list(_lines(at, group_id, chance, units))
        if reverses is None
        else entries.lines_to_reverse(at, group_id, reverses)
    )
    note = chance.choice(NOTES) if chance.random() < 0.5 else None
    seq = ledger.head(at, group_id).seq + 1
    ledger.add(
        at,
        group_id,
        kind="reversal" if reverses else chance.choice(("contribution", "cost", "odd_kind")),
        day=f"{chance.randint(2019, 2031)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        recorded_by=recorder.number,
        witnesses=chance.randint(1, len(confirmers)),
        key=f"random:{seq}",
        confirmations=[Confirmation(one.number, at.now_text) for one in confirmers],
        lines=lines,
        note=note,
        noted_by=None if note is None else recorder.person_id,
        reverses=reverses,
    )


def _lines(
    at: Transaction, group_id: int, chance: random.Random, units: list[Commodity]
) -> Iterator[Line]:
    """One, two or three units at once, each from one to three accounts into a purse, or out."""
    for unit in chance.sample(units, chance.choice((1, 1, 1, 2, 3))):
        purse = ledger.account(at, group_id, "purse", chance.choice(PURSES))
        holds = ledger.balance(at, purse, unit.id)
        taken_out = holds > 0 and chance.random() < 0.3
        parts = [chance.randint(1, 10 ** chance.randint(1, 9)) for _ in range(chance.randint(1, 3))]
        if taken_out:
            parts = [max(1, holds // 3)]
        sign = 1 if taken_out else -1
        for part in parts:
            account = _other_side(at, group_id, chance)
            yield Line(account, unit, sign * part, "2026-03" if chance.random() < 0.5 else "")
        yield Line(purse, unit, -sign * sum(parts))


def _other_side(at: Transaction, group_id: int, chance: random.Random) -> int:
    if chance.random() < 0.3:
        return ledger.account(at, group_id, "outside", chance.choice(OUTSIDE))
    member = chance.choice(members.of_group(at, group_id))
    name = chance.choice((*PURSES, "gifts"))
    return ledger.account(at, group_id, "household", name, member.household_id)


def _one_to_take_back(at: Transaction, group_id: int, chance: random.Random) -> int | None:
    last = ledger.head(at, group_id).seq
    if last == 0 or chance.random() > 0.15:
        return None
    seq = chance.randint(1, last)
    entry = entries.facts(at, group_id, seq)
    assert entry is not None
    if entry.reverses is not None or entry.reversed_by is not None:
        return None
    return seq if _has_enough(at, entries.lines_to_reverse(at, group_id, seq)) else None


def _has_enough(at: Transaction, lines: Sequence[Line]) -> bool:
    left: dict[tuple[int, int], int] = {}
    for line in lines:
        place = (line.account_id, line.commodity.id)
        left.setdefault(place, ledger.balance(at, *place))
        left[place] += line.amount_minor
        if left[place] < 0 and ledger.is_purse(at, line.account_id):
            return False
    return True
