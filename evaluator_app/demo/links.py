"""The links of `links.json`: one way in for each kind of person, made anew at each start."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluator_app.demo import cast, now
from kernel.permissions import SYSTEM
from kernel.settings import Settings
from people import entry
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
}


def collect(db: Session, settings: Settings) -> dict[str, str]:
    """Return the address of the demo and a link for each person of it."""
    appointment = now.prepare(db, settings)
    people = {user.email: user for user in db.scalars(select(User))}
    links = {"base_url": settings.base_url}
    for name, email in SIGN_IN.items():
        links[name] = entry.make(db, SYSTEM, settings, people[email], LinkPurpose.SIGN_IN)
        if name == "senior":
            links["candidate"] = announcing.personal_link(settings, appointment)
    return links
