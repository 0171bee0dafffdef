"""Archives of fixtures, and the few lines that tests of readers share."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from people.languages import Language
from written_test.items.reading.entries import Defaults, Entry
from written_test.items.reading.formats import read
from written_test.questions.drafts import Skill

DATA = Path(__file__).parents[1] / "data"
SAID = Defaults(Language.EN, Skill.GRAMMAR, "B1")
UNSAID = Defaults(Language.EN)


def pack(files: dict[str, bytes]) -> bytes:
    """Return an archive of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def qti21() -> dict[str, bytes]:
    """Return the files of the QTI 2.1 package."""
    folder = DATA / "qti21"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.xml"))
    }


def entries(name: str, data: bytes, defaults: Defaults = SAID) -> tuple[Entry, ...]:
    """Return what is read of a file."""
    return read(name, data, defaults).entries


def body(entry: Entry):
    """Return the question of an entry that is taken; say why when it is not."""
    assert entry.draft is not None, entry.refusal
    return entry.draft.body


def only_refusal(name: str, data: bytes) -> tuple[int, str]:
    """Return the line and the words of the only entry, which is refused."""
    (entry,) = entries(name, data)
    assert entry.draft is None
    return entry.line, entry.refusal.message % entry.refusal.params
