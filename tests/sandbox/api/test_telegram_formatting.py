"""parse_mode HTML, entities by hand, and the HTML that the page shows."""

import html
import re
from typing import Any

import pytest
from bot_client import Json
from hypothesis import given, strategies as st

from sandbox.entities import parse_html, utf16
from sandbox.formatted import command_of, formatted, shown, with_detected
from sandbox.refusals import Refused


def nobody(_number: int) -> None:
    return None


def read(source: str) -> tuple[str, list[dict[str, Any]]]:
    return formatted(source, "HTML", None, nobody)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain &lt;b&gt; &amp; &quot;x&quot; &#39;", 'plain <b> & "x" \'', []),
        ("&nbsp; &#x1F600;", "&nbsp; 😀", []),
        ("<b>a</b>", "a", [("bold", 0, 1)]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<i>a<b>b</b></i>", "ab", [("italic", 0, 2), ("bold", 1, 1)]),
        ("😀<u>é</u>", "😀é", [("underline", 2, 1)]),
        ("<ins>a</ins><del>b</del>", "ab", [("underline", 0, 1), ("strikethrough", 1, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("  <b> a </b>  ", "a", [("bold", 0, 1)]),
        ("<B>a</B>", "a", [("bold", 0, 1)]),
        ("<b>a</>", "a", [("bold", 0, 1)]),
        ("<a href='no link'>a</a>", "a", []),
        ('<a href="tg://user?id=5">a</a>', "a", []),
    ],
)
def test_html(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found_text, found = read(source)
    assert found_text == text
    assert [(each["type"], each["offset"], each["length"]) for each in found] == entities


def test_links_code_and_mentions() -> None:
    _, found = read('<a href="https://example.org/?a=1&amp;b=2">a</a>')
    assert found[0]["url"] == "https://example.org/?a=1&b=2"
    _, found = read("<a>example.org</a>")
    assert found[0] == {"type": "text_link", "url": "http://example.org", "offset": 0, "length": 11}
    _, found = read('<pre><code class="language-python">x = 1</code></pre>')
    assert found == [{"type": "pre", "language": "python", "offset": 0, "length": 5}]
    _, found = formatted('<a href="tg://user?id=5">A</a>', "html", None, lambda n: {"id": n})
    assert found[0]["user"] == {"id": 5}
    _, found = read('<tg-emoji emoji-id="12">👍</tg-emoji><tg-time unix="1700000000">x</tg-time>')
    assert [each["type"] for each in found] == ["custom_emoji", "date_time"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b" at byte offset 0'),
        ("é<p>a</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("a<b", "Unclosed start tag at byte offset 1"),
        ("a</b", "Unclosed end tag at byte offset 1"),
        ("a</b>", 'Unexpected end tag "b" at byte offset 1'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href>a</a>", 'Expected equal sign in declaration of an attribute of the tag "a"'),
        ("<a =x>a</a>", 'Empty attribute name in the tag "a" at byte offset 3'),
        ("<a/>", 'Expected equal sign in declaration of an attribute of the tag "a"'),
        ("<tg-emoji>x</tg-emoji>", 'Tag "tg-emoji" must have attribute "emoji-id"'),
        ("<blockquote><blockquote>x", "Nested blockquotes are not allowed"),
    ],
)
def test_bad_html(source: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        read(source)
    assert refused.value.code == 400
    assert refused.value.description.startswith(f"Bad Request: can't parse entities: {words}")


def test_other_parse_modes_are_refused_aloud() -> None:
    with pytest.raises(Refused, match="the sandbox reads HTML only"):
        formatted("x", "MarkdownV2", None, nobody)


def test_entities_by_hand() -> None:
    given_entities = [
        {"type": "italic", "offset": 1, "length": 1},
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "url", "offset": 0, "length": 3},
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://example.org"},
        {"type": "pre", "offset": 0, "length": 1, "language": "c"},
    ]
    _, found = formatted("a😀", "", given_entities, nobody)
    assert [each["type"] for each in found] == ["bold", "text_link", "pre", "italic"]


@pytest.mark.parametrize(
    "entity",
    [
        5,
        {"type": "loud", "offset": 0, "length": 1},
        {"type": [], "offset": 0, "length": 1},
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "bold", "offset": -1, "length": 1},
        {"type": "bold", "offset": True, "length": 1},
        {"type": "text_link", "offset": 0, "length": 1, "url": "javascript:x"},
        {"type": "text_mention", "offset": 0, "length": 1, "user": {"id": 5}},
    ],
)
def test_bad_entities(entity: Json) -> None:
    with pytest.raises(Refused):
        formatted("ab", "", [entity], nobody)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/join", ["/join"]),
        ("do /join and/or /leave@some_bot, x/y", ["/join", "/leave@some_bot"]),
        ("see example.org/a, http://a.b/?c#d.", ["example.org/a", "http://a.b/?c#d"]),
        ("write to amina@example.org or @amina_j", ["amina@example.org", "@amina_j"]),
        ("#roof #2 no#tag", ["#roof"]),
        ("😀 #roof", ["#roof"]),
        ("//x /", []),
    ],
)
def test_what_telegram_finds_by_itself(text: str, found: list[str]) -> None:
    units = text.encode("utf-16-le")
    entities = with_detected(text, [])
    assert [
        units[each["offset"] * 2 : (each["offset"] + each["length"]) * 2].decode("utf-16-le")
        for each in entities
    ] == found


def test_nothing_is_found_inside_code_and_links() -> None:
    _, found = read('<code>/join</code> <a href="https://example.org">@amina_j</a>')
    assert [each["type"] for each in found] == ["code", "text_link"]


def test_the_command_of_a_text() -> None:
    for text, command in (("/join now", "/join"), ("x /join", ""), ("", "")):
        assert command_of(text, with_detected(text, [])) == command


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("<b>a<i>b</i></b>&lt;c&gt;", "<b>a<i>b</i></b>&lt;c&gt;"),
        ("<tg-spoiler>a</tg-spoiler>", '<span class="spoiler">a</span>'),
        ("<pre><code>a\nb</code></pre>", "<pre>a\nb</pre>"),
        ("<blockquote expandable>😀</blockquote>x", "<blockquote>😀</blockquote>x"),
        ("<b>😀</b>é<u>x</u>", "<b>😀</b>é<u>x</u>"),
        ("@amina_j", "@amina_j"),
    ],
)
def test_what_the_page_shows(source: str, page: str) -> None:
    assert shown(*read(source)) == page


def test_links_on_the_page_are_only_harmless_ones() -> None:
    page = shown(*read('<a href="https://example.org/&quot;x">a</a> example.org'))
    assert 'href="https://example.org/&quot;x"' in page
    assert 'href="https://example.org"' in page
    evil = [{"type": "text_link", "offset": 0, "length": 1, "url": "javascript:alert(1)"}]
    assert shown("a", evil) == "a"


def test_overlapping_entities_nest_on_the_page() -> None:
    entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "italic", "offset": 1, "length": 2},
    ]
    assert shown("abc", entities) == "<b>a<i>b</i></b>c"


TAGGED = st.lists(
    st.sampled_from(["<b>", "</b>", "<i>", "</i>", "<", ">", "&lt;", "é", "😀", "a", " ", "</"])
    | st.text(max_size=3)
)


@given(TAGGED)
def test_any_source_is_read_or_refused_and_entities_lie_inside(pieces: list[str]) -> None:
    source = "".join(pieces)
    try:
        text, entities = read(source)
    except Refused:
        return
    size = utf16(text)
    for each in entities:
        assert 0 <= each["offset"] < each["offset"] + each["length"] <= size
    page = shown(text, entities)
    assert page.count("<b>") == page.count("</b>")
    assert not set("<>") & set(re.sub(r"</?[biua]>|<a [^<>]*>", "", page))


@given(st.text())
def test_escaped_text_survives(text: str) -> None:
    found, entities = parse_html(html.escape(text))
    assert found == text
    assert entities == []
