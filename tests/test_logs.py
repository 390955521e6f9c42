"""A log line is JSON, with ids only: never the token, never what people wrote."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot import logs

TOKEN = "123456789:AAE-the_token-of-an-operator-000000"
SHORT = "42:abc"  # a server of one's own may give such
SECRET = "Wanjiru owes 500"


class Heard:
    """Everything that was logged, as an operator's file has it."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Heard]]:
    """Starts the logs as the program does; everything is as it was afterwards."""
    names = [None, *logs.OURS, *logs.SILENCED]
    levels = {name: logging.getLogger(name).level for name in names}
    root, raises = logging.getLogger(), logging.raiseExceptions
    handlers = root.handlers[:]

    def start(
        level: int = logging.DEBUG, token: str | None = TOKEN, *, plain: bool = False
    ) -> Heard:
        stream = io.StringIO()
        monkeypatch.setattr(sys, "stderr", stream)
        for one in handlers:
            root.removeHandler(one)  # force closes what it finds, and pytest's own is not ours
        logs.start(level, None, token, plain=plain)
        return Heard(stream)

    yield start
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.raiseExceptions = raises


@pytest.fixture
def heard(starts: Callable[..., Heard]) -> Heard:
    return starts()


ours = logging.getLogger("bot.somewhere")
theirs = logging.getLogger("aiohttp.client")


def test_a_line_says_when_what_and_about_which(heard: Heard) -> None:
    ours.info("update %d done", 7, extra={"action": "done", "update_id": 7, "seconds": 0.5})
    [line] = heard.lines
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "of": "bot.somewhere",
        "message": "update 7 done",
        "action": "done",
        "update_id": 7,
        "seconds": 0.5,
    }


def test_whatever_is_in_it_a_line_is_one_line(heard: Heard) -> None:
    ours.info('two\nlines "quoted" ፩', extra={"thing": object(), "many": ["a\n", {1: 2}]})
    [line] = heard.lines
    assert line["message"] == 'two\nlines "quoted" ፩'
    assert line["many"] == ["a\n", {"1": 2}]


@pytest.mark.parametrize("token", [TOKEN, SHORT])
def test_the_token_is_in_no_line(starts: Callable[..., Heard], token: str) -> None:
    heard = starts(token=token)
    ours.info("asked https://api.telegram.org/bot%s/getMe", token)
    ours.info("x", extra={"url": f"/bot{token}/getMe", "deep": [{"in": token}]})
    theirs.warning("failed at /bot%s/getUpdates", token)
    ours.error("call failed", exc_info=ValueError(f"https://api.telegram.org/bot{token}"))
    assert len(heard.lines) == 4
    assert token.partition(":")[2] not in heard.text
    assert heard.text.count("<token>") == 4, "an error's own words are not there at all"


def test_a_plain_line_says_the_same_to_eyes(starts: Callable[..., Heard]) -> None:
    heard = starts(plain=True)
    ours.info("update %d done", 7, extra={"action": "done", "update_id": 7})
    ours.warning("two\nlines at /bot%s", TOKEN, extra={"many": ["a\n", TOKEN]})
    ours.error("failed", exc_info=ValueError(SECRET))
    first, second, third = heard.text.splitlines()
    assert first.split(" ", 1)[0].endswith("+00:00")
    assert first.endswith(' INFO    update 7 done of="bot.somewhere" action="done" update_id=7')
    assert "WARNING two\\nlines at /bot<token>" in second
    assert second.endswith('many=["a\\n", "<token>"]')
    assert third.endswith('error="ValueError" trace=[]')
    assert "Wanjiru" not in heard.text


def test_nor_is_anothers_token_or_one_in_an_address(heard: Heard) -> None:
    another = "987654321:BBB-the_token-of-somebody-else-00000"
    ours.info("at %s and %s", another, TOKEN.replace(":", "%3A"))
    assert heard.lines[0]["message"] == "at <token> and <token>"


def test_an_error_is_said_by_its_kind_and_place_and_not_by_its_words(heard: Heard) -> None:
    def fails() -> None:
        raise LookupError(SECRET)

    try:
        try:
            fails()
        except LookupError as first:
            raise ValueError(SECRET) from first
    except ValueError:
        ours.exception("handler failed")
    [line] = heard.lines
    assert line["error"] == "ValueError"
    assert all(place.startswith("test_logs.py:") for place in line["trace"])
    assert "Wanjiru" not in heard.text


def test_an_error_that_is_none_is_left_out(heard: Heard) -> None:
    ours.error("x", exc_info=(None, None, None))
    assert "error" not in heard.lines[0]


def test_others_are_heard_when_they_warn_and_only_their_first_line(heard: Heard) -> None:
    theirs.info("POST /bot/sendMessage %s", SECRET)
    theirs.debug(SECRET)
    theirs.warning("connection lost\n%s", SECRET)
    assert [line["message"] for line in heard.lines] == ["connection lost"]
    assert "Wanjiru" not in heard.text


def test_no_library_is_heard_below_a_warning(heard: Heard) -> None:
    """At DEBUG they name addresses with the token in them, statements, and what is sent."""
    libraries = ("aiohttp", "aiosqlite", "apscheduler", "asyncio", "httpcore", "httpx")
    for name in (*libraries, "apscheduler.scheduler", "aiohttp.access", "somebody.else"):
        one = logging.getLogger(name)
        one.debug("POST /bot%s/sendMessage %s", TOKEN, SECRET)
        one.info("POST /bot%s/sendMessage %s", TOKEN, SECRET)
    assert heard.text == ""


def test_the_library_that_logs_whole_updates_is_silent(heard: Heard) -> None:
    logging.getLogger("telegram.ext.Updater").critical("cannot parse %s", SECRET)
    logging.getLogger("telegram").critical(SECRET)
    assert heard.text == ""


def test_a_level_holds_for_us_alone(starts: Callable[..., Heard]) -> None:
    heard = starts(logging.ERROR)
    ours.warning("not said")
    theirs.warning("not said either")
    ours.error("said")
    theirs.error("said too")
    assert [line["message"] for line in heard.lines] == ["said", "said too"]


def test_a_line_that_cannot_be_written_says_nothing_of_its_values(
    heard: Heard, capsys: pytest.CaptureFixture[str]
) -> None:
    ours.info("%d", SECRET)
    assert "Wanjiru" not in heard.text + "".join(capsys.readouterr())


def test_what_fails_in_the_loop_does_not_say_with_what(heard: Heard) -> None:
    """asyncio tells of a callback that failed with all that it was given."""

    def hears(words: str) -> None:
        raise ValueError(words)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(hears, SECRET)
        await asyncio.sleep(0)

    asyncio.run(run())
    [line] = heard.lines
    assert line["of"] == "asyncio"
    assert line["message"].startswith("Exception in callback")
    assert line["error"] == "ValueError"
    assert "Wanjiru" not in heard.text


def test_a_task_whose_error_nobody_took_does_not_say_its_words(heard: Heard) -> None:
    async def fails() -> None:
        raise ValueError(SECRET)

    async def run() -> None:
        task = asyncio.create_task(fails(), name=SECRET)
        await asyncio.wait([task])
        del task

    asyncio.run(run())
    assert [line["message"] for line in heard.lines] == ["Task exception was never retrieved"]
    assert "Wanjiru" not in heard.text
