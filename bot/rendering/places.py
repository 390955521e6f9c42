"""A group's time zone by the name of the place where it lives, as people type it.

Names come from three sources: the zones' own cities and the countries in the languages of the bot
(CLDR, by Babel), and `towns.txt` for the many who live in no city that a zone is named after.
Nothing is decided here: the person chooses among the places found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from babel.core import Locale, UnknownLocaleError, get_global

from bot.domain import calendar
from bot.domain.money import CURRENCY_SCALES

#: How many places are offered at most: what fits under a message as buttons.
PLACES_MAX: Final = 6
#: Longest text looked at.
TEXT_LENGTH_MAX: Final = 80

#: Languages in which the names of cities and countries are understood.
_NAME_LANGUAGES: Final = ("en", "es", "fr", "sw", "pt")
_PREFIX_LENGTH_MIN: Final = 2
_TYPO_LENGTH_MIN: Final = 4
_OFFSET: Final = re.compile(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?\s*(?:utc|gmt)?")
_NO_OFFSET: Final = frozenset({"utc", "gmt", "z", "zulu"})
_MINUS_SIGNS: Final = str.maketrans("−–—", "---")
#: Letters that do not come apart into a plain one and a mark.
_PLAIN_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "ŋ": "ng"}
)

#: Zones that speakers of a language most likely live in, the most speakers in groups first.
_ZONES_BY_LANGUAGE: Final = {
    "en": "Africa/Nairobi Africa/Kampala Africa/Lagos Africa/Accra America/New_York "
    "America/Los_Angeles",
    "es": "America/Mexico_City America/Guatemala America/Bogota America/Lima America/Tegucigalpa "
    "Europe/Madrid",
    "fr": "Africa/Dakar Africa/Kinshasa Africa/Abidjan Africa/Lubumbashi Africa/Bamako "
    "Europe/Paris",
    "sw": "Africa/Nairobi Africa/Dar_es_Salaam Africa/Kampala Africa/Lubumbashi Africa/Kigali "
    "Africa/Bujumbura",
    "rw": "Africa/Kigali Africa/Kampala Africa/Lubumbashi Africa/Nairobi Africa/Bujumbura "
    "Europe/Brussels",
    "rn": "Africa/Bujumbura Africa/Kigali Africa/Dar_es_Salaam Africa/Kampala Africa/Nairobi "
    "Africa/Lubumbashi",
    "lg": "Africa/Kampala Africa/Nairobi Africa/Kigali Africa/Juba Europe/London America/New_York",
    "ln": "Africa/Kinshasa Africa/Brazzaville Africa/Lubumbashi Africa/Luanda Africa/Bangui "
    "Europe/Paris",
    "pt": "America/Sao_Paulo Africa/Maputo Africa/Luanda America/Bahia Europe/Lisbon Africa/Bissau",
    "am": "Africa/Addis_Ababa Africa/Nairobi Africa/Khartoum America/New_York Asia/Dubai "
    "Africa/Johannesburg",
    "om": "Africa/Addis_Ababa Africa/Nairobi America/Chicago America/New_York Asia/Dubai "
    "Africa/Cairo",
    "so": "Africa/Mogadishu Africa/Nairobi Africa/Addis_Ababa Africa/Djibouti America/Chicago "
    "Europe/London",
    "ar": "Africa/Cairo Africa/Casablanca Africa/Khartoum Asia/Amman Asia/Beirut Africa/Tunis",
    "hi": "Asia/Kolkata Asia/Kathmandu Asia/Dubai Europe/London America/New_York "
    "America/Los_Angeles",
    "bn": "Asia/Dhaka Asia/Kolkata Asia/Dubai Europe/London America/New_York Asia/Kuala_Lumpur",
    "ne": "Asia/Kathmandu Asia/Kolkata Asia/Dubai Asia/Qatar Asia/Kuala_Lumpur America/New_York",
    "my": "Asia/Yangon Asia/Bangkok Asia/Kuala_Lumpur Asia/Singapore Asia/Tokyo America/New_York",
    "lo": "Asia/Vientiane Asia/Bangkok America/Los_Angeles America/Chicago Europe/Paris "
    "Australia/Sydney",
    "km": "Asia/Phnom_Penh Asia/Bangkok America/Los_Angeles America/New_York Europe/Paris "
    "Australia/Melbourne",
    "fil": "Asia/Manila Asia/Dubai Asia/Singapore Asia/Hong_Kong America/Los_Angeles "
    "America/New_York",
    "id": "Asia/Jakarta Asia/Makassar Asia/Jayapura Asia/Pontianak Asia/Kuala_Lumpur "
    "Asia/Singapore",
    "ht": "America/Port-au-Prince America/Santo_Domingo America/New_York America/Santiago "
    "America/Toronto America/Sao_Paulo",
}
_SAME_LANGUAGE: Final = {"tl": "fil", "ti": "am", "ku": "ar", "qu": "es", "mr": "hi", "te": "hi"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place where people live, its country (ISO 3166) and its time zone (IANA)."""

    city: str
    country_code: str
    zone: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A place as it is found: without a town of its own it is the city its zone is named after."""

    zone: str
    country_code: str
    town: str = ""

    def in_language(self, language: str) -> Place:
        return Place(self.town or _city_of(self.zone, language), self.country_code, self.zone)


@dataclass(frozen=True, slots=True)
class _Index:
    """Every place by its folded names; lists are in the order in which to offer."""

    zones: list[_Known]
    rank: dict[_Known, int]
    by_name: dict[str, list[_Known]]
    by_country_name: dict[str, set[str]]


def find_places(text: str, *, at: datetime, language: str = "en") -> list[Place]:
    """Return up to six places that a text may mean, the likeliest first; none if unknown.

    Args:
        text: a town, "Town, Country", a country, a zone's name or an offset ("UTC+3"), in any
            case, with or without accents, with at most one letter wrong.
        at: the instant for which an offset is meant: daylight saving moves zones between them.
        language: in which to name the cities that zones are named after.
    """
    typed = text.strip()[:TEXT_LENGTH_MAX]
    offset = _offset_in(typed)
    found = _with_offset(offset, at) if offset is not None else _named(typed)
    places = dict.fromkeys(known.in_language(language) for known in found)
    return list(places)[:PLACES_MAX]


def zone_guesses(language: str) -> list[Place]:
    """Return six likely places for a language code as Telegram gives it ("sw", "pt-br").

    A country in the code puts that country's places first; an unknown language gets English ones.
    """
    spoken, *region = language.replace("_", "-").split("-")
    spoken = _SAME_LANGUAGE.get(spoken.lower(), spoken.lower())
    zones = _ZONES_BY_LANGUAGE.get(spoken, _ZONES_BY_LANGUAGE["en"]).split()
    by_zone = {known.zone: known for known in _index().zones}
    guesses = [by_zone[zone] for zone in zones]
    if region:
        there = [known for known in _index().zones if known.country_code == region[-1].upper()]
        guesses = there[: PLACES_MAX // 2] + guesses
    return list(dict.fromkeys(known.in_language(spoken) for known in guesses))[:PLACES_MAX]


def _named(text: str) -> list[_Known]:
    """Return what a text names; of an unknown village, what is said of where it is."""
    name = _folded(text)
    return _exactly(name) or _beside_where_it_is(text) or _nearly(name) or _only_where_it_is(text)


def _exactly(name: str) -> list[_Known]:
    index = _index()
    countries = index.by_country_name.get(name, set())
    return [
        *index.by_name.get(name, []),
        *(known for known in index.zones if known.country_code in countries),
    ]


def _beside_where_it_is(text: str) -> list[_Known]:
    """Return what "Kigali, Rwanda" names, or "Rwanda Kigali", or "Austin Texas"."""
    index = _index()
    ways = list(_in_two(text))
    for town, where in ways:
        countries = index.by_country_name.get(where, set())
        found = [known for known in _towns_like(town, countries) if known.country_code in countries]
        if found:
            return found
    for town, where in ways:
        zones = {known.zone for known in index.by_name.get(where, [])}
        found = [known for known in _towns_like(town, zones) if known.zone in zones]
        if found:
            return found
    return []


def _towns_like(name: str, lying_in: set[str]) -> list[_Known]:
    """Return the towns of that name or nearly; none where they could lie in nothing."""
    return (_index().by_name.get(name) or _nearly(name)) if lying_in else []


def _only_where_it_is(text: str) -> list[_Known]:
    """Return what "a village we do not know, Rwanda" says all the same."""
    return next((found for _, where in _in_two(text) if (found := _exactly(where))), [])


def _in_two(text: str) -> Iterator[tuple[str, str]]:
    """Yield each way to part a text in a town and where it is; the last words first."""
    words = text.replace(",", " ").split()
    for first_words in range(len(words) - 1, 0, -1):
        one, other = _folded(" ".join(words[:first_words])), _folded(" ".join(words[first_words:]))
        yield one, other
        yield other, one


def _nearly(name: str) -> list[_Known]:
    """Return places whose names begin so, and those that are one slip of the finger away."""
    if len(name) < _PREFIX_LENGTH_MIN:
        return []
    index = _index()
    names = index.by_name.keys() | index.by_country_name.keys()
    begin = {known for other in names if other.startswith(name) for known in _exactly(other)}
    slips = {known for other in names if _one_slip_apart(name, other) for known in _exactly(other)}
    likelier, less_likely = (begin, slips) if len(name) <= _TYPO_LENGTH_MIN else (slips, begin)
    rank = index.rank.__getitem__
    return [*sorted(likelier, key=rank), *sorted(less_likely, key=rank)]


def _one_slip_apart(typed: str, name: str) -> bool:
    """Return whether one letter more, less, other, or two letters swapped make one the other."""
    if abs(len(typed) - len(name)) > 1 or min(len(typed), len(name)) < _TYPO_LENGTH_MIN:
        return False
    place = next(
        (n for n, pair in enumerate(zip(typed, name, strict=False)) if pair[0] != pair[1]),
        min(len(typed), len(name)),
    )
    typed, name = typed[place:], name[place:]
    swapped = typed[1::-1] + typed[2:]
    return typed[1:] == name or typed == name[1:] or typed[1:] == name[1:] or swapped == name


def _folded(text: str) -> str:
    """Return a name without case, accents, spaces and signs: how two writings are compared."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN_LETTERS))
    return "".join(char for char in apart if char.isalnum())


def _offset_in(text: str) -> timedelta | None:
    """Return the offset from UTC that a text states, if it does."""
    plain = text.casefold().translate(_MINUS_SIGNS)
    if plain in _NO_OFFSET:
        return timedelta(0)
    stated = _OFFSET.fullmatch(plain)
    if stated is None:
        return None
    offset = timedelta(hours=int(stated[2]), minutes=int(stated[3] or 0))
    return -offset if stated[1] == "-" else offset


def _with_offset(offset: timedelta, at: datetime) -> list[_Known]:
    """Return the zones whose clocks show that offset at an instant, of each country one first."""
    same = [
        known for known in _index().zones if calendar.local(at, known.zone).utcoffset() == offset
    ]
    first_of_country = {known.country_code: known for known in reversed(same)}
    return sorted(same, key=lambda known: first_of_country[known.country_code] is not known)


def _city_of(zone: str, language: str) -> str:
    """Return the name of the city that a zone is named after, in a language if CLDR has it."""
    locale = _locale(language) or _locale("en")
    city = locale.time_zones.get(zone, {}).get("city") if locale else None
    return str(city) if city else zone.rsplit("/", 1)[-1].replace("_", " ")


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


@cache
def _index() -> _Index:
    """Read the names once, when the first place is asked for."""
    towns, country_names = _towns_as_written()
    zones = _zones_in_order(known for known, _ in towns)
    by_name: dict[str, dict[_Known, None]] = {}
    for zone in zones:
        own_names = {_city_of(zone.zone, language) for language in _NAME_LANGUAGES}
        for name in own_names | {zone.zone, zone.zone.rsplit("/", 1)[-1]}:
            by_name.setdefault(_folded(name), {})[zone] = None
    for known, names in towns:
        for name in names:
            by_name.setdefault(_folded(name), {})[known] = None
    return _Index(
        zones=zones,
        rank={known: rank for rank, known in enumerate([*zones, *(known for known, _ in towns)])},
        by_name={name: list(places) for name, places in by_name.items()},
        by_country_name=_countries_by_name(country_names),
    )


def _zones_in_order(listed: Iterable[_Known]) -> list[_Known]:
    """Return every zone that a country has: first those of `towns.txt` in its order."""
    everywhere = (
        _Known(zone, country)
        for zone, country in sorted(get_global("zone_territories").items())
        if not zone.startswith("Etc/")
    )
    own_cities = (_Known(known.zone, known.country_code) for known in listed)
    return list(dict.fromkeys([*own_cities, *everywhere]))


def _countries_by_name(also_called: list[tuple[str, str]]) -> dict[str, set[str]]:
    countries = {known for known in get_global("zone_territories").values() if known != "001"}
    called = [(country, country) for country in countries]
    for language in _NAME_LANGUAGES:
        names = Locale(language).territories
        called += [(country, names[country]) for country in countries if country in names]
    by_name: dict[str, set[str]] = {}
    for country, name in [*called, *also_called]:
        by_name.setdefault(_folded(name), set()).add(country)
    return by_name


def _towns_as_written() -> tuple[list[tuple[_Known, list[str]]], list[tuple[str, str]]]:
    """Return the towns of `towns.txt` with their names, and the countries with theirs."""
    towns: list[tuple[_Known, list[str]]] = []
    countries: list[tuple[str, str]] = []
    zone = country = ""
    for line in files("bot.rendering").joinpath("towns.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            zone, _, country = line.rpartition(" ")
            continue
        for names in ([name.strip() for name in town.split("=")] for town in line.split(",")):
            if zone:
                towns.append((_Known(zone, country, names[0]), [name for name in names if name]))
            else:
                countries += [(country, name) for name in names]
    return towns, countries


def currencies_of(country_code: str) -> list[str]:
    """Return the currencies of a country by ISO 4217, its main one first; none if unknown."""
    known = get_global("territory_currencies").get(country_code.upper(), [])
    return [
        code
        for code, _, until, tender in known
        if tender and until is None and code in CURRENCY_SCALES
    ]


def city_of(zone: str, language: str) -> str:
    """Return the name of the city that a time zone is named after, in a language where known."""
    return _city_of(zone, language)


def country_of(zone: str) -> str:
    """Return the country code of a time zone; empty if it has none."""
    return str(get_global("zone_territories").get(zone, ""))
