"""Every guarded view of a desk has an address: none was written and then forgotten in its table."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from twins import on_sqlite

from evaluator_app import desks


def guarded() -> list[object]:
    """Return every view of the desks that `needs` or `for_role` guards, unwrapped."""
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(desks.__path__, f"{desks.__name__}.")
    ]
    return [
        inspect.unwrap(thing)
        for module in modules
        for thing in vars(module).values()
        if inspect.isfunction(thing)
        and inspect.unwrap(thing).__module__ == module.__name__
        and (hasattr(thing, "permission") or hasattr(thing, "roles"))
    ]


@on_sqlite
def test_every_guarded_view_has_an_address(app):
    placed = {inspect.unwrap(view) for view in app.view_functions.values()}
    views = guarded()
    assert len(views) > 100
    assert [view for view in views if view not in placed] == []
