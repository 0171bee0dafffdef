"""What time it is, and where the exam is held: what each process follows from its start."""

from __future__ import annotations

from kernel import clock, exam_zone
from kernel.settings import Settings


def follow(settings: Settings) -> None:
    """Let this process's clock and the exam's zone be those of `settings`."""
    clock.use(settings.clock_file)
    exam_zone.use(settings.default_timezone)
