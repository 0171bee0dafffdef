"""What pages of files that wait for their confirmation share (`kernel.staging`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from flask import flash, g, redirect
from flask.typing import ResponseReturnValue

from evaluator_app.words import say
from kernel.staging import NoLongerStaged

T = TypeVar("T")
View = Callable[..., ResponseReturnValue]


def or_back(address: Callable[[T], str]) -> Callable[[View], View]:
    """Lead back to where the file was given, in words, when it is kept no more.

    `address` is asked with the one thing that the view is called with.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*things: T, **parts: T) -> ResponseReturnValue:
            try:
                return view(*things, **parts)
            except NoLongerStaged as error:
                g.failed = True
                flash(say(error), "wait")
                [thing] = [*things, *parts.values()]
                return redirect(address(thing))

        return guarded

    return decorate
