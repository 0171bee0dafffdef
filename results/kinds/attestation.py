"""The attestation of results: always given."""

from __future__ import annotations

from datetime import date

from kernel.errors import N_
from kernel.levels import Level
from results import queries
from results.documents import AttestationData, Criterion
from results.documents.words import SKILLS, say
from results.kinds import shared
from results.kinds.kind import Kind, Source


def read(source: Source) -> AttestationData:
    """Read what the attestation of a verdict says."""
    verdict, locale = source.verdict, source.document.locale
    grid = queries.grid_of(verdict)
    names = grid.names(locale)
    day = verdict.inputs.get("written_on")
    return AttestationData(
        **shared.facts(source),
        overall=verdict.overall,
        written=verdict.written,
        oral=verdict.oral,
        criteria=tuple(
            Criterion(names[key], Level(level) if level else None)
            for key, level in grid.in_order(verdict.criteria)
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


KIND = Kind(
    name="attestation",
    word=N_("attestation"),
    facts=AttestationData,
    is_due=lambda _verdict: True,
    read=read,
    templates={1: draw_1},
)
