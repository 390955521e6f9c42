"""Thanks: whom somebody means who writes a name and some words. Pure."""

from collections.abc import Mapping

_EDGES = "@,.:;!?–—-"


def addressed(text: str, names: Mapping[int, str]) -> tuple[int | None, str]:
    """Return who is meant at the beginning of a text, and the words after the name.

    `names` are those of the members by id. The longest name that fits wins, the first name alone
    fits too; where several people fit equally nobody is guessed, and the text stays whole.
    """
    written = text.split()
    said = [_bare(word) for word in written]
    best, meant = 0, set[int]()
    for member_id, name in names.items():
        fits = _fitting(said, [_bare(word) for word in name.split()])
        if fits > best:
            best, meant = fits, {member_id}
        elif fits == best and fits:
            meant.add(member_id)
    if len(meant) != 1:
        return None, text.strip()
    after = written[best:]
    if after and not _bare(after[0]):
        after = after[1:]
    return meant.pop(), " ".join(after)


def _fitting(said: list[str], name: list[str]) -> int:
    """Return how many words of the text are the name: all of it, its first word, or none."""
    if not name or not name[0]:
        return 0
    if said[: len(name)] == name:
        return len(name)
    return 1 if said[:1] == name[:1] else 0


def _bare(word: str) -> str:
    return word.strip(_EDGES).casefold()
