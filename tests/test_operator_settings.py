"""What an operator decides: understood, or refused with every mistake at once, in plain words."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.settings import PREFIX, Address, Settings, SettingsRefused, load

TOKEN = "123456789:AAE-the_token-of-an-operator-000000"
SECRET = "a-secret_of-an-operator"


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
        log_format="json",
        webhook_url=None,
        webhook_listen=Address("127.0.0.1", 8080),
        webhook_secret=None,
        metrics=None,
    )


def test_all_of_it_can_be_said(tmp_path: Path) -> None:
    chosen = load(
        {
            "BARNRAISER_TOKEN": f" {TOKEN}\n",
            "BARNRAISER_API_URL": "http://127.0.0.1:8081/",
            "BARNRAISER_DATABASE": str(tmp_path / "our.db"),
            "BARNRAISER_TICK_SECONDS": "0.5",
            "BARNRAISER_LOG_LEVEL": "debug",
            "BARNRAISER_LOG_FORMAT": "Plain",
            "BARNRAISER_WEBHOOK_URL": "http://127.0.0.1:9000/telegram",
            "BARNRAISER_WEBHOOK_LISTEN": "[::1]:9000",
            "BARNRAISER_WEBHOOK_SECRET": SECRET,
            "BARNRAISER_METRICS": "127.0.0.1:9464",
            "PATH": "/usr/bin",
        },
        tmp_path,
    )
    assert chosen == Settings(
        TOKEN,
        "http://127.0.0.1:8081",
        tmp_path / "our.db",
        0.5,
        "DEBUG",
        "plain",
        "http://127.0.0.1:9000/telegram",
        Address("::1", 9000),
        SECRET,
        Address("127.0.0.1", 9464),
    )
    assert str(chosen.webhook_listen) == "[::1]:9000"
    assert SECRET not in repr(chosen)
    assert chosen.log_level_number == 10


def test_every_mistake_is_said_at_once_and_what_to_do() -> None:
    found = mistakes(
        {
            "BARNRAISER_TOKEN": "hunter2",
            "BARNRAISER_API_URL": "api.telegram.org",
            "BARNRAISER_DATABASE": "/tmp",  # noqa: S108 - a folder that is there
            "BARNRAISER_TICK_SECONDS": "often",
            "BARNRAISER_LOG_LEVEL": "loud",
            "BARNRAISER_LOG_FORMAT": "pretty",
            "BARNRAISER_WEBHOOK_URL": "bot.example.org",
            "BARNRAISER_WEBHOOK_LISTEN": "8080",
            "BARNRAISER_WEBHOOK_SECRET": "hunter22",
            "BARNRAISER_METRICS": "9464",
            "BARNRAISER_TOKN": "x",
            "barnraiser_token": "x",
        }
    )
    assert len(found) == 12
    assert "hunter22" not in "".join(found)
    assert all(one.startswith(("BARNRAISER_", "barnraiser_")) for one in found)
    assert all(one.endswith(".") for one in found)
    for name in (
        "TOKEN",
        "API_URL",
        "DATABASE",
        "TICK_SECONDS",
        "LOG_LEVEL",
        "WEBHOOK_LISTEN",
        "METRICS",
        "TOKN",
    ):
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


# -- a webhook, and what is watched ---------------------------------------------------------------


def webhook_mistakes(url: str, **more: str) -> list[str]:
    more = {f"BARNRAISER_{name.upper()}": text for name, text in more.items()}
    return mistakes({"BARNRAISER_WEBHOOK_URL": url} | more)


@pytest.mark.parametrize(
    "url",
    [
        "https://bot.example.org/telegram",
        "https://bot.example.org",
        "https://bot.example.org:8443/a/b",
        "https://[2001:db8::1]:88/x",
    ],
)
def test_addresses_that_telegram_posts_to(url: str) -> None:
    assert given_env("WEBHOOK_URL", url).webhook_url == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://bot.example.org/x", "must begin with https://"),
        ("https://bot.example.org:8080/x", "443, 80, 88, 8443"),
        ("https://me:secret@bot.example.org/x", "no name or password"),
        ("https://bot.example.org/x?secret=1", "must be the address that Telegram posts to"),
        ("/telegram", "must be the address that Telegram posts to"),
        ("https://bot.example.org:x/", "port"),
    ],
)
def test_addresses_that_telegram_does_not_post_to(url: str, words: str) -> None:
    [mistake] = webhook_mistakes(url)
    assert words in mistake


def test_a_server_of_ones_own_may_post_anywhere() -> None:
    chosen = load(
        {
            "BARNRAISER_API_URL": "http://localhost:8081",
            "BARNRAISER_WEBHOOK_URL": "http://bot:8080/x",
        },
        Path("/nowhere"),
    )
    assert chosen.webhook_url == "http://bot:8080/x"


@pytest.mark.parametrize(
    "text",
    [
        *("8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", ":8080"),
        *("localhost:8080", "127.0.0.1:８０", "127.0.0.1:8080x", "1.2.3:80", "127.0.0.1:-1"),
    ],
)
def test_what_is_no_place_to_listen(text: str) -> None:
    [mistake] = mistakes({"BARNRAISER_METRICS": text})
    assert "like 127.0.0.1:8080" in mistake


@pytest.mark.parametrize("text", ["short", "x" * 257, "with a space in it", "ünïcode-ünïcode-ü"])
def test_what_is_no_secret(text: str) -> None:
    [mistake] = webhook_mistakes("https://bot.example.org/x", webhook_secret=text)
    assert mistake.startswith("BARNRAISER_WEBHOOK_SECRET must be 16 to 256")
    assert text not in mistake


def test_what_does_nothing_by_itself_is_said() -> None:
    found = mistakes(
        {"BARNRAISER_WEBHOOK_SECRET": SECRET, "BARNRAISER_WEBHOOK_LISTEN": "127.0.0.1:1"}
    )
    assert [one.split()[0] for one in found] == [
        "BARNRAISER_WEBHOOK_LISTEN",
        "BARNRAISER_WEBHOOK_SECRET",
    ]
    assert all("does nothing without BARNRAISER_WEBHOOK_URL" in one for one in found)


def test_two_doors_are_two_addresses() -> None:
    [mistake] = webhook_mistakes(
        "https://bot.example.org/x", webhook_listen="127.0.0.1:9464", metrics="127.0.0.1:9464"
    )
    assert "two different addresses" in mistake
