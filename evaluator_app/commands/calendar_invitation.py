"""`viva calendar invitation`: the calendar file that a candidate would get, to try elsewhere."""

from __future__ import annotations

import sys
from argparse import Namespace

from kernel import calendar, links
from kernel.clock import now
from kernel.i18n import Locale
from kernel.mail import Recipient
from kernel.settings import load
from people import delivery
from people.letters import Letter
from scheduling import announcing


def run(arguments: Namespace) -> int:
    """Print the invitation as it is; the candidate and the certification are invented."""
    settings = load()
    wanted = announcing.CANDIDATE | {
        "method": calendar.Method.REQUEST,
        "uid": f"sample-{arguments.start:%Y%m%dT%H%M%SZ}@viva-voce",
        "sequence": 0,
        "starts_at": arguments.start.isoformat(),
        "minutes": arguments.minutes,
        "names": {"certification": "Anglais professionnel"},
    }
    link = links.address(settings, "personal", token="sample")  # noqa: S106 -- leads nowhere
    letter = Letter(
        key="sample",
        template="appointment_confirmed",
        queued_at=now(),
        reader=None,
        to=Recipient("Camille Delaunay", "camille@candidats.example"),
        locale=Locale.FR,
        zone=arguments.zone,
        context={"link": link},
    )
    occasion = delivery.occasion(settings, wanted, letter)
    sys.stdout.buffer.write(calendar.invitation(occasion))
    sys.stdout.buffer.flush()
    return 0
