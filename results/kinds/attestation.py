"""The attestation of results: always given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kernel.errors import N_
from kernel.levels import LEVELS, Level
from results import queries
from results.documents import AttestationData, Criterion
from results.documents.words import SKILLS, say
from results.kinds import shared
from results.kinds.kind import Kind, Shown, Source, Words
from results.models import VerdictRow
from results.policy import DEFAULT
from rubrics.library import grid


def read(source: Source) -> AttestationData:
    """Read what the attestation of a verdict says."""
    verdict, locale = source.verdict, source.document.locale
    marked_with = queries.grid_of(verdict)
    names = marked_with.names(locale)
    day = verdict.inputs.get("written_on")
    return AttestationData(
        **shared.facts(source),
        overall=verdict.overall,
        written=verdict.written,
        oral=verdict.oral,
        criteria=tuple(
            Criterion(names[key], Level(level) if level else None)
            for key, level in marked_with.in_order(verdict.criteria)
        ),
        policy=verdict.policy,
        written_on=date.fromisoformat(day) if day else None,
        skills=tuple(
            Criterion(say(locale, SKILLS[skill]), level)
            for skill, level in queries.written_skills(verdict).items()
        ),
    )


def draw_1(facts: AttestationData, address: str) -> bytes:
    """Draw it as first published."""
    # Slow to import, and pages only read what documents state.
    from results.documents.attestation import attestation  # noqa: PLC0415

    return attestation(facts, address)


def show(verdict: VerdictRow) -> Shown:
    """Show the result."""
    return Shown(
        label=N_("Niveau global"),
        level=verdict.overall,
        title=N_("Attestation de résultats"),
        levels=((N_("Écrit"), verdict.written), (N_("Oral"), verdict.oral)),
    )


def sample(facts: Mapping[str, Any]) -> AttestationData:
    """Invent one."""
    names = grid().names(facts["locale"])
    return AttestationData(
        **facts,
        overall=Level.B2,
        written=Level.B2,
        oral=Level.B2,
        criteria=tuple(
            Criterion(names[key], LEVELS[2 + place % 3]) for place, key in enumerate(names)
        ),
        policy=DEFAULT.name,
        written_on=facts["oral_on"],
    )


KIND = Kind(
    name="attestation",
    words=Words(
        name=N_("attestation"),
        title=N_("Attestation de résultats"),
        definite=N_("l'attestation"),
        yours=N_("votre attestation de résultats"),
        to_open=N_("Ouvrir l'attestation"),
        promise=N_("une attestation toujours"),
    ),
    facts=AttestationData,
    is_due=lambda _verdict: True,
    read=read,
    templates={1: draw_1},
    show=show,
    sample=sample,
)
