"""No two sentences of a message run into each other: a space or a new line stands between them."""

import functools
import re
from collections.abc import Callable

import jinja2
from markupsafe import Markup

from bot.preview import samples
from bot.rendering import messages
from bot.rendering.sentences import catalogue, spoken

BEGINS, ENDS = "\ue000", "\ue001"  # around each sentence; no language writes them
JOINED = re.compile(f"[^{BEGINS}{ENDS}]*{ENDS}+(?:</?[a-z]+>)*{BEGINS}+[^{BEGINS}{ENDS}]*")


def _marked(say: Callable[..., Markup]) -> Callable[..., Markup]:
    @functools.wraps(say)
    def said(*words: object, **facts: object) -> Markup:
        return Markup(BEGINS) + say(*words, **facts) + Markup(ENDS)  # noqa: S704 - our own marks

    return said


def test_no_two_sentences_run_into_each_other() -> None:
    told = {name: _marked(say) for name, say in spoken(catalogue("en")).items()}
    environment = messages.environment_saying("en", told)
    joined = set()
    for name, tried in samples.all_samples().items():
        if not messages.exists(name):
            continue  # a picture's
        for facts in tried:
            try:
                words = messages.rendered(environment.get_template(f"{name}.j2"), facts)
            except (jinja2.UndefinedError, TypeError, AttributeError, LookupError, ValueError):
                continue  # its sample is older than the message
            joined |= {(name, one) for one in JOINED.findall(words.text)}
    assert joined == set()


def test_words_written_on_several_lines_stay_apart() -> None:
    assert messages.clean_name("M-Pesa 0712 345\u202e 678\n\thttps://pay.example.org ") == (
        "M-Pesa 0712 345 678 https://pay.example.org"
    )
    assert messages.clean_name("\u200b\n\u2066") == ""
