"""The room left for what is kept: what the disk does not take is lost."""

from __future__ import annotations

import shutil

from kernel.settings import Settings

GB = 1_000_000_000


def free(settings: Settings) -> int:
    """Return how many bytes are free where files are kept."""
    folder = settings.storage.resolve()
    return shutil.disk_usage(next(p for p in (folder, *folder.parents) if p.exists())).free


def is_low(settings: Settings) -> bool:
    """Tell whether nothing more that must be kept should begin."""
    return free(settings) < settings.disk_least_gb * GB
