"""Shares, quantities in kind, and how to pay: the figures of the field notes, and hard cases."""

import pytest
from hypothesis import given, strategies as st

from bot.domain import paying
from bot.domain.quantities import QuantityNotUnderstood, parse_quantity
from bot.domain.shares import Bought, Returned, bought, returned


def test_three_weeks_of_the_first_example() -> None:
    """Field notes 2.4 A: a share is 5; 20, then 10, then 23 are given."""
    weeks = [bought(amount, 500) for amount in (2000, 1000, 2300)]
    assert [one.shares for one in weeks] == [4, 2, 4]
    assert sum(one.shares for one in weeks) == 10
    assert sum(one.for_shares for one in weeks) == 5000
    assert weeks[2].rest == 300


def test_what_was_kept_counts_towards_the_next() -> None:
    assert bought(700, 500, 300) == Bought(shares=2, for_shares=1000, rest=0)
    assert bought(100, 500, 300) == Bought(shares=0, for_shares=0, rest=400)


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(-(10**6), 10**6))
def test_nothing_is_lost_and_nothing_is_given_away(amount: int, price: int, kept: int) -> None:
    buys = bought(amount, price, kept)
    assert buys.for_shares + buys.rest == amount + kept
    assert buys.for_shares == buys.shares * price
    assert buys.rest < price
    assert buys.shares == 0 if buys.rest < 0 else buys.shares >= 0


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [
        ("12", 1200),
        ("2.5", 250),
        ("2,5 kg", 250),
        ("30 kg of seed", 3000),
        ("1 200", 120_000),
        ("3h", 300),
        ("0.25", 25),
        ("1,234,567", 123_456_700),
        ("٣", 300),
        ("5 masaa", 500),
    ],
)
def test_a_quantity_is_one_number(text: str, hundredths: int) -> None:
    assert parse_quantity(text) == hundredths


@pytest.mark.parametrize(
    "text",
    [
        "", "kg", "two", "0", "-2", "2½", "2 bags of 50", "1.555", "2,500", "2,500 kg", "2 k",
        "3 mil", "5.", "12 000 000 000", "1.5.5", "∞", "1e3", "0x10",
    ],
)  # fmt: skip
def test_what_may_be_two_is_asked_again(text: str) -> None:
    with pytest.raises(QuantityNotUnderstood):
        parse_quantity(text)


@given(st.text(max_size=70))
def test_any_text_is_a_number_or_asked_again(text: str) -> None:
    try:
        found = parse_quantity(text)
    except QuantityNotUnderstood:
        return
    assert found > 0


@pytest.mark.parametrize(
    ("words", "number", "link", "code"),
    [
        ("M-Pesa to Neema, 0712 345 678", "0712345678", "", ""),
        ("+254 712 345678 (Neema)", "+254712345678", "", ""),
        ("Give it to Neema on market day", "", "", ""),
        ("Paybill 400200, account KITUI", "400200", "", ""),
        ("Till 5-1234", "", "", ""),
        (
            "Pay at https://pay.example.org/kitui?to=400200&x=1.",
            "",
            "https://pay.example.org/kitui?to=400200&x=1",
            "https://pay.example.org/kitui?to=400200&x=1",
        ),
        (
            "https://p.example/k or 0712 345 678",
            "0712345678",
            "https://p.example/k",
            "https://p.example/k",
        ),
        ("upi://pay?pa=kitui@bank&pn=Kitui", "", "", "upi://pay?pa=kitui@bank&pn=Kitui"),
        ("http://insecure.example/x", "", "", ""),
        ("https://nohost/x", "", "", ""),
        ("https://[::1]/x https://", "", "", ""),
        ("javascript:alert(1)", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_what_is_copied_opened_or_scanned_to_pay(
    words: str, number: str, link: str, code: str
) -> None:
    assert (paying.to_copy(words), paying.link(words), paying.code(words)) == (number, link, code)


def test_the_passbook_with_stamps_crossed_out() -> None:
    """Field notes 2.4 C: a share is 200; 400 and 1,000 are saved, 600 is taken out."""
    saved = [bought(amount, 200).shares for amount in (400, 1000)]
    assert saved == [2, 5]
    back = returned(600, 200)
    assert back == Returned(shares=3, for_shares=600, from_kept=0)
    assert (sum(saved) - back.shares) * 200 == 800


@given(st.integers(1, 10**6), st.integers(1, 10**4), st.integers(0, 10**4))
def test_what_is_given_back_takes_as_few_shares_as_it_can(
    amount: int, price: int, kept: int
) -> None:
    back = returned(amount, price, kept)
    assert back.for_shares + back.from_kept == amount
    assert back.for_shares == back.shares * price
    assert back.from_kept <= kept
    assert (back.shares - 1) * price + kept < amount or back.shares == 0
