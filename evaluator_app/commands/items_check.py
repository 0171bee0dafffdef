"""`viva items check`: what files of questions come to, a JSON line a question; nothing is kept."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kernel.i18n import Locale, gettext
from people.languages import Language
from written_test.items.reading import twins
from written_test.items.reading.entries import Defaults, Entry, Remark
from written_test.items.reading.formats import read
from written_test.questions.drafts import Skill
from written_test.questions.kinds import (
    Body,
    GapChoice,
    GapFree,
    Matching,
    Multiple,
    Ordering,
    Reading,
    Single,
)

_ENDINGS: Final = (
    ".xml",
    ".zip",
    ".gift",
    ".txt",
    ".aiken",
    ".csv",
    ".tsv",
    ".tab",
    ".xlsx",
    ".imscc",
)
_MANIFEST: Final = "imsmanifest.xml"
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of a file on one's own disk; an import takes less, and says so."""


def run(arguments: Namespace) -> int:
    """Read files, packages and folders in order; exit 1 if anything was refused."""
    defaults = Defaults(Language(arguments.language), Skill.GRAMMAR, "B1")
    refused = 0
    for path in map(Path, arguments.paths):
        for name, data, why in _files(path):
            print(f"{name}…", file=sys.stderr, flush=True)
            if why:
                refused += 1
                _line(_nothing(name, why))
                continue
            for entry in twins.named(read(name, data, defaults).entries, {}):
                refused += entry.draft is None
                _line(_told(name, entry))
    return 1 if refused else 0


def _files(path: Path) -> Iterator[tuple[str, bytes, str]]:
    """Yield the name, the bytes and the fault of each file; a folder's package as one archive."""
    if not path.is_dir():
        yield _bytes(path)
        return
    if (path / _MANIFEST).is_file():
        yield str(path / "package.zip"), _packed(path), ""
        return
    for member in sorted(path.iterdir()):
        if member.is_dir() or member.suffix.lower() in _ENDINGS:
            yield from _files(member)


def _bytes(path: Path) -> tuple[str, bytes, str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return str(path), b"", f"larger than {MOST_BYTES // (1024 * 1024)} MB"
        return str(path), path.read_bytes(), ""
    except OSError as error:
        return str(path), b"", error.strerror or str(error)


def _packed(folder: Path) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for member in sorted(folder.rglob("*")):
            if member.is_file():
                archive.write(member, member.relative_to(folder))
    return made.getvalue()


def _nothing(name: str, why: str) -> dict[str, Any]:
    return {
        "file": name,
        "id": "",
        "status": "refused",
        "why": why,
        "kind": None,
        "prompt": "",
        "options": [],
        "key": None,
        "shuffle": False,
        "remarks": [],
    }


def _told(name: str, entry: Entry) -> dict[str, Any]:
    file = name if entry.file == Path(name).name else f"{name}:{entry.file}"
    where = {"line": entry.line} if entry.line else {}
    remarks = [_said(note) for note in entry.notes]
    if entry.draft is None:
        why = _said(entry.refusal) if entry.refusal else ""
        return _nothing(file, why) | {"id": entry.code, "remarks": remarks} | where
    draft = entry.draft
    options, key, shuffle = _answers(draft.body)
    return {
        "file": file,
        "id": draft.code,
        "status": "taken",
        "why": "",
        "kind": str(draft.body.kind),
        "prompt": _prompt(draft.body),
        "options": options,
        "key": key,
        "shuffle": shuffle,
        "remarks": remarks,
        "markup": draft.body.markup,
        "fixed": _fixed(draft.body),
        "hidden": draft.hidden,
        "sound": draft.audio,
        "pictures": [picture for picture, _data in draft.pictures],
        **where,
    }


def _said(remark: Remark) -> str:
    params = dict(remark.params)
    if "what" in params:
        params["what"] = gettext(Locale.EN, str(params["what"]))
    return gettext(Locale.EN, remark.message, **params)


def _prompt(body: Body) -> str:
    """Return all that a candidate reads before the options, in its order on the page."""
    texts = [body.passage, body.prompt]
    if isinstance(body, Reading):
        texts = [body.prompt, body.title, body.passage, *(asked.prompt for asked in body.questions)]
    elif isinstance(body, GapChoice | GapFree):
        texts.append(body.text)
    return "\n\n".join(text for text in texts if text)


def _answers(body: Body) -> tuple[list[Any], Any, bool]:  # noqa: PLR0911 -- one line per kind
    """Return the options, the key and whether options are shuffled; of one gap, just its own."""
    match body:
        case Single():
            texts = {option.key: option.text for option in body.options}
            return list(texts.values()), texts[body.right], body.shuffle
        case Multiple():
            right = [option.text for option in body.options if option.key in body.right]
            return [option.text for option in body.options], right, body.shuffle
        case GapChoice():
            lists = [[option.text for option in gap.options] for gap in body.gaps]
            keys = [next(o.text for o in gap.options if o.key == gap.right) for gap in body.gaps]
            shuffle = all(gap.shuffle for gap in body.gaps)
            return (lists, keys, shuffle) if len(keys) > 1 else (lists[0], keys[0], shuffle)
        case GapFree():
            accepted = [
                [*gap.accepted, *(f"{low} … {high}" for low, high in gap.ranges if low != high)]
                for gap in body.gaps
            ]
            return [], accepted if len(accepted) > 1 else accepted[0], False
        case Ordering():
            elements = [element.text for element in body.elements]
            return elements, elements, True
        case Matching():
            rights = {option.key: option.text for option in body.right}
            pairs = {left.text: rights[body.pairs[left.key]] for left in body.left}
            return list(rights.values()), pairs, True
        case Reading():
            lists = [[option.text for option in asked.options] for asked in body.questions]
            keys_ = [
                [option.text for option in asked.options if option.key in asked.right]
                for asked in body.questions
            ]
            return lists, keys_, all(asked.shuffle for asked in body.questions)


def _fixed(body: Body) -> list[str]:
    if isinstance(body, Single | Multiple):
        return [option.text for option in body.options if option.fixed]
    return []


def _line(told: dict[str, Any]) -> None:
    print(json.dumps(told, ensure_ascii=False), flush=True)
