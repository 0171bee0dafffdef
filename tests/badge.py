"""A third kind of document, as whoever adds one writes it: facts, words, rules, and its `KIND`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from results.documents import Person
from results.kinds import Kind, Shown, Source, Words, shared
from results.models import VerdictRow


@dataclass(frozen=True)
class BadgeFacts:
    code: str
    certification: str
    person: Person
    level: str


def read(source: Source) -> BadgeFacts:
    return of(shared.facts(source), str(source.verdict.oral))


def of(facts: Mapping[str, Any], level: str) -> BadgeFacts:
    return BadgeFacts(facts["code"], facts["certification"], facts["person"], level)


def draw_1(facts: BadgeFacts, address: str) -> bytes:
    return f"{facts.level} {facts.person.full_name} {facts.code} {address}".encode()


def show(verdict: VerdictRow) -> Shown:
    return Shown(label="Niveau du badge", level=verdict.oral, title="Badge oral %(level)s")


BADGE = Kind(
    name="badge",
    words=Words(
        name="badge",
        title="Badge de l'oral",
        definite="le badge",
        yours="votre badge",
        to_open="Ouvrir le badge",
        promise="un badge à qui le demande",
    ),
    facts=BadgeFacts,
    is_due=lambda verdict: verdict.certified,
    read=read,
    templates={1: draw_1},
    show=show,
    sample=lambda facts: of(facts, "B2"),
    icon="award",
    media_type="text/plain",
    ending="txt",
)
