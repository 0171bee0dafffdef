"""One web process for people who work on the house: `python -m evaluator_app.devserver`."""

from __future__ import annotations

from evaluator_app.live import live
from wsgi import app

if __name__ == "__main__":
    settings = app.extensions["viva"].settings
    live.start()
    live.io.run(app, host=settings.bind, port=settings.port, allow_unsafe_werkzeug=True)
