"""Calendar files: one appointment as the `.ics` that goes with a mail.

A calendar program knows an appointment by its UID and believes the highest sequence: the same
UID must come back with a higher number when the appointment moves, and with the method CANCEL
when it is cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

from kernel import calendar_zone
from kernel.headers import one_line
from kernel.mail import Attachment


class Method(StrEnum):
    """What the file asks of the calendar program."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Occasion:
    """One appointment as its guest's calendar should show it.

    `sequence` counts the changes, from 0; `stamp` is the moment of this change; `zone` is the
    guest's own. `organiser` and `guest` are pairs of a name and an address.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    minutes: int
    zone: str
    summary: str
    description: str
    url: str
    organiser: tuple[str, str]
    guest: tuple[str, str]
    remind_minutes: int = 30
    reminder: str = ""


def invitation(occasion: Occasion, method: Method = Method.REQUEST) -> bytes:
    """Return the calendar file of `occasion`; equal values give equal bytes."""
    start, end, zone = _local(occasion)
    calendar = Calendar()
    calendar.add("prodid", "-//Viva Voce//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    event = Event()
    event.add("uid", occasion.uid)
    event.add("sequence", occasion.sequence)
    event.add("dtstamp", occasion.stamp.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", one_line(occasion.summary))
    event.add("description", occasion.description)
    event.add("location", occasion.url)
    event.add("url", occasion.url)
    event.add("class", "PRIVATE")
    event.add("organizer", _person(*occasion.organiser))
    guest = _person(*occasion.guest)
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    # The appointment is already agreed: the calendar has no question to ask.
    guest.params["PARTSTAT"] = vText("ACCEPTED")
    guest.params["RSVP"] = vText("FALSE")
    event.add("attendee", guest)
    if method is Method.CANCEL:
        event.add("status", "CANCELLED")
        event.add("transp", "TRANSPARENT")
    else:
        event.add("status", "CONFIRMED")
        event.add_component(_alarm(occasion))
    if zone is not None:
        calendar.add_component(zone)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def attachment(occasion: Occasion, method: Method = Method.REQUEST) -> Attachment:
    """Return the file of `occasion` as it goes with a mail."""
    return Attachment(
        name="rendez-vous.ics",
        type=f"text/calendar; method={method.value}; charset=utf-8",
        content=invitation(occasion, method),
    )


def _local(occasion: Occasion) -> tuple[datetime, datetime, Timezone | None]:
    """Return start and end in the guest's zone with its definition, or in UTC with none.

    In UTC, which every program reads alike, where the zone's clock says two things, or where no
    definition that all read describes it.
    """
    start = occasion.starts_at.astimezone(UTC)
    end = start + timedelta(minutes=occasion.minutes)
    known = None if occasion.zone == "UTC" else calendar_zone.definition(occasion.zone, start)
    if known is None:
        return start, end, None
    zone = ZoneInfo(occasion.zone)
    local = (start.astimezone(zone), end.astimezone(zone))
    if any(t.replace(fold=0).utcoffset() != t.replace(fold=1).utcoffset() for t in local):
        return start, end, None
    return *local, known


def _alarm(occasion: Occasion) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one_line(occasion.reminder or occasion.summary))
    alarm.add("trigger", timedelta(minutes=-occasion.remind_minutes))
    return alarm


def _person(name: str, email: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{one_line(email)}")
    person.params["CN"] = vText(one_line(name).replace('"', "'"))
    return person
