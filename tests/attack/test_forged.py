"""Forged buttons and links: guessed, bent and put together, none is taken for one of ours."""

import random
import re
import string
from types import SimpleNamespace
from typing import Any

import pytest

from bot.app import HANDLERS
from bot.handlers.context import ButtonTooOld, by_name, numbers_of
from bot.storage import links
from bot.storage.sealing import KEY_BYTES, OperatorKey

MANY = [10_000, pytest.param(1_000_000, marks=pytest.mark.slow)]
SIGNS = string.ascii_letters + string.digits + "-_"


def bent(words: str, signs: str, chance: random.Random) -> str:
    """The same with one to three letters changed, added, left out, or its parts swapped."""
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(words) + 1)
        way = chance.randrange(4)
        if way == 0:
            words = words[:place] + chance.choice(signs) + words[place + 1 :]
        elif way == 1:
            words = words[:place] + chance.choice(signs) + words[place:]
        elif way == 2:
            words = words[:place] + words[place + 1 :]
        else:
            words = words.swapcase() if chance.random() < 0.1 else words[place:] + words[:place]
    return words


@pytest.mark.parametrize("many", MANY)
def test_no_link_but_ours_is_read(many: int) -> None:
    at: Any = SimpleNamespace(key=OperatorKey(b"k" * KEY_BYTES))
    ours = {
        links.payload(at, purpose, number): (purpose, number)
        for purpose in ("join", "book")
        for number in range(50)
    }
    chance, true = random.Random(1), sorted(ours)
    taken = 0
    for _ in range(many):
        if chance.random() < 0.5:
            tried = bent(chance.choice(true), SIGNS, chance)
        else:
            guessed = "".join(chance.choices(SIGNS, k=22))
            tried = f"{chance.choice(['join', 'book', 'pay'])}-{chance.randrange(99)}-{guessed}"
        taken += tried not in ours and links.read(at, tried) is not None
    assert taken == 0
    assert all(links.read(at, payload) == what for payload, what in ours.items())


@pytest.mark.parametrize("many", MANY)
def test_no_button_is_read_that_its_handler_did_not_make(many: int) -> None:
    """What passes has its handler's own shape, and numbers that a row may have."""
    routes = by_name([route for module in HANDLERS for route in module.HANDLERS], "tap")
    shapes = {name: route.matcher.pattern for name, route in routes.items()}  # type: ignore[union-attr]
    chance, verbs = random.Random(2), sorted(shapes)
    passed = 0
    for _ in range(many):
        numbers = [
            str(chance.randrange(10 ** chance.randint(1, 21))) for _ in range(chance.randrange(5))
        ]
        data = ":".join([chance.choice(verbs), *numbers])
        if chance.random() < 0.7:
            data = bent(data, SIGNS + ":;\n\x00 ٣²-+.", chance)
        shape = shapes.get(data.split(":", maxsplit=1)[0])
        if shape is None or re.match(shape, data) is None:
            continue
        try:
            found = numbers_of(data)
        except ButtonTooOld:
            continue
        passed += 1
        assert all(0 <= number < 2**62 for number in found)
        assert len(found) == data.count(":")
    assert 0 < passed < many / 2
