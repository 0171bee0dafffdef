"""Questions that are the same but for their code: said, since a test may show both of them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

from kernel.errors import N_
from written_test.items.reading.entries import Entry, Remark
from written_test.questions import markup
from written_test.questions.grading import plain
from written_test.questions.kinds import Body, shown_texts


def likeness(body: Body, sound: str = "") -> str:
    """Return what two questions share that ask the same: their words, in whatever order.

    `sound` is the SHA-256 of what they let one hear.
    """
    texts = sorted(
        plain(markup.bare(text) if body.markup == "html" else text) for text in shown_texts(body)
    )
    pictures = sorted(name for text in shown_texts(body) for name in markup.pictures_in(text))
    said = "\x1f".join((str(body.kind), *texts, *pictures, sound))
    return hashlib.sha256(said.encode()).hexdigest()


def named(entries: Sequence[Entry], known: Mapping[str, str]) -> tuple[Entry, ...]:
    """Return entries with the code of another that asks the same, of theirs or of those `known`.

    `known` gives codes by likeness: what the bank has already.
    """
    own = [_of_entry(entry) for entry in entries]
    alike: dict[str, list[str]] = defaultdict(list)
    for said, code in known.items():
        alike[said].append(code)
    for said, entry in zip(own, entries, strict=True):
        if said and entry.code not in alike[said]:
            alike[said].append(entry.code)
    return tuple(
        _noted(entry, alike[said]) if said else entry
        for said, entry in zip(own, entries, strict=True)
    )


def _of_entry(entry: Entry) -> str:
    if entry.draft is None:
        return ""
    data = entry.draft.audio_data
    return likeness(entry.draft.body, hashlib.sha256(data).hexdigest() if data else "")


def _noted(entry: Entry, codes: list[str]) -> Entry:
    other = next((code for code in codes[:2] if code != entry.code), None)
    if other is None:
        return entry
    note = Remark(N_("Même texte et mêmes réponses que « %(code)s »."), {"code": other})
    return dataclasses.replace(entry, notes=(*entry.notes, note))
