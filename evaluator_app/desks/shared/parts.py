"""What the script of an oral's parts says, to whoever takes part or attends."""

from __future__ import annotations

from evaluator_app.words import _


def parts_sayings() -> dict[str, str]:
    """Return what `room/parts.js` says of the three parts and of the recording."""
    return {
        "recording": _("Enregistrement en cours"),
        "not_recording": _("Pas encore enregistré"),
        "part_time": _("%(elapsed)s sur %(limit)s"),
        "paused": _("temps arrêté"),
    }
