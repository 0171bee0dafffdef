"""When an oral is, in the words of whoever reads: their own hour, the exam's where it differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evaluator_app.words import _, locale
from kernel import exam_zone, i18n

SOON_MINUTES = 60


@dataclass(frozen=True, slots=True)
class MomentInWords:
    """A moment in words; `elsewhere` is the exam's own hour, "" where both clocks agree."""

    words: str
    elsewhere: str


def say(moment: datetime, zone: str) -> MomentInWords:
    """Say `moment` in the zone of whoever reads, and in the exam's zone when it differs."""
    here = i18n.moment_in_words(moment, locale(), zone)
    there = i18n.moment_in_words(moment, locale())
    if here == there:
        return MomentInWords(here, "")
    same_day = here.rsplit(" ", 2)[0] == there.rsplit(" ", 2)[0]
    hour = i18n.time_in_words(moment, locale()) if same_day else there
    clock = i18n.clock_of(exam_zone.name(), locale())
    return MomentInWords(_("%(moment)s, votre heure", moment=here), f"{hour}, {clock}")


def wait(now: datetime, moment: datetime) -> str:
    """Say how far `moment` is from `now`: "dans 25 minutes", "il y a 5 minutes", or ""."""
    minutes = round((moment - now).total_seconds() / 60)
    if minutes == 0:
        return _("maintenant")
    if abs(minutes) <= SOON_MINUTES:
        if minutes > 0:
            return _("dans %(minutes)s min", minutes=minutes)
        return _("il y a %(minutes)s min", minutes=-minutes)
    return ""
