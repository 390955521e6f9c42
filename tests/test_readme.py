"""What README tells a newcomer works, and what it says of settings is true."""

import dataclasses
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.rendering import messages
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
NOBODY = 65534


def commands() -> list[str]:
    """The commands README has a newcomer type."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("make")]


def newcomers_copy(folder: Path) -> Path:
    """A fresh clone of what is committed or about to be, owned by an ordinary user."""
    copy = folder / "barnraiser"
    copy.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    if os.getuid() == 0:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(folder)], check=True)
    return copy


def run_as_newcomer(command: str, copy: Path) -> "subprocess.Popen[str]":
    """Start a command as an ordinary user with nothing but a system's Python on the path."""
    ordinary: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(copy), "LANG": "C.UTF-8"}
    environment |= {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
    return subprocess.Popen(
        ["make", *command.split()[1:]],
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **(ordinary if os.getuid() == 0 else {}),
    )


def address_said_by(process: "subprocess.Popen[str]") -> str:
    """The address that the program prints when it is ready."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found[0]
    raise AssertionError("".join(said))


def test_readme_has_the_two_commands() -> None:
    assert commands() == ["make run", "make test"]


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"\| `(BARNRAISER_\w+)` \|.*?\| (.*?) \|$", README, re.MULTILINE))
    known = {PREFIX + field.name.upper(): field.default for field in dataclasses.fields(Settings)}
    assert rows.keys() == known.keys()
    for name, default in known.items():
        if default is not None:
            said = rows[name].strip("`")
            assert said == (f"{default:g}" if isinstance(default, float) else str(default)), name


def test_every_command_is_documented() -> None:
    written = set(
        re.findall(r"/(\w+)", " ".join(re.findall(r"^\| (/.*?) \|", README, re.MULTILINE)))
    )
    announced = {
        name
        for place in ("group", "private")
        for name, _ in messages.command_list(place, messages.FIRST_LANGUAGE)
    }
    assert written == announced


@pytest.fixture
def newcomers_home() -> Iterator[Path]:
    """A folder that an ordinary user can reach: pytest keeps its own to whoever started it."""
    with tempfile.TemporaryDirectory(prefix="newcomer-") as home:
        yield Path(home)


@pytest.mark.slow
@pytest.mark.promise("README's two commands work for an ordinary user in a fresh clone")
def test_the_two_commands_work_for_an_ordinary_user_in_a_fresh_clone(newcomers_home: Path) -> None:
    copy = newcomers_copy(newcomers_home)
    running = run_as_newcomer("make run", copy)
    try:
        with urllib.request.urlopen(address_said_by(running)) as page:
            assert b"<html" in page.read()
    finally:
        os.killpg(running.pid, 15)
        running.wait(30)
        assert running.stdout is not None
        running.stdout.close()
    testing = run_as_newcomer("make test", copy)
    said, _ = testing.communicate(timeout=900)
    assert testing.returncode == 0, said[-3000:]
