"""The risk file of a certification: without one that says so, no face is ever looked for.

Regulation (EU) 2024/1689, Annex III 3(d), counts a system that watches candidates during tests
among the high-risk ones. What is written here is versioned: each change is a new version, and a
watch names the version under which it looked for faces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment.models import Certification
from kernel import audit, clock
from kernel.db import LOCK
from kernel.errors import N_, Invalid
from kernel.permissions import Actor, Permission, check
from kernel.settings import Settings
from proctor.models import RiskFile

PARTS: Final = ("purpose", "accuracy", "oversight", "logs", "notice", "alternative")
MOST_WORDS: Final = 4000


def latest(db: Session, certification_id: int) -> RiskFile | None:
    """Return the version that holds now, if anything was ever written."""
    return db.scalar(
        select(RiskFile)
        .where(RiskFile.certification_id == certification_id)
        .order_by(RiskFile.number.desc())
        .limit(1)
    )


def versions(db: Session, certification_id: int) -> Sequence[RiskFile]:
    """Return every version, the last first."""
    return db.scalars(
        select(RiskFile)
        .where(RiskFile.certification_id == certification_id)
        .order_by(RiskFile.number.desc())
    ).all()


def in_force(db: Session, settings: Settings, certification_id: int) -> RiskFile | None:
    """Return the version that lets faces be looked for now; None: they are not."""
    if not settings.face_detection:
        return None
    last = latest(db, certification_id)
    return last if last is not None and last.detection else None


def write(
    db: Session,
    actor: Actor,
    certification: Certification,
    words: Mapping[str, str],
    *,
    detection: bool,
) -> RiskFile:
    """Write a new version, and switch face detection on or off with it.

    The same words and choice again change nothing.

    Raises:
        Forbidden: nobody of the certifier.
        Invalid: a part is too long, or lacks while detection is to be on.
    """
    check(db, actor, Permission.MANAGE_CATALOGUE)
    said = {name: words.get(name, "").strip() for name in PARTS}
    for name, part in said.items():
        if len(part) > MOST_WORDS:
            raise Invalid(N_("Ce texte est trop long : 4 000 signes au plus."), name)
        if detection and not part:
            raise Invalid(
                N_("Tout le dossier est à remplir avant d'activer la détection de visage."), name
            )
    # Held, so that two who write at once make two versions.
    query = select(Certification.id).where(Certification.id == certification.id)
    db.execute(query.with_for_update(**LOCK))
    last = latest(db, certification.id)
    if last is not None and last.detection is detection and said == parts(last):
        return last
    version = RiskFile(
        certification_id=certification.id,
        number=last.number + 1 if last else 1,
        detection=detection,
        written_by_id=actor.user_id,
        written_at=clock.now(),
        **said,
    )
    db.add(version)
    db.flush()
    audit.record(db, actor, "risk_file.write", version, number=version.number, detection=detection)
    return version


def parts(version: RiskFile) -> dict[str, str]:
    """Return the words of a version by part; pure."""
    return {name: str(getattr(version, name)) for name in PARTS}
