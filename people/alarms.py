"""What the machine tells the coordinators by itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kernel import clock, disk, links
from kernel.permissions import Role
from kernel.settings import Settings
from people import letters, queries


def watch_disk(db: Session, settings: Settings) -> None:
    """Tell each coordinator, once a day, that the disk is too full for further orals."""
    if not disk.is_low(settings):
        return
    tell_coordinators(
        db,
        "disk_low",
        {
            "free": disk.free(settings) // disk.GB,
            "least": f"{settings.disk_least_gb:g}",
            "link": links.address(settings, "home"),
        },
        once=clock.now().date().isoformat(),
    )


def tell_of_lost_head(db: Session, settings: Settings, why: str) -> None:
    """Tell each coordinator, once a day, that the audit log no longer holds what was signed."""
    tell_coordinators(
        db,
        "audit_head_lost",
        {"why": why, "link": links.address(settings, "home")},
        once=clock.now().date().isoformat(),
    )


def tell_coordinators(db: Session, template: str, context: dict[str, Any], *, once: str) -> None:
    """Write to each active coordinator, a single time for `once`, whatever it names."""
    for user in queries.staff(db, Role.COORDINATOR):
        if user.active:
            letters.to(
                db,
                user,
                template,
                context,
                dedupe=f"{template}:{once}:{user.id}",
            )
