"""The language of a page: chosen by `?lang=`, the session, the person, or the browser."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask, g, request, session
from flask_babel import Babel, get_locale, refresh
from flask_babel.speaklater import LazyString
from flask_login import current_user

from kernel import exam_zone, i18n
from kernel.errors import VivaError
from kernel.permissions import Role


def locale() -> str:
    """Return the page's language, "fr" or "en"."""
    chosen = get_locale()
    return chosen.language if chosen else "fr"


def _select() -> str:
    asked = request.args.get("lang", "")
    if asked in set(i18n.Locale):
        session["lang"] = asked
    if (kept := session.get("lang")) in set(i18n.Locale):
        return str(kept)
    if current_user and current_user.is_authenticated and current_user.locale:
        return str(current_user.locale)
    if (spoken := g.get("spoken")) in set(i18n.Locale):
        return str(spoken)
    return request.accept_languages.best_match(["fr", "en"]) or "fr"


def speak(language: str) -> None:
    """Let this page speak `language` to somebody who is known but not signed in, as by a link."""
    g.spoken = language
    refresh()
    g.locale = locale()


def timezone() -> str:
    """Return the zone of the one clock that a page tells time by.

    Coordinators run the exam: they read it, as they type it, on the exam's clock. Anybody else
    reads it on the clock of their own account, and whoever has none on the exam's.
    """
    known = current_user and current_user.is_authenticated
    if not known or current_user.role == Role.COORDINATOR:
        return exam_zone.name()
    return str(current_user.timezone)


def _(message: str, **params: object) -> str:
    """Translate a French source string into the page's language."""
    return i18n.gettext(locale(), message, **params)


def ngettext(singular: str, many: str, number: int, **params: object) -> str:
    """Translate a string that depends on a number."""
    return i18n.ngettext(locale(), singular, many, number, **params)


def pgettext(context: str, message: str, **params: object) -> str:
    """Translate a string as it is meant in `context`."""
    return i18n.pgettext(locale(), context, message, **params)


def _l(message: str) -> LazyString:
    """Translate a French source string when it is shown: for labels made at import time."""
    return LazyString(_, message)


def say(error: VivaError) -> str:
    """Return what `error` says, in the page's language."""
    return i18n.refusal(error, locale())


def _filters() -> dict[str, Any]:
    """Return how pages write days, hours, places."""

    def moment(value: datetime, zone: str | None = None) -> str:
        return i18n.moment_in_words(value, locale(), zone or timezone())

    def day(value: datetime | date, zone: str | None = None) -> str:
        return i18n.day_in_words(value, locale(), zone or timezone())

    def closing(last: datetime) -> str:
        return i18n.closing_in_words(last, locale(), timezone())

    def hour(value: datetime, zone: str | None = None) -> str:
        return i18n.time_in_words(value, locale(), zone or timezone())

    def date_(value: datetime | date, zone: str | None = None) -> str:
        return i18n.date_in_words(value, locale(), zone or timezone())

    def brief(value: datetime | date, zone: str | None = None) -> str:
        return i18n.date_in_brief(value, locale(), zone or timezone())

    def city(zone: str) -> str:
        return i18n.city(zone, locale())

    def clock(zone: str) -> str:
        return i18n.clock_of(zone, locale())

    def country(code: str) -> str:
        return i18n.country_in_words(code, locale())

    return {
        "moment": moment,
        "day": day,
        "date": date_,
        "brief": brief,
        "closing": closing,
        "hour": hour,
        "country": country,
        "capital": i18n.capital,
        "city": city,
        "clock": clock,
    }


def init_app(app: Flask) -> None:
    """Give templates `_`, `ngettext`, `pgettext` and the filters for days and hours."""
    Babel(app, locale_selector=_select, timezone_selector=timezone)
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda m, **p: i18n.gettext(locale(), m, **p),
        ngettext=lambda s, p, n, **k: i18n.ngettext(locale(), s, p, n, **k),
        pgettext=lambda c, m, **p: i18n.pgettext(locale(), c, m, **p),
        newstyle=True,
    )

    env.filters.update(_filters())
    env.globals["exam_zone"] = exam_zone.name
    env.globals["page_zone"] = timezone

    @app.before_request
    def _remember() -> None:
        g.locale = locale()
