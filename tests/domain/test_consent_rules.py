"""What members are asked about, by what their group does."""

from dataclasses import replace

from bot.domain.agreement import Agreement
from bot.domain.consents import CONSENTS, numbered, offered, opened
from bot.domain.plans import Contribution

AGREED = Agreement(language="en", zone="Africa/Nairobi", currency="KES", plans=(Contribution(500),))


def doing(*practices: str) -> Agreement:
    return replace(AGREED, practices=frozenset(practices))


def test_only_what_the_group_does_is_asked_about_and_help_always() -> None:
    assert offered(doing()) == ("matching",)
    assert offered(doing("meetings", "contributions")) == (
        "contributions",
        "meetings",
        "matching",
    )


def test_what_begins_is_asked_about_and_what_ends_or_goes_on_is_not() -> None:
    before = doing("check_ins", "meetings")
    assert opened(before, doing("check_ins", "contributions")) == ("contributions",)
    assert opened(doing(), doing("check_ins")) == ("check_ins", "own_month")
    assert opened(before, doing("meetings")) == ()
    assert opened(before, doing("check_ins", "meetings", "polls")) == ()


def test_a_button_names_its_place() -> None:
    assert numbered(["meetings", "matching"]) == [(2, "meetings"), (3, "matching")]
    assert CONSENTS[:4] == ("check_ins", "contributions", "meetings", "matching")
