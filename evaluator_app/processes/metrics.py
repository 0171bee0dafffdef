"""Figures for Prometheus under /metrics, where the settings ask for them.

They tell how busy an exam is: whoever holds the token reads them, or this machine alone.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from evaluator_app.web.edge import house
from kernel.errors import NotThere
from kernel.outbox import OutboxRow
from kernel.settings import Settings
from rooms.models import Interview, InterviewState, Recording, RecordingState

LOOPBACK = ("127.0.0.1", "::1")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class _State(Collector):
    """What the database says at the moment it is asked."""

    def collect(self) -> Iterator[Metric]:
        """Count what waits, what failed, what runs."""
        waiting = OutboxRow.done_at.is_(None) & OutboxRow.failed_at.is_(None)
        counts = (
            ("viva_outbox_waiting", "Rows that have not left yet", OutboxRow, waiting),
            ("viva_outbox_failed", "Rows given up", OutboxRow, OutboxRow.failed_at.is_not(None)),
            (
                "viva_interviews_running",
                "Orals under way",
                Interview,
                Interview.state == InterviewState.RUNNING,
            ),
            (
                "viva_recordings_failed",
                "Recordings that cannot be played",
                Recording,
                Recording.state == RecordingState.FAILED,
            ),
        )
        with house().database.session(read_only=True) as db:
            for name, words, rows, condition in counts:
                number = db.scalar(select(func.count()).select_from(rows).where(condition)) or 0
                yield GaugeMetricFamily(name, words, value=number)


def _may_read(settings: Settings) -> bool:
    token = settings.metrics_token.get_secret_value()
    if token:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    # A proxy on this machine speaks for others, and says so.
    return request.remote_addr in LOOPBACK and "X-Forwarded-For" not in request.headers


def init_app(app: Flask, settings: Settings) -> None:
    """Measure every answer and serve /metrics, if the settings say so."""
    if not settings.metrics:
        return
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_State())
    seconds = Histogram(
        "viva_request_seconds",
        "Time from a request to its answer",
        ["endpoint", "method", "status"],
        buckets=BUCKETS,
        registry=registry,
    )

    @app.before_request
    def _begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def _measure(response: Response) -> Response:
        if "begun" in g:
            labels = (request.endpoint or "none", request.method, str(response.status_code))
            seconds.labels(*labels).observe(time.perf_counter() - g.begun)
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        if not _may_read(settings):
            raise NotThere
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
