"""The links of `links.json`: one way in for each kind of person, made anew at each start."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluator_app.demo import cast, now
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from people import entry
from people.languages import Language
from people.models import LinkPurpose, User
from scheduling import announcing

SIGN_IN = {
    "evaluator": cast.EVALUATOR,
    "evaluator2": cast.EVALUATOR2,
    "senior": cast.SENIOR,
    "candidate_new": cast.CANDIDATE_NEW,
    "candidate_booking": cast.CANDIDATE_BOOKING,
    "organisation": cast.MANAGER,
    "organisation2": cast.MANAGER2,
    "coordinator": cast.COORDINATOR,
    "coordinator2": cast.COORDINATOR2,
    "evaluator_fle": cast.EVALUATOR_FLE,
    "evaluator_de": cast.EVALUATOR_DE,
    "candidate_fle_new": cast.CANDIDATE_FLE_NEW,
}
# After whose way in the candidate of an oral that starts now comes, and in which language it is.
CANDIDATES = {
    "senior": ("candidate", Language.EN),
    "evaluator_fle": ("candidate_fle", Language.FR),
    "evaluator_de": ("candidate_de", Language.DE),
}


def collect(db: Session, settings: Settings) -> dict[str, str]:
    """Return the address of the demo and a link for each person of it."""
    appointments = {language: now.prepare(db, settings, language) for language in cast.ORALS_NOW}
    people = {user.email: user for user in db.scalars(select(User))}
    links = {"base_url": settings.base_url}
    for name, email in SIGN_IN.items():
        links[name] = entry.make(db, SYSTEM, settings, people[email], LinkPurpose.SIGN_IN)
        if name in CANDIDATES:
            candidate, language = CANDIDATES[name]
            links[candidate] = announcing.personal_link(settings, appointments[language])
    return links
