"""`viva doctor --files`: rows that name a file, compared with what is kept."""

from __future__ import annotations

from evaluator_app.commands import doctor_files
from kernel import clock, storage
from results import validation
from results.models import Document
from rooms.models import Recording, RecordingState
from tests.results.test_validation import complete


def test_each_kind_is_counted_and_what_is_lost_is_named(db, make, settings):
    kept = storage.from_settings(settings)
    there = kept.put("documents/there.pdf", b"%PDF-1.7").key
    cut = kept.put("documents/cut.pdf", b"%PDF-1.7 cut short").key
    path = settings.storage / cut
    path.write_bytes(path.read_bytes()[:-3])
    interview = make.interview(make.appointment(make.candidacy()))
    segments = [{"key": kept.put(f"recordings/r/{n}.webm", b"webm").key} for n in range(2)]
    segments.append({"key": "recordings/r/2.webm"})
    db.add(
        Recording(
            interview_id=interview.id,
            name="r",
            state=RecordingState.READY,
            started_at=clock.now(),
            manifest={"segments": segments},
        )
    )
    verdict = validation.validate(db, make.coordinator().actor, complete(make))
    for number, key in enumerate([there, cut, "documents/gone.pdf", None]):
        db.add(
            Document(
                verdict_id=verdict.id,
                kind="attestation",
                code=f"{number}",
                locale="fr",
                issued_at=clock.now(),
                storage_key=key,
            )
        )
    db.flush()
    lines = {kind.kind: (kind.named, kind.lost) for kind in doctor_files.compare(db, kept)}
    assert lines.pop("documents") == (3, [cut, "documents/gone.pdf"])
    assert lines.pop("recordings") == (3, ["recordings/r/2.webm"])
    assert list(lines.values()) == [(0, [])] * (len(doctor_files.KEYS) - 1)


def test_a_long_list_is_cut_and_counted():
    kept = doctor_files.FilesOfKind("stills", 9, [f"s{n}" for n in range(7)])
    assert kept.words == "7 of 9 stills lost: s0, s1, s2, s3, s4 and 2 more"
