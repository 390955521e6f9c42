"""Amounts as people type them: understood when they mean one thing, asked again otherwise."""

import unicodedata
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from babel.numbers import list_currencies
from hypothesis import example, given, strategies as st

from bot.domain import money
from bot.domain.money import (
    AMOUNT_MAJOR_MAX,
    CURRENCY_SCALES,
    AmountAmbiguous,
    AmountInOtherCurrency,
    AmountInWords,
    AmountNotPositive,
    AmountNotUnderstood,
    AmountRefusal,
    AmountTooLarge,
    AmountTooPrecise,
    Currency,
    Money,
    UnknownCurrency,
    currency,
    divide,
    parse_amount,
)

#: Zeros of the digits that people who use the bot may have on their keyboards.
ZEROS = "0٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐０"
codes = st.sampled_from(sorted(CURRENCY_SCALES))
scales = st.sampled_from([0, 2, 3, 4])


def in_script(number: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in number)


def group(digits: str, separator: str) -> str:
    return f"{int(digits):,}".replace(",", separator)


class TestCurrencies:
    def test_scales_are_those_of_iso_4217_not_of_babel(self) -> None:
        by_scale = {
            0: ["UGX", "RWF", "BIF", "XOF", "XAF", "JPY", "CLP"],
            2: ["KES", "TZS", "NGN", "GHS", "ETB", "USD", "MXN", "SOS", "MGA", "MMK", "LAK"],
            3: ["KWD", "BHD", "TND", "JOD", "LYD", "OMR", "IQD"],
            4: ["CLF", "UYW"],
        }
        for scale, codes_of_scale in by_scale.items():
            assert [currency(code).scale for code in codes_of_scale] == [scale] * len(
                codes_of_scale
            )

    def test_every_code_can_be_written_by_babel(self) -> None:
        assert set(CURRENCY_SCALES) <= set(list_currencies())

    def test_no_code_stands_twice(self) -> None:
        written = " ".join(money._CODES_BY_SCALE.values()).split()
        assert len(written) == len(set(written)) == len(CURRENCY_SCALES)

    def test_a_code_may_be_typed_in_any_case(self) -> None:
        assert currency(" kes ") == Currency("KES", 2)

    @pytest.mark.parametrize("code", ["", "KE", "EURO", "BGN", "XXX", "shillings", "K€S"])
    def test_an_unknown_code_is_refused_by_name(self, code: str) -> None:
        with pytest.raises(UnknownCurrency) as refused:
            currency(code)
        assert refused.value.facts == {"code": code}


class TestUnderstood:
    @pytest.mark.parametrize(
        ("code", "text", "amount_minor"),
        [
            ("KES", "1000", 100_000),
            ("KES", "1,000", 100_000),
            ("KES", "1.000", 100_000),
            ("KES", "1 000", 100_000),
            ("KES", "1\u00a0000", 100_000),
            ("KES", "1\u202f000", 100_000),
            ("KES", "1\u2009000", 100_000),
            ("KES", "1'000", 100_000),
            ("KES", "1’000", 100_000),
            ("KES", "1,000,000", 100_000_000),
            ("KES", "1.000.000", 100_000_000),
            ("KES", "10.50", 1_050),
            ("KES", "10,50", 1_050),
            ("KES", "10.5", 1_050),
            ("KES", "0.50", 50),
            ("KES", "1,000.50", 100_050),
            ("KES", "1.000,50", 100_050),
            ("KES", "1 000,50", 100_050),
            ("KES", "1'000.50", 100_050),
            ("INR", "12,34,567", 123_456_700),
            ("INR", "1,00,000.50", 10_000_050),
            ("RWF", "2,500", 2_500),
            ("RWF", "2.500", 2_500),
            ("RWF", "15.000", 15_000),
            ("UGX", "1.250.000", 1_250_000),
            ("KWD", "0.500", 500),
            ("KWD", "1.5", 1_500),
            ("KWD", "12.25", 12_250),
            ("KWD", "1 000,500", 1_000_500),
            ("KWD", "1,000.500", 1_000_500),
            ("KWD", "1,000,000", 1_000_000_000),
        ],
    )
    def test_separators_that_can_mean_one_thing(
        self, code: str, text: str, amount_minor: int
    ) -> None:
        assert parse_amount(text, currency(code)) == amount_minor

    @pytest.mark.parametrize(
        ("code", "text", "amount_minor"),
        [
            ("KES", "١٠٠٠", 100_000),
            ("KES", "١٬٠٠٠٫٥٠", 100_050),
            ("KES", "١٠٫٥", 1_050),
            ("KES", "١،٠٠٠", 100_000),
            ("AFN", "۱۵۰۰", 150_000),
            ("BDT", "১,০০০", 100_000),
            ("MMK", "၁၀၀၀", 100_000),
            ("NPR", "५००", 50_000),
            ("LAK", "໕.໐໐໐", 500_000),
            ("JPY", "５００", 500),
            ("JPY", "５，０００", 5_000),
            ("SAR", "\u200f١٠٠\u200e", 10_000),
        ],
    )
    def test_digits_of_any_script(self, code: str, text: str, amount_minor: int) -> None:
        assert parse_amount(text, currency(code)) == amount_minor

    @pytest.mark.parametrize(
        ("code", "text", "amount_minor"),
        [
            ("KES", "KES 500", 50_000),
            ("KES", "500 kes", 50_000),
            ("KES", "500/=", 50_000),
            ("KES", "Ksh500/=", 50_000),
            ("KES", "KSh. 1,500", 150_000),
            ("KES", " 500 shillings ", 50_000),
            ("TZS", "Shilingi 500", 50_000),
            ("USD", "$5", 500),
            ("USD", "＄5", 500),
            ("USD", "5 dollars", 500),
            ("USD", "US$ 5.25", 525),
            ("MXN", "$500 pesos", 50_000),
            ("RWF", "500 frw", 500),
            ("RWF", "amafaranga 500", 500),
            ("INR", "Rs 500", 50_000),
            ("INR", "Rs.500/-", 50_000),
            ("PKR", "₨500", 50_000),
            ("XOF", "500 F CFA", 500),
            ("XAF", "1 500 FCFA", 1_500),
            ("GHS", "GH₵20", 2_000),
            ("NGN", "₦2,000", 200_000),
            ("ZMW", "K50", 5_000),
            ("PEN", "S/. 50", 5_000),
            ("HNL", "L. 50", 5_000),
            ("MMK", "၅၀၀ ကျပ်", 50_000),
            ("EUR", "5,50 €", 550),
        ],
    )
    def test_the_groups_own_currency_beside_it(
        self, code: str, text: str, amount_minor: int
    ) -> None:
        assert parse_amount(text, currency(code)) == amount_minor

    @given(scales, st.integers(1, AMOUNT_MAJOR_MAX), st.sampled_from(ZEROS))
    def test_a_plain_number_in_any_script(self, scale: int, major: int, zero: str) -> None:
        typed = in_script(str(major), zero)
        assert parse_amount(typed, Currency("TST", scale)) == major * 10**scale

    @given(
        st.sampled_from([0, 2]),
        st.integers(1000, AMOUNT_MAJOR_MAX),
        st.sampled_from(",. '٬\u00a0\u202f"),
        st.sampled_from(ZEROS),
    )
    def test_thousands_by_any_separator_where_they_cannot_be_decimals(
        self, scale: int, major: int, separator: str, zero: str
    ) -> None:
        typed = in_script(group(str(major), separator), zero)
        assert parse_amount(typed, Currency("TST", scale)) == major * 10**scale

    @given(
        st.integers(1, 10**12),
        st.sampled_from([("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), ("٬", "٫")]),
    )
    def test_an_amount_written_with_all_its_decimals(
        self, minor: int, separators: tuple[str, str]
    ) -> None:
        grouping, decimal = separators
        typed = f"{group(str(minor // 100), grouping)}{decimal}{minor % 100:02}"
        assert parse_amount(typed, currency("KES")) == minor

    @given(codes, st.integers(1, 10**9))
    def test_what_we_print_is_understood_again(self, code: str, minor: int) -> None:
        amount = Money(minor, currency(code))
        if amount.currency.scale < 3:
            assert parse_amount(f"{amount.as_decimal:,} {code}", amount.currency) == minor

    def test_the_largest_amount_is_still_understood(self) -> None:
        assert parse_amount("1,000,000,000,000", currency("RWF")) == AMOUNT_MAJOR_MAX


class TestAskedAgain:
    @pytest.mark.parametrize(
        ("code", "text", "refusal"),
        [
            ("KES", "", AmountNotUnderstood),
            ("KES", "   ", AmountNotUnderstood),
            ("KES", "?", AmountNotUnderstood),
            ("KES", "5k", AmountNotUnderstood),
            ("KES", "5 K", AmountNotUnderstood),
            ("ZMW", "5k", AmountNotUnderstood),  # kwacha, or thousands?
            ("ZMW", "5 k kwacha", AmountNotUnderstood),
            ("LSL", "5m", AmountNotUnderstood),
            ("KES", "1e3", AmountNotUnderstood),
            ("KES", "0x10", AmountNotUnderstood),
            ("KES", "1,2,3", AmountNotUnderstood),
            ("KES", "1,000,50", AmountNotUnderstood),
            ("KES", "10,00,0", AmountNotUnderstood),
            ("KES", "1.00.000", AmountNotUnderstood),
            ("KES", "1,000 500", AmountNotUnderstood),
            ("KES", "1000,000", AmountTooPrecise),  # grouped, it would be 1,000,000
            ("KES", "0712345678", AmountNotUnderstood),  # a telephone number
            ("KES", "0712 345 678", AmountNotUnderstood),
            ("KES", "01,000", AmountNotUnderstood),
            ("KES", "500\n600", AmountNotUnderstood),
            ("KES", "500 or 600", AmountNotUnderstood),
            ("KES", "10-20", AmountNotUnderstood),
            ("KES", "12:30", AmountNotUnderstood),
            ("KES", "50%", AmountNotUnderstood),
            ("KES", "+500", AmountNotUnderstood),
            ("KES", ".50", AmountNotUnderstood),
            ("KES", "KES .50", AmountNotUnderstood),
            ("INR", "Rs .50", AmountNotUnderstood),
            ("KES", "500.", AmountNotUnderstood),
            ("KES", "5²", AmountNotUnderstood),
            ("KES", "½", AmountNotUnderstood),
            ("KES", "1٠00", AmountNotUnderstood),
            ("KES", "１0", AmountNotUnderstood),
            ("MMK", "၁ဝ၀", AmountNotUnderstood),  # the letter wa in the place of a zero
            ("KES", "500 🙂", AmountNotUnderstood),
            ("KES", "about 500", AmountNotUnderstood),
            ("KES", "5" * 65, AmountNotUnderstood),
            ("KES", "ten", AmountInWords),
            ("KES", "kumi", AmountInWords),
            ("KES", "KES", AmountInWords),
            ("KES", "十", AmountInWords),
            ("KES", "-5", AmountNotPositive),
            ("KES", "−5", AmountNotPositive),
            ("KES", "KES -5", AmountNotPositive),
            ("KES", "- KES 5", AmountNotPositive),
            ("KES", "0", AmountNotPositive),
            ("KES", "0.00", AmountNotPositive),
            ("KES", "٠", AmountNotPositive),
            ("RWF", "2.50", AmountTooPrecise),
            ("RWF", "1,00", AmountTooPrecise),
            ("RWF", "1,000.50", AmountTooPrecise),
            ("RWF", "500.00", AmountTooPrecise),
            ("KES", "1.2345", AmountTooPrecise),
            ("KES", "0.500", AmountTooPrecise),
            ("KES", "1,000.500", AmountTooPrecise),
            ("KES", "١٫٠٠٠", AmountTooPrecise),
            ("KWD", "1.000", AmountAmbiguous),
            ("KWD", "1,000", AmountAmbiguous),
            ("CLF", "12.345", AmountAmbiguous),
            ("KES", "9" * 60, AmountTooLarge),
            ("KES", "1,000,000,000,000.01", AmountTooLarge),
            ("RWF", "1000000000001", AmountTooLarge),
            ("KES", "$5", AmountInOtherCurrency),
            ("KES", "USD 5", AmountInOtherCurrency),
            ("KES", "500 frw", AmountInOtherCurrency),
            ("KES", "Rs.500", AmountInOtherCurrency),
            ("USD", "500/=", AmountInOtherCurrency),
            ("XOF", "5 €", AmountInOtherCurrency),
            ("EUR", "500 F CFA", AmountInOtherCurrency),
            ("KES", "KES 500 USD", AmountInOtherCurrency),
        ],
    )
    def test_by_the_name_of_what_is_wrong(
        self, code: str, text: str, refusal: type[AmountRefusal]
    ) -> None:
        with pytest.raises(refusal) as refused:
            parse_amount(text, currency(code))
        assert type(refused.value) is refusal
        assert refused.value.facts["currency"] == code

    def test_an_ambiguous_amount_says_what_it_could_be(self) -> None:
        dinar = currency("KWD")
        with pytest.raises(AmountAmbiguous) as refused:
            parse_amount("1.000", dinar)
        assert refused.value.facts["readings"] == (Money(1_000_000, dinar), Money(1_000, dinar))

    def test_the_other_facts_of_refusals(self) -> None:
        shilling = currency("KES")
        with pytest.raises(AmountTooPrecise) as precise:
            parse_amount("1.2345", shilling)
        with pytest.raises(AmountTooLarge) as large:
            parse_amount("9999999999999", shilling)
        with pytest.raises(AmountInOtherCurrency) as other:
            parse_amount("5 Euro", shilling)
        assert precise.value.facts["decimals"] == 2
        assert large.value.facts["largest"] == Money(AMOUNT_MAJOR_MAX * 100, shilling)
        assert other.value.facts["written"] == "Euro"

    @given(codes)
    def test_the_example_given_is_itself_understood(self, code: str) -> None:
        with pytest.raises(AmountInWords) as refused:
            parse_amount("ten", currency(code))
        assert parse_amount(str(refused.value.facts["example"]), currency(code)) > 0

    @given(st.text(max_size=80), codes)
    @example("1\u06602", "KES")
    @example("\u0664" * 30, "KWD")
    def test_any_text_is_an_amount_within_bounds_or_a_refusal(self, text: str, code: str) -> None:
        try:
            minor = parse_amount(text, currency(code))
        except AmountRefusal:
            return
        assert 0 < minor <= AMOUNT_MAJOR_MAX * 10 ** CURRENCY_SCALES[code]

    @given(st.text("0123456789,. '٬٫", min_size=1, max_size=12), scales)
    @example("1,234,567.89", 2)
    def test_the_digits_are_never_changed_nor_their_value_guessed(
        self, text: str, scale: int
    ) -> None:
        try:
            minor = parse_amount(text, Currency("TST", scale))
        except AmountRefusal:
            return
        digits = "".join(c for c in text if c.isdigit())
        decimals = Fraction(int(digits) * 10**scale, minor)
        assert decimals in {Fraction(10) ** n for n in range(scale + 1)}

    @given(st.text("0123456789", min_size=2, max_size=6), st.sampled_from(ZEROS[1:]), st.data())
    def test_digits_of_two_scripts_are_never_one_number(
        self, digits: str, zero: str, data: st.DataObject
    ) -> None:
        changed = data.draw(st.integers(0, len(digits) - 1))
        mixed = digits[:changed] + in_script(digits[changed], zero) + digits[changed + 1 :]
        with pytest.raises(AmountNotUnderstood):
            parse_amount(mixed, currency("KES"))

    def test_marks_are_kept_as_they_are_compared(self) -> None:
        for code, marks in money._WRITTEN_MARKS.items():
            assert code in CURRENCY_SCALES
            assert marks == unicodedata.normalize("NFKC", marks).casefold()
            assert not any(c.isdigit() for c in marks)


class TestMoney:
    @given(st.integers(-(10**40), 10**40), scales)
    def test_the_decimal_is_exact_however_large(self, minor: int, scale: int) -> None:
        amount = Money(minor, Currency("TST", scale)).as_decimal
        assert Fraction(amount) == Fraction(minor, 10**scale)
        assert amount.as_tuple().exponent == -scale

    def test_the_decimal_shows_every_decimal_of_the_currency(self) -> None:
        assert str(Money(-150_050, currency("KES")).as_decimal) == "-1500.50"
        assert Money(1_500, currency("RWF")).as_decimal == Decimal(1500)


weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any)


class TestDivide:
    @given(st.integers(-(10**15), 10**15), weights)
    def test_the_parts_add_up_and_none_is_a_unit_off(self, total: int, weights: list[int]) -> None:
        parts = divide(total, weights)
        assert sum(parts) == total
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - Fraction(total * weight, sum(weights))) < 1

    @given(st.integers(0, 10**9), weights)
    def test_who_has_more_never_gets_less(self, total: int, weights: list[int]) -> None:
        ranked = sorted(zip(weights, divide(total, weights), strict=True))
        assert all(low[1] <= high[1] for low, high in pairwise(ranked) if low[0] < high[0])

    @given(st.integers(0, 10**9), weights)
    def test_a_reversal_undoes_it_to_the_unit(self, total: int, weights: list[int]) -> None:
        assert divide(-total, weights) == [-part for part in divide(total, weights)]

    def test_of_equal_remainders_the_earlier_comes_first(self) -> None:
        assert divide(100, [1, 1, 1]) == [34, 33, 33]
        assert divide(101, [1, 1, 1]) == [34, 34, 33]
        assert divide(10, [0, 3, 3, 1]) == [0, 4, 4, 2]

    def test_the_largest_remainder_comes_before_the_earliest(self) -> None:
        assert divide(10, [1, 2, 4]) == [1, 3, 6]

    @pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1]])
    def test_weights_that_divide_nothing_are_an_error(self, weights: list[int]) -> None:
        with pytest.raises(ValueError, match="weights"):
            divide(100, weights)
