"""What holds across the whole house, checked so that it stays true."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

from jinja2 import nodes

import bot
import bot.app
from bot.domain.errors import Refusal
from bot.handlers.context import Route
from bot.handlers.dispatch import refusal_name
from bot.rendering import messages

ROOT = Path(bot.__file__).parent.parent
#: Refusals that are only ever caught by our own code, never said to anybody.
NEVER_SAID: set[str] = set()
#: Verbs that a practice gives its template: which of the two a choice of groups is for.
GIVEN_AS_FACTS = {"fund", "passbook"}


def all_modules() -> list[str]:
    return [
        one.name
        for one in pkgutil.walk_packages(bot.__path__, "bot.")
        if "__main__" not in one.name
    ]


def all_refusals() -> list[type[Refusal]]:
    for name in all_modules():
        importlib.import_module(name)
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("bot."):
                found.append(kind)
    return found


def all_routes() -> list[Route]:
    return [route for module in bot.app.HANDLERS for route in module.HANDLERS]


def test_every_refusal_has_its_words() -> None:
    bases = {base for kind in all_refusals() for base in kind.__mro__[1:]}
    silent = [
        kind.__name__
        for kind in all_refusals()
        if kind not in bases
        and kind.__name__ not in NEVER_SAID
        and not messages.exists(refusal_name(kind()))
    ]
    assert silent == []


def test_every_refusal_message_has_its_refusal() -> None:
    known = {refusal_name(kind()).removeprefix("refusals/") for kind in all_refusals()}
    known.add("our_mistake")  # said where a handler failed
    stray = {path.stem for path in (messages.FOLDER / "refusals").glob("*.j2")} - known
    assert stray == set()


def test_every_command_that_is_announced_is_handled_and_the_other_way_round() -> None:
    handled = {route.name for route in all_routes() if route.kind == "command"} - {"start"}
    announced = {
        name
        for place in ("group", "private")
        for name, _ in messages.command_list(place, messages.FIRST_LANGUAGE)
    }
    assert announced == handled


def verbs_offered() -> set[str]:
    """Give the verbs of every button in a template; a few are facts given by Python."""
    environment = messages.environment(messages.FIRST_LANGUAGE)
    found: set[str] = set()
    for path in messages.FOLDER.rglob("*.j2"):
        if path.is_relative_to(messages.FOLDER / "charts"):
            continue
        for call in environment.parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "button":
                verb = call.args[1]
                found |= {verb.value} if isinstance(verb, nodes.Const) else GIVEN_AS_FACTS
    return found


def test_every_button_has_its_handler_and_the_other_way_round() -> None:
    handled = {route.name for route in all_routes() if route.kind == "tap"}
    assert verbs_offered() == handled


def test_public_functions_say_what_they_do() -> None:
    """Every public function has a docstring (ruff holds it; this holds ruff)."""
    bare = [
        f"{name}.{one}"
        for name in all_modules()
        for one, thing in vars(importlib.import_module(name)).items()
        if not one.startswith("_")
        and inspect.isfunction(thing)
        and thing.__module__ == name
        and not thing.__doc__
    ]
    assert bare == []


def test_nobody_but_the_clock_reads_the_clock() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}"
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(
            r"datetime\.now\(|time\.time\(|date\.today\(|utcnow\(", path.read_text("utf-8")
        )
        and path.name != "clock.py"
    ]
    assert guilty == []


def test_no_text_for_people_stands_in_python() -> None:
    """Whoever says something names a template; a literal given to `text=` would be a sentence."""
    guilty = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(r"""["']text["']:\s*f?["'][^"']*\s""", path.read_text("utf-8"))
    ]
    assert guilty == []


def test_every_document_is_found_from_the_first_pages() -> None:
    """A page that nobody links to is read by nobody."""
    pages = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"]
    first = "".join(page.read_text("utf-8") for page in pages)
    beside = {page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "adr"}
    lost = [page.name for page in beside if f"({page.relative_to(ROOT)})" not in first]
    assert lost == []
    assert "(docs/adr/)" in first
