"""A book as a sheet to print: what is there, by household, and every entry, with room to sign.

Paper stays beside the bot: it is what a group has when there is no light and no network.
"""

from collections.abc import Iterator

from babel import Locale

from bot.domain.copies import Copy, told
from bot.rendering import messages


def text_of(copy: Copy, language: str) -> Iterator[str]:
    """Yield the sheet, one page of HTML that needs nothing else, in a language."""
    template = messages.environment(language).get_template("copies/sheet.j2")
    return template.generate(
        copy=copy,
        entries=(told(copy, one) for one in copy.entries()),
        direction="rtl" if Locale.parse(language).text_direction == "rtl" else "ltr",
    )
