"""`viva calendar invitation`: the calendar file that a candidate would get, to try elsewhere."""

from __future__ import annotations

import sys
from argparse import Namespace

from kernel import calendar, delivery, links
from kernel.clock import now
from kernel.i18n import Locale
from kernel.mail import Recipient
from kernel.settings import load


def run(arguments: Namespace) -> int:
    """Print the invitation as it is; the candidate and the certification are invented."""
    settings = load()
    wanted = {
        "method": calendar.Method.REQUEST,
        "uid": f"sample-{arguments.start:%Y%m%dT%H%M%SZ}@viva-voce",
        "sequence": 0,
        "starts_at": arguments.start.isoformat(),
        "minutes": arguments.minutes,
        "zone": arguments.zone,
        "certification": "Anglais professionnel",
        "guest": "candidate",
        "link": links.address(settings, "personal", token="sample"),  # noqa: S106 -- leads nowhere
    }
    guest = Recipient("Camille Delaunay", "camille@candidats.example")
    occasion = delivery.occasion(settings, wanted, Locale.FR, now(), guest)
    sys.stdout.buffer.write(calendar.invitation(occasion))
    sys.stdout.buffer.flush()
    return 0
