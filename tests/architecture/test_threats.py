"""Each threat in SECURITY.md names tests that are there; and a few that the source alone shows."""

import re
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).parent.parent
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
SOURCES = sorted((ROOT / "bot").rglob("*.py"))


def threats() -> list[str]:
    """The lines of the table."""
    table = PAGE.partition("## Threats")[2]
    return [line for line in table.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("line", threats(), ids=lambda line: line.split("|")[1].strip())
def test_each_threat_names_tests_that_are_there(line: str) -> None:
    _, _, held_by, tried_by, _ = line.split("|")
    assert held_by.strip()
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", tried_by)
    assert named
    for path, name in named:
        source = ROOT / path
        assert source.is_file(), path
        assert not name or re.search(rf"def {name}\(", source.read_text("utf-8")), name


def test_there_are_threats() -> None:
    assert len(threats()) > 20


def test_no_template_is_made_of_words() -> None:
    """Templates come from our folder by name; no text of anybody's is ever compiled."""
    guilty = [
        path.name
        for path in SOURCES
        if re.search(r"from_string|render_template_string|\|\s*safe\b", path.read_text("utf-8"))
    ]
    assert guilty == []
    # A macro's words are marked as safe by themselves: nothing need be said to be.
    trusting = [
        path.name
        for path in (ROOT / "messages").rglob("*.j2")
        if re.search(r"\|\s*safe\b|autoescape false", path.read_text("utf-8"))
    ]
    assert trusting == []


def test_what_people_send_is_never_fetched() -> None:
    """A photo or a voice note stays at Telegram, however large: we keep its id."""
    guilty = [
        path.name
        for path in SOURCES
        if re.search(r"getFile|get_file\(|download", path.read_text("utf-8"))
    ]
    assert guilty == []
