"""The risk file of a certification: without it, no software looks for faces during its test."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from enrolment.models import Certification
from evaluator_app.web.edge import actor, by_id, db, house, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l
from evaluator_app.words.vocabulary import Words
from kernel.errors import VivaError
from kernel.permissions import Permission
from people.models import User
from proctor import risk_files
from proctor.models import RiskFile

LABELS: Words = {
    "purpose": _l("Finalité"),
    "accuracy": _l("Exactitude mesurée"),
    "oversight": _l("Contrôle humain"),
    "logs": _l("Journaux gardés"),
    "notice": _l("Information des candidats"),
    "alternative": _l("Passage en présence"),
}
HINTS: Words = {
    "purpose": _l("À quoi sert de chercher un visage, et pourquoi la caméra seule ne suffit pas."),
    "accuracy": _l(
        "Sur quelles images, combien, avec quelles couleurs de peau et quelles lumières ; combien "
        "de visages manqués et de fausses alertes pour chacune."
    ),
    "oversight": _l("Qui regarde les signaux, qui peut les écarter, et comment."),
    "logs": _l("Ce qui est inscrit, où, combien de temps, et qui peut le lire."),
    "notice": _l("Quand et comment les candidats sont prévenus, en plus de la page du test."),
    "alternative": _l("Où et comment passer le test sans caméra, et comment le demander."),
}


def _area(name: str) -> TextAreaField:
    most = Length(max=risk_files.MOST_WORDS)
    return TextAreaField(LABELS[name], [most], description=HINTS[name], render_kw={"rows": 4})


class RiskFileForm(Form):
    """What the certifier says of face detection, and whether it is on."""

    purpose = _area("purpose")
    accuracy = _area("accuracy")
    oversight = _area("oversight")
    logs = _area("logs")
    notice = _area("notice")
    alternative = _area("alternative")
    detection = BooleanField(
        _l("Chercher s'il y a un visage dans l'image pendant le test écrit"),
        description=_l("Vaut pour les surveillances qui s'ouvrent ensuite."),
    )


@needs(Permission.MANAGE_CATALOGUE, load=by_id(Certification, "certification_id"))
def risk_file(certification: Certification) -> ResponseReturnValue:
    """Show and write the risk file; each change is a version of its own."""
    form = RiskFileForm()
    last = risk_files.latest(db(), certification.id)
    if last is not None and not form.is_submitted():
        form.process(obj=last)
    if form.validate_on_submit():
        words = {name: form[name].data or "" for name in risk_files.PARTS}
        try:
            risk_files.write(db(), actor(), certification, words, detection=form.detection.data)
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("Le dossier de risque est enregistré."), "good")
            return redirect(url_for(".risk_file", certification_id=certification.id))
    versions = risk_files.versions(db(), certification.id)
    return render_template(
        "coordinator/risk_file.html",
        form=form,
        certification=certification,
        versions=[(version, _author(version)) for version in versions],
        labels=LABELS,
        in_force=risk_files.in_force(db(), house().settings, certification.id),
        forbidden=not house().settings.face_detection,
    )


def _author(version: RiskFile) -> str:
    return db().get_one(User, version.written_by_id).name
