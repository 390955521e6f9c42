"""Keeps the facts that messages and pictures were told in the stories, for `barnraiser preview`.

    make samples

plays them with this as a plugin (it writes what it heard into SAMPLES_TO) and then gathers: of
what was kept before and what is new, the fewest facts that show every sentence of each message.
What no story tells may be written into bot/preview/samples by hand: it is kept.
"""

import dataclasses
import importlib
import json
import os
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.preview import listening, samples
from bot.preview.pictures import MAKERS
from bot.rendering import messages

ENGLISH = messages.FIRST_LANGUAGE
Heard = frozenset[Hashable]
Kept = dict[str, list[Any]]  # by name, as JSON


class Recorder:
    """Notes facts that show something not seen before."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}.jsonl"
        self.heard: dict[str, set[Hashable]] = {}
        self._seen: set[str] = set()

    def note(self, name: str, shown: Heard, facts: Mapping[str, object]) -> None:
        heard = self.heard.setdefault(name, set())
        if shown <= heard and name in self._seen:
            return
        try:
            packed = {key: samples.packed(one) for key, one in facts.items()}
        except samples.CannotKeep:
            return
        heard |= shown
        self._seen.add(name)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({name: [packed]}) + "\n")


def shown_by(name: str, facts: Mapping[str, Any]) -> Heard:
    """What of a message or a picture can be seen with these facts."""
    if name in MAKERS:
        picture = samples.named(name)(*(facts[one] for one in MAKERS[name][0]), ENGLISH)
        parts = {one.name: getattr(picture, one.name) for one in dataclasses.fields(picture)}
        many = {(key, len(one) > 5) for key, one in parts.items() if isinstance(one, tuple)}
        return frozenset(many | {key for key, one in parts.items() if one})
    return frozenset(listening.listen(name, ENGLISH, facts).sentences)


def start(folder: Path) -> None:
    """Note from now on what every message and picture is told."""
    recorder = Recorder(folder)
    render = messages._render

    def rendered(name: str, language: str, facts: Mapping[str, object]) -> messages.Words:
        if (messages.FOLDER / f"{name}.j2").is_file():
            recorder.note(name, shown_by(name, facts), facts)
        return render(name, language, facts)

    messages._render = rendered
    for name, (wanted, _) in MAKERS.items():
        _note_picture(recorder, name, wanted)


def _note_picture(recorder: Recorder, name: str, wanted: tuple[str, ...]) -> None:
    module, _, function = name.rpartition(".")
    made: Callable[..., Any] = samples.named(name)

    def making(*told: object) -> object:
        facts = dict(zip(wanted, told[:-1], strict=True))
        parts = dataclasses.asdict(picture := made(*told))
        many = {(key, len(one) > 5) for key, one in parts.items() if isinstance(one, tuple)}
        seen = frozenset(many | {key for key, one in parts.items() if one})
        recorder.note(name, seen, facts)
        return picture

    setattr(importlib.import_module(module), function, making)


# -- gathering -------------------------------------------------------------------------------------


def fewest(name: str, offered: Iterable[Any]) -> list[Any]:
    """Of these facts as JSON the first that are enough to show all that any of them shows."""
    chosen: list[tuple[Any, Heard]] = []
    heard: set[Hashable] = set()
    for one in offered:
        try:
            facts = {key: samples.unpacked(held) for key, held in one.items()}
            shown = shown_by(name, facts)
        except (TypeError, AttributeError, LookupError, ImportError, listening.NoLongerFits):
            continue  # kept before the message was changed
        if not chosen or not shown <= heard:
            fresh = {key: samples.packed(held) for key, held in facts.items()}
            chosen.append((fresh, shown))
            heard |= shown
    for one in list(chosen):
        others = frozenset().union(*(shown for other, shown in chosen if other is not one[0]))
        if len(chosen) > 1 and one[1] <= others:
            chosen.remove(one)
    return [one for one, _ in chosen]


def gather(folder: Path) -> None:
    """Write bot/preview/samples anew: what stood there and still fits, and what was heard."""
    offered: Kept = {}
    texts = [path.read_text("utf-8") for path in sorted(samples.FOLDER.glob("*.json"))]
    for path in sorted(folder.glob("*.jsonl")):
        texts += path.read_text("utf-8").splitlines()
    for text in texts:
        for name, kept in json.loads(text).items():
            offered.setdefault(name, []).extend(kept)
    for name in listening.names():
        if name not in listening.parents():
            offered.setdefault(name, []).append({})  # for those that need no facts
    files: dict[str, Kept] = {}
    for name in sorted(offered):
        if name in MAKERS or name in listening.names():
            room = samples.PICTURES if name in MAKERS else name.partition("/")[0]
            if found := fewest(name, offered[name]):
                files.setdefault(room, {})[name] = found
    samples.FOLDER.mkdir(exist_ok=True)
    for room, written in files.items():
        (samples.FOLDER / f"{room}.json").write_text(_written(written), "utf-8")


def _written(found: Kept) -> str:
    """Return it as JSON with a line for each sample."""
    names = [
        f"{json.dumps(name)}: [\n"
        + ",\n".join(json.dumps(one, ensure_ascii=False) for one in kept)
        + "\n]"
        for name, kept in found.items()
    ]
    return "{\n" + ",\n".join(names) + "\n}\n"


if __name__ == "__main__":
    gather(Path(sys.argv[1]))
elif "SAMPLES_TO" in os.environ:
    start(Path(os.environ["SAMPLES_TO"]))
