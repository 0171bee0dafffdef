"""Headers that every answer bears: a strict content-security policy, and its friends."""

from __future__ import annotations

from flask import Flask, Response, request

from kernel.errors import N_, Invalid

# The one sheet that wavesurfer writes into its own shadow tree: it depends on wavesurfer's version
# and on ROW in frontend/playback/waveform.js. The browser's console tells the new one.
WAVEFORM_STYLE = "'sha256-U+wOyz6RyxfmjgGP/zCgeX2UqDaDGqr0JM2ok4ksXpY='"
POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' {WAVEFORM_STYLE}; font-src 'self'; "
    "connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob: data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; "
    "worker-src 'self'"
)


def init_app(app: Flask) -> None:
    """Add the headers to every answer."""

    @app.before_request
    def _no_nul() -> None:
        """Refuse U+0000 wherever it is sent: PostgreSQL keeps none (JSON: see `incoming`)."""
        fields = [*request.view_args.values()] if request.view_args else []
        fields += [value for _name, value in request.args.items(multi=True)]
        fields += [value for _name, value in request.form.items(multi=True)]
        if any("\x00" in value for value in fields if isinstance(value, str)):
            raise Invalid(N_("Ce qui a été envoyé contient un caractère illisible."))

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)"
        )
        if request.is_secure:
            response.headers.setdefault(
                "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
            )
        if not request.path.startswith("/assets/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
