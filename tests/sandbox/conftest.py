"""A browser for the tests of the page; on a machine without one they are left out, by name."""

import shutil
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

_left_out: list[str] = []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of a process; each visitor has a context of their own."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield running
        await running.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a browser where there is none."""
    if CHROMIUM:
        return
    out = [item for item in items if item.get_closest_marker("browser")]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]
        _left_out.extend(item.name for item in out)


def _line() -> str:
    return (
        f"{len(_left_out)} browser tests left out, for want of chromium on this machine: "
        f"{', '.join(_left_out)}"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out."""
    if _left_out:
        terminalreporter.write_line(_line(), yellow=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Name it where tests run in several processes, too: those have no summary of their own."""
    worker = getattr(session.config, "workerinput", {}).get("workerid")
    if _left_out and worker == "gw0":
        capture = session.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            sys.stderr.write(f"\n{_line()}\n")
            sys.stderr.flush()
