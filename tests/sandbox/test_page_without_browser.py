"""On a machine without Chromium the page's tests are left out aloud, not silently."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTHING_COLLECTED = 5


@pytest.mark.parametrize("processes", [["-p", "no:xdist"], ["-n", "1"]])
def test_what_needs_a_browser_is_named_when_there_is_none(processes: list[str]) -> None:
    run = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *processes,
            str(ROOT / "tests/sandbox/test_page.py"),
        ],
        cwd=ROOT,
        env=os.environ | {"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    said = run.stdout + run.stderr
    assert run.returncode == NOTHING_COLLECTED, said
    assert "browser tests left out, for want of chromium on this machine: " in said
    assert "test_the_start_button_starts_the_bot" in said
    assert said.count("browser tests left out") == 1
