"""What processes write to their log: one line an event, in UTC, the same shape everywhere."""

from __future__ import annotations

import logging
import sys
import traceback

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from kernel.loglines import THROTTLE, discreet, unfailing

log = structlog.get_logger(__name__)

RENDERER = structlog.dev.ConsoleRenderer(
    colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
)


def configure(level: int = logging.INFO) -> None:
    """Write events as `time [level] event key=value …` to standard error, where all may read."""
    logging.basicConfig(
        level=logging.WARNING,
        stream=unfailing(sys.stderr),
        format="%(asctime)s [%(levelname)s] %(name)s: %(message)s",
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            RENDERER,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(unfailing(sys.stderr)),
        cache_logger_on_first_use=True,
    )


def failed(event: str, error: Exception, **facts: object) -> None:
    """Write that something that is tried again failed: the same once a minute, with its count."""
    kept = THROTTLE.kept_back((event, type(error), str(error), facts.get("job")))
    if kept is not None:
        _write(event, error, {**facts, "since_last_line": kept} if kept else facts)


def refused(event: str, error: Exception, **facts: object) -> None:
    """Write that a request failed, a line each; its trace once a minute for the same failure."""
    if THROTTLE.kept_back((event, type(error), str(error))) is None:
        log.error(event, why=f"{type(error).__name__}: {discreet(str(error))}"[:200], **facts)
    else:
        _write(event, error, facts)


def _write(event: str, error: Exception, facts: dict[str, object]) -> None:
    """Write a busy or lost database in a line, all else with its trace.

    What the database refused has a trace without the refusal's further lines: they name values.
    """
    if isinstance(error, DBAPIError):
        if not isinstance(error, OperationalError):
            facts = facts | {"trace": "".join(traceback.format_tb(error.__traceback__))}
        log.error(event, why=discreet(str(error.orig))[:200], **facts)
    else:
        log.error(event, exc_info=error, **facts)
