"""What waits for a coordinator, in words: the list on top of the home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import LazyString

from evaluator_app.web.edge import db, house
from evaluator_app.words import _, _l, ngettext
from evaluator_app.words.vocabulary import INCIDENTS
from kernel import clock
from results import tasks
from results.tasks import PRESSING, Task, TaskKind
from rooms import incidents
from scheduling import queries as scheduling_queries

WORDS: Mapping[TaskKind, LazyString] = {
    TaskKind.SUSPENDED: _l("Incident à trancher"),
    TaskKind.WITHOUT_EVALUATOR: _l(
        "L'évaluateur n'a plus le droit d'examiner : confier l'oral à un autre"
    ),
    TaskKind.NOT_HELD: _l("L'heure de l'oral est passée sans qu'il ait lieu"),
    TaskKind.LEFT_OPEN: _l("Oral commencé et jamais terminé"),
    TaskKind.INCIDENT: _l("Incident à lire"),
    TaskKind.MESSAGE: _l("Message sans réponse"),
    TaskKind.EXTENSION: _l("Prolongation demandée"),
    TaskKind.PICTURE: _l("Photo d'identité à regarder"),
    TaskKind.WATCH: _l("Surveillance à examiner"),
    TaskKind.CONFLICT: _l("Deux résultats écrits à départager"),
    TaskKind.WRITTEN_MISSING: _l("Oral évalué, niveau écrit manquant"),
    TaskKind.WRITTEN_AWAITED: _l("Niveau écrit à entrer : l'oral ne peut pas être réservé"),
    TaskKind.SHEET_OVERDUE: _l("Grille en retard"),
    TaskKind.RATER_MISSING: _l("Notation à confier : personne n'a pu être sollicité"),
    TaskKind.RATING_OVERDUE: _l("Seconde notation ou arbitrage en retard"),
    TaskKind.RATING: _l("Seconde notation ou arbitrage en cours"),
    TaskKind.TO_VALIDATE: _l("Résultats à valider"),
    TaskKind.WITHHELD: _l("Résultat retenu"),
    TaskKind.DOCUMENTS: _l("Documents qui ne sont pas partis"),
}
SAID = (TaskKind.SUSPENDED, TaskKind.INCIDENT)
"""What somebody said of an oral, each by its kind."""
HELD_BY = (*PRESSING, TaskKind.INCIDENT, TaskKind.SHEET_OVERDUE)
"""What turns on an oral: whoever looks needs to know whose."""
PLACES: Mapping[TaskKind, str] = {
    TaskKind.SUSPENDED: "incidents",
    TaskKind.INCIDENT: "incidents",
    TaskKind.NOT_HELD: "oral",
    TaskKind.WITHOUT_EVALUATOR: "oral",
    TaskKind.WRITTEN_MISSING: "written",
    TaskKind.WRITTEN_AWAITED: "written",
    TaskKind.CONFLICT: "written",
    TaskKind.TO_VALIDATE: "outcome",
    TaskKind.WITHHELD: "outcome",
    TaskKind.RATER_MISSING: "rating",
    TaskKind.RATING_OVERDUE: "rating",
    TaskKind.RATING: "rating",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One task as the list shows it: what, of which kind, whose, since when, where it is done."""

    task: Task
    words: LazyString
    tone: str
    url: str
    about: str
    evaluator: str
    age: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits now; `more`: how many are not listed."""

    lines: list[Line]
    more: int


def queue() -> Queue:
    """Return what waits for a coordinator, the gravest first."""
    waiting, now = tasks.open_tasks(db()), clock.now()
    ids = {task.candidacy.id for task in waiting.rows}
    kinds = incidents.unread_kinds(db(), ids)
    evaluators = scheduling_queries.last_evaluators(db(), ids)
    lines = []
    for task in waiting.rows:
        evaluator = evaluators.get(task.candidacy.id) if task.kind in HELD_BY else None
        said = kinds.get(task.candidacy.id, []) if task.kind in SAID else []
        lines.append(
            Line(
                task,
                WORDS[task.kind],
                "person" if task.kind in PRESSING else "wait",
                _where(task),
                ", ".join(str(INCIDENTS[kind]) for kind in dict.fromkeys(said)) or _left(task, now),
                evaluator.name if evaluator else "",
                age(now - task.since),
            )
        )
    return Queue(lines, sum(waiting.counts.values()) - len(lines))


def _left(task: Task, now: datetime) -> str:
    """Say how long a picture can still be looked at; nothing of other tasks."""
    if task.kind is not TaskKind.PICTURE:
        return ""
    ends = task.since + timedelta(hours=house().settings.identity_picture_hours)
    hours = max(0, int((ends - now).total_seconds() // 3600))
    return _("effacée dans %(hours)d h", hours=hours)


def age(waited: timedelta) -> str:
    """Say how long something has waited, in its largest unit."""
    minutes = max(0, int(waited.total_seconds() // 60))
    if minutes < 60:
        return _("%(minutes)s min", minutes=minutes)
    if minutes < 48 * 60:
        return _("%(hours)s h", hours=minutes // 60)
    return ngettext("%(num)s jour", "%(num)s jours", minutes // (24 * 60))


def _where(task: Task) -> str:
    """Return the page where a task is done."""
    if task.kind is TaskKind.MESSAGE:
        return url_for("coordinator.messages")
    if task.kind is TaskKind.PICTURE:
        return url_for("coordinator.identity_pictures")
    place = PLACES.get(task.kind)
    return url_for("coordinator.candidacy_page", candidacy_id=task.candidacy.id, _anchor=place)
