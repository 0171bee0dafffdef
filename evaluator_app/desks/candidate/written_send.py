"""A way in for another device: who opens the written test on a phone gets it by mail."""

from __future__ import annotations

from evaluator_app.web.edge import db
from people import entry, letters
from people.models import LinkPurpose, User


def send_way_in(user: User) -> None:
    """Queue the mail with a link that signs in; one a minute at the most."""
    if not entry.sent_lately(db(), user, LinkPurpose.SIGN_IN):
        letters.to(db(), user, "candidate_send_link", opens=entry.opens(LinkPurpose.SIGN_IN))
