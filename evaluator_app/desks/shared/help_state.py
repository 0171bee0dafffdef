"""Where a candidate stood when they asked for help, in words."""

from __future__ import annotations

from typing import Any

from evaluator_app.words import _
from evaluator_app.words.vocabulary import STAGES


def in_words(state: dict[str, Any]) -> list[tuple[str, str]]:
    """Return an attached state as label and value, for whoever reads it."""
    pages = {"help": _("Aide"), "test": _("Test écrit"), "oral": _("Entretien oral")}
    tests = {
        "running": _("en cours"),
        "left": _("quitté, à reprendre"),
        "ended": _("terminé"),
        "void": _("annulé"),
    }
    said = [
        (_("Page"), pages.get(str(state.get("page")), "")),
        (_("Candidature"), str(STAGES.get(str(state.get("stage")), ""))),
    ]
    if state.get("test"):
        words = tests.get(str(state["test"]), "")
        said.append((_("Test écrit"), words))
        said.append((_("Questions montrées"), str(state.get("questions", ""))))
    said.append((_("Navigateur"), str(state.get("browser", ""))))
    return [(label, value) for label, value in said if value]
