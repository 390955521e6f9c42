"""A month with everything that goes wrong, at the loudest level: no private word in any line."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from circle import CLOSES, OPENS, answers_all
from contribution_village import PAID, contributes
from village import TOKEN, Village

from bot import logs
from bot.practices import check_ins
from bot.rendering import messages
from sandbox.faults import Fault

#: Whatever people call themselves, write, pay, and what opens the bot.
PRIVATE = ("Canary", "canary", "0712", "500.00", "50000", TOKEN.partition(":")[2])


class Both(logs.Lines):
    """A line in either form."""

    def format(self, record: logging.LogRecord) -> str:
        return (
            logs.Lines(TOKEN).format(record) + "\n" + logs.Lines(TOKEN, plain=True).format(record)
        )


@pytest.fixture
def heard() -> Iterator[io.StringIO]:
    """Everything that an operator would have in the log, at DEBUG."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Both())
    ours = [logging.getLogger(name) for name in logs.OURS]
    levels = [one.level for one in ours]
    root = logging.getLogger()
    root.addHandler(handler)
    for one in ours:
        one.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    for one, level in zip(ours, levels, strict=True):
        one.setLevel(level)


async def test_nothing_private_is_logged_whatever_goes_wrong(
    village: Village, heard: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    amina, juma = village.has("Amina Canary", "Juma Canary")
    group = await contributes(village, amina, juma, title="Canary Circle")
    trouble = [
        Fault("flood", "sendMessage", chat=juma.id, times=1),
        Fault("error", "sendMessage", chat=amina.id, times=1),
        Fault("error", "editMessageText", times=1, code=400, description="Bad Request: canary"),
        Fault("drop_after", "sendMessage", chat=group.id, times=1),
        Fault("broken_json", "answerCallbackQuery", times=1),
        Fault("error", "getUpdates", times=1),
    ]
    for one in trouble:
        village.sandbox.faults.add(one)
    await village.moves_to(OPENS)
    await amina.taps(PAID)
    await juma.writes("canary words that answer nothing")
    await village.waits(minutes=1)

    def fails(*_args: object, **_kwargs: object) -> str:
        raise ValueError("canary words of a template")

    with monkeypatch.context() as broken:
        broken.setattr(messages, "toast", fails)
        broken.setattr(check_ins, "_open", fails)
        await amina.writes("/members canary", in_group=True)
        await village.moves_to(CLOSES)
        broken.setattr("bot.practices.speaking.render", fails)
        await amina.writes("/help canary")
    await amina.writes("/checkin")
    village.sandbox.faults.clear()
    await village.settles()
    lines = heard.getvalue()
    assert 'action="send_refused"' in lines
    actions = {json.loads(line).get("action") for line in lines.splitlines()[::2]}
    assert {"update_handler", "poll_failed", "send_refused"} <= actions, actions
    found = [word for word in PRIVATE if word in lines]
    assert found == [], [line for line in lines.splitlines() if any(w in line for w in found)]


async def test_nothing_private_is_logged_of_a_check_in(
    village: Village, heard: io.StringIO
) -> None:
    amina, juma = village.has("Amina Canary", "Juma Canary")
    group = await village.forms_group("Canary Circle", amina, juma)
    await village.is_set_up(group, amina, juma)
    await village.moves_to(OPENS)
    await answers_all(amina, "canary words of my month")
    assert not [word for word in PRIVATE if word in heard.getvalue()]
