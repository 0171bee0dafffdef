"""What waits for a coordinator, in words: the list on top of the home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString

from evaluator_app.web.edge import db
from evaluator_app.words import _l
from results import tasks
from results.tasks import Task, TaskKind

WORDS: Mapping[TaskKind, LazyString] = {
    TaskKind.SUSPENDED: _l("Incident à trancher"),
    TaskKind.WITHOUT_EVALUATOR: _l(
        "L'évaluateur n'a plus le droit d'examiner : confier l'oral à un autre"
    ),
    TaskKind.NOT_HELD: _l("L'heure de l'oral est passée sans qu'il ait lieu"),
    TaskKind.LEFT_OPEN: _l("Oral commencé et jamais terminé"),
    TaskKind.INCIDENT: _l("Incident à lire"),
    TaskKind.MESSAGE: _l("Message sans réponse"),
    TaskKind.WATCH: _l("Surveillance à examiner"),
    TaskKind.CONFLICT: _l("Deux résultats écrits à départager"),
    TaskKind.WRITTEN_MISSING: _l("Oral évalué, niveau écrit manquant"),
    TaskKind.SHEET_OVERDUE: _l("Grille en retard"),
    TaskKind.TO_VALIDATE: _l("Résultats à valider"),
    TaskKind.DOCUMENTS: _l("Documents qui ne sont pas partis"),
}
NOW = (TaskKind.SUSPENDED, TaskKind.WITHOUT_EVALUATOR, TaskKind.NOT_HELD, TaskKind.LEFT_OPEN)
"""What cannot wait; the rest is ordinary work."""
PLACES: Mapping[TaskKind, str] = {
    TaskKind.INCIDENT: "incidents",
    TaskKind.NOT_HELD: "oral",
    TaskKind.WITHOUT_EVALUATOR: "oral",
    TaskKind.WRITTEN_MISSING: "written",
    TaskKind.CONFLICT: "written",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One task as the list shows it: what, whose, since when, and where it is done."""

    task: Task
    words: LazyString
    tone: str
    url: str

    @property
    def since(self) -> datetime:
        """Since when it waits."""
        return self.task.since


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits now; `more`: how many are not listed."""

    lines: list[Line]
    more: int


def queue() -> Queue:
    """Return what waits for a coordinator, the gravest first."""
    waiting = tasks.open_tasks(db())
    lines = [
        Line(
            task,
            WORDS[task.kind],
            "person" if task.kind in NOW else "wait",
            _where(task),
        )
        for task in waiting.rows
    ]
    return Queue(lines, sum(waiting.counts.values()) - len(lines))


def _where(task: Task) -> str:
    """Return the page where a task is done."""
    if task.kind is TaskKind.MESSAGE:
        return url_for("coordinator.messages")
    place = PLACES.get(task.kind)
    return url_for("coordinator.candidacy_page", candidacy_id=task.candidacy.id, _anchor=place)
