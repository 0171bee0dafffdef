"""The porch: what a WSGI server imports."""

from evaluator_app.factory import create_app

app = create_app()
