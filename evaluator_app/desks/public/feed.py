"""An evaluator's orals for their own calendar program; the secret address is the right of way."""

from __future__ import annotations

from flask import Response, request

from evaluator_app.web.edge import db, house
from scheduling import feed as feeds


def feed(feed: str) -> Response:
    """Give the orals, or nothing new."""
    answer = Response(feeds.of(db(), house().settings, feed[:200]), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="viva-voce.ics"'
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
