"""Levels as candidates read them: what each means, and the six that are published, as bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluator_app.words import _
from evaluator_app.words.vocabulary import SKILLS
from kernel.levels import Level, of_rank
from results import queries
from results.models import VerdictRow
from rubrics.library import Grid


def bar_of(level: Level) -> int:
    """Return where a published level stands among the seventeen values, from 0 to 16."""
    return max(0, level.rank * 3 - 2)


def published_profile(
    grid: Grid, criteria: Mapping[str, str | None], locale: str
) -> list[dict[str, Any]]:
    """Return the criteria of a verdict as rows of a profile; half levels stay inside."""
    names = grid.names(locale)
    rows = []
    for key, text in grid.in_order(criteria):
        level = Level(text) if text is not None else None
        rows.append(
            {
                "name": names[key],
                "word": level.label(locale) if level is not None else _("Non évaluable"),
                "rank": bar_of(level) if level is not None else None,
            }
        )
    return rows


@dataclass(frozen=True)
class Step:
    """A criterion to work on: where it stands, the next level and what that one asks."""

    name: str
    word: str
    following: str
    asks: str


@dataclass(frozen=True)
class Progress:
    """What a profile shows beside its target."""

    strengths: list[str]
    steps: list[Step]  # the lowest first


def progress(
    grid: Grid, criteria: Mapping[str, str | None], target: Level, locale: str
) -> Progress:
    """Return what somebody does well and what to work on, by the words of the grid.

    Strengths are what reaches the target; where nothing does, what stands above the rest.
    """
    levels = [(key, Level(text)) for key, text in grid.in_order(criteria) if text is not None]
    names = grid.names(locale)
    reached = [key for key, level in levels if level >= target]
    if not reached and levels:
        best = max(level for _key, level in levels)
        reached = [key for key, level in levels if level == best]
        if len(reached) == len(levels):
            reached = []
    steps = []
    for key, level in sorted(levels, key=lambda pair: pair[1].rank):
        if level >= target:
            continue
        following = of_rank(level.rank + 1)
        asks = grid.criterion(key).bands[following].say(locale)
        steps.append(Step(names[key], level.label(locale), following.label(locale), asks))
    return Progress([names[key] for key in reached], steps)


def written_profile(verdict: VerdictRow, locale: str) -> list[dict[str, Any]]:
    """Return the skills of the written part as rows of a profile, where they are known."""
    return [
        {"name": SKILLS[skill], "word": level.label(locale), "rank": bar_of(level)}
        for skill, level in queries.written_skills(verdict).items()
    ]


def meaning(level: Level) -> str:
    """Return what somebody of `level` can do."""
    return {
        Level.BELOW: _(
            "Vous reconnaissez quelques mots. Le niveau A1 demande de savoir se présenter et "
            "poser des questions très simples."
        ),
        Level.A1: _(
            "Vous vous présentez et vous répondez à des questions simples, avec des mots "
            "isolés, si l'on parle lentement et que l'on vous aide."
        ),
        Level.A2: _(
            "Vous échangez sur des sujets familiers et des tâches courantes de votre travail, "
            "avec des phrases simples."
        ),
        Level.B1: _(
            "Vous vous débrouillez dans la plupart des situations de travail ou de voyage, et "
            "vous dites votre avis avec vos mots."
        ),
        Level.B2: _(
            "Vous conversez avec aisance, vous expliquez un point de vue et vous le défendez, y "
            "compris sur des sujets de votre métier."
        ),
        Level.C1: _(
            "Vous parlez longuement et avec précision de sujets complexes, sans chercher vos "
            "mots de façon visible."
        ),
        Level.C2: _(
            "Vous comprenez tout sans effort et vous exprimez les nuances les plus fines, même "
            "dans des situations difficiles."
        ),
    }[level]
