"""What ops/ and docs/running.md promise an operator holds."""

import dataclasses
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot import logs, monitoring
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "ops" / "barnraiser.service"
CONTAINER = (ROOT / "ops" / "Containerfile").read_text("utf-8")
RUNNING = (ROOT / "docs" / "running.md").read_text("utf-8")
WORST_EXPOSURE = 1.5  # systemd's own figure, from 0 to 10

has_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not here to judge"
)


def unit() -> dict[str, list[str]]:
    """The service's lines; a key may stand more than once."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text("utf-8").splitlines():
        key, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


# -- the page -------------------------------------------------------------------------------------


def test_every_setting_is_on_the_page_with_its_default() -> None:
    rows = dict(re.findall(r"\| `(BARNRAISER_\w+)` \|.*?\| (.*?) \|$", RUNNING, re.MULTILINE))
    known = {PREFIX + one.name.upper(): one.default for one in dataclasses.fields(Settings)}
    assert rows.keys() == known.keys()
    for name, default in known.items():
        if default is not None:
            said = rows[name].strip("`")
            assert said == (f"{default:g}" if isinstance(default, float) else str(default)), name


def test_every_metric_is_on_the_page_and_no_other() -> None:
    source = Path(monitoring.__file__).read_text("utf-8")
    told = set(re.findall(r'(?:counter|gauge|histogram|info)\(\s*"(\w+)"', source))
    table = RUNNING[RUNNING.index("| metric |") : RUNNING.index("Rules worth having")]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert told == set(re.findall(r"`(\w+)(?:\{.*?\})?`", " ".join(cells)))
    alerts = set(re.findall(r"barnraiser_(\w+)", RUNNING[RUNNING.index("```yaml") :]))
    assert alerts <= told


def test_every_action_on_the_page_is_one() -> None:
    table = RUNNING[RUNNING.index("| `action` |") : RUNNING.index("## Stopping")]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    written = set(re.findall(r"`(\w+)`", " ".join(cells))) - {"action"}
    source = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    known = set(re.findall(r'"action": f?"(\w+)', source)) | {"update_handler"}
    assert len(written) > 10
    assert written <= known


#: What a log line may tell beside its words: ids, counts, kinds and instants.
TOLD = set(
    """
    action at bytes count due error group kind lost member method outbox people reason refusal
    seconds subject times update_id updates wait
    """.split()  # noqa: SIM905 - as words
)


def test_log_lines_tell_ids_and_kinds_only() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    extras = re.findall(r"extra=\{(.*?)\}", source, re.DOTALL)
    told = {name for one in extras for name in re.findall(r'"(\w+)":', one)}
    assert told <= TOLD, told - TOLD
    assert logs.STANDARD.isdisjoint(told), "it would be left out of the line"


# -- systemd --------------------------------------------------------------------------------------


def test_the_service_is_nobody_and_writes_one_folder() -> None:
    lines = unit()
    assert lines["DynamicUser"] == lines["NoNewPrivileges"] == lines["ProtectHome"] == ["yes"]
    assert lines["ProtectSystem"] == ["strict"]
    assert lines["CapabilityBoundingSet"] == [""]
    assert lines["StateDirectory"] == ["barnraiser"]
    assert "ReadWritePaths" not in lines
    database = next(one for one in lines["Environment"] if "DATABASE" in one)
    assert database == "BARNRAISER_DATABASE=/var/lib/barnraiser/barnraiser.db"
    assert not [one for one in lines["Environment"] if "TOKEN" in one]


def test_the_service_is_given_the_time_that_the_bot_takes() -> None:
    lines = unit()
    assert lines["Type"] == ["notify"]
    assert lines["RestartPreventExitStatus"] == ["2"]
    assert int(lines["WatchdogSec"][0]) / 2 > monitoring.STORE_SECONDS
    assert int(lines["TimeoutStopSec"][0]) > 20


@has_systemd
def test_systemd_understands_the_service(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8").replace("/opt/barnraiser/.venv/bin/python", "/bin/true")
    copy = tmp_path / UNIT.name
    copy.write_text(text)
    said = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert [line for line in said.stderr.splitlines() if UNIT.name in line] == []
    assert said.returncode == 0, said.stderr


@has_systemd
def test_systemd_finds_it_well_shut() -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    exposure = re.search(r"Overall exposure level .*?: (\d+\.\d)", said.stdout)
    assert exposure is not None, said.stderr
    assert float(exposure[1]) <= WORST_EXPOSURE


# -- a container ----------------------------------------------------------------------------------


def steps() -> list[tuple[str, str]]:
    """The container file's instructions, in order."""
    joined = re.sub(r"\\\n\s*", "", CONTAINER)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_is_nobody_and_writes_one_folder() -> None:
    last = [name for name, _ in steps()].index("FROM", 1)
    final = steps()[last:]
    assert ("USER", "65534:65534") in final
    order = [name for name, _ in final]
    assert order.index("USER") > max(i for i, name in enumerate(order) if name in {"RUN", "COPY"})
    assert ("VOLUME", "/data") in final
    assert "BARNRAISER_DATABASE=/data/barnraiser.db" in dict(final)["ENV"]
    assert "BARNRAISER_TOKEN" not in CONTAINER
    assert not [rest for name, rest in final if name in {"ADD", "EXPOSE"}]


def test_the_container_holds_what_runs_and_takes_it_from_no_named_place() -> None:
    copied = [rest.split()[-2] for name, rest in steps() if name == "COPY"]
    for source in copied:
        assert source.startswith("/opt/") or (ROOT / source).exists(), source
    assert {"bot", "messages", "sandbox", "LICENSE", "requirements/run.txt"} <= set(copied)
    ignored = (ROOT / "ops" / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*", "nothing goes in that is not named: no .env, no data"
    named = {line[1:] for line in ignored if line.startswith("!")}
    assert named == {source for source in copied if not source.startswith("/opt/")}
    assert "--require-hashes" in CONTAINER
    assert "index" not in CONTAINER
    assert re.findall(r"https?://(?!127\.0\.0\.1)", CONTAINER) == []


def test_the_container_starts_the_program_and_asks_how_it_is() -> None:
    told = dict(steps())
    begins = json.loads(told["ENTRYPOINT"]) + json.loads(told["CMD"])
    assert begins[1:] == ["-m", "bot", "run"]
    assert told["STOPSIGNAL"] == "SIGTERM"
    asked = json.loads(told["HEALTHCHECK"].partition("CMD ")[2])
    address = re.search(r"BARNRAISER_METRICS=(\S+)", told["ENV"])
    assert address is not None
    assert f"http://{address[1]}/health" in asked[-1]
    compile(asked[-1], "healthcheck", "exec")
