"""docs/proof.md is written by the runs: a row a promise, a section a benchmark, none twice."""

import proof_book
from proof_book import HEAD, with_figures, with_row

PAGE = f"# Proof\n\nWords.\n\n{HEAD}\n## Measured\n"


def rows(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("| ") and "`" in line]


def test_a_later_run_takes_the_place_of_the_one_before() -> None:
    page = with_row(PAGE, "Nothing is lost", "a.py::one", "3 kills", "2 s", "2026-11-25 abc")
    page = with_row(page, "Books agree", "b.py::two", "held", "1 s", "2026-11-25 abc")
    page = with_row(page, "Nothing is lost", "a.py::one", "**failed**", "9 s", "2026-11-26 def")
    assert rows(page) == [
        "| Books agree | `b.py::two` | held | 1 s | 2026-11-25 abc |",
        "| Nothing is lost | `a.py::one` | **failed** | 9 s | 2026-11-26 def |",
    ]
    assert page.startswith("# Proof\n\nWords.\n\n| promise |")
    assert page.endswith("|\n\n## Measured\n")


def test_what_was_seen_stays_in_its_cell() -> None:
    page = with_row(PAGE, "a", "b", "one | two\nthree", "1 s", "today")
    assert rows(page) == ["| a | `b` | one \\| two three | 1 s | today |"]


def test_figures_take_the_place_of_those_before() -> None:
    page = with_figures(PAGE, "wave", "30 a second\n", "2026-11-25")
    page = with_figures(page, "answers", "829", "2026-11-25")
    page = with_figures(page, "wave", "31 a second\n", "2026-11-26")
    assert "30 a second" not in page
    assert page.index("31 a second") < page.index("829")
    assert page.count("```text") == 2


def test_the_page_in_the_project_can_be_written_to() -> None:
    page = proof_book.BOOK.read_text("utf-8")
    assert HEAD in page
    assert "## Measured" in page
