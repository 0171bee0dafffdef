"""What the benchmark of pages asks of the demo: a candidate who stands before their test."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import profile
from enrolment.models import Candidacy, Candidate
from evaluator_app.demo.cast import CANDIDATE_NEW
from evaluator_app.wiring import rules
from kernel import clock
from kernel.db import Database
from kernel.settings import Settings
from kernel.storage import Storage, from_settings
from people import consents
from people.models import User
from proctor import identity
from proctor.models import EquipmentCheck, EquipmentVerdict
from written_test import trying


def lead_to_the_test(var: Path, base_url: str) -> None:
    """Do for the demo's newest candidate all that comes before the written test."""
    kept = json.loads((var / "secrets.json").read_text())
    settings = Settings(
        mode="demo",
        base_url=base_url,
        var=var,
        secret_key=kept["VIVA_SECRET_KEY"],
        storage_keys=kept["VIVA_STORAGE_KEYS"],
    )
    rules.register()
    database = Database(settings.database)
    with database.transaction() as db:
        prepare(db, from_settings(settings), CANDIDATE_NEW)
    database.dispose()


def prepare(db: Session, storage: Storage, email: str) -> Candidacy:
    """Bring a candidate to the door of their test, verb by verb."""
    candidacy = db.scalars(
        select(Candidacy).join(Candidacy.candidate).join(Candidate.user).where(User.email == email)
    ).one()
    who = candidacy.candidate.user.actor
    profile.confirm(db, who, candidacy, "fr")
    consents.record(db, who, consents.WRITTEN, "fr")
    trying.finish(db, who, candidacy)
    picture = files("evaluator_app.demo").joinpath("pictures/document.jpg").read_bytes()
    identity.present_document(db, who, storage, candidacy, picture)
    db.add(
        EquipmentCheck(
            user_id=candidacy.candidate.user_id,
            at=clock.now(),
            verdict=EquipmentVerdict.READY,
            facts={},
        )
    )
    return candidacy
