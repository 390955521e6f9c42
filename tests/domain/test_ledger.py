from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import bot
from bot.domain.ledger import (
    FIRST_PREV,
    Before,
    Confirmation,
    Entry,
    Fault,
    Posting,
    Stored,
    code_of,
    commitment_to,
    encoded,
    hash_of,
    is_balanced,
    reversed_postings,
    sealed,
    verify,
)


def contribution(seq: int, amount: int = 500, **parts: object) -> Entry:
    facts: dict[str, object] = {
        "book": 1,
        "seq": seq,
        "kind": "contribution",
        "day": "2026-03-05",
        "recorded_at": f"2026-03-05T15:00:0{seq}.000000Z",
        "recorded_by": 1,
        "witnesses": 1,
        "key": f"claim:{seq}",
        "confirmations": (Confirmation(2, "2026-03-05T16:00:00.000000Z"),),
        "postings": (
            Posting("household:1:savings", "KES:2", -amount, "2026-03"),
            Posting("purse:savings", "KES:2", amount),
        ),
    }
    return Entry(**facts | parts)  # type: ignore[arg-type]  # the fields above


def book(*entries: Entry) -> list[Stored]:
    """Link entries into a chain, with the running balances they make."""
    prev, made = FIRST_PREV, []
    balances: dict[tuple[str, str], int] = {}
    for entry in entries:
        linked = sealed(entry, prev)
        prev = linked.hash
        after = []
        for line in linked.postings:
            place = (line.account, line.commodity)
            balances[place] = balances.get(place, 0) + line.amount_minor
            after.append(balances[place])
        made.append(Stored(linked, tuple(after), place=entry.seq))
    return made


def reversal(seq: int, of: Entry) -> Entry:
    return contribution(
        seq, kind="reversal", reverses=of.seq, postings=reversed_postings(of.postings)
    )


def test_a_book_that_agrees_has_no_faults() -> None:
    first = contribution(1)
    assert verify(book(first, contribution(2), reversal(3, first))) == []
    assert verify([]) == []


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (contribution(3), "not_in_order"),
        (contribution(2, confirmations=()), "not_witnessed"),
        (contribution(2, witnesses=2), "not_witnessed"),
        (
            contribution(2, confirmations=(Confirmation(1, "2026-03-05T16:00:00.000000Z"),)),
            "witness_not_independent",
        ),
        (contribution(2, postings=()), "not_balanced"),
        (
            contribution(
                2,
                postings=(
                    Posting("household:1:savings", "KES:2", -5),
                    Posting("purse:savings", "HOURS:0", 5),
                ),
            ),
            "not_balanced",
        ),
        (contribution(2, -501), "purse_below_zero"),
        (contribution(2, kind="reversal"), "reversal_wrong"),
        (contribution(2, reverses=1), "reversal_wrong"),
        (contribution(2, -400, kind="reversal", reverses=1), "reversal_wrong"),
        (contribution(2, -500, kind="reversal", reverses=7), "reversal_wrong"),
    ],
)
def test_an_entry_that_breaks_a_rule_is_named(entry: Entry, kind: str) -> None:
    faults = verify(book(contribution(1), entry))
    assert Fault(entry.seq, kind) in faults  # type: ignore[arg-type]  # one of the kinds
    assert {one.seq for one in faults} == {entry.seq}


def test_nothing_is_taken_back_twice() -> None:
    first = contribution(1)
    made = book(first, contribution(2), reversal(3, first), reversal(4, first))
    assert verify(made) == [Fault(4, "reversal_wrong")]


def test_a_witness_who_shared_a_household_is_named() -> None:
    made = book(contribution(1), contribution(2))
    faults = verify(made, lambda one, other, seq: (one, other, seq) == (1, 2, 2))
    assert faults == [Fault(2, "witness_not_independent")]


def test_the_newest_entries_are_checked_from_what_stands_before_them() -> None:
    first = contribution(1)
    made = book(first, contribution(2), reversal(3, first), contribution(4))
    before = Before(2, made[1].entry.hash, {}, {1: made[0].entry}.get)
    at_two = replace(before, balances={("purse:savings", "KES:2"): 1000})
    at_two = replace(at_two, balances={**at_two.balances, ("household:1:savings", "KES:2"): -1000})
    assert verify(made[2:], before=at_two) == []
    assert verify(made[2:]) != []
    assert Fault(3, "balance_wrong") in verify(made[2:], before=before)
    assert verify(made[2:], before=replace(at_two, entry_of=lambda _: None)) == [
        Fault(3, "reversal_wrong")
    ]
    forged = replace(made[0].entry, recorded_by=9)
    assert verify(made[2:], before=replace(at_two, entry_of=lambda _: forged)) == [
        Fault(3, "reversal_wrong")
    ]
    assert verify(made[2:], before=replace(at_two, hash=bytes(32)))[0].kind == "not_in_order"
    assert Fault(4, "balance_wrong") in verify(made[3:], before=at_two)


def test_a_running_balance_that_is_wrong_is_named() -> None:
    [first, second] = book(contribution(1), contribution(2))
    assert verify([first, replace(second, balances=(-1000, 999))]) == [Fault(2, "balance_wrong")]
    assert verify([first, replace(second, balances=(-1000,))]) == [Fault(2, "balance_wrong")]


def test_a_note_that_is_not_the_one_committed_to_is_named() -> None:
    [first] = book(contribution(1))
    assert verify([replace(first, note_holds=False)]) == [Fault(1, "note_changed")]


CHANGES = [
    {"book": 2},
    {"kind": "gift"},
    {"day": "2026-03-06"},
    {"recorded_at": "2026-03-05T15:00:09.000000Z"},
    {"recorded_by": 3},
    {"witnesses": 0},
    {"key": "claim:9"},
    {"commitment": bytes(32)},
    {"confirmations": (Confirmation(3, "2026-03-05T16:00:00.000000Z"),)},
    {"confirmations": (Confirmation(2, "2026-03-05T16:00:01.000000Z"),)},
    {"prev_hash": b"x" * 32},
    {"hash": b"x" * 32},
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_fact_changed_in_any_entry_is_found(change: dict[str, object]) -> None:
    made = book(contribution(1), contribution(2), contribution(3))
    for place in range(3):
        forged = replace(made[place].entry, **change)  # type: ignore[arg-type]  # fields of it
        tampered = [*made[:place], replace(made[place], entry=forged), *made[place + 1 :]]
        assert place + 1 in {one.seq for one in verify(tampered)}


def test_whoever_rewrites_an_entry_and_its_hash_breaks_the_next_one() -> None:
    [first, second] = book(contribution(1), contribution(2))
    forged = sealed(replace(first.entry, recorded_by=7), FIRST_PREV)
    assert Fault(2, "not_in_order") in verify([replace(first, entry=forged), second])


def test_an_entry_left_out_or_moved_is_found() -> None:
    made = book(contribution(1), contribution(2), contribution(3))
    assert verify([made[0], made[2]])
    assert verify([made[1], made[0], made[2]])
    assert verify(made[1:])


WORDS = st.text(alphabet="ab1:,;\x00é", max_size=4)
ENTRIES = st.builds(
    Entry,
    book=st.integers(1, 3),
    seq=st.integers(1, 3),
    kind=WORDS,
    day=WORDS,
    recorded_at=WORDS,
    recorded_by=st.integers(1, 3),
    witnesses=st.integers(1, 2),
    key=WORDS,
    confirmations=st.lists(st.builds(Confirmation, st.integers(1, 3), WORDS), max_size=2).map(
        tuple
    ),
    postings=st.lists(st.builds(Posting, WORDS, WORDS, st.integers(-3, 3), WORDS), max_size=2).map(
        tuple
    ),
    commitment=st.sampled_from([b"", b"a", bytes(32)]),
    reverses=st.none() | st.integers(1, 2),
)


@given(ENTRIES, ENTRIES)
def test_no_two_entries_are_written_the_same(one: Entry, other: Entry) -> None:
    assert (encoded(one) == encoded(other)) == (one == other)


def read_back(written: bytes) -> Entry:
    """Read an encoding back: whatever can be read back in one way only is no other entry's."""
    fields = []
    while written:
        length, _, rest = written.partition(b":")
        fields.append(rest[: int(length)])
        assert rest[int(length) : int(length) + 1] == b","
        written = rest[int(length) + 1 :]
    form, prev_hash = fields[:2]
    assert form == b"barnraiser entry 1"
    words = iter([one.decode() for one in fields[2:]])

    def number() -> int:
        return int(next(words))

    entry = Entry(
        prev_hash=prev_hash,
        book=number(),
        seq=number(),
        kind=next(words),
        day=next(words),
        recorded_at=next(words),
        recorded_by=number(),
        witnesses=number(),
        key=next(words),
        commitment=bytes.fromhex(next(words)),
        reverses=int(said) if (said := next(words)) else None,
        confirmations=tuple(Confirmation(number(), next(words)) for _ in range(number())),
        postings=tuple(
            Posting(next(words), next(words), number(), next(words)) for _ in range(number())
        ),
    )
    assert next(words, None) is None
    return entry


@given(ENTRIES)
def test_what_is_hashed_can_be_read_back_in_one_way_only(entry: Entry) -> None:
    assert read_back(encoded(entry)) == entry


def test_the_code_is_read_aloud_without_mistakes() -> None:
    code = code_of(bytes(range(32)))
    assert len(code) == 14
    assert code.count("-") == 2
    assert not set(code) & set("ILOU")
    assert code_of(bytes(32)) == "0000-0000-0000"
    assert code_of(b"\xff" * 32) == "ZZZZ-ZZZZ-ZZZZ"
    assert (
        len({code_of(bytes([0, 0, 0, 0, 0, 0, 0, one] + [0] * 24)) for one in range(0, 256, 16)})
        == 16
    )


def test_the_encoding_is_the_one_that_old_codes_were_made_with() -> None:
    # A change here would make every code that stands on paper wrong: it needs a form of its own.
    entry = sealed(
        contribution(1, commitment=commitment_to("Feb was short", b"s" * 16)), FIRST_PREV
    )
    assert code_of(entry.hash) == "7RAK-F699-DRV7"


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=5))
def test_postings_and_their_reversal_add_up_to_nothing(amounts: list[int]) -> None:
    lines = tuple(Posting("purse:a", "KES:2", amount) for amount in amounts)
    assert is_balanced(lines + reversed_postings(lines))
    assert is_balanced(lines) == (sum(amounts) == 0)


def test_what_the_documentation_says_is_hashed_is_what_is_hashed() -> None:
    words = (Path(bot.__file__).parent.parent / "docs/book.md").read_text("utf-8")
    example = next(line for line in words.splitlines() if line.startswith("18:barnraiser entry 1"))
    written = example.encode().replace("…".encode(), FIRST_PREV)
    entry = read_back(written)
    assert encoded(entry) == written
    assert f"`{hash_of(entry).hex()[:16]}`" in words
    assert words.count(f"`{code_of(hash_of(entry))}`") == 2
