"""Fixtures every test may ask for."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import proof_book
import pytest
from effort import examples
from hypothesis import settings
from village import Village, a_village

settings.register_profile("usual", max_examples=examples(), deadline=None)
settings.load_profile("usual")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what is kept in docs/proof.md know its promise, wherever it runs."""
    for item in items:
        if marker := item.get_closest_marker("promise"):
            item.user_properties.append(("promise", marker.args[0]))
        elif item.get_closest_marker("slow"):
            words = item.name.removeprefix("test_").replace("_", " ")
            item.user_properties.append(("promise", words[0].upper() + words[1:]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Under `make prove`, write down what became of each promise."""
    if "KEEP_PROOF" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
        return
    told = {name: str(value) for name, value in report.user_properties}
    if "promise" not in told or not (report.when == "call" or report.failed):
        return
    found = told.get("seen", "held") if report.passed else f"**{report.outcome}**"
    page = proof_book.with_row(
        proof_book.BOOK.read_text("utf-8"),
        told["promise"],
        report.nodeid.removeprefix("tests/"),
        found,
        f"{report.duration:.0f} s",
        proof_book.today(),
    )
    proof_book.BOOK.write_text(page, "utf-8")


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    """A village whose Telegram sets no flood limits, so that stories are quick."""
    async with a_village(tmp_path) as made:
        yield made
