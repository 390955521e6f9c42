"""The agreement as a page of its own: one file that any telephone opens, and that prints."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale

from bot.rendering.messages import render


def page(facts: Mapping[str, Any], sections: Sequence[Sequence[str]], language: str) -> bytes:
    """Return what was agreed as an HTML page, complete in itself.

    Args:
        facts: group, agreement, since (UTC), offices (office → holdings).
        sections: the parts that are read together, in order.
        language: the reader's.
    """
    direction = Locale.parse(language).text_direction
    words = render("agreement/page", language, sections=sections, direction=direction, **facts)
    return words.text.encode()
