"""Check that every French string has its English: `python -m evaluator_app.words.translations`.

Prints what is missing or wrong, one line each, and exits 1 if anything is. Strings that the
catalogues translate and nobody uses any more are printed too; they break nothing.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

from evaluator_app.words.translations.words_in_use import Unmarked, Use, in_python, in_templates
from kernel.i18n import TRANSLATIONS
from kernel.settings import HERE

_PLACE = re.compile(r"%\((\w+)\)[#0\- +]?[\d.]*[sdfr]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One translation, where it stands in a catalogue."""

    texts: tuple[str, ...]
    place: str
    fuzzy: bool


def places(text: str) -> set[str]:
    """Return the names of the %(name)s places of `text`."""
    return set(_PLACE.findall(text))


def catalogues(folder: Path) -> tuple[dict[object, Entry], list[str]]:
    """Return every entry by its key, and what is wrong with the files themselves."""
    entries: dict[object, Entry] = {}
    faults: list[str] = []
    for file in sorted((folder / "en").glob("*.po")):
        with file.open("rb") as stream:
            book = read_po(stream, locale="en")
        for message in book:
            if not message.id:
                continue
            source = message.id if isinstance(message.id, str) else message.id[0]
            key = (message.context, source) if message.context else source
            texts = message.string
            place = f"{file.name}:{message.lineno}"
            if key in entries:
                faults.append(f"{place}: « {source} » stands in {entries[key].place} as well")
                continue
            together = (texts,) if isinstance(texts, str) else tuple(texts or ())
            entries[key] = Entry(together, place, message.fuzzy)
    return entries, faults


def compare(uses: list[Use], entries: dict[object, Entry]) -> list[str]:
    """Return what the catalogues lack, or say with other places than the source."""
    faults: list[str] = []
    seen: set[object] = set()
    for use in uses:
        if use.key in seen:
            continue
        seen.add(use.key)
        entry = entries.get(use.key)
        context = f" ({use.context})" if use.context else ""
        if entry is None or entry.fuzzy or not all(entry.texts):
            faults.append(f"{use.place}: no English for « {use.source} »{context}")
            continue
        if use.plural is not None and len(entry.texts) != 2:
            faults.append(f"{entry.place}: « {use.source} » needs a singular and a plural")
            continue
        wanted = places(use.source) | places(use.plural or "")
        # One of something may be said without its number: "one candidate".
        if any((places(text) ^ wanted) - {"num"} for text in entry.texts):
            faults.append(f"{entry.place}: « {use.source} » and its English fill other places")
    return faults


def check(root: Path = HERE, folder: Path = TRANSLATIONS) -> tuple[list[str], list[str]]:
    """Return the faults, and the translations that nobody uses."""
    uses_and_faults = [*in_python(root), *in_templates(root)]
    uses = [use for use in uses_and_faults if isinstance(use, Use)]
    entries, faults = catalogues(folder)
    faults += [
        f"{use.place}: « {use.source} » is said to people, and not marked with N_()"
        for use in uses_and_faults
        if isinstance(use, Unmarked)
    ]
    faults += compare(uses, entries)
    used = {use.key for use in uses}
    idle = [f"{entry.place}: {key!r}" for key, entry in entries.items() if key not in used]
    return faults, idle


def main() -> int:
    """Print what is wrong; return the exit code."""
    faults, idle = check()
    for line in idle:
        print(f"unused  {line}", file=sys.stderr)
    for line in faults:
        print(line)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
