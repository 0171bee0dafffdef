"""A way in for another device: who opens the written test on a phone gets it by mail."""

from __future__ import annotations

from evaluator_app.web.edge import db, house
from kernel import post
from kernel.permissions import SYSTEM
from people import entry
from people.models import LinkPurpose, User


def send_way_in(user: User) -> None:
    """Queue the mail with a link that signs in; one a minute at the most."""
    if entry.made_lately(db(), user.id, LinkPurpose.SIGN_IN):
        return
    link = entry.make(db(), SYSTEM, house().settings, user, LinkPurpose.SIGN_IN)
    post.queue(
        db(),
        "candidate_send_link",
        name=user.name,
        email=user.email,
        locale=user.locale,
        context={"person": user.name, "link": link},
        dedupe=f"candidate_send_link:{link[-60:]}",
    )
