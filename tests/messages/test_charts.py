import itertools
import math
import struct
import zlib
from xml.etree import ElementTree as ET

import pytest
from effort import examples
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.rendering import charts, lettering, plotting
from bot.rendering.charts import (
    Bar,
    BarChart,
    Column,
    DigestCard,
    Fund,
    LineChart,
    Passbook,
    Point,
    Ring,
    Series,
    SmallFact,
    Target,
)
from bot.rendering.page import COLOURS, WIDTH

SVG = "{http://www.w3.org/2000/svg}"
UNSEEN = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FUND = Fund(
    "Our fund",
    "KES 84,000",
    "KES 9,000 more than in February",
    tuple(Point(month, 7000 * n, f"KES {7000 * n:,}") for n, month in enumerate(MONTHS, 1)),
)
CARD = DigestCard(
    title="Umoja Mothers’ Circle",
    period="March 2026",
    ring=Ring(7, 9, "7 of 9", "took part this month"),
    fund=FUND,
    small_facts=(SmallFact("3", "polls"), SmallFact("5", "thanks"), SmallFact("4", "goals")),
    coming_up_title="Coming up",
    coming_up=("Work day at Amina’s well: Saturday 4 April",),
)
TREND = LineChart(
    title="Walk to the market every day",
    subtitle="Amina’s own line",
    points=tuple(
        Point(month, value, f"{value} days")
        for month, value in zip(MONTHS, (2, 3, 3, 4, 2, 3, 4, 5, 5, 6, 5, 7), strict=True)
    ),
    name="Amina",
    reference=Series("Middle of the group", (3,) * 12),
    marks={3: "rains", 8: "new shoes"},
    target=Target(6, "Goal: 6 days"),
)
POLL = BarChart(
    "What shall we build first?",
    "9 of 9 answered",
    (
        Bar("Water tank", 6, "6 votes"),
        Bar("Seed store", 3, "3 votes"),
        Bar("Neither", 0, "0 votes"),
    ),
)
BOOK = Passbook(
    "Amina Wanjiku",
    "Passbook",
    (Column("Day"), Column("What"), Column("Amount", is_amount=True)),
    (("1 Mar", "Contribution", "500"), ("8 Mar", "Loan to Fatuma, a sewing machine", "−2,000")),
    footer="What is yours now",
    footer_amount="KES 12,150",
)
ALL = [CARD, TREND, POLL, BOOK]

NAMES = {
    "Latin": "Amina Wanjiku AVAVA fi Ɓaƙo ị ṣ",
    "Arabic": "فاطمة الزهراء محمد علي",
    "Ethiopic": "አበበ በቀለ",
    "Devanagari": "कृष्णा क्षेत्र प्रार्थना",
    "Bengali": "বাংলা কৌশ্রী কৃষ্ণ",
    "Burmese": "ဒေါ်အောင်ဆန်း ကျွန်တော် က္က",
    "Khmer": "ស្រីមុំ ស្រៀ កើ ភ្នំពេញ",
    "Lao": "ສົມສັກ ກຳ ນ້ຳ",
    "Thai": "ไทย ป้ำ น้ำ",
    "Tamil": "தமிழ் கோ கௌ",
    "Telugu": "తెలుగు శ్రీ క్షై",
    "Gujarati": "ગુજરાતી શ્રી",
    "Gurmukhi": "ਪੰਜਾਬੀ ਸ੍ਰੀ",
    "NKo": "ߒߞߏ",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥",
}

texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="abc defgh WMi.,<&>\"'", max_size=200),
    st.sampled_from([*NAMES.values(), "", "🎉🇰🇪", "W" * 120, "9" * 40, "a b " * 50, "KES 12,500"]),
    st.text(alphabet="ကေးာ်ြ", max_size=120),
    st.lists(st.sampled_from([*NAMES.values()]), min_size=2, max_size=5).map(" ".join),
)
directions: st.SearchStrategy[charts.Direction] = st.sampled_from(("ltr", "rtl"))
values = st.one_of(
    st.none(),
    st.integers(-5, 10),
    st.integers(-(10**30), 10**30),
    st.sampled_from((10**400, -(10**400))),
    st.floats(allow_nan=True, allow_infinity=True),
)
points = st.lists(st.builds(Point, texts, values, texts), max_size=60).map(tuple)


@st.composite
def digest_cards(draw: st.DrawFn) -> DigestCard:
    small = st.builds(SmallFact, texts, texts)
    ring = st.builds(Ring, st.integers(-1, 60), st.integers(0, 60), texts, texts)
    return DigestCard(
        title=draw(texts),
        period=draw(texts),
        direction=draw(directions),
        ring=draw(st.none() | ring),
        fund=draw(st.none() | st.builds(Fund, texts, texts, texts, points)),
        small_facts=tuple(draw(st.lists(small, max_size=3))),
        coming_up_title=draw(texts),
        coming_up=tuple(draw(st.lists(texts, max_size=4))),
    )


@st.composite
def line_charts(draw: st.DrawFn) -> LineChart:
    line = draw(points)
    others = st.lists(values, min_size=len(line), max_size=len(line)).map(tuple)
    return LineChart(
        title=draw(texts),
        subtitle=draw(texts),
        points=line,
        direction=draw(directions),
        name=draw(texts),
        reference=draw(st.none() | st.builds(Series, texts, others)),
        marks=draw(st.dictionaries(st.integers(-1, 60), texts, max_size=5)),
        target=draw(st.none() | st.builds(Target, values.map(lambda value: value or 0), texts)),
        from_zero=draw(st.booleans()),
    )


bars = st.builds(Bar, texts, values.map(lambda value: value or 0), texts)
bar_charts = st.builds(BarChart, texts, texts, st.lists(bars, max_size=8).map(tuple), directions)


@st.composite
def passbooks(draw: st.DrawFn) -> Passbook:
    columns = draw(st.lists(st.builds(Column, texts, st.booleans()), max_size=5))
    row = st.tuples(*[texts for _ in columns])
    rows = tuple(draw(st.lists(row, max_size=15)))
    footer, amount = draw(texts), draw(texts)
    return Passbook(
        draw(texts), draw(texts), tuple(columns), rows, draw(directions), footer, amount
    )


any_facts = st.one_of(digest_cards(), line_charts(), bar_charts, passbooks())
thorough = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@thorough
@given(any_facts)
def test_letters_stay_on_the_page_and_out_of_each_others_way(facts: charts.Facts) -> None:
    picture = charts.lay_out(facts)
    for words in picture.words:
        assert words.box.left >= 8
        assert words.box.right <= WIDTH - 8
        assert words.box.top >= 20
        assert words.box.bottom <= picture.height
    for one, two in itertools.combinations(picture.words, 2):
        assert not one.box.meets(two.box), (one.text, two.text)


@thorough
@given(any_facts)
def test_any_facts_give_well_formed_svg_within_its_frame(facts: charts.Facts) -> None:
    root = ET.fromstring(charts.svg_of(facts))  # noqa: S314 - our own text
    height = charts.lay_out(facts).height
    assert root.get("viewBox") == f"0 0 {WIDTH} {height}"
    for shape in root.iter(f"{SVG}rect"):
        left, top = float(shape.get("x", "0")), float(shape.get("y", "0"))
        assert left >= 0
        assert left + float(shape.get("width", "nan")) <= WIDTH + 0.1
        assert top + float(shape.get("height", "nan")) <= height + 0.6
    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx", "nan")) <= WIDTH
        assert 0 <= float(circle.get("cy", "nan")) <= height


@settings(thorough, max_examples=examples(8))
@given(any_facts)
def test_any_facts_give_a_png(facts: charts.Facts) -> None:
    width, height = size_of(charts.png_of(charts.svg_of(facts)))
    assert 0 < width <= WIDTH
    assert 0 < height <= 1280


@pytest.mark.parametrize("facts", ALL, ids=lambda facts: type(facts).__name__)
def test_a_picture_is_crisp_small_and_always_the_same(facts: charts.Facts) -> None:
    png = charts.png_of(charts.svg_of(facts))
    width, height = size_of(png)
    page = charts.lay_out(facts)
    assert width == pytest.approx(min(WIDTH, 1280 * WIDTH / page.height), abs=1)
    assert height == pytest.approx(width * page.height / WIDTH, abs=2)
    assert len(png) < 100_000
    assert png == charts.png_of(charts.svg_of(facts))


@pytest.mark.parametrize("facts", ALL, ids=lambda facts: type(facts).__name__)
def test_ordinary_words_are_large_and_uncut(facts: charts.Facts) -> None:
    words = charts.lay_out(facts).words
    assert min(word.size for word in words) >= 24
    assert not any(lettering.ELLIPSIS in word.text for word in words)


def test_every_part_of_the_card_is_there() -> None:
    shown = " ".join(texts_of(CARD))
    for text in (
        CARD.title,
        CARD.period,
        "7 of 9",
        "took part this month",
        "KES 84,000",
        "KES 9,000 more",
        "polls",
        "Coming up",
    ):
        assert text in shown
    assert "Dec" in texts_of(CARD)


@pytest.mark.parametrize("kept", list(itertools.product([False, True], repeat=4)))
def test_a_card_may_lack_any_part(kept: tuple[bool, ...]) -> None:
    ring, fund, facts, coming = kept
    card = DigestCard(
        title="Kilimo",
        period="March",
        ring=CARD.ring if ring else None,
        fund=CARD.fund if fund else None,
        small_facts=CARD.small_facts if facts else (),
        coming_up_title="Coming up",
        coming_up=CARD.coming_up if coming else (),
    )
    shown = texts_of(card)
    assert "Kilimo" in shown
    assert ("7 of 9" in shown) == ring
    assert ("KES 84,000" in shown) == fund
    assert ("polls" in shown) == facts
    assert ("Coming up" in shown) == coming
    assert size_of(charts.png_of(charts.svg_of(card)))[1] > 200


def test_a_small_ring_shows_each_person_and_a_large_one_a_share() -> None:
    assert arcs_of(Ring(7, 9, "", "")) == (7, 2)
    assert arcs_of(Ring(0, 9, "", "")) == (0, 9)
    assert arcs_of(Ring(12, 9, "", "")) == (9, 0)
    assert arcs_of(Ring(40, 60, "", "")) == (1, 1)
    assert arcs_of(Ring(60, 60, "", "")) == (1, 0)
    assert arcs_of(Ring(0, 0, "", "")) == (0, 1)


def test_a_first_month_has_a_balance_and_no_line() -> None:
    fund = Fund("Our fund", "KES 900", "The first contributions", (Point("Mar", 900, "KES 900"),))
    card = DigestCard("Kilimo", "March", fund=fund)
    assert "KES 900" in texts_of(card)
    assert "Mar" not in texts_of(card)


def test_long_words_of_small_facts_go_beside_their_numbers() -> None:
    short = charts.lay_out(CARD).words
    long = charts.lay_out(
        DigestCard("A", "B", small_facts=(SmallFact("3", "agradecimientos"),) * 3)
    ).words
    assert len({word.x for word in short if word.text in {"3", "5", "4"}}) == 3
    assert len({word.x for word in long if word.text == "3"}) == 1
    assert [word.size for word in long if word.text == "agradecimientos"] == [28] * 3


def test_right_to_left_pictures_are_mirrored() -> None:
    mirrored = DigestCard(CARD.title, CARD.period, "rtl", CARD.ring, CARD.fund)
    plain = DigestCard(CARD.title, CARD.period, "ltr", CARD.ring, CARD.fund)
    pairs = zip(charts.lay_out(plain).words, charts.lay_out(mirrored).words, strict=True)
    for one, two in pairs:
        assert two.text == one.text
        assert two.box.left == pytest.approx(WIDTH - one.box.right)
    assert 'transform="matrix(-1 0 0 1 640 0)"' in charts.svg_of(mirrored)
    assert "transform" not in charts.svg_of(plain)


def test_each_line_runs_the_way_it_is_written() -> None:
    def isolate(text: str, direction: charts.Direction) -> str:
        svg = charts.svg_of(BarChart("", "", (Bar(text, 1, "1"),), direction))
        (first, *_) = ET.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 - our own text
        assert (first.text or "").endswith("\u2069")
        return (first.text or "")[0]

    assert isolate("فاطمة!", "rtl") == "\u2067"
    assert isolate("Amina دفعت", "rtl") == "\u2067"
    assert isolate("KES 12,500", "rtl") == "\u2066"
    assert isolate("فاطمة!", "ltr") == "\u2068"


def test_what_members_write_is_escaped() -> None:
    nasty = "</text><script>alert('1')</script>&amp;\" <"
    svg = charts.svg_of(BarChart(nasty, "", (Bar("a", 1, "1"),)))
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    assert not list(root.iter(f"{SVG}script"))
    assert nasty.replace(" ", "") in "".join(texts_of(BarChart(nasty, "", ()))).replace(" ", "")


def test_a_gap_breaks_the_line_and_a_lone_value_stays_visible() -> None:
    values = (1.0, 2.0, None, 3.0, math.nan, 4.0, 5.0)
    line = tuple(Point(str(n), value, str(value)) for n, value in enumerate(values))
    root = ET.fromstring(charts.svg_of(LineChart("", "", line)))  # noqa: S314 - our own text
    runs = [path for path in root.iter(f"{SVG}path") if path.get("stroke") == COLOURS["teal"]]
    assert [(path.get("d") or "").count("L") for path in runs] == [1, 0, 1]
    assert len(list(root.iter(f"{SVG}circle"))) == 6  # five values, and the last once more


def test_zero_is_in_sight_where_it_is_wanted() -> None:
    line = (Point("a", 900, "900"), Point("b", 1000, "1,000"))
    zero_line = f'stroke="{COLOURS["rule"]}"'
    assert zero_line in charts.svg_of(LineChart("", "", line, from_zero=True))
    assert zero_line not in charts.svg_of(LineChart("", "", line))


def test_a_value_is_written_beside_the_line_not_on_it() -> None:
    run = [plotting.Spot(n, 100.0 * n, 300 - 100.0 * (n % 2)) for n in range(6)]
    within = plotting.Box(0, 0, 500, 600)
    for spot in run:
        place = plotting.place_label(
            spot, (150, 28), within=within, taken=(), runs=[run], insist=False
        )
        assert place
        box = plotting.text_box(place.x, place.baseline, 150, 28)
        for one, two in itertools.pairwise(run):
            for step in range(101):
                x = one.x + (two.x - one.x) * step / 100
                y = one.y + (two.y - one.y) * step / 100
                assert not (box.left < x < box.right and box.top < y < box.bottom)


def test_a_label_without_room_is_left_out() -> None:
    spot = plotting.Spot(0, 50, 50)
    box = plotting.Box(0, 0, 100, 100)
    assert not plotting.place_label(
        spot, (80, 28), within=box, taken=[box], runs=[[spot]], insist=True
    )


@pytest.mark.parametrize("count", [1, 2, 12, 60])
def test_the_last_value_is_always_written(count: int) -> None:
    line = tuple(Point(f"{n}", (n * 37) % 11 - 3, f"v{n}") for n in range(count))
    shown = texts_of(LineChart("Fund", "", line))
    assert f"v{count - 1}" in shown
    assert str(count - 1) in shown


def test_higher_values_lie_higher_and_zero_is_kept_in_sight() -> None:
    frame = plotting.Box(0, 0, 100, 100)
    scale = plotting.scale_of([50, 100], frame, 2, from_zero=True)
    assert (scale.y(0), scale.y(50), scale.y(100)) == (100, 50, 0)
    tight = plotting.scale_of([50, 100], frame, 2)
    assert (tight.y(50), tight.y(100)) == (100, 0)
    assert plotting.scale_of([5, 5], frame, 2).y(5) == 50


def test_bars_are_as_long_as_their_values() -> None:
    shapes = charts.lay_out(POLL).shapes["bars"]
    assert isinstance(shapes, list)
    six, three, none = (box.right - box.left for box, _ in shapes)
    assert six == pytest.approx(2 * three)
    assert none == 0


def test_a_long_option_takes_two_lines_and_ends_in_an_ellipsis() -> None:
    long = "A roof for the meeting place " * 5
    words = texts_of(BarChart("", "", (Bar(long, 3, "3"),)))
    assert words[0].startswith("A roof")
    assert words[1].endswith("…")
    assert words[2] == "3"


def test_amounts_in_a_passbook_share_an_edge_and_are_never_cut() -> None:
    rows = tuple(
        ("29 March", "Loan to Fatuma for a sewing machine", f"{n:,}")
        for n in range(500, 12_500_000, 900_000)
    )
    words = charts.lay_out(Passbook("A", "B", BOOK.columns, rows)).words
    amounts = [word for word in words if word.text in {row[2] for row in rows}]
    assert len(amounts) == len(rows)
    assert len({word.box.right for word in amounts}) == 1 or len({word.x for word in amounts}) == 1


def test_pictures_have_limits() -> None:
    point, bar, fact = Point("a", 1, "1"), Bar("a", 1, "1"), SmallFact("1", "a")
    with pytest.raises(ValueError, match="at most 400 points, not 401"):
        LineChart("", "", (point,) * 401)
    with pytest.raises(ValueError, match="points"):
        DigestCard("", "", fund=Fund("", "", "", (point,) * 401))
    with pytest.raises(ValueError, match="small facts"):
        DigestCard("", "", small_facts=(fact,) * 4)
    with pytest.raises(ValueError, match="coming up"):
        DigestCard("", "", coming_up=("a",) * 5)
    with pytest.raises(ValueError, match="bars"):
        BarChart("", "", (bar,) * 21)
    with pytest.raises(ValueError, match="rows"):
        Passbook("", "", (), ((),) * 16)
    with pytest.raises(ValueError, match="columns"):
        Passbook("", "", (Column("a"),) * 6, ())
    with pytest.raises(ValueError, match="one cell for each column"):
        Passbook("", "", (Column("a"),), ((),))
    with pytest.raises(ValueError, match="one value for each point"):
        LineChart("", "", (point,), reference=Series("a", (1, 2)))


def test_letters_read_well_and_colours_differ_in_grey() -> None:
    for tone in ("ink", "soft", "teal", "ochre"):
        for ground in ("paper", "panel", "stripe", "sand", "tint"):
            assert contrast(tone, ground) >= 4.5, (tone, ground)
    assert contrast("light", "teal") >= 4.5
    assert contrast("teal", "track") >= 4.5  # a seat taken, a seat empty
    assert contrast("clay", "panel") >= 3
    assert contrast("teal", "clay") >= 2  # the line, and the one it is compared with


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("bold", [False, True])
def test_measured_width_holds_what_is_drawn(name: str, bold: bool) -> None:  # noqa: FBT001 - a case
    assert lettering.drawable(name) == name
    measured = lettering.width_of(name, 28, bold=bold)
    weight = "700" if bold else "400"
    family = lettering.family_of(name, bold=bold)
    left, right = ink_of(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 60" width="700" height="60">'
        f'<text x="20" y="40" font-size="28" font-weight="{weight}" font-family="{family}">'
        f"{name}</text></svg>"
    )
    assert right - left > 0.5 * measured  # it was drawn at all
    assert left >= 20 - 3
    assert right <= 20 + measured + 3


def test_only_what_fonts_can_draw_is_kept() -> None:
    assert lettering.drawable("Amina 🎉 of 🇰🇪 Kenya") == "Amina of Kenya"
    assert lettering.drawable("👩‍👩‍👧") == "…"
    assert lettering.drawable("李明 x") == "… x"
    assert lettering.drawable("1️⃣ a\nb\ud800\x00\u202ec") == "1 a bc"
    assert lettering.drawable("") == ""
    assert lettering.drawable("  \n ") == ""
    assert lettering.drawable("می‌خواهم") == "می‌خواهم"  # the joiner shapes the word
    assert lettering.drawable("₦ 5 • ৳ ₹ ©") == "₦ 5 • ৳ ₹ ©"


@given(texts, st.integers(50, 600), st.integers(14, 44), st.integers(1, 3), st.booleans())
@settings(deadline=None)
def test_fitted_lines_fit(text: str, width: int, size: int, lines: int, bold: bool) -> None:  # noqa: FBT001 - a case
    fit = lettering.fitted(text, width, (size, 14), lines_max=lines, bold=bold)
    assert len(fit.lines) <= lines
    for line in fit.lines:
        assert lettering.width_of(line, fit.size, bold=bold) <= width
    if not any(line.endswith(lettering.ELLIPSIS) for line in fit.lines):
        written = "".join(fit.lines).replace(" ", "")
        assert written == lettering.drawable(text).replace(" ", "")


def test_a_line_breaks_between_burmese_syllables_not_within() -> None:
    for width in range(75, 200, 7):
        fit = lettering.fitted("ကျွန်တော်မောင်မောင်", width, (30,), lines_max=4)
        assert len(fit.lines) > 1
        assert all(line.startswith(("ကျွန်", "တော်", "မောင်")) for line in fit.lines)
        assert "".join(fit.lines) == "ကျွန်တော်မောင်မောင်"


def test_letters_that_hang_together_are_not_parted() -> None:
    assert lettering.shortened("कृष्णा", 63, 28) == "कृ…"
    assert lettering.shortened("เพื่อน", 55, 28) == "เพื่…"


def test_every_font_is_used_and_every_used_font_is_shipped() -> None:
    folder = lettering.fonts_folder()
    assert {path.stem for path in folder.glob("*.ttf")} == set(lettering.FONT_NAMES)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 4_000_000
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text(encoding="utf-8")


def texts_of(facts: charts.Facts) -> list[str]:
    root = ET.fromstring(charts.svg_of(facts))  # noqa: S314 - our own text
    return [(text.text or "").translate(UNSEEN) for text in root.iter(f"{SVG}text")]


def arcs_of(ring: Ring) -> tuple[int, int]:
    """Count the pieces drawn as done and as left."""
    root = ET.fromstring(charts.svg_of(DigestCard("", "", ring=ring)))  # noqa: S314 - our own text
    strokes = [path.get("stroke") for path in root.iter(f"{SVG}path")]
    return strokes.count(COLOURS["teal"]), strokes.count(COLOURS["track"])


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""
    dark, light = sorted((luminance(COLOURS[one]), luminance(COLOURS[two])))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def size_of(png: bytes) -> tuple[int, int]:
    """Decode the PNG far enough to know that all its pixels are there."""
    width, height, stream = chunks_of(png)
    assert len(zlib.decompress(stream)) == height * (4 * width + 1)
    return width, height


def chunks_of(png: bytes) -> tuple[int, int, bytes]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack_from(">II", png, 16)
    stream, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        stream += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    return width, height, stream


def ink_of(svg: str) -> tuple[float, float]:
    """Return where the ink of a picture without a ground begins and ends, in its own units."""
    width, height, stream = chunks_of(charts.png_of(svg))
    raw = zlib.decompress(stream)
    span = 4 * width
    above = bytearray(span)
    inked: set[int] = set()
    for row in range(height):
        start = row * (span + 1)
        above = unfiltered(raw[start], raw[start + 1 : start + 1 + span], above)
        inked.update(at for at in range(width) if above[4 * at + 3] > 60)
    unit = width / 700
    return min(inked) / unit, (max(inked) + 1) / unit


def unfiltered(kind: int, row: bytes, above: bytearray) -> bytearray:
    """Undo one row's filter (PNG, section 9)."""
    done = bytearray(row)
    for at, value in enumerate(row):
        left = done[at - 4] if at >= 4 else 0
        up = above[at]
        corner = above[at - 4] if at >= 4 else 0
        guess = left + up - corner
        paeth = min((left, up, corner), key=lambda each: abs(guess - each))
        done[at] = (value + (0, left, up, (left + up) // 2, paeth)[kind]) & 0xFF
    return done
