"""What the machine tells the coordinators by itself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kernel import clock, disk, links, post
from kernel.permissions import Role
from kernel.settings import Settings
from people import queries


def watch_disk(db: Session, settings: Settings) -> None:
    """Tell each coordinator, once a day, that the disk is too full for further orals."""
    if not disk.is_low(settings):
        return
    today = clock.now().date().isoformat()
    for user in queries.staff(db, Role.COORDINATOR):
        if user.active:
            post.queue(
                db,
                "disk_low",
                name=user.name,
                email=user.email,
                locale=user.locale,
                context={
                    "person": user.name,
                    "free": disk.free(settings) // disk.GB,
                    "least": f"{settings.disk_least_gb:g}",
                    "link": links.address(settings, "home"),
                },
                dedupe=f"disk_low:{today}:{user.id}",
            )
