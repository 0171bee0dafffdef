"""The porch: what a WSGI server imports."""

from evaluator_app.wiring.factory import create_app

app = create_app()
