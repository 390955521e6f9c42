"""Every way out of private answers goes through one module: nobody else puts them together."""

import ast
from collections.abc import Iterator
from pathlib import Path

import bot

ROOT = Path(bot.__file__).parent
#: What reads answers out of the database, and the one module that has their table.
READERS = {"answers", "answers_by_month", "latest_of_member", "values_told", "words_of"}
HAS_THE_TABLE = {"storage/check_ins.py"}
#: Asks only whether there is any, never what it says.
ASKS_WHETHER = {"storage/sharing.py"}
#: Deletes what is older than a group keeps it, unread.
ERASES = {"storage/retention.py"}
#: Reads every table of one person, for that person: who may ask it.
OWN_ALONE = {"storage/own_data.py"}
ASKS_FOR_OWN = {"practices/privacy.py", "storage/forgetting.py"}
#: Who may read them, and of whom.
MAY_READ = {
    "practices/figures.py": "of all in a group, for domain.disclosure alone",
    "practices/sharing.py": "what each let the group see, under their own name",
    "practices/journal.py": "one's own",
    "practices/journal_view.py": "one's own",
    "practices/own_values.py": "one's own",
    "practices/own_way.py": "one's own",
    "practices/wishing.py": "one's own",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def reads_answers(tree: ast.Module) -> bool:
    """Whether it calls a reader of `storage.check_ins`, under whatever name it imports it."""
    names = {
        one.asname or one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "bot.storage"
        for one in node.names
        if one.name == "check_ins"
    }
    direct = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "bot.storage.check_ins"
        and READERS & {one.name for one in node.names}
        for node in ast.walk(tree)
    )
    return direct or any(
        isinstance(node, ast.Attribute)
        and node.attr in READERS
        and isinstance(node.value, ast.Name)
        and node.value.id in names
        for node in ast.walk(tree)
    )


def test_only_who_may_reads_answers() -> None:
    found = {name for name, tree in sources() if reads_answers(tree)}
    assert found == MAY_READ.keys()


def test_the_table_of_answers_is_read_in_one_place() -> None:
    found = {
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "check_in_answers" in node.value
    }
    assert found == HAS_THE_TABLE | ASKS_WHETHER | ERASES | OWN_ALONE


def test_everything_of_a_person_is_read_for_them_alone() -> None:
    found = {
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "bot.storage"
        and any(one.name == "own_data" for one in node.names)
    }
    assert found == ASKS_FOR_OWN


def test_a_figure_is_made_by_the_one_module_alone() -> None:
    found = {
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Figure"
    }
    assert found == {"domain/disclosure.py"}


def test_who_reads_all_answers_only_hands_them_on() -> None:
    """The one module counts nothing itself, keeps nothing but figures, and logs nothing."""
    tree = dict(sources())["practices/figures.py"]
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)} - {
        "tuple"
    }
    assert called == {
        "members.of_group",
        "member.takes_part",
        "check_ins.of_member",
        "check_ins.answers",
        "at.key.blur",
        "disclosure.moved",
        "disclosure.hurdle",
        "store.last_before",
        "store.add",
        "store.of_round",
    }
