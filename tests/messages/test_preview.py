"""Whoever translates sees every message, and every sentence of it, as it is sent."""

import json
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import pofile
from click.testing import CliRunner

from bot.__main__ import main
from bot.preview import listening, page, pictures, samples
from bot.preview.listening import Sentence, Told
from bot.rendering import charts, messages

#: Pages that are sent as files and made of a whole book: their sentences are shown alone.
FILES = {"copies/page", "copies/sheet", "privacy/page"}
TEMPLATES = sorted(
    path.relative_to(messages.FOLDER).as_posix().removesuffix(".j2")
    for path in messages.FOLDER.rglob("*.j2")
    if "charts" not in path.parts
)


QUICK = ("en", "sw")


@pytest.fixture(autouse=True)
def _two_languages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them take their time: tests of every language say so."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(messages, "languages", lambda: QUICK)


@cache
def entries() -> dict[str, page.Entry]:
    return {one.name: one for one in page.entries({})}


@cache
def made() -> str:
    found = list(entries().values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "entries", lambda _: found)
        return page.messages_page()


def test_a_part_that_says_nothing_by_itself_shows_its_sentences_alone() -> None:
    for one in entries().values():
        for row in one.tellings:
            assert all(told.text or told.rows for told in row), one.name
    assert entries()["agreement/_parts"].tellings == ()
    assert entries()["agreement/_parts"].unshown


def test_every_message_is_on_the_page() -> None:
    assert [name for name in TEMPLATES if f'id="{name}"' not in made()] == []


@pytest.mark.slow
def test_every_sample_can_be_told_in_every_language() -> None:
    for one in page.entries({}):
        for row in one.tellings:
            assert [told.language for told in row] == list(messages.languages())


def test_nearly_every_message_is_shown_as_it_is_sent_or_where_it_is_a_part() -> None:
    """A few may be newer than their sample facts: `make samples` gathers those."""
    bare = {one.name for one in entries().values() if not one.tellings and not one.part_of}
    assert len(bare - FILES) < len(TEMPLATES) / 20, bare


def test_facts_that_no_longer_fit_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert samples._told({"who": {"bot.domain.gone.Person": {"name": "Amina"}}}) is None
    assert samples._told({"who": {"bot.domain.money.Money": {}}}) is None  # no empty currency
    told = {"bot.storage.thanks.Thanks": {"giver": "Amina", "gone": 1}}
    assert (samples._told({"what": told}) or {})["what"].giver == "Amina"
    name = "refusals/too_many_goals"
    monkeypatch.setattr(samples, "all_samples", lambda: {name: ({}, {"most": 5})})
    entry = page._entry(name, {})
    assert len(entry.tellings) == 1


def test_every_sentence_of_the_catalogue_is_on_the_page() -> None:
    template = pofile.read_po(BytesIO((messages.FOLDER / "locales/bot.pot").read_bytes()))
    wanted = {(one.context, one.id if isinstance(one.id, str) else one.id[0]) for one in template}
    shown = {
        (one.context, one.forms[0]) for name in TEMPLATES for one in listening.sentences_of(name)
    }
    assert {one for one in wanted if one[1]} == shown


def test_samples_come_back_as_they_were_kept() -> None:
    for name, kept in samples.all_samples().items():
        for facts in kept:
            again = json.loads(json.dumps({key: samples.packed(one) for key, one in facts.items()}))
            assert {key: samples.unpacked(one) for key, one in again.items()} == facts, name


def test_no_sample_is_left_over() -> None:
    assert samples.all_samples().keys() <= {*TEMPLATES, *pictures.MAKERS}


def test_a_fact_of_no_known_kind_is_not_kept() -> None:
    with pytest.raises(samples.CannotKeep):
        samples.packed(object())


def test_what_is_missing_or_fuzzy_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    name, (facts, *_) = "refusals/unknown_zone", samples.all_samples()["refusals/unknown_zone"]
    [sentence] = listening.listen(name, "es", facts).sentences
    for state in ("fuzzy", "missing", "said"):
        told = {(None, sentence.english): Told((), state)}
        monkeypatch.setattr(listening, "entries", lambda _, told=told: told)
        entry = page._entry(name, {})
        [[english, *others]] = entry.tellings
        assert english.gaps == ()
        assert {gap.state for one in others for gap in one.gaps} == {state} - {"said"}
        assert entry.gaps == (set() if state == "said" else {"sw"})


def test_the_same_words_mean_another_thing_elsewhere() -> None:
    ear = listening.Ear("es")
    assert ear.sentences["pgettext"]("my aim moved", "= The same") != "= The same"
    assert ear.sentences["_"]("= The same") == "= The same"
    assert [one.context for one in ear.heard] == ["my aim moved", None]
    assert listening.told(Sentence("= The same"), "es").state == "missing"


def test_a_page_that_is_sent_as_a_file_keeps_its_looks_to_itself() -> None:
    entry = entries()["agreement/page"]
    assert all(one.is_page for row in entry.tellings for one in row)
    assert "<iframe srcdoc=" in made()
    assert made().count("<style>") == 2


def test_one_command_writes_pages_that_need_no_internet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "png_of", lambda _: b"a picture")
    monkeypatch.setattr(page, "entries", lambda shown: [page._entry("digests/caption", shown)])
    said = CliRunner().invoke(main, ["preview", str(tmp_path), "--pictures"])
    assert said.exit_code == 0, said.output
    assert not (tmp_path / page.MESSAGES_PAGE).exists()
    assert str(tmp_path / page.PICTURES_PAGE) in said.output
    assert (
        str(tmp_path / page.MESSAGES_PAGE)
        in CliRunner().invoke(main, ["preview", str(tmp_path)]).output
    )
    for name in (page.MESSAGES_PAGE, page.PICTURES_PAGE):
        text = (tmp_path / name).read_text("utf-8")
        assert 'src="http' not in text
        assert "@import" not in text
        assert "<script" not in text
    sheet = (tmp_path / page.PICTURES_PAGE).read_text("utf-8")
    for one in page._drawn(tmp_path, "sw"):
        assert (tmp_path / one.address).read_bytes() == b"a picture"
        assert sheet.count(one.address) == 2  # in colour and in grey
    shown = page._inline(page._drawn(tmp_path, "sw"))["digests/caption"]
    assert shown in (tmp_path / page.MESSAGES_PAGE).read_text("utf-8")
