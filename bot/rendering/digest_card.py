"""The digest's card: who took part, the fund, a few numbers, what is coming up."""

from bot.rendering import lettering, plotting, trend
from bot.rendering.page import (
    BAND,
    BETWEEN,
    LEFT,
    MARGIN,
    PADDING,
    RIGHT,
    SIZE,
    SMALL,
    WIDTH,
    Page,
    Picture,
    height_of,
)
from bot.rendering.picture_facts import DigestCard, Fund, Ring, SmallFact
from bot.rendering.plotting import Box

_SEATS_MAX = 16  # a ring of up to so many people shows each as a piece of its own
_NUMBER_SIZES = (46.0, 40.0, 34.0, 30.0, SMALL)
_NUMBER_ROOM = 200.0  # beside whose words it stands
_SEAT_GAP = 0.012  # of a turn, on either side of a seat


def lay_out(card: DigestCard, page: Page) -> Picture:
    """Fill the page with the parts the card has; an empty month is still a card."""
    page.heading(card.title, card.period)
    panels: list[Box] = []
    diamonds: list[tuple[float, float]] = []
    shapes: dict[str, object] = {
        "ring": _ring(card.ring, page, panels) if card.ring else None,
        "fund": _fund(card.fund, page, panels) if card.fund else None,
        "panels": panels,
        "diamonds": diamonds,
        "woven_from": None,
    }
    if card.small_facts:
        _small_facts(card.small_facts, page, panels)
    if card.coming_up:
        _coming_up(card, page, diamonds)
    if not (panels or diamonds):
        shapes["woven_from"] = page.y + 8
        page.y += 8 + 4 * BAND
    else:
        page.y += BETWEEN + 8
    return page.picture("digest_card.svg.j2", shapes)


def _ring(ring: Ring, page: Page, panels: list[Box]) -> dict[str, object]:
    """Put the ring at the start of a panel and its caption beside it."""
    radius, stroke = 70.0, 21.0
    outer = radius + stroke / 2
    panel = Box(MARGIN, page.y, WIDTH - MARGIN, page.y + 2 * (outer + 18))
    panels.append(panel)
    x, y = LEFT + outer, (panel.top + panel.bottom) / 2
    label = lettering.whole(
        ring.label, 1.66 * (radius - stroke / 2), (40, 36, 32, 28), bold=True
    ) or lettering.fitted(
        ring.label, 1.5 * (radius - stroke / 2), (30, SMALL, 22), lines_max=2, bold=True
    )
    page.y = y - height_of(label) / 2
    page.block(label, x, bold=True, anchor="middle")
    left = LEFT + 2 * outer + PADDING
    caption = lettering.fitted(ring.caption, RIGHT - left, (38, 34, 30, SMALL), lines_max=4)
    page.y = y - height_of(caption) / 2
    page.block(caption, left)
    page.y = panel.bottom + BETWEEN
    of = max(ring.of, 1)
    done = min(max(ring.done, 0), of)
    return {
        "done": _arcs(x, y, radius, (0, done), of),
        "left": _arcs(x, y, radius, (done, of), of),
        "stroke": stroke,
    }


def _arcs(x: float, y: float, radius: float, seats: tuple[int, int], of: int) -> list[str]:
    """Return the pieces of a ring from one seat to another: one a person in a small group."""
    first, last = seats
    if first == last:
        return []
    if not 1 < of <= _SEATS_MAX:
        return [plotting.arc_of(x, y, radius, first / of, last / of)]
    return [
        plotting.arc_of(x, y, radius, seat / of + _SEAT_GAP, (seat + 1) / of - _SEAT_GAP)
        for seat in range(first, last)
    ]


def _fund(fund: Fund, page: Page, panels: list[Box]) -> dict[str, object]:
    """Put the balance in large letters, how it changed, and its line over time."""
    top, room = page.y, RIGHT - LEFT
    page.y += 16
    page.block(lettering.fitted(fund.caption, room, (SIZE, SMALL), lines_max=2), LEFT, tone="soft")
    headline = lettering.whole(fund.headline, room, (52, 46, 40), bold=True) or lettering.fitted(
        fund.headline, room, (38, 32, SMALL), lines_max=2, bold=True
    )
    page.y -= 6
    page.block(headline, LEFT, tone="teal", bold=True)
    page.block(lettering.fitted(fund.change, room, (SIZE, SMALL), lines_max=2), LEFT)
    shapes = None
    if len(fund.points) > 1:  # a first month has no line yet, its headline says it all
        frame = Box(LEFT + 10, page.y + 22, RIGHT - 10, page.y + 128)
        shapes = trend.draw_line(fund.points, frame, from_zero=True)
        trend.put_dates(fund.points, frame, page)
    page.y += 16
    panels.append(Box(MARGIN, top, WIDTH - MARGIN, page.y))
    page.y += BETWEEN
    return {"line": shapes}


def _small_facts(facts: tuple[SmallFact, ...], page: Page, panels: list[Box]) -> None:
    """Put the numbers side by side if their words have room, else one under the other."""
    top, width = page.y, (WIDTH - 2 * MARGIN - BETWEEN * (len(facts) - 1)) / len(facts)
    room = width - 2 * 18
    fits = _stacked(facts, room)
    if len(facts) == 1 or fits is None:
        _rows(facts, page, panels)
        return
    bottom = top
    for place, fit in enumerate(fits):
        x = MARGIN + place * (width + BETWEEN) + width / 2
        page.y = top + 8
        page.block(fit[0], x, tone="teal", bold=True, anchor="middle")
        page.block(fit[1], x, anchor="middle")
        bottom = max(bottom, page.y + 14)
    for place in range(len(facts)):
        left = MARGIN + place * (width + BETWEEN)
        panels.append(Box(left, top, left + width, bottom))
    page.y = bottom + BETWEEN


def _stacked(
    facts: tuple[SmallFact, ...], room: float
) -> list[tuple[lettering.Fitted, lettering.Fitted]] | None:
    """Fit each number over its words, all numbers of one size; None if any had to be cut."""
    for size in _NUMBER_SIZES[:3]:
        numbers = [lettering.whole(fact.number, room, (size,), bold=True) for fact in facts]
        words = [lettering.whole(fact.words, room, (SIZE, SMALL), lines_max=2) for fact in facts]
        fits = [(one, two) for one, two in zip(numbers, words, strict=True) if one and two]
        if len(fits) == len(facts):
            return fits
    return None


def _rows(facts: tuple[SmallFact, ...], page: Page, panels: list[Box]) -> None:
    top = page.y
    size = next(
        (one for one in _NUMBER_SIZES if all(_is_whole(fact, one) for fact in facts)), SMALL
    )
    numbers = [lettering.fitted(fact.number, _NUMBER_ROOM, (size,), bold=True) for fact in facts]
    left = (
        LEFT
        + 20
        + max(
            lettering.width_of(line, fit.size, bold=True)
            for fit in numbers
            for line in (*fit.lines, "")
        )
    )
    page.y += 14
    for number, fact in zip(numbers, facts, strict=True):
        words = lettering.fitted(fact.words, RIGHT - left, (SIZE, SMALL), lines_max=2)
        height = max(height_of(number), height_of(words)) + 4
        middle = page.y + height / 2
        page.y = middle - height_of(number) / 2
        page.block(number, LEFT, tone="teal", bold=True)
        page.y = middle - height_of(words) / 2
        page.block(words, left)
        page.y = middle + height / 2
    page.y += 14
    panels.append(Box(MARGIN, top, WIDTH - MARGIN, page.y))
    page.y += BETWEEN


def _is_whole(fact: SmallFact, size: float) -> bool:
    return lettering.whole(fact.number, _NUMBER_ROOM, (size,), bold=True) is not None


def _coming_up(card: DigestCard, page: Page, diamonds: list[tuple[float, float]]) -> None:
    page.y += 6
    title = lettering.fitted(card.coming_up_title, RIGHT - LEFT, (SIZE, SMALL), bold=True)
    page.block(title, LEFT, tone="ochre", bold=True)
    for line in card.coming_up:
        fit = lettering.fitted(line, RIGHT - LEFT - 30, (SIZE, SMALL), lines_max=2)
        page.y += 4
        diamonds.append((LEFT + 9, page.y + height_of(fit) / max(len(fit.lines), 1) / 2))
        page.block(fit, LEFT + 30)
    page.y += 4
