"""A small site of the frame and every macro, with the product's own policy, served for real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import wtforms
from flask import Flask, flash, redirect, render_template, request
from flask_login import LoginManager, UserMixin, login_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Browser, Playwright
from werkzeug.serving import make_server
from wtforms.validators import DataRequired

from evaluator_app.web import assets_manifest, shield
from evaluator_app.words import documents, language
from kernel.settings import Settings

PEOPLE = [
    ("Camille Delorme", "active"),
    ("Jean-Baptiste Périer", "wait"),
    ("Anaïs Nguyen", "person"),
    ("Zoé Ferrand", "good"),
    ("Luc Ô", "calm"),
]
MOMENT = datetime(2026, 12, 3, 13, 30, tzinfo=UTC)


class Claire(UserMixin):
    id = "1"
    name = "Claire Fontanel"
    email = "claire@horizon.example"
    locale = ""
    timezone = "Europe/Paris"
    role = "org_manager"


class Enrolment(FlaskForm):
    name = wtforms.StringField(
        "Nom", [DataRequired("Indiquez le nom.")], description="De naissance."
    )
    birth = wtforms.DateField("Naissance", [DataRequired()], default=date(1998, 3, 4))
    language = wtforms.SelectField("Langue", choices=[("en", "Anglais"), ("de", "Allemand")])
    target = wtforms.RadioField("Objectif", [DataRequired()], choices=[("b1", "B1"), ("b2", "B2")])
    rules = wtforms.BooleanField("J'ai lu les règles", [DataRequired("Cochez la case.")])
    note = wtforms.TextAreaField("Remarque")


def make_site(folder: Path) -> Flask:
    """Return the site; `sent` in its extensions counts what was posted to /sent."""
    settings = Settings(mode="test")
    site = Flask("gallery", static_folder=None)
    site.secret_key = "a secret of the tests"
    site.jinja_loader = ChoiceLoader(
        [FileSystemLoader(folder / "pages"), FileSystemLoader(settings.templates)]
    )
    site.extensions["sent"] = []
    CSRFProtect(site)
    LoginManager(site).user_loader(lambda _id: Claire())
    language.init_app(site)
    documents.init_app(site)
    assets_manifest.init_app(site, settings)
    shield.init_app(site)

    @site.context_processor
    def _context() -> dict:
        entries = [
            {"label": label, "href": f"/{label}", "icon": "users", "active": label == "Personnes"}
            for label in ("Accueil", "Candidatures", "Rendez-vous", "Personnes", "Journal")
        ]
        entries[0] |= {"count": 3, "urgent": True}
        return {
            "locale": language.locale(),
            "nav": entries,
            "demo": True,
            "clock_offset": timedelta(days=2, hours=3),
            "certifier": "Chambre Horizon",
            "support_email": "aide@viva-voce.example",
        }

    @site.get("/parts")
    def _parts() -> str:
        login_user(Claire())
        flash("L'invitation est partie.", "good")
        asked = request.args.get("q", "").casefold()
        people = [row for row in PEOPLE if asked in row[0].casefold()]
        return render_template("parts.html", moment=MOMENT, people=people)

    @site.route("/form", methods=["GET", "POST"])
    def _form() -> str:
        form = Enrolment()
        form.validate_on_submit()
        return render_template("form.html", form=form)

    @site.route("/sent", methods=["GET", "POST"])
    def _sent():
        site.extensions["sent"].append(request.method)
        return redirect("/stage")

    @site.get("/stage")
    def _stage() -> str:
        return render_template("stage.html")

    @site.get("/error/<int:status>")
    def _error(status: int) -> str:
        return render_template("errors/page.html", status=status, message="")

    @site.get("/")
    def _home() -> str:
        return render_template("public/home.html")

    site.add_url_rule("/link", "sign_in.link", _stage)  # the home leads there
    return site


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site(Path(__file__).parent)


@pytest.fixture(scope="module")
def address(site: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--disable-background-networking"],
    )
    yield browser
    browser.close()
