"""Pictures drawn beside the bot: the same as drawn here, whatever becomes of who draws them."""

import io
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.rendering import charts, drawers, drawing, files
from bot.rendering.charts import Bar, BarChart, DigestCard
from bot.rendering.drawers import Drawers

SVG = charts.svg_of(BarChart("What first?", "9 of 9", (Bar("Water tank", 6, "6 votes"),)))
PNG = b"\x89PNG"


@pytest.fixture
def draw() -> Iterator[Drawers]:
    with closing(Drawers(2)) as made:
        yield made


def child_of(draw: Drawers) -> drawers._Child:
    child = draw._free.queue[-1]
    assert child is not None
    return child


def test_nobody_draws_until_there_is_something_to_draw(draw: Drawers) -> None:
    assert draw._free.queue == [None, None]
    draw(SVG)
    assert [one is None for one in draw._free.queue] == [True, False]


def test_a_child_draws_what_is_drawn_here(draw: Drawers) -> None:
    assert draw(SVG) == charts.png_of(SVG)
    first = child_of(draw)
    assert draw(SVG) == charts.png_of(SVG)
    assert child_of(draw) is first


def test_many_at_once_each_get_their_own(draw: Drawers) -> None:
    svgs = [charts.svg_of(BarChart(f"Poll {number}", "", ())) for number in range(12)]
    with ThreadPoolExecutor(6) as many:
        assert list(many.map(draw, svgs)) == [charts.png_of(one) for one in svgs]


def test_a_child_that_was_killed_costs_no_picture(draw: Drawers) -> None:
    draw(SVG)
    killed = child_of(draw)
    os.kill(killed._process.pid, signal.SIGKILL)
    killed._process.wait()
    assert draw(SVG).startswith(PNG)
    assert child_of(draw) is not killed  # it was seen in time, and another one drew


def test_a_child_that_ends_in_the_middle_costs_no_picture(
    draw: Drawers, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(SVG)
    monkeypatch.setattr(drawers._Child, "has_ended", False)
    child_of(draw)._process.kill()
    assert draw(SVG).startswith(PNG)
    assert draw._free.queue == [None, None]


def test_what_is_no_picture_is_refused_and_harms_nobody(draw: Drawers) -> None:
    with pytest.raises(ValueError, match="no picture"):
        draw("this is no picture")
    first = child_of(draw)
    assert draw(SVG).startswith(PNG)
    assert child_of(draw) is first


def test_what_all_may_see_is_drawn_once(draw: Drawers, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def noting(svg: str) -> bytes:
        drawn.append(svg)
        return PNG

    monkeypatch.setattr(draw, "_drawn", noting)
    month, book = DigestCard("Kilimo", "March"), BarChart("Amina", "", ())
    for _ in range(3):
        files.make(files.picture(month), draw)
        files.make(files.picture(book), draw)
    assert [("Kilimo" in one, "Amina" in one) for one in drawn] == [
        (True, False),
        *[(False, True)] * 3,
    ]
    for number in range(2 * drawers.KEPT_MAX):
        files.make(files.picture(DigestCard(f"Group {number}", "March")), draw)
    assert len(draw._kept) == drawers.KEPT_MAX


def test_after_the_end_it_is_drawn_here(draw: Drawers) -> None:
    draw(SVG)
    process = child_of(draw)._process
    draw.close()
    assert process.poll() is not None
    assert draw(SVG).startswith(PNG)
    assert draw._free.queue == [None, None]


def test_a_child_ends_when_the_bot_is_gone_and_knows_none_of_its_secrets(
    draw: Drawers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BARNRAISER_TOKEN", "7:secret")
    draw(SVG)
    process = child_of(draw)._process
    assert b"secret" not in Path(f"/proc/{process.pid}/environ").read_bytes()
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=30) == 0


def test_a_child_with_nothing_to_do_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_IDLE_SECONDS", 0.0)
    reading, writing = os.pipe()
    wanted = SVG.encode()
    os.write(writing, drawing.LENGTH.pack(len(wanted)) + wanted)
    going, begun = io.BytesIO(), time.monotonic()
    with os.fdopen(reading, "rb") as coming:
        drawing.serve(coming, going, [])
    os.close(writing)
    assert time.monotonic() - begun < 60
    assert going.getvalue()[drawing.LENGTH.size :].startswith(PNG)
