"""The composition root: one Flask application from the settings."""

from __future__ import annotations

from apiflask import APIFlask
from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from evaluator_app import sign_in
from evaluator_app.api import routes as api
from evaluator_app.desks.candidate import routes as candidate
from evaluator_app.desks.candidate import written_pulses
from evaluator_app.desks.coordinator import routes as coordinator
from evaluator_app.desks.evaluator import routes as evaluator
from evaluator_app.desks.organisation import routes as organisation
from evaluator_app.desks.public import routes as public
from evaluator_app.desks.shared.account import routes as account
from evaluator_app.live import pokes
from evaluator_app.live.hub import live
from evaluator_app.processes import metrics
from evaluator_app.web import assets_manifest, edge, faults, incoming, large_bodies, limits, shield
from evaluator_app.web.edge import House
from evaluator_app.wiring import rules, timekeeping
from evaluator_app.words import documents, language, navigation, vocabulary
from kernel import settings as settings_module
from kernel.db import Database
from kernel.settings import Settings
from kernel.storage import from_settings as storage_from
from rooms.engines import Engine, native

csrf = CSRFProtect()


def _engine(settings: Settings) -> Engine:
    return native.from_settings(settings)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secrets[0],
        SECRET_KEY_FALLBACKS=settings.secrets[1:],
        MAX_CONTENT_LENGTH=11 * 1024 * 1024,  # a document of 10 MB, and the form around it
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="__Host-viva" if settings.over_https else "viva",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.over_https,
        WTF_CSRF_TIME_LIMIT=None,
        AUTO_200_RESPONSE=False,  # pages are no part of the API
        AUTO_SERVERS=False,
    )


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """Return the application; everything it needs comes from `settings` (default: environment)."""
    settings = settings or settings_module.load()
    timekeeping.follow(settings)
    app = APIFlask(
        __name__,
        title="Viva Voce",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        template_folder=str(settings.templates),
        static_folder=None,  # type: ignore[arg-type]
    )
    _configure(app, settings)
    app.extensions["viva"] = House(
        settings=settings,
        database=Database(settings.database),
        storage=storage_from(settings),
        engine=engine or _engine(settings),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    rules.register()
    metrics.init_app(app, settings)
    written_pulses.init_app(app)
    large_bodies.init_app(app)
    csrf.init_app(app)
    language.init_app(app)
    edge.init_app(app)
    shield.init_app(app)
    faults.init_app(app)
    assets_manifest.init_app(app, settings)
    sign_in.init_app(app)
    incoming.init_app(app)
    vocabulary.init_app(app)
    documents.init_app(app)
    limits.init_app(app)
    navigation.init_app(app)
    for desk in (public, account, candidate, evaluator, organisation, coordinator):
        desk.register(app)
    csrf.exempt(api.register(app))  # nobody's browser calls with a token
    live.init_app(app)
    app.extensions["viva_wake_jobs"] = pokes.waker(settings)
    return app
