"""What the tests of marking hold in their hands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from enrolment.models import Candidacy
from kernel.permissions import Actor
from rubrics.models import Performance


@dataclass
class Oral:
    """An interview that has ended: what is marked, who marks, and who else is there."""

    db: Session
    performance: Performance
    candidacy: Candidacy
    rater: Actor
    other: Actor
    coordinator: Actor
    candidate: Actor
    manager: Actor
