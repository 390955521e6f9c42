"""A page of a savings book: ruled rows, a stamp, the balance at the foot."""

from typing import NamedTuple

from bot.rendering import lettering
from bot.rendering.page import BETWEEN, MARGIN, SIZE, SMALL, WIDTH, Page, Picture, height_of
from bot.rendering.picture_facts import Column, Passbook
from bot.rendering.plotting import Box

_LEFT = 52.0  # of the columns: the binding is before it
_RIGHT = WIDTH - 40.0
_GAP = 18.0
_SIZES = (SIZE, SMALL, 24.0, 22.0)
_AMOUNT_SIZES = (*_SIZES, 20.0, 18.0, 15.0)
_HEAD_SIZE = 24.0
_STAMP_ROOM = 120.0
_ROW_PADDING = 11.0


class _Letters(NamedTuple):
    """The size of the cells' letters, and how wide each column is."""

    size: float
    widths: list[float]


def lay_out(book: Passbook, page: Page) -> Picture:
    """Fill the page; columns are as wide as what stands in them, amounts before words."""
    page.heading(book.title, book.subtitle, width=WIDTH - 2 * MARGIN - _STAMP_ROOM)
    page.y = max(page.y, 150)
    top = page.y
    letters = _column_widths(book)
    if book.columns:
        heads = tuple(column.label for column in book.columns)
        page.y += 4
        _row(heads, book.columns, page, letters, is_head=True)
    stripes = []
    for cells in book.rows:
        start = page.y
        _row(cells, book.columns, page, letters)
        stripes.append(Box(MARGIN - 12, start, WIDTH - MARGIN + 12, page.y))
    page.y += 10
    panel = Box(MARGIN - 12, top, WIDTH - MARGIN + 12, page.y)
    footer = _footer(book, page) if book.footer or book.footer_amount else None
    page.y += BETWEEN + 8
    shapes = {
        "panel_box": panel,
        "stripes": stripes,
        "footer": footer,
        "stamp_x": WIDTH - MARGIN - 52,
    }
    return page.picture("passbook.svg.j2", shapes)


def _column_widths(book: Passbook) -> _Letters:
    """Return the largest letters with which every cell is whole, and columns that fill the page.

    Words may take two lines, amounts one. If nothing fits, the smallest letters, and cells are cut.
    """
    room = _RIGHT - _LEFT - _GAP * (len(book.columns) - 1)
    letters = _Letters(_SIZES[-1], [])
    for size in _SIZES:
        wanted = [_natural(book, place, size) for place in range(len(book.columns))]
        letters = _Letters(size, _shares(wanted, room))
        if all(_is_whole(row, book.columns, letters) for row in book.rows):
            break
    return letters


def _shares(wanted: list[float], room: float) -> list[float]:
    """Share the room: narrow columns get what they want, wide ones equal parts of the rest."""
    if sum(wanted) <= room:
        spare = (room - sum(wanted)) / max(len(wanted), 1)
        return [width + spare for width in wanted]
    shares = list(wanted)
    left, count = room, len(wanted)
    for place in sorted(range(count), key=wanted.__getitem__):
        shares[place] = min(wanted[place], left / count)
        left -= shares[place]
        count -= 1
    return shares


def _is_whole(row: tuple[str, ...], columns: tuple[Column, ...], letters: _Letters) -> bool:
    return all(
        lettering.whole(text, width, (letters.size,), lines_max=1 if column.is_amount else 2)
        for text, column, width in zip(row, columns, letters.widths, strict=True)
    )


def _natural(book: Passbook, place: int, size: float) -> float:
    head = lettering.width_of(
        lettering.drawable(book.columns[place].label), min(size, _HEAD_SIZE), bold=True
    )
    cells = [lettering.width_of(lettering.drawable(row[place]), size) for row in book.rows]
    return max([head, *cells])


def _row(
    cells: tuple[str, ...],
    columns: tuple[Column, ...],
    page: Page,
    letters: _Letters,
    *,
    is_head: bool = False,
) -> None:
    """Put one row: words may take two lines, an amount shrinks first; cut last of all."""
    size = min(letters.size, _HEAD_SIZE) if is_head else letters.size
    fits = []
    for text, column, width in zip(cells, columns, letters.widths, strict=True):
        sizes = [each for each in _AMOUNT_SIZES if each <= size]
        fits.append(
            (column.is_amount and lettering.whole(text, width, sizes[:-1], bold=is_head))
            or lettering.whole(text, width, sizes, lines_max=2, bold=is_head)
            or lettering.fitted(
                text, width, sizes if column.is_amount else [size], lines_max=2, bold=is_head
            )
        )
    height = max([height_of(fit) for fit in fits] + [size * 1.28]) + 2 * _ROW_PADDING
    top, x = page.y, _LEFT
    for fit, column, width in zip(fits, columns, letters.widths, strict=True):
        page.y = top + (height - height_of(fit)) / 2
        page.block(
            fit,
            x + width if column.is_amount else x,
            tone="soft" if is_head else "ink",
            bold=is_head,
            anchor="end" if column.is_amount else "start",
        )
        x += width + _GAP
    page.y = top + height


def _footer(book: Passbook, page: Page) -> Box:
    """Put the footer's words at the start and its amount at the end, light on teal."""
    room = _RIGHT - _LEFT
    share = room if not book.footer else room * 0.5
    amount = lettering.fitted(book.footer_amount, share, (36, 32, SIZE, SMALL, 22, 18), bold=True)
    taken = max(lettering.width_of(line, amount.size, bold=True) for line in (*amount.lines, ""))
    words = lettering.fitted(book.footer, room - taken - _GAP, (SIZE, SMALL), lines_max=2)
    height = max(height_of(amount), height_of(words)) + 2 * 14
    top = page.y
    page.y = top + (height - height_of(words)) / 2
    page.block(words, _LEFT, tone="light")
    page.y = top + (height - height_of(amount)) / 2
    page.block(amount, _RIGHT, tone="light", bold=True, anchor="end")
    page.y = top + height
    return Box(MARGIN - 12, top, WIDTH - MARGIN + 12, page.y)
