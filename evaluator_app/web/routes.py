"""A desk's addresses as one table: `get("/agenda", agenda.page)`, and the blueprint made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One address of a desk, the view behind it, and the name that `url_for` knows it by."""

    rule: str
    view: View
    methods: tuple[str, ...]
    endpoint: str


def get(rule: str, view: View, endpoint: str = "") -> Route:
    """Return the address of something to look at; its name is the view's, unless it is given."""
    return Route(rule, view, ("GET",), endpoint or view.__name__)


def post(rule: str, view: View, endpoint: str = "") -> Route:
    """Return the address of an act."""
    return Route(rule, view, ("POST",), endpoint or view.__name__)


def form(rule: str, view: View, endpoint: str = "") -> Route:
    """Return the address of a form that is shown and sent at the same place."""
    return Route(rule, view, ("GET", "POST"), endpoint or view.__name__)


def lay_out(bp: Blueprint, routes: Iterable[Route]) -> None:
    """Give `bp` every address of `routes`."""
    for route in routes:
        bp.add_url_rule(route.rule, route.endpoint, route.view, methods=list(route.methods))
