"""Installed as a wheel and started from any folder, it works: every file it reads is found."""

import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
KEPT = ("bot", "sandbox", "messages", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a clean copy and installed into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in KEPT:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name,
                source / name,
                ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"),
            )
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*build, str(source)], check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    target = folder / "installed"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
            *("--target", str(target), str(wheel)),
        ],
        check=True,
        capture_output=True,
    )
    return target


@pytest.fixture
def running(installed: Path, tmp_path: Path) -> Iterator[str]:
    """The installed program, started in an empty folder without any setting; its address."""
    process = subprocess.Popen(
        [sys.executable, str(installed / "bin" / "barnraiser"), "run"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield next(
            word
            for line in process.stdout
            for word in line.split()
            if word.startswith("http://127.0.0.1:")
        ).rstrip(".")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        process.stdout.close()
    assert process.returncode == 0


def test_the_wheel_opens_the_sandbox_with_the_bot_in_it(running: str) -> None:
    with urllib.request.urlopen(running) as page:
        assert b"<html" in page.read()
    for _ in range(200):
        with urllib.request.urlopen(f"{running}/sandbox/state") as answer:
            state = json.load(answer)
        said = [one for one in state["messages"] if one["from"]["id"] == state["bot"]["id"]]
        if said:
            return
        time.sleep(0.05)
    raise AssertionError("the bot said nothing in its group")


def test_every_file_that_is_read_at_run_time_is_in_the_wheel(installed: Path) -> None:
    wanted = {
        path.relative_to(ROOT)
        for folder in ("bot", "sandbox", "messages")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".mo", ".md"}
    }
    missing = {path for path in wanted if not (installed / path).exists()}
    assert missing == set()
