"""What stands in the header of every page: who is here, and where they can go."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for
from flask_login import current_user

from evaluator_app.web.edge import db, house, reach
from evaluator_app.words import _, locale
from kernel import clock
from kernel.permissions import Role
from results import tasks
from results.tasks import TaskKind

HOME = {
    Role.CANDIDATE: "/candidate/",
    Role.EVALUATOR: "/evaluator/",
    Role.ORGANISATION: "/organisation/",
    Role.COORDINATOR: "/coordinator/",
}


SENDERS = frozenset({Role.COORDINATOR, Role.ORGANISATION})
"""Who reads on their pages that letters leave."""


def home_of(role: Role) -> str:
    """Return the address of the desk of `role`."""
    return HOME[role]


def _home(*, alone: bool) -> str:
    return url_for("candidate.own_oral") if alone else home_of(current_user.role)


def waiting() -> dict[str, dict[str, Any]]:
    """Return how much waits behind the links of whoever looks, by address; red if it presses."""
    if current_user.role is not Role.COORDINATOR:
        return {}
    counts = tasks.counts(db())
    places = {
        "/coordinator/": frozenset(TaskKind),
        "/coordinator/proctoring": frozenset({TaskKind.WATCH, TaskKind.PICTURE}),
        "/coordinator/messages": frozenset({TaskKind.MESSAGE}),
        "/coordinator/deliberation": frozenset({TaskKind.TO_VALIDATE, TaskKind.WITHHELD}),
    }
    return {
        href: {
            "count": sum(counts[kind] for kind in kinds),
            "urgent": any(counts[kind] for kind in kinds & tasks.PRESSING),
        }
        for href, kinds in places.items()
    }


def entries(role: Role) -> list[dict[str, Any]]:
    """Return the header's links for `role`: label, address, icon, and whether one stands there."""
    table: dict[Role, list[tuple[str, str, str]]] = {
        Role.CANDIDATE: [(_("Mon parcours"), "/candidate/", "route")],
        Role.EVALUATOR: [
            (_("Entretiens"), "/evaluator/", "video"),
            (_("Mon agenda"), "/evaluator/agenda", "calendar"),
            (_("Mon équipement"), "/evaluator/equipment", "device-laptop"),
            (_("Mon regard"), "/evaluator/marking", "scale"),
        ],
        Role.ORGANISATION: [
            (_("Candidats"), "/organisation/", "users"),
            (_("Inscrire"), "/organisation/enrol", "user-plus"),
        ],
        Role.COORDINATOR: [
            (_("Aujourd'hui"), "/coordinator/", "layout-dashboard"),
            (_("Candidatures"), "/coordinator/candidacies", "certificate"),
            (_("Délibération"), "/coordinator/deliberation", "circle-check"),
            (_("Planning"), "/coordinator/plan", "calendar"),
            (_("Surveillance"), "/coordinator/proctoring", "eye-check"),
            (_("Messages"), "/coordinator/messages", "message-2"),
            (_("Résultats importés"), "/coordinator/written-results/", "file-import"),
            (_("Personnes"), "/coordinator/people", "users"),
            (_("Qualité de la notation"), "/coordinator/raters", "scale"),
            (_("Certifications"), "/coordinator/certifications", "books"),
            (_("Banques de questions"), "/coordinator/banks", "stack-2"),
            (_("Statistiques"), "/coordinator/statistics", "chart-bar"),
            (_("Journal"), "/coordinator/audit", "history"),
        ],
    }
    links = [
        {"label": label, "href": href, "icon": icon, "active": False}
        for label, href, icon in table.get(role, [])
    ]
    here = [link for link in links if request.path.startswith(str(link["href"]))]
    if here:
        max(here, key=lambda link: len(str(link["href"])))["active"] = True
    return links


def init_app(app: Flask) -> None:
    """Give every template the names that docs/design-system.md lists."""

    @app.context_processor
    def _context() -> dict[str, Any]:
        known = bool(current_user and current_user.is_authenticated)
        alone = bool(known and reach())  # a personal link opened one oral, and no desk
        settings = house().settings
        return {
            "nav": entries(current_user.role) if known and not alone else [],
            "nav_counts": waiting,
            "home": _home(alone=alone) if known else "/",
            "locale": locale(),
            "demo": settings.mode == "demo",
            "letters_stay": known and not settings.letters_leave and current_user.role in SENDERS,
            "clock_url": url_for("public.move_clock") if settings.mode == "demo" else None,
            "clock_offset": clock.offset() if settings.sandbox else None,
            "certifier": settings.certifier,
            "support_email": settings.support,
            "notices": [
                (_("Mentions légales"), url_for("public.legal")),
                (_("Données personnelles"), url_for("public.privacy")),
                (_("Accessibilité"), url_for("public.accessibility")),
            ],
            "sign_in_url": url_for("sign_in.login"),
            "account_links": []
            if alone
            else [
                {"label": _("Mon compte"), "href": url_for("account.home"), "icon": "user-circle"}
            ],
            "sign_out_url": url_for("sign_in.logout"),
        }
