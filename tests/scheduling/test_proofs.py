"""What a document is, by its own bytes; whose it is."""

from __future__ import annotations

import struct
import zlib

import pytest
from pictures import jpeg

from kernel import clock
from kernel.errors import Invalid
from kernel.permissions import Permission, may
from scheduling import proofs
from scheduling.models import AppointmentChange, ChangeKind


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)
PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


@pytest.mark.parametrize(("data", "kind"), [(PDF, "pdf"), (jpeg(), "jpg"), (PNG, "png")])
def test_a_document_is_known_by_its_bytes(make, data, kind):
    candidacy = make.candidacy()
    assert proofs.kind_of(data) == kind
    folder, owner, name = proofs.place_for(candidacy, data).split("/")
    assert (folder, owner, name.partition(".")[2]) == ("proofs", str(candidacy.id), kind)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        PDF[:-7],
        PNG[:-5],
        jpeg()[:-40],
        b"MZ" + PDF,
        PDF + b" " * proofs.MOST_BYTES,
    ],
    ids=["empty", "html", "cut_pdf", "cut_png", "cut_jpeg", "prefixed", "heavy"],
)
def test_anything_else_is_refused(data):
    with pytest.raises(Invalid) as caught:
        proofs.kind_of(data)
    assert caught.value.field == "document"


def test_a_proof_is_its_organisations_and_the_coordinators(db, make):
    appointment = make.appointment()
    candidacy = appointment.candidacy
    change = AppointmentChange(
        appointment_id=appointment.id,
        kind=ChangeKind.FORCE_MAJEURE,
        at=clock.now(),
        was_at=appointment.starts_at,
        was_with_id=appointment.evaluator_id,
    )
    db.add(change)
    db.flush()
    assert proofs.find(db, candidacy.id, change.id) is None  # no document
    change.document_key = "proofs/1/x.png"
    db.flush()
    proof = proofs.find(db, candidacy.id, change.id)
    assert (proof.candidacy, proof.media_type) == (candidacy, "image/png")
    assert proofs.find(db, make.candidacy().id, change.id) is None
    seen = {
        name: may(db, user.actor, Permission.SEE_PROOF, proof)
        for name, user in {
            "manager": make.manager(candidacy.organisation),
            "coordinator": make.coordinator(),
            "stranger": make.manager(),
            "candidate": candidacy.candidate.user,
            "evaluator": appointment.evaluator,
        }.items()
    }
    assert seen == {
        "manager": True,
        "coordinator": True,
        "stranger": False,
        "candidate": False,
        "evaluator": False,
    }
