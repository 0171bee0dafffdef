"""What needs a person now, for the top of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from enrolment import extensions, queries
from enrolment.models import Stage
from evaluator_app.web.edge import house
from evaluator_app.words import _, ngettext, timezone
from kernel import disk, i18n
from rooms.absence import PATIENCE
from rooms.models import Interview, InterviewState
from scheduling.models import Appointment, AppointmentState


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do, and where; red alone for what cannot wait."""

    title: str
    words: str
    href: str
    tone: str = "person"
    appointment_id: int | None = None


def of_day(
    orals: list[Appointment], interviews: dict[int, Interview], moment: datetime
) -> list[Need]:
    """Return the orals that should have begun and wait for somebody."""
    needs = []
    for row in orals:
        interview = interviews.get(row.id)
        if row.state is not AppointmentState.PLANNED or row.starts_at + PATIENCE > moment:
            continue
        state = interview.state if interview else InterviewState.PLANNED
        waits = interview is not None and interview.waiting_since is not None
        if state is InterviewState.PLANNED:
            needs.append(_of(row, _("L'évaluateur n'est pas là"), waits=waits))
        elif state is InterviewState.OPEN and waits:
            needs.append(_of(row, _("Le candidat attend d'entrer"), waits=False))
    return needs


def _of(row: Appointment, title: str, *, waits: bool) -> Need:
    words = _(
        "%(hour)s · %(candidate)s avec %(evaluator)s",
        hour=i18n.time_in_words(row.starts_at, "fr", timezone()),
        candidate=row.candidacy.candidate.name,
        evaluator=row.evaluator.name,
    )
    if waits:
        words += " · " + _("le candidat attend")
    href = url_for("coordinator.candidacy_page", candidacy_id=row.candidacy_id)
    return Need(title, words, href, appointment_id=row.id)


def of_house(db: Session, moment: datetime) -> list[Need]:
    """Return what waits for a decision, and what the installation lacks."""
    needs = []
    if disk.is_low(house().settings):
        left = disk.free(house().settings) // disk.GB
        words = _("Il reste %(free)s Go : aucune salle ne s'ouvre.", free=left)
        needs.append(Need(_("Le disque est presque plein"), words, url_for("coordinator.home")))
    suspended = queries.counts(db)[Stage.SUSPENDED]
    if suspended:
        title = ngettext("%(num)d incident à traiter", "%(num)d incidents à traiter", suspended)
        href = url_for("coordinator.candidacies", stage="suspended")
        needs.append(Need(title, _("La suite attend votre décision."), href))
    for request in extensions.open_of(db, None):
        days = (moment - request.asked_at).days
        asked = ngettext("demandée il y a %(num)d jour", "demandée il y a %(num)d jours", days)
        needs.append(
            Need(
                _("Prolongation demandée"),
                " · ".join(
                    [
                        request.candidacy.candidate.name,
                        request.candidacy.organisation.name,
                        asked if days else _("demandée aujourd'hui"),
                    ]
                ),
                url_for("coordinator.candidacy_page", candidacy_id=request.candidacy_id),
                tone="wait",
            )
        )
    return needs
