"""Run the media server: ``python -m rooms.media`` (``viva media`` does the same)."""

import sys

import structlog

from kernel.loglines import unfailing
from kernel.settings import load
from rooms.media.serving import serve

if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(unfailing(sys.stdout)))
    serve(load())
