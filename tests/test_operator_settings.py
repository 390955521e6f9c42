"""What an operator decides: understood, or refused with every mistake at once, in plain words."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.settings import PREFIX, Settings, SettingsRefused, load

TOKEN = "123456789:AAE-the_token-of-an-operator-000000"


def mistakes(environment: dict[str, str], folder: Path | None = None) -> list[str]:
    """Everything that is wrong with these settings."""
    with pytest.raises(SettingsRefused) as refused:
        load(environment, folder or Path("/nowhere"))
    assert str(refused.value) == "\n".join(refused.value.mistakes)
    return refused.value.mistakes


def given_env(name: str, text: str) -> Settings:
    return load({PREFIX + name: text}, Path("/nowhere"))


def env_file(folder: Path, text: str) -> Path:
    (folder / ".env").write_text(text, encoding="utf-8")
    return folder


def test_with_nothing_said_the_usual_holds() -> None:
    assert load({}, Path("/nowhere")) == Settings(
        token=None,
        api_url="https://api.telegram.org",
        database=Path("data/barnraiser.db"),
        tick_seconds=30.0,
        log_level="INFO",
    )


def test_all_of_it_can_be_said(tmp_path: Path) -> None:
    chosen = load(
        {
            "BARNRAISER_TOKEN": f" {TOKEN}\n",
            "BARNRAISER_API_URL": "http://127.0.0.1:8081/",
            "BARNRAISER_DATABASE": str(tmp_path / "our.db"),
            "BARNRAISER_TICK_SECONDS": "0.5",
            "BARNRAISER_LOG_LEVEL": "debug",
            "PATH": "/usr/bin",
        },
        tmp_path,
    )
    assert chosen == Settings(TOKEN, "http://127.0.0.1:8081", tmp_path / "our.db", 0.5, "DEBUG")
    assert chosen.log_level_number == 10


def test_every_mistake_is_said_at_once_and_what_to_do() -> None:
    found = mistakes(
        {
            "BARNRAISER_TOKEN": "hunter2",
            "BARNRAISER_API_URL": "api.telegram.org",
            "BARNRAISER_DATABASE": "/tmp",  # noqa: S108 - a folder that is there
            "BARNRAISER_TICK_SECONDS": "often",
            "BARNRAISER_LOG_LEVEL": "loud",
            "BARNRAISER_TOKN": "x",
            "barnraiser_token": "x",
        }
    )
    assert len(found) == 7
    assert all(one.startswith(("BARNRAISER_", "barnraiser_")) for one in found)
    assert all(one.endswith(".") for one in found)
    for name in ("TOKEN", "API_URL", "DATABASE", "TICK_SECONDS", "LOG_LEVEL", "TOKN"):
        assert any(one.split()[0] == PREFIX + name for one in found), name
    assert sum("is not a setting" in one for one in found) == 2


def test_a_token_that_is_none_is_not_repeated() -> None:
    """Somebody may have pasted something else that is secret."""
    assert "hunter2" not in "".join(mistakes({"BARNRAISER_TOKEN": "hunter2"}))


def test_the_token_is_never_printed() -> None:
    chosen = given_env("TOKEN", TOKEN)
    assert TOKEN not in repr(chosen)
    assert TOKEN not in str(chosen)
    assert chosen.token == TOKEN


@pytest.mark.parametrize(
    "text", ["123", "abc:def", ":AAE", "123:", "1" * 21 + ":AAE", "123:A A", "123:AÄE", "12:AB"]
)
def test_what_is_no_token(text: str) -> None:
    assert "@BotFather" in mistakes({"BARNRAISER_TOKEN": text})[0]


@pytest.mark.parametrize(
    "text",
    [
        "https://api.telegram.org",
        "http://localhost:8081",
        "http://[::1]:8081",
        "https://host.example/telegram",
    ],
)
def test_addresses_of_a_server(text: str) -> None:
    assert given_env("API_URL", text + "/").api_url == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ftp://api.telegram.org", "must be the address"),
        ("https://", "must be the address"),
        ("telegram", "must be the address"),
        ("http://[::1", "must be the address"),
        ("https://api.telegram.org?x=1", "must be the address"),
        ("https://api.telegram.org#x", "must be the address"),
        ("https://api.tele gram.org", "must be the address"),
        ("https://api.telegram.org:99999", "port"),
        ("https://api.telegram.org:http", "port"),
    ],
)
def test_what_is_no_address(text: str, words: str) -> None:
    assert words in mistakes({"BARNRAISER_API_URL": text})[0]


@pytest.mark.parametrize("text", ["0.1", "30", "3600", "1e1", " 7 "])
def test_how_often_it_looks(text: str) -> None:
    assert given_env("TICK_SECONDS", text).tick_seconds == float(text)


@pytest.mark.parametrize("text", ["0", "0.09", "3601", "-1", "nan", "inf", "half", "1,5"])
def test_how_often_it_does_not_look(text: str) -> None:
    assert "0.1 to 3600" in mistakes({"BARNRAISER_TICK_SECONDS": text})[0]


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert given_env("DATABASE", "~/our.db").database == tmp_path / "our.db"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/tmp", "is a folder"),  # noqa: S108 - a folder that is there
        ("a\0b", "no path can have"),
        ("~nobody-of-this-name/x.db", "no such home"),
        ("x" * 5000, "cannot be used"),
    ],
)
def test_what_is_no_path(text: str, words: str) -> None:
    assert words in mistakes({"BARNRAISER_DATABASE": text})[0]


def test_an_empty_setting_is_one_that_was_not_said() -> None:
    assert load({"BARNRAISER_TOKEN": " ", "BARNRAISER_LOG_LEVEL": ""}, Path("/nowhere")).token is (
        None
    )


# -- the file -------------------------------------------------------------------------------------


def test_the_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    folder = env_file(
        tmp_path,
        "\ufeff# our bot\n"
        f"export BARNRAISER_TOKEN='{TOKEN}' # from @BotFather\n"
        "\n"
        "  BARNRAISER_LOG_LEVEL = warning   # quiet\n"
        'BARNRAISER_DATABASE="/srv/our village #1.db"\n'
        "BARNRAISER_TICK_SECONDS=\n"
        "OTHER=thing\n",
    )
    assert load({}, folder) == Settings(
        token=TOKEN, log_level="WARNING", database=Path("/srv/our village #1.db")
    )


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    folder = env_file(tmp_path, "BARNRAISER_LOG_LEVEL=ERROR\nBARNRAISER_TICK_SECONDS=5\n")
    chosen = load({"BARNRAISER_LOG_LEVEL": "DEBUG"}, folder)
    assert (chosen.log_level, chosen.tick_seconds) == ("DEBUG", 5.0)


def test_its_mistakes_are_said_with_all_the_others(tmp_path: Path) -> None:
    folder = env_file(tmp_path, "BARNRAISER_TOKEN=x\nwhat is this\nBARNRAISER_COLOUR=red\n")
    found = mistakes({"BARNRAISER_LOG_LEVEL": "loud"}, folder)
    assert [one.split()[0] for one in found] == [
        "Line",
        "BARNRAISER_COLOUR",
        "BARNRAISER_TOKEN",
        "BARNRAISER_LOG_LEVEL",
    ]
    assert "Line 2" in found[0]
    assert "what is this" not in found[0], "it may be a secret that lost its name"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert ".env cannot be read" in mistakes({}, tmp_path)[0]
    (tmp_path / ".env").rmdir()
    (tmp_path / ".env").write_bytes(b"BARNRAISER_TOKEN=\xff\xfe")
    assert "not UTF-8" in mistakes({}, tmp_path)[0]


def test_the_folder_is_the_one_it_was_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(env_file(tmp_path, "BARNRAISER_LOG_LEVEL=ERROR\n"))
    monkeypatch.delenv("BARNRAISER_LOG_LEVEL", raising=False)
    assert load().log_level == "ERROR"
    monkeypatch.setenv("BARNRAISER_LOG_LEVEL", "DEBUG")
    assert load().log_level == "DEBUG"


names = st.sampled_from(["TOKEN", "API_URL", "DATABASE", "TICK_SECONDS", "LOG_LEVEL", "X"])
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@given(st.dictionaries(names.map(lambda name: PREFIX + name), texts))
def test_whatever_is_said_it_is_understood_or_refused(environment: dict[str, str]) -> None:
    refused: list[str] = []
    try:
        assert load(environment, Path("/nowhere")).log_level_number in {10, 20, 30, 40}
    except SettingsRefused as refusal:
        refused = refusal.mistakes
    assert len(refused) <= len(environment)
