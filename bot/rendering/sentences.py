"""The sentences of one language: its catalogue, and the functions by which templates say them."""

import functools
import gettext
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from babel.messages import mofile, pofile
from markupsafe import Markup

import bot

FOLDER: Final = Path(bot.__file__).parent.parent / "messages" / "locales"


def catalogue(language: str) -> gettext.NullTranslations:
    """Return a language's catalogue, compiled in memory where no .mo lies beside it."""
    folder = FOLDER / language / "LC_MESSAGES"
    compiled, source = folder / "bot.mo", folder / "bot.po"
    if compiled.is_file():
        return gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    if not source.is_file():
        return gettext.NullTranslations()
    with source.open("rb") as file:
        read = pofile.read_po(file, locale=language)
    packed = io.BytesIO()
    mofile.write_mo(packed, read)  # fuzzy sentences are left out: they are said in English
    packed.seek(0)
    return gettext.GNUTranslations(packed)


def spoken(sentences: gettext.NullTranslations) -> Mapping[str, Callable[..., Markup]]:
    """Return what templates say sentences with: `_`, `ngettext`, `pgettext`, `npgettext`.

    They do what Jinja2's own extension does (its “newstyle”: facts by name, escaped where they are
    put in), but look a sentence up once, however often it is said: that was a fifth of a message.
    """

    @functools.cache
    def found(sentence: str, context: str | None) -> Markup:
        if context is None:
            return Markup(sentences.gettext(sentence))  # noqa: S704 - our own words
        return Markup(sentences.pgettext(context, sentence))  # noqa: S704 - our own words

    @functools.cache
    def without_facts(sentence: str, context: str | None) -> Markup:
        return found(sentence, context) % {}

    def say(sentence: str, /, **facts: object) -> Markup:
        return found(sentence, None) % facts if facts else without_facts(sentence, None)

    def say_in(context: str, sentence: str, /, **facts: object) -> Markup:
        return found(sentence, context) % facts if facts else without_facts(sentence, context)

    def count(one: str, more: str, number: int, /, **facts: object) -> Markup:
        words = Markup(sentences.ngettext(one, more, number))  # noqa: S704 - our own words
        return words % {"num": number, **facts}

    def count_in(context: str, one: str, more: str, number: int, /, **facts: object) -> Markup:
        words = Markup(sentences.npgettext(context, one, more, number))  # noqa: S704 - our own words
        return words % {"num": number, **facts}

    return {"_": say, "gettext": say, "pgettext": say_in, "ngettext": count, "npgettext": count_in}
