"""Rendering a message while listening which sentences of the catalogue it says, and how."""

import functools
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Final, Literal, NamedTuple

import jinja2
from babel.messages import pofile
from jinja2 import meta
from jinja2.ext import extract_from_ast
from markupsafe import Markup

from bot.rendering import messages
from bot.rendering.messages import Words
from bot.rendering.sentences import catalogue, spoken

State = Literal["said", "fuzzy", "missing"]
SHAPES: Final = "charts"  # the folder of pictures, which have no words of their own


class Sentence(NamedTuple):
    """A sentence of the catalogue, in English, and in which of its two forms it was said."""

    english: str
    is_plural: bool = False
    context: str | None = None


class Ear:
    """Hears what a language's templates say, the once: its `sentences` note it and say it."""

    def __init__(self, language: str) -> None:
        self.heard: dict[Sentence, None] = {}
        self._told = spoken(catalogue(language))
        self.sentences: Mapping[str, Callable[..., Markup]] = {
            "_": self._say,
            "gettext": self._say,
            "ngettext": self._count,
            "pgettext": self._say_in,
            "npgettext": self._count_in,
        }

    def _say(self, sentence: str, /, **facts: object) -> Markup:
        self.heard[Sentence(sentence)] = None
        return self._told["gettext"](sentence, **facts)

    def _count(self, one: str, more: str, number: int, /, **facts: object) -> Markup:
        self.heard[Sentence(one, number != 1)] = None
        return self._told["ngettext"](one, more, number, **facts)

    def _say_in(self, context: str, sentence: str, /, **facts: object) -> Markup:
        self.heard[Sentence(sentence, context=context)] = None
        return self._told["pgettext"](context, sentence, **facts)

    def _count_in(
        self, context: str, one: str, more: str, number: int, /, **facts: object
    ) -> Markup:
        self.heard[Sentence(one, number != 1, context)] = None
        return self._told["npgettext"](context, one, more, number, **facts)


class NoLongerFits(Exception):
    """A message was changed since its sample facts were kept."""


class Said(NamedTuple):
    """What a message says, and the sentences of which it is made, in their order."""

    words: Words
    sentences: tuple[Sentence, ...]


@functools.cache
def _listening(language: str) -> tuple[Ear, jinja2.Environment]:
    ear = Ear(language)
    return ear, messages.environment_saying(language, ear.sentences)


def listen(name: str, language: str, facts: Mapping[str, object]) -> Said:
    """Render a message as the bot would. Raises NoLongerFits where it asks for other facts."""
    ear, environment = _listening(language)
    template = environment.get_template(f"{name}.j2")
    ear.heard = {}
    try:
        words = messages.rendered(template, facts)
    except (jinja2.UndefinedError, TypeError, AttributeError, LookupError, ValueError) as error:
        raise NoLongerFits(name) from error
    return Said(words, tuple(ear.heard))


class Told(NamedTuple):
    """A sentence of a catalogue: its forms as far as they are written, and how it stands."""

    forms: tuple[str, ...]
    state: State


@functools.cache
def entries(language: str) -> Mapping[tuple[str | None, str], Told]:
    """Return what a language has of each sentence, by its context and its English."""
    path = messages.FOLDER / "locales" / language / "LC_MESSAGES" / "bot.po"
    found: dict[tuple[str | None, str], Told] = {}
    if not path.is_file():
        return found
    for one in pofile.read_po(BytesIO(path.read_bytes()), locale=language):
        if not one.id:
            continue
        english = one.id if isinstance(one.id, str) else one.id[0]
        forms = (one.string,) if isinstance(one.string, str) else tuple(one.string or ())
        is_whole = bool(forms) and all(forms)
        state: State = "fuzzy" if one.fuzzy else "said" if is_whole else "missing"
        found[one.context, english] = Told(tuple(form for form in forms if form), state)
    return found


def told(sentence: Sentence, language: str) -> Told:
    """Return how a sentence is said in a language, and whether it is, for want of a better."""
    if language == messages.FIRST_LANGUAGE:
        return Told((), "said")
    found = entries(language).get((sentence.context, sentence.english))
    return found or Told((), "missing")


def names() -> tuple[str, ...]:
    """Return every template of messages/ that has words, pictures' shapes left out."""
    found = (path.relative_to(messages.FOLDER) for path in messages.FOLDER.rglob("*.j2"))
    return tuple(sorted(str(one)[: -len(".j2")] for one in found if one.parts[0] != SHAPES))


@functools.cache
def parents() -> Mapping[str, tuple[str, ...]]:
    """Return, for each part of messages, the templates that take it in."""
    found: dict[str, list[str]] = {}
    environment = messages.environment(messages.FIRST_LANGUAGE)
    for name in names():
        source = (messages.FOLDER / f"{name}.j2").read_text("utf-8")
        for part in meta.find_referenced_templates(environment.parse(source)):
            if part:
                found.setdefault(part[: -len(".j2")], []).append(name)
    return {part: tuple(dict.fromkeys(by)) for part, by in found.items()}


class Written(NamedTuple):
    """A sentence as it stands in a template: its context, its forms."""

    context: str | None
    forms: tuple[str, ...]


def sentences_of(name: str) -> Iterator[Written]:
    """Give each sentence that stands in a template."""
    source = (messages.FOLDER / f"{name}.j2").read_text("utf-8")
    parsed = messages.environment(messages.FIRST_LANGUAGE).parse(source)
    for _, function, found in extract_from_ast(parsed):
        parts = tuple(one for one in (found if isinstance(found, tuple) else (found,)) if one)
        if "pgettext" in function:
            yield Written(parts[0], parts[1:])
        else:
            yield Written(None, parts)
