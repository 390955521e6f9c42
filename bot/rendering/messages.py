"""Words: one Jinja2 template a message for all languages, over gettext catalogues.

A template gives the text, and declares its buttons with `button(…)` and `row()`; text is Telegram
HTML, escaped by default. The first language is English: a sentence that a catalogue lacks is said
in English. Functions here are pure but for reading messages/ once.
"""

import functools
import html
import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import jinja2
from babel import Locale, dates, lists, numbers
from markupsafe import Markup

import bot
from bot.domain.calendar import local
from bot.domain.money import CURRENCY_SCALES, currency
from bot.domain.periods import first_day, is_week
from bot.domain.plans import UNIT_SCALE, UNITS
from bot.rendering import places
from bot.rendering.keyboards import folded
from bot.rendering.sentences import catalogue, spoken

FOLDER: Final = Path(bot.__file__).parent.parent / "messages"
FIRST_LANGUAGE: Final = "en"
TEXT_MAX: Final = 4096
CAPTION_MAX: Final = 1024
TOAST_MAX: Final = 200
FLAG_A: Final = 0x1F1E6  # two of these letters make a flag
#: Units that every language has a word for (messages/contributions/unit.j2); "shares" is ours.
WELL_KNOWN_UNITS: Final = frozenset({*UNITS, "shares"})
FEW: Final = 2  # the plural form of what is no whole number
ISOLATE: Final = "\u2068"
POP_ISOLATE: Final = "\u2069"
#: Marks that turn or hide text: taken out of names, so that one name cannot scramble a line.
UNSEEN: Final = re.compile(
    "[\u0000-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True)
class Button:
    """One button: a label, and what it does (`data` for a tap, a link, or a text to copy)."""

    label: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as the Bot API wants it."""
        if self.url is not None:
            return {"text": self.label, "url": self.url}
        if self.copy is not None:
            return {"text": self.label, "copy_text": {"text": self.copy}}
        return {"text": self.label, "callback_data": self.data}


@dataclass(frozen=True)
class Words:
    """What a template makes: Telegram HTML and rows of buttons."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()

    def keyboard(self) -> dict[str, Any] | None:
        """Return the inline keyboard as the Bot API wants it, or None."""
        if not self.rows:
            return None
        return {"inline_keyboard": [[one.as_json() for one in row] for row in self.rows]}


@dataclass
class _Buttons:
    rows: list[list[Button]] = field(default_factory=list)
    fresh: bool = True

    def add(self, button: Button) -> str:
        if self.fresh:
            self.rows.append([])
            self.fresh = False
        self.rows[-1].append(button)
        return ""

    def row(self) -> str:
        self.fresh = True
        return ""


def languages() -> tuple[str, ...]:
    """Return the languages the bot speaks: English, then every catalogue, in order."""
    return _languages()


@functools.cache
def _languages() -> tuple[str, ...]:
    found = sorted(path.parent.parent.name for path in FOLDER.glob("locales/*/LC_MESSAGES/bot.po"))
    return (FIRST_LANGUAGE, *(one for one in found if one != FIRST_LANGUAGE))


def nearest_language(code: str | None) -> str:
    """Return the language the bot speaks that is nearest to a code like `es-MX`, or English."""
    short = (code or "").replace("_", "-").split("-")[0].lower()
    return short if short in languages() else FIRST_LANGUAGE


def render(name: str, language: str, /, **facts: object) -> Words:
    """Render `messages/<name>.j2` in a language. Raises UndefinedError for a missing fact.

    With the fact `alike` the same is said to many, and is remembered for them: its facts must tell
    themselves apart, and hold nobody's own words, which nothing here may outlive.
    """
    if facts.pop("alike", False):
        return _render_for_many(name, language, tuple(facts.items()))
    return _render(name, language, facts)


@functools.lru_cache(maxsize=512)
def _render_for_many(name: str, language: str, facts: tuple[tuple[str, object], ...]) -> Words:
    return _render(name, language, dict(facts))


def _render(name: str, language: str, facts: Mapping[str, object]) -> Words:
    return rendered(_template(language, name), facts)


def rendered(template: jinja2.Template, facts: Mapping[str, object]) -> Words:
    """Render a template of one of these environments with its facts. Raises UndefinedError."""
    buttons = _Buttons()
    # Facts only feed the template: what it declares comes back in `buttons`.
    text = template.render({**facts, "_buttons": buttons})
    rows = (shown for row in buttons.rows if row for shown in folded(row))
    return Words(_tidy(text), tuple(rows))


def plain(name: str, language: str, /, **facts: object) -> str:
    """Render a message that is shown as plain text: a toast, a command's description, a label."""
    return html.unescape(render(name, language, **facts).text)


def toast(name: str, language: str, /, **facts: object) -> str:
    """Render the answer to a tap, cut at Telegram's limit."""
    text = re.sub(r"</?[a-z][^>]*>", "", render(name, language, **facts).text)
    return cut(html.unescape(text), TOAST_MAX)


def exists(name: str) -> bool:
    """Whether there is such a message."""
    return (FOLDER / f"{name}.j2").is_file()


def cut(text: str, most: int) -> str:
    """Cut a text at so many UTF-16 units, as Telegram counts, with an ellipsis."""
    if 2 * len(text) <= most or len(text.encode("utf-16-le")) // 2 <= most:
        return text
    kept = text.encode("utf-16-le")[: (most - 1) * 2].decode("utf-16-le", "ignore")
    return kept.rstrip() + "…"


def clean_name(text: str, most: int = 64) -> str:
    """Return a name as it may be shown: one line, no marks that turn or hide other text."""
    lines = " ".join(text.split())  # of words on two lines the last and the first stay apart
    return cut(" ".join(UNSEEN.sub("", lines).split()), most)


def _tidy(text: str) -> str:
    """Strip what template lines leave: spaces at ends, more than one empty line."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


@functools.cache
def _template(language: str, name: str) -> jinja2.Template:
    return environment(language).get_template(f"{name}.j2")


class _Environment(jinja2.Environment):
    """One whose globals never change once they are set: each message that imports asks for them."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


class _Compiled(jinja2.BytecodeCache):
    """What was compiled in one language serves the others: only their sentences differ."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED: Final = _Compiled()


@functools.cache
def environment(language: str) -> jinja2.Environment:
    """Return the template environment of one language, made once."""
    return environment_saying(language, spoken(catalogue(language)))


def environment_saying(
    language: str, sentences: Mapping[str, Callable[..., Markup]]
) -> jinja2.Environment:
    """Return an environment of a language that says its sentences with these (see `spoken`)."""
    made = _Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_COMPILED,
        optimized=False,  # what is worked out beforehand would be in the words of one language
    )
    locale = Locale.parse(language)
    made.filters |= {
        "money": functools.partial(money, locale=locale),
        "counted": functools.partial(counted, language=language),
        "hundredths": functools.partial(_hundredths, locale=locale),
        "in_unit": functools.partial(_in_unit, language=language),
        "amounts": functools.partial(_amounts, language=language),
        "period": functools.partial(_period, language=language),
        "number": functools.partial(numbers.format_decimal, locale=locale),
        "day": functools.partial(_day, locale=locale),
        "weekday": functools.partial(_weekday, locale=locale),
        "short_day": functools.partial(_short_day, locale=locale),
        "month": functools.partial(_month, locale=locale),
        "clock": functools.partial(_clock, locale=locale),
        "hour": lambda hour: _clock(time(hour), locale=locale),
        "iso_day": date.fromisoformat,
        "minutes_clock": lambda minutes: _clock(time(*divmod(minutes, 60)), locale=locale),
        "month_name": functools.partial(_month_name, locale=locale),
        "percent": functools.partial(_percent, locale=locale),
        "at_zone": local,
        "list": functools.partial(_list, locale=locale),
        "language_name": _language_name,
        "name": isolated,
        "mention": mentioned,
        "flag": _flag,
        "city": functools.partial(places.city_of, language=language),
        "cut": cut,
        "clean": functools.partial(clean_name, most=TEXT_MAX),
    }
    made.globals |= {
        **sentences,
        "button": _button,
        "link": _link,
        "copy": _copy,
        "row": _row,
        "language": language,
    }
    return made


# -- what templates call ---------------------------------------------------------------------


@jinja2.pass_context
def _button(context: jinja2.runtime.Context, label: str, verb: str, *numbers_: object) -> str:
    """Declare a button: its label, and the verb and numbers that come back when it is tapped."""
    data = ":".join([verb, *(str(number) for number in numbers_)])
    assert len(data.encode()) <= 64, data  # noqa: PLR2004 - Telegram's limit
    return _declare(context, Button(_label(label), data=data))


def _label(label: str) -> str:
    """Return a label as it is shown: it stands alone, so nothing in it need be set apart.

    Telegram refuses a whole message for a label with nothing in it (a name of unseen signs).
    """
    shown = html.unescape(str(label)).replace(ISOLATE, "").replace(POP_ISOLATE, "")
    return shown if shown.strip() else "…"


@jinja2.pass_context
def _link(context: jinja2.runtime.Context, label: str, url: str) -> str:
    """Declare a button that opens an address."""
    return _declare(context, Button(_label(label), url=str(url)))


@jinja2.pass_context
def _copy(context: jinja2.runtime.Context, label: str, text: str) -> str:
    """Declare a button that copies a text with one tap."""
    return _declare(context, Button(_label(label), copy=html.unescape(str(text))[:256]))


@jinja2.pass_context
def _row(context: jinja2.runtime.Context) -> str:
    """Begin a new row of buttons."""
    buttons: _Buttons = context["_buttons"]
    return buttons.row()


def _declare(context: jinja2.runtime.Context, button: Button) -> str:
    buttons: _Buttons = context["_buttons"]
    return buttons.add(button)


def isolated(name: object) -> Markup:
    """Wrap a person's own words, so that their direction cannot scramble the line around them."""
    return Markup(ISOLATE) + clean_name(str(name), 4000) + POP_ISOLATE  # noqa: S704 - a mark


def mentioned(person: Any) -> Markup:  # noqa: ANN401 - a person or a member
    """Write a person's name so that Telegram points them to the message, where they have a phone.

    A reply asked of one person only opens for who is mentioned.
    """
    name = isolated(person.name)
    if person.telegram_id is None:
        return name
    return Markup('<a href="tg://user?id={}">{}</a>').format(person.telegram_id, name)


def money(amount_minor: int, code: str, locale: Locale) -> str:
    """Write an amount of minor units as people of the locale do, by ISO 4217's scale."""
    scale = currency(code).scale
    exact = Decimal(amount_minor).scaleb(-scale)
    digits = numbers.format_decimal(
        exact, format="#,##0" + ("." + "0" * scale if scale else ""), locale=locale
    )
    # The code, not a symbol: "$" is a different money in every country of a group's diaspora.
    return f"{code}\u00a0{digits}"


class Countable(Protocol):
    """What is counted in a book: money by its code, or in kind with the group's own word for it."""

    @property
    def code(self) -> str:
        """Its code in the book."""

    @property
    def scale(self) -> int:
        """How many digits stand after the point."""

    @property
    def unit(self) -> str | None:
        """The group's own word, in kind; None for money."""


def counted(amount_minor: int, what: Countable, language: str) -> str:
    """Write an amount of anything a book counts: "KES 1,500.00", "120 kg of seed"."""
    locale = Locale.parse(language)
    if what.unit is None and what.code in CURRENCY_SCALES:
        return money(amount_minor, what.code, locale)
    exact = Decimal(amount_minor).scaleb(-what.scale)
    digits = numbers.format_decimal(exact, format="#,##0.####", locale=locale)
    if what.unit in WELL_KNOWN_UNITS:
        count = int(exact) if exact == int(exact) else FEW
        facts = {"unit": what.unit, "number": digits, "count": count}
        return plain("contributions/unit", language, **facts).replace(" ", "\u00a0")
    unit = what.code if what.unit is None else f"{ISOLATE}{clean_name(what.unit)}{POP_ISOLATE}"
    return f"{digits}\u00a0{unit}"


class _Unit(NamedTuple):
    """A unit of a plan, which the book may not have counted yet."""

    unit: str
    code: str = ""
    scale: int = UNIT_SCALE


def _hundredths(amount: int, *, locale: Locale) -> str:
    """Write a quantity without its unit: 250 is two and a half."""
    exact = Decimal(amount).scaleb(-UNIT_SCALE)
    return str(numbers.format_decimal(exact, format="#,##0.##", locale=locale))


def _in_unit(amount_minor: int, unit: str, language: str) -> str:
    return counted(amount_minor, _Unit(unit), language)


def _amounts(found: Iterable[tuple[int, Countable]], language: str) -> Markup:
    """Write several amounts of different things as one list."""
    written = [counted(amount, what, language) for amount, what in found]
    return _list(written, locale=Locale.parse(language))


def _period(key: str, language: str, *, year: bool = False) -> str:
    """Write a plan's period as it stands in a sentence: a month, or the week of its Monday."""
    facts = {"first": first_day(key), "is_week": is_week(key), "year": year}
    return plain("contributions/period", language, **facts)


def _day(when: date | datetime, *, locale: Locale, year: bool = False) -> str:
    bare = when.date() if isinstance(when, datetime) else when
    return dates.format_skeleton("yMMMMd" if year else "MMMMd", bare, locale=locale)


def _weekday(when: date | int, *, locale: Locale) -> str:
    number = when if isinstance(when, int) else when.weekday()
    return str(dates.get_day_names("wide", locale=locale)[number])


def _short_day(when: date | datetime, *, locale: Locale) -> str:
    """Write a day as a button has room for it: "Sat, Mar 7"."""
    bare = when.date() if isinstance(when, datetime) else when
    return dates.format_skeleton("MMMEd", bare, locale=locale)


def _month(when: date, *, locale: Locale, year: bool = True) -> str:
    if year:
        return dates.format_skeleton("yMMMM", when, locale=locale)
    return dates.format_date(when, "LLLL", locale=locale)  # as it stands alone, never cut short


def _month_name(number: int, *, locale: Locale) -> str:
    """Name a month of the year by its number, as it stands in a sentence."""
    return str(dates.get_month_names("wide", locale=locale)[number])


def _percent(hundredths: int, *, locale: Locale) -> str:
    """Write a percentage given in hundredths of a percent: 150 is one and a half."""
    exact = Decimal(hundredths).scaleb(-4)
    return numbers.format_percent(exact, locale=locale, decimal_quantization=False)


def _clock(when: datetime | time, *, locale: Locale) -> str:
    bare = when.time() if isinstance(when, datetime) else when
    return dates.format_time(bare, format="short", locale=locale)


def _list(items: object, *, locale: Locale) -> Markup:
    escaped = [str(Markup.escape(item)) for item in items]  # type: ignore[attr-defined]  # any iterable
    return Markup(lists.format_list(escaped, locale=locale))  # noqa: S704 - each item is escaped


def _flag(country_code: str) -> str:
    """Write a country's flag, which tells places of the same name apart."""
    return "".join(chr(FLAG_A + ord(letter) - ord("A")) for letter in country_code.upper())


def _language_name(code: str) -> str:
    name = Locale.parse(code).get_display_name(code)
    return name[:1].upper() + name[1:] if name else code


def command_list(place: str, language: str) -> list[tuple[str, str]]:
    """Return the commands of a kind of chat ("group", "private") with their descriptions.

    They stand in messages/commands/<place>.j2, a line each: `join: I am in`.
    """
    lines = plain(f"commands/{place}", language).splitlines()
    pairs = [line.partition(":") for line in lines if line.strip()]
    return [(name.strip(), cut(words.strip(), 256)) for name, _, words in pairs]
