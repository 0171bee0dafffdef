"""How the written test of a certification is put together: its bank, shares, lengths, levels."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from enrolment.models import Certification
from evaluator_app.desks.coordinator.written_settings_form import BlueprintForm
from evaluator_app.web.edge import actor, by_id, db, needs
from evaluator_app.web.fault_fields import on_form
from evaluator_app.words import _
from kernel.errors import VivaError
from kernel.levels import LEVELS
from kernel.permissions import Permission
from written_test import blueprints
from written_test.items import bank_queries
from written_test.models import Bank, Blueprint, Release
from written_test.questions.drafts import Skill

WIDTH = 600.0
EDGE = 4.0
"""The picture of the scale goes so far from its middle, unless a level begins further out."""


@dataclass(frozen=True, slots=True)
class Band:
    """A run of a picture, from left to right, and what stands in it."""

    name: str
    left: float
    width: float
    value: float


@dataclass(frozen=True, slots=True)
class WrittenSettings:
    """The written test of a certification as it stands, with its two pictures."""

    blueprint: Blueprint
    release: Release | None
    shares: list[Band]
    levels: list[Band]


def settled(session: Session, certification: Certification) -> WrittenSettings | None:
    """Return how the written test of a certification is made, None if it is not sat here."""
    row = blueprints.of_certification(session, certification.id)
    if row is None:
        return None
    return WrittenSettings(
        row,
        blueprints.latest_release(session, row.bank_id),
        share_bands({str(skill): row.shares.get(skill, 0.0) for skill in Skill}),
        level_bands(row.cuts),
    )


def share_bands(shares: dict[str, float]) -> list[Band]:
    """Return shares of 1 as bands side by side."""
    bands, left = [], 0.0
    for name, share in shares.items():
        bands.append(Band(name, round(left, 1), round(share * WIDTH, 1), share))
        left += share * WIDTH
    return bands


def level_bands(cuts: list[float]) -> list[Band]:
    """Return the levels on the scale of abilities; each band's value is where its level begins."""
    low, high = min(-EDGE, cuts[0] - 0.5), max(EDGE, cuts[-1] + 0.5)
    marks = [low, *cuts, high]
    unit = WIDTH / (high - low)
    names = ["", *(level.value for level in LEVELS)]
    return [
        Band(
            name, round((marks[at] - low) * unit, 1), round((end - marks[at]) * unit, 1), marks[at]
        )
        for at, (name, end) in enumerate(zip(names, marks[1:], strict=True))
    ]


@needs(Permission.MANAGE_BANKS, load=by_id(Certification, "certification_id"))
def written_settings(certification: Certification) -> ResponseReturnValue:
    """Settle the written test of a certification."""
    form = BlueprintForm()
    current = settled(db(), certification)
    banks = [row for row in bank_queries.banks(db()) if row.bank.language is certification.language]
    form.offer(banks)
    if not form.is_submitted():
        form.fill(current.blueprint if current else None)
    if form.validate_on_submit():
        bank = db().get_one(Bank, form.bank.data)
        try:
            blueprints.draw(db(), actor(), certification, bank, **form.values())
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("Le test écrit est réglé. Les tests commencés gardent leurs règles."), "good")
            return redirect(_card(certification))
    return render_template(
        "coordinator/certification_written.html",
        form=form,
        certification=certification,
        settled=current,
        banks=banks,
    )


@needs(Permission.MANAGE_BANKS, load=by_id(Certification, "certification_id"))
def remove_written(certification: Certification) -> ResponseReturnValue:
    """Say that the written test of a certification is no longer sat here."""
    blueprints.remove(db(), actor(), certification)
    flash(_("Le test écrit ne se passe plus ici. Les tests commencés vont à leur fin."), "good")
    return redirect(_card(certification))


def _card(certification: Certification) -> str:
    return url_for(".edit_certification", certification_id=certification.id) + "#written"
