"""Every language is held to the template's facts, tags and limits; drift is found here."""

import re
from collections import Counter
from gettext import c2py  # the library's own reader of plural rules
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.messages import extract, pofile
from babel.messages.catalog import Catalog, Message

from bot.domain import check_ins as rules
from bot.rendering import messages, sentences

FIRST = messages.FIRST_LANGUAGE
LANGUAGES = [one for one in messages.languages() if one != FIRST]
#: Languages that never have a gap; in others a new sentence is said in English until it is written.
COMPLETE = ["es"]
FACT = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?([a-z]+)[^>]*>")
TELEGRAM_TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote"}
LABEL_IN_PAIRS = 15  # letters that 360 pixels show of each of two buttons, the sign too
#: Where CLDR is not followed on purpose, and why.
OWN_PLURALS = {
    "rw": "nplurals=2; plural=(n != 1);",  # nouns change class, whatever CLDR says
}


def catalogue(language: str) -> Catalog:
    path = messages.FOLDER / "locales" / language / "LC_MESSAGES" / "bot.po"
    return pofile.read_po(BytesIO(path.read_bytes()), locale=language)


def translated(language: str) -> list[Message]:
    return [one for one in catalogue(language) if one.id and one.string and any(one.string)]


def forms_of(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def ids_of(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def facts_of(text: str) -> set[str]:
    return set(FACT.findall(text))


class Balance(HTMLParser):
    """Finds a tag that is opened and not closed, or closed and not opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.wrong = self.wrong or not self.open or self.open.pop() != tag


def problems_of(message: Message) -> list[str]:
    """What is wrong with one translation, in words; nothing where it can be sent as it is."""
    found = []
    wanted = set.union(*(facts_of(one) for one in ids_of(message)))
    plural = not isinstance(message.id, str)
    for form in forms_of(message):
        missing, strange = wanted - facts_of(form), facts_of(form) - wanted
        if strange or (missing and not (plural and missing <= {"num"})):
            found.append(f"facts differ: {sorted(missing | strange)} in {form!r}")
        if re.search(r"%(?!\(\w+\)[sd]|%)", form):
            found.append(f"a lone % in {form!r}")
        if Counter(TAG.findall(form)) != Counter(TAG.findall(ids_of(message)[0])):
            found.append(f"tags differ in {form!r}")
        balance = Balance()
        balance.feed(form)
        if balance.open or balance.wrong or set(TAG.findall(form)) - TELEGRAM_TAGS:
            found.append(f"tags that Telegram refuses in {form!r}")
        if form != form.strip() or "\n" in form:
            found.append(f"spaces or line ends at the edges of {form!r}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_keeps_the_facts_and_tags(language: str) -> None:
    problems = [problem for one in translated(language) for problem in problems_of(one)]
    assert problems == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_in_cldr_order(language: str) -> None:
    found = catalogue(language)
    if language in OWN_PLURALS:
        assert found.plural_forms == OWN_PLURALS[language]
        return
    rule = Locale.parse(language).plural_form
    by_category: dict[str, set[int]] = {}
    for number in range(201):
        by_category.setdefault(rule(number), set()).add(slot_of(found, number))
    assert all(len(slots) == 1 for slots in by_category.values()), by_category
    # `many` in es and fr is for a million and such: a category counts of people never reach.
    assert found.num_plurals == len(by_category)


def slot_of(found: Catalog, number: int) -> int:
    slot: int = c2py(found.plural_expr)(number)
    return slot


@pytest.mark.parametrize("language", COMPLETE)
def test_a_complete_language_has_every_sentence(language: str) -> None:
    """Spanish is promised whole; a sentence that is missing or fuzzy is said in English."""
    missing = [
        ids_of(one)[0]
        for one in catalogue(language)
        if one.id and (one.fuzzy or not one.string or not all(forms_of(one)))
    ]
    assert missing == []


def test_the_list_of_sentences_is_up_to_date() -> None:
    """`make messages` was run: bot.pot and the catalogues have every sentence."""
    wanted = sentences_of_templates()
    template = pofile.read_po(BytesIO((messages.FOLDER / "locales/bot.pot").read_bytes()))
    assert {key_of(one) for one in template if one.id} == wanted
    for language in LANGUAGES:
        assert {key_of(one) for one in catalogue(language) if one.id} == wanted, language


def key_of(message: Message) -> tuple[str | None, str]:
    return message.context, ids_of(message)[0]


def sentences_of_templates() -> set[tuple[str | None, str]]:
    options = {
        "extensions": "jinja2.ext.i18n,jinja2.ext.do",
        "newstyle_gettext": "true",
        "silent": "false",
    }
    found = set()
    for path in sorted(messages.FOLDER.rglob("*.j2")):
        with path.open("rb") as file:
            for _, ids, _, context in extract.extract("jinja2", file, options=options):
                found.add((context, ids if isinstance(ids, str) else ids[0]))
    return found


def test_no_template_uses_trans_blocks() -> None:
    """They swallow line ends: two lines of a chat would run together."""
    guilty = [
        path for path in messages.FOLDER.rglob("*.j2") if "{% trans" in path.read_text("utf-8")
    ]
    assert guilty == []


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("%(name)s is in.", "está."),
        ("%(name)s is in.", "%(nombre)s está."),
        ("<b>Now</b>", "Ahora"),
        ("<b>Now</b>", "<b>Ahora<b>"),
        ("Now", "Ahora <blink>"),
        ("Half", "50% listo"),
    ],
)
def test_a_bad_translation_is_found(original: str, translation: str) -> None:
    assert problems_of(Message(original, translation)) != []


def test_a_sentence_that_a_language_lacks_is_said_in_english(tmp_path: Path) -> None:
    del tmp_path
    assert sentences.catalogue("xx").gettext("Never translated") == "Never translated"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_of_a_catalogue_is_filled_in(language: str) -> None:
    path = messages.FOLDER / "locales" / language / "LC_MESSAGES" / "bot.po"
    head = path.read_text(encoding="utf-8").partition("\n\n")[0]
    for left_by_babel in ("EMAIL@ADDRESS", "FULL NAME", "YEAR-MO-DA", "LL@li.org", "FIRST AUTHOR"):
        assert left_by_babel not in head


@pytest.mark.parametrize("language", messages.languages())
def test_a_check_ins_answers_fit_beside_each_other_on_a_phone(language: str) -> None:
    """Two a row on the smallest phone; one that stands alone in its row may be longer."""
    words: Any = messages.environment(language).get_template("check_ins/_words.j2").make_module({})
    for question in rules.CATALOGUE.values():
        if question.kind == "share" or len(question.options) in {3, 5}:
            continue
        in_pairs = question.options[: len(question.options) // 2 * 2]
        labels = [str(words.option(question, choice)).strip() for choice in in_pairs]
        assert [label for label in labels if len(label) > LABEL_IN_PAIRS] == [], question.key
