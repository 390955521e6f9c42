"""Whatever a group may agree on can be read, in every language, within one message a screen."""

from datetime import UTC, datetime
from typing import Any

import pytest
from agreements import agreements
from effort import examples
from hypothesis import given, settings

from bot.domain.agreement import PARTS, Agreement
from bot.domain.check_ins import Question, own_question
from bot.practices.agreement_view import SECTIONS, Change
from bot.rendering import agreement as written, messages
from bot.storage.groups import Group

GROUP = Group(1, 1, "Kitui <Circle>", "active", "en", None)
SINCE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LANGUAGES = messages.languages()


def facts_of(agreed: Agreement) -> dict[str, Any]:
    return {
        "group": GROUP,
        "agreement": agreed,
        "own_questions": asked_by(agreed),
        "since": SINCE,
        "offices": {},
        "url": None,
    }


def asked_by(*agreed: Agreement) -> dict[int, Question]:
    asked = {number for one in agreed for number in one.questions.own}
    return {number: own_question(number, "line", "x" * 160) for number in asked}


def size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_every_part_is_read_somewhere_once() -> None:
    read = [part for parts in SECTIONS for part in parts]
    assert sorted(read) == sorted(PARTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_has_a_name_of_its_own(language: str) -> None:
    environment = messages.environment(language)
    module = environment.get_template("agreement/_parts.j2").module
    names = {str(module.part_name(part)).strip() for part in PARTS}  # type: ignore[attr-defined]  # a macro
    assert len(names) == len(PARTS)
    assert all(names)


@pytest.mark.parametrize("language", LANGUAGES)
@given(agreed=agreements())
@settings(max_examples=examples(10), deadline=None)
def test_any_agreement_can_be_read_on_any_screen(language: str, agreed: Agreement) -> None:
    facts = facts_of(agreed)
    shown = [messages.render("agreement/whole", language, **facts).text]
    for number, parts in enumerate(SECTIONS):
        words = messages.render("agreement/section", language, parts=parts, number=number, **facts)
        shown.append(words.text)
        assert "\n\n\n" not in words.text
        # A heading is never left without what was agreed under it.
        lines = words.text.splitlines()
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if line.startswith("<b>") and "·" not in line:
                assert following.strip(), (line, words.text)
    assert all(size(one) <= messages.TEXT_MAX for one in shown)
    page = written.page(facts, SECTIONS, language).decode()
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>")
    assert "<Circle>" not in page


@pytest.mark.parametrize("language", LANGUAGES)
@given(before=agreements(), after=agreements())
@settings(max_examples=examples(5), deadline=None)
def test_any_change_can_be_read(language: str, before: Agreement, after: Agreement) -> None:
    asked = asked_by(before, after)
    for part in PARTS:
        change = Change(2, SINCE, "Amina", None, (part,), (), (), before, after)
        text = messages.render(
            "agreement/change",
            language,
            group=GROUP,
            zone="Africa/Nairobi",
            change=change,
            own_questions=asked,
        ).text
        assert size(text) <= messages.TEXT_MAX
