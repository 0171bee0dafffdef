"""What is filled in to give a candidate more time, to refuse it, to free them from an oral."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from enrolment import extensions
from enrolment.models import Candidacy, ExtensionRequest
from evaluator_app.desks.shared.fields import PlausibleDay, strip
from evaluator_app.web.form_base import Form
from evaluator_app.words import _l
from kernel import clock, exam_zone
from kernel.errors import N_, Refused

USUAL = timedelta(days=14)


class ExtensionForm(Form):
    """Until which day, the day included; days are those of the exam's zone."""

    request = HiddenField()
    until = DateField(_l("Nouvelle fin de l'accès"), [InputRequired(), PlausibleDay()])
    reason = TextAreaField(_l("Motif"), [Optional(), Length(max=500)], filters=[strip])

    @classmethod
    def for_candidacy(cls, db: Session, candidacy: Candidacy) -> Self:
        """Return the form as one would mostly fill it in: two weeks more."""
        form = cls(formdata=None)
        waiting = extensions.open_request(db, candidacy)
        form.request.data = str(waiting.id) if waiting else ""
        form.until.data = exam_zone.day_of(max(candidacy.last_moment, clock.now()) + USUAL)
        return form

    def answers(self, waiting: ExtensionRequest | None) -> bool:
        """Tell whether the form answers a request.

        Raises:
            Refused: it answers one that somebody else has answered meanwhile.
        """
        if self.request.data and (waiting is None or self.request.data != str(waiting.id)):
            raise Refused(N_("Cette demande a déjà reçu sa réponse."))
        return bool(self.request.data)

    def moment(self) -> datetime:
        """Return the end of the day that was filled in."""
        return exam_zone.midnight(self.until.data + timedelta(days=1))


class RefusalForm(Form):
    """Why not."""

    reason = TextAreaField(
        _l("Motif"), [InputRequired(), Length(max=extensions.MOST_WORDS)], filters=[strip]
    )


class ForceMajeureForm(Form):
    """What kept the candidate from coming, and what shows it."""

    reason = TextAreaField(
        _l("Motif"),
        [InputRequired(), Length(max=500)],
        filters=[strip],
        description=_l("Le candidat et l'évaluateur le lisent : restez bref, sans détail médical."),
    )
    document = FileField(_l("Justificatif"), [Optional()])
    sure = BooleanField(
        _l("J'ai compris : le rendez-vous est annulé, et le candidat averti aussitôt"),
        [InputRequired()],
    )
