"""Money as people type it and as the book keeps it: whole numbers of the smallest unit.

An amount is understood when it can mean one thing only; everything else is asked again.
Locales are never asked what a comma means: in one of them "2,500" is two and a half.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.errors import Refusal

#: Digits after the point by ISO 4217, active codes in 2026. CLDR's differ for a dozen of them (IQD,
#: LAK, MMK …): those say how prices are usually written, not what the smallest unit is.
_CODES_BY_SCALE: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
        "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
        "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
        "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
        "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
        "XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
#: Digits after the point, by code.
CURRENCY_SCALES: Final[Mapping[str, int]] = {
    code: scale for scale, codes in _CODES_BY_SCALE.items() for code in codes.split()
}

#: What people write beside an amount, by currency, case folded; "k" and "m" are accepted before a
#: number only, because after it they mean thousands and millions. ISO codes need no entry.
_WRITTEN_MARKS: Final[Mapping[str, str]] = {
    "KES": "ksh ksh. kshs kshs. sh sh. shs shs. /= /- shilling shillings shilingi bob",
    "UGX": "ush ush. ushs sh sh. shs shs. /= /- shilling shillings siringi",
    "TZS": "tsh tsh. tshs sh sh. shs shs. /= /- shilling shillings shilingi",
    "SOS": "sh shs sh.so. /=",
    "RWF": "frw frw. frws rf fr franc francs amafaranga",
    "BIF": "fbu fbu. fr franc francs amafaranga",
    "CDF": "fc fc. fr franc francs",
    "DJF": "fdj fr franc francs",
    "GNF": "fg gnf. fr franc francs",
    "KMF": "fc fr franc francs",
    "XOF": "cfa fcfa f f. fr franc francs",
    "XAF": "cfa fcfa f f. fr franc francs",
    "XPF": "f fr franc francs cfp",
    "CHF": "fr fr. sfr franc francs franken",
    "MGA": "ar ariary",
    "MUR": "rs rs. rupee rupees",
    "SCR": "rs rs. sr rupee rupees",
    "ETB": "br br. birr ብር",
    "ERN": "nfk nakfa",
    "NGN": "₦ n naira",
    "GHS": "₵ gh₵ gh¢ ghc cedi cedis",
    "GMD": "d dalasi dalasis",
    "SLE": "le leone leones",
    "LRD": "$ l$ ld dollar dollars",
    "ZAR": "r rand rands",
    "ZMW": "k zk kwacha",
    "MWK": "k mk kwacha",
    "MZN": "mt mts metical meticais",
    "AOA": "kz kwanza kwanzas",
    "BWP": "p pula",
    "LSL": "m l loti maloti",
    "SZL": "e lilangeni emalangeni",
    "NAD": "$ n$ dollar dollars",
    "ZWG": "zig",
    "SSP": "£ ssp. pound pounds",
    "SDG": "£ pound pounds ج.س",
    "EGP": "£ e£ le l.e. pound pounds ج.م جنيه",
    "MAD": "dh dhs dirham dirhams د.م درهم",
    "DZD": "da dinar dinars د.ج دينار",
    "TND": "dt dinar dinars د.ت دينار",
    "LYD": "ld dinar dinars د.ل دينار",
    "MRU": "um ouguiya",
    "JOD": "jd dinar dinars د.ا دينار",
    "IQD": "id dinar dinars د.ع دينار",
    "KWD": "kd dinar dinars د.ك دينار",
    "BHD": "bd dinar dinars د.ب دينار",
    "OMR": "ro rial rials ر.ع ريال",
    "AED": "dh dhs dirham dirhams د.إ درهم",
    "SAR": "sr riyal riyals ر.س ريال",
    "QAR": "qr riyal riyals ر.ق ريال",
    "YER": "rial rials ر.ي ريال",
    "LBP": "ll l.l. lira ل.ل",
    "SYP": "lira ل.س",
    "TRY": "₺ tl lira",
    "IRR": "rial rials ریال",
    "AFN": "؋ afghani afghanis",
    "INR": "₹ rs rs. re re. /- rupee rupees रु रु. रुपये रुपया",
    "NPR": "rs rs. nrs nrs. /- rupee rupees रु रु. रू रू. रुपैयाँ",
    "PKR": "rs rs. /- rupee rupees روپے",
    "LKR": "rs rs. slrs /- rupee rupees රු රු. ரூ",
    "BDT": "৳ tk tk. taka টাকা /-",
    "BTN": "nu nu. ngultrum",
    "MMK": "k ks kyat kyats ကျပ်",
    "LAK": "₭ kip ກີບ",
    "KHR": "៛ riel riels",
    "THB": "฿ baht บาท",
    "VND": "₫ đ đồng dong",
    "PHP": "₱ p php. peso pesos piso",
    "IDR": "rp rp. rupiah",
    "MYR": "rm ringgit",
    "SGD": "$ s$ dollar dollars",
    "CNY": "¥ rmb yuan 元",
    "JPY": "¥ yen 円",
    "KRW": "₩ won 원",
    "MNT": "₮ tugrik",
    "PGK": "k kina",
    "FJD": "$ f$ fj$ dollar dollars",
    "AUD": "$ a$ au$ dollar dollars",
    "NZD": "$ nz$ dollar dollars",
    "USD": "$ us$ u$s buck bucks dollar dollars dólar dólares dolar dolares dola",
    "CAD": "$ c$ ca$ dollar dollars",
    "MXN": "$ mx$ mex$ m.n. mn peso pesos",
    "COP": "$ col$ peso pesos",
    "CLP": "$ ch$ peso pesos",
    "ARS": "$ ar$ peso pesos",
    "UYU": "$ $u peso pesos",
    "CUP": "$ peso pesos",
    "DOP": "$ rd$ peso pesos",
    "GTQ": "q q. quetzal quetzales",
    "HNL": "l l. lps lps. lempira lempiras",
    "NIO": "c$ córdoba córdobas cordoba cordobas",
    "CRC": "₡ colón colones colon",
    "PAB": "b/. balboa balboas",
    "BZD": "$ bz$ dollar dollars",
    "SVC": "₡ colón colones colon",
    "PEN": "s/ s/. sol soles",
    "BOB": "bs bs. boliviano bolivianos",
    "VES": "bs bs. bolívar bolívares bolivar bolivares",
    "PYG": "₲ gs gs. guaraní guaraníes guarani guaranies",
    "BRL": "r$ real reais",
    "HTG": "g gde gdes gourde gourdes",
    "JMD": "$ j$ dollar dollars",
    "TTD": "$ tt$ dollar dollars",
    "XCD": "$ ec$ dollar dollars",
    "GYD": "$ g$ dollar dollars",
    "EUR": "€ euro euros",
    "GBP": "£ pound pounds quid",
    "UAH": "₴ грн грн. гривень",
    "RUB": "₽ руб руб. рублей",
    "GEL": "₾ lari",
    "KZT": "₸ tenge",
    "ILS": "₪ nis shekel shekels",
}
_MARKS: Final[Mapping[str, frozenset[str]]] = {
    code: frozenset([code.casefold(), *_WRITTEN_MARKS.get(code, "").split()])
    for code in CURRENCY_SCALES
}
_THOUSANDS_AFTER_A_NUMBER: Final = frozenset({"k", "m"})

#: Longest text looked at: no amount with its currency is longer.
TEXT_LENGTH_MAX: Final = 64
#: The largest amount, in major units: beyond it lies a slip of the finger, not a group's fund.
AMOUNT_MAJOR_MAX: Final = 10**12

#: What keyboards put before a number below nothing.
_MINUS_SIGNS: Final = "-−–—﹣－"
_SAME_SEPARATOR: Final = {"’": "'", "‘": "'", "ʼ": "'", "，": ",", "．": ".", "،": ","}
_GROUPING_SEPARATORS: Final = frozenset(",. '٬")
_DECIMAL_SEPARATORS: Final = frozenset(",.٫")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+", re.ASCII)
_LAKHS: Final = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}", re.ASCII)
_PLAIN: Final = re.compile(r"0|[1-9]\d*", re.ASCII)
#: A number whose parts are in order, though perhaps with more decimals than the currency has.
_HAS_DECIMALS: Final = re.compile(r"\d[\d,. '٬]*[,.٫]\d+", re.ASCII)


class UnknownCurrency(Refusal):
    """No such ISO 4217 code is in use. Facts: code."""


class AmountRefusal(Refusal):
    """An amount that is asked for again. Facts of each: currency (its code), example.

    The example is digits that would be understood.
    """


class AmountNotUnderstood(AmountRefusal):
    """The text is no number in any writing we know."""


class AmountInWords(AmountRefusal):
    """The amount is written in words (“ten”): digits are asked for."""


class AmountAmbiguous(AmountRefusal):
    """The text can mean two amounts. Facts: readings, both as `Money`, the larger first."""


class AmountTooPrecise(AmountRefusal):
    """More decimals than the currency has. Facts: decimals."""


class AmountTooLarge(AmountRefusal):
    """More than any group's fund. Facts: largest, as `Money`."""


class AmountNotPositive(AmountRefusal):
    """Nothing, or less than nothing."""


class AmountInOtherCurrency(AmountRefusal):
    """The amount names a currency that is not the group's. Facts: written (the mark typed)."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency and its scale: how many digits its smallest unit stands after the point.

    A group stores both at set-up, so that what its book says never changes.
    """

    code: str
    scale: int


@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of a currency's smallest units."""

    amount_minor: int
    currency: Currency

    @property
    def as_decimal(self) -> Decimal:
        """The same amount in major units, exact, with every decimal of the currency."""
        sign = 1 if self.amount_minor < 0 else 0
        digits = tuple(int(digit) for digit in str(abs(self.amount_minor)))
        return Decimal((sign, digits, -self.currency.scale))


def currency(code: str) -> Currency:
    """Return the currency of an ISO 4217 code as typed; raises `UnknownCurrency`."""
    known = code.strip().upper()
    if known not in CURRENCY_SCALES:
        raise UnknownCurrency(code=code.strip())
    return Currency(known, CURRENCY_SCALES[known])


def divide(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by weights so that the parts add up to it exactly.

    Largest remainder: each gets the whole units of its part, and what is left goes one unit each
    to the largest remainders; of equal remainders the earlier first. A negative amount divides as
    the positive one does, so that a reversal undoes it to the unit.

    Raises ValueError if a weight is negative or all are nothing.
    """
    weight_sum = sum(weights)
    if weight_sum <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, and at least one must count")
    if total_minor < 0:
        return [-part for part in divide(-total_minor, weights)]
    parts = [total_minor * weight // weight_sum for weight in weights]
    left_over = total_minor - sum(parts)
    by_remainder = sorted(
        range(len(weights)), key=lambda place: -(total_minor * weights[place] % weight_sum)
    )
    for place in by_remainder[:left_over]:
        parts[place] += 1
    assert sum(parts) == total_minor
    return parts


def parse_amount(text: str, currency: Currency) -> int:
    """Return the amount a person typed, in minor units of the group's currency.

    Takes any script's decimal digits, the usual separators and the currency's own marks before or
    after. Raises an `AmountRefusal` for whatever has no meaning or more than one.
    """
    before, number, after = _taken_apart(text, currency)
    _require_no_minus(before, currency)
    _require_own_mark(before, currency)
    _require_own_mark(after, currency, follows_the_number=True)
    amount_minor = _one_reading(_plain_digits(number, currency), currency)
    if amount_minor == 0:
        raise AmountNotPositive(**_facts(currency))
    largest_minor = AMOUNT_MAJOR_MAX * _minor_per_major(currency.scale)
    if amount_minor > largest_minor:
        raise AmountTooLarge(largest=Money(largest_minor, currency), **_facts(currency))
    return amount_minor


def _minor_per_major(scale: int) -> int:
    return int(10**scale)


def _facts(currency: Currency) -> dict[str, object]:
    """Return the facts of every refusal; the example is one that `parse_amount` understands."""
    return {"currency": currency.code, "example": "1500"}


def _taken_apart(text: str, currency: Currency) -> tuple[str, str, str]:
    """Return what stands before the number, the number, and what stands after it."""
    if len(text) > TEXT_LENGTH_MAX:
        raise AmountNotUnderstood(**_facts(currency))
    written = "".join(_clean(char) for char in text).strip()
    digits_at = [place for place, char in enumerate(written) if _is_digit(char)]
    if not digits_at:
        in_words = any(char.isalpha() for char in written)
        raise (AmountInWords if in_words else AmountNotUnderstood)(**_facts(currency))
    first, last = digits_at[0], digits_at[-1] + 1
    return written[:first], written[first:last], written[last:]


def _clean(char: str) -> str:
    """Return one kind of space for all, and nothing for what cannot be seen (direction marks).

    A line end stays what it is: two lines are two numbers, not one in groups.
    """
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    return "" if category == "Cf" else _SAME_SEPARATOR.get(char, char)


def _is_digit(char: str) -> bool:
    return unicodedata.decimal(char, None) is not None


def _require_no_minus(before: str, currency: Currency) -> None:
    """Raise if a minus stands before the number: that has an answer of its own."""
    if before.strip(" ").strip(_MINUS_SIGNS) != before.strip(" "):
        raise AmountNotPositive(**_facts(currency))


def _require_own_mark(mark: str, currency: Currency, *, follows_the_number: bool = False) -> None:
    """Raise unless the mark is nothing, or one or several of the group's currency."""
    words = frozenset(unicodedata.normalize("NFKC", mark).casefold().split())
    if follows_the_number and words & _THOUSANDS_AFTER_A_NUMBER:
        raise AmountNotUnderstood(**_facts(currency))
    if words <= _MARKS.get(currency.code, frozenset()):
        return
    if any(words <= marks for marks in _MARKS.values()):
        raise AmountInOtherCurrency(written=mark.strip(), **_facts(currency))
    raise AmountNotUnderstood(**_facts(currency))


def _plain_digits(number: str, currency: Currency) -> str:
    """Return the number in ASCII digits with its separators; raises on a mixture of scripts."""
    scripts = {ord(char) - unicodedata.decimal(char) for char in number if _is_digit(char)}
    if len(scripts) > 1:
        raise AmountNotUnderstood(**_facts(currency))
    return "".join(str(unicodedata.decimal(char)) if _is_digit(char) else char for char in number)


def _one_reading(number: str, currency: Currency) -> int:
    """Return what the number means, in minor units, if it means one thing."""
    whole = _as_whole(number)
    readings = {whole * _minor_per_major(currency.scale)} if whole is not None else set()
    with_decimals = _as_decimals(number, currency.scale)
    if with_decimals is not None:
        readings.add(with_decimals)
    if len(readings) > 1:
        largest_first = tuple(Money(one, currency) for one in sorted(readings, reverse=True))
        raise AmountAmbiguous(readings=largest_first, **_facts(currency))
    if readings:
        return readings.pop()
    if _HAS_DECIMALS.fullmatch(number) and _as_decimals(number, len(number)) is not None:
        raise AmountTooPrecise(decimals=currency.scale, **_facts(currency))
    raise AmountNotUnderstood(**_facts(currency))


def _as_whole(number: str) -> int | None:
    """Return the number read without decimals: plain, or grouped by one separator throughout.

    Thousands with any separator; lakhs and crores ("12,34,567") with commas, as India writes them.
    """
    if _PLAIN.fullmatch(number):
        return int(number)
    separators = {char for char in number if not char.isdigit()}
    if len(separators) != 1 or not separators <= _GROUPING_SEPARATORS:
        return None
    separator = separators.pop()
    grouped = number.replace(separator, ",")
    in_lakhs = separator == "," and _LAKHS.fullmatch(grouped)
    if in_lakhs or _THOUSANDS.fullmatch(grouped):
        return int(grouped.replace(",", ""))
    return None


def _as_decimals(number: str, scale: int) -> int | None:
    """Return the number read with its last separator as the decimal one, in minor units."""
    for place in range(len(number) - 1, 0, -1):
        if not number[place].isdigit():
            break
    else:
        return None
    separator, fraction = number[place], number[place + 1 :]
    whole = _as_whole(number[:place])
    if separator not in _DECIMAL_SEPARATORS or whole is None or separator in number[:place]:
        return None
    if len(fraction) > scale:
        return None
    return whole * _minor_per_major(scale) + int(fraction.ljust(scale, "0"))
