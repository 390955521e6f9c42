"""Two pages that need no internet: every message in every language, and every picture."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import jinja2
from babel import Locale
from markupsafe import Markup

from bot.preview import listening, pictures, samples
from bot.preview.listening import Said, Sentence, State, Written
from bot.rendering import charts, digests, messages
from bot.rendering.messages import Button
from bot.rendering.page import WIDTH

MESSAGES_PAGE: Final = "index.html"
PICTURES_PAGE: Final = "pictures.html"
PICTURES_FOLDER: Final = "pictures"
_COMMENT: Final = re.compile(r"\A\s*\{#\s*(.*?)\s*#\}", re.DOTALL)
_NOT_A_NAME: Final = re.compile(r"[^a-z0-9]+")


class Gap(NamedTuple):
    """A sentence that is not said in a language yet, or should be looked at."""

    english: str
    state: State


@dataclass(frozen=True)
class Telling:
    """A message in one language, as it is sent."""

    language: str
    direction: str
    text: Markup
    rows: tuple[tuple[Button, ...], ...]
    gaps: tuple[Gap, ...]
    picture: str | None

    @property
    def is_page(self) -> bool:
        """Whether it is no message but a page of its own, sent as a file."""
        return self.text[:9].lower() == "<!doctype"


@dataclass(frozen=True)
class Unshown:
    """A sentence that no sample shows, by language: what is said, and how it stands."""

    english: tuple[str, ...]
    told: Mapping[str, tuple[tuple[str, ...], State]]


@dataclass(frozen=True)
class Entry:
    """One template: what it is for, what it says with each of its sample facts."""

    name: str
    note: str
    part_of: tuple[str, ...]
    tellings: tuple[tuple[Telling, ...], ...]
    unshown: tuple[Unshown, ...]
    gaps: frozenset[str] = field(default_factory=frozenset)  # languages in which it is not whole


class Language(NamedTuple):
    """A language, its own name, and how many of its sentences are said, in doubt, missing."""

    code: str
    name: str
    said: int
    fuzzy: int
    missing: int


def write(folder: Path, *, only_pictures: bool = False) -> Path:
    """Write the pages into a folder; return the one to open."""
    (folder / PICTURES_FOLDER).mkdir(parents=True, exist_ok=True)
    shown = {language: _drawn(folder, language) for language in messages.languages()}
    sheet = folder / PICTURES_PAGE
    sheet.write_text(_sheet(folder, shown), "utf-8")
    if only_pictures:
        return sheet
    page = folder / MESSAGES_PAGE
    page.write_text(messages_page({key: _inline(found) for key, found in shown.items()}), "utf-8")
    return page


# -- messages --------------------------------------------------------------------------------------


def messages_page(shown: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Return the page of all messages; `shown`: pictures' addresses by language and message."""
    found = entries(shown or {})
    rooms = {
        room: list(inside)
        for room, inside in itertools.groupby(found, lambda one: one.name.partition("/")[0])
    }
    return _page("messages.html.j2", rooms=rooms, languages=languages(), count=len(found))


def entries(shown: Mapping[str, Mapping[str, str]]) -> list[Entry]:
    """Return every template of messages/, in order, with all that it says."""
    return [_entry(name, shown) for name in listening.names()]


def _entry(name: str, shown: Mapping[str, Mapping[str, str]]) -> Entry:
    told: list[tuple[Telling, ...]] = []
    heard: set[tuple[str | None, str]] = set()
    for facts in samples.all_samples().get(name, ()):
        try:
            row = {code: listening.listen(name, code, facts) for code in messages.languages()}
        except listening.NoLongerFits:
            continue
        if not any(said.words.text or said.words.rows for said in row.values()):
            continue  # a part that only lends its sentences
        heard |= {(one.context, one.english) for said in row.values() for one in said.sentences}
        pictures_ = {} if told else {code: found.get(name) for code, found in shown.items()}
        told.append(tuple(_telling(code, said, pictures_.get(code)) for code, said in row.items()))
    unshown = tuple(
        _unshown(one)
        for one in dict.fromkeys(listening.sentences_of(name))
        if (one.context, one.forms[0]) not in heard
    )
    gaps = {one.language for row in told for one in row if one.gaps}
    gaps |= {code for one in unshown for code, (_, state) in one.told.items() if state != "said"}
    return Entry(name, _note(name), _part_of(name), tuple(told), unshown, frozenset(gaps))


def _telling(language: str, said: Said, picture: str | None) -> Telling:
    return Telling(
        language,
        digests.direction(language),
        Markup(said.words.text),  # noqa: S704 - the template escaped what is not its own
        said.words.rows,
        tuple(_gaps(said.sentences, language)),
        picture,
    )


def _gaps(sentences: Iterable[Sentence], language: str) -> Iterator[Gap]:
    for one in dict.fromkeys(sentence._replace(is_plural=False) for sentence in sentences):
        state = listening.told(one, language).state
        if state != "said":
            yield Gap(one.english, state)


def _unshown(written: Written) -> Unshown:
    sentence = Sentence(written.forms[0], context=written.context)
    told = {language: listening.told(sentence, language) for language in messages.languages()}
    return Unshown(
        written.forms, {code: (one.forms or written.forms, one.state) for code, one in told.items()}
    )


def _note(name: str) -> str:
    """Return what a template says of itself, in the comment that it begins with."""
    found = _COMMENT.search((messages.FOLDER / f"{name}.j2").read_text("utf-8"))
    return " ".join(found[1].split()) if found else ""


def _part_of(name: str) -> tuple[str, ...]:
    return listening.parents().get(name, ())


def languages() -> list[Language]:
    """Return each language with how far it has come."""
    found = []
    for code in messages.languages():
        states = [one.state for one in listening.entries(code).values()]
        own = Locale.parse(code).get_display_name(code) or code
        counts = (states.count("said"), states.count("fuzzy"), states.count("missing"))
        found.append(Language(code, own[:1].upper() + own[1:], *counts))
    return found


# -- pictures --------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """A picture that was drawn: what it is, where it lies in the folder, and of which size."""

    name: str
    message: str
    address: str
    width: int
    height: int


def _drawn(folder: Path, language: str) -> list[Shown]:
    return [_draw(folder, language, case) for case in pictures.cases(language)]


def _draw(folder: Path, language: str, case: pictures.Case) -> Shown:
    name = _NOT_A_NAME.sub("-", f"{language} {case.name}".lower()).strip("-")
    address = f"{PICTURES_FOLDER}/{name}.png"
    (folder / address).write_bytes(charts.png_of(charts.svg_of(case.facts)))
    height = charts.lay_out(case.facts).height
    return Shown(case.name, case.message, address, WIDTH, height)


def _inline(found: Iterable[Shown]) -> dict[str, str]:
    """Return the first picture of each message."""
    chosen: dict[str, str] = {}
    for one in found:
        chosen.setdefault(one.message, one.address)
    return chosen


def _sheet(folder: Path, shown: Mapping[str, list[Shown]]) -> str:
    arabic = [_draw(folder, pictures.ARABIC, case) for case in pictures.arabic()]
    own = {one.code: one.name for one in languages()}
    by_case: dict[str, list[tuple[str, Shown]]] = {}
    for language, found in shown.items():
        for one in found:
            by_case.setdefault(one.name, []).append((own[language], one))
    return _page("pictures.html.j2", by_case=by_case, arabic=arabic)


def _page(name: str, **facts: object) -> str:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(**facts)
