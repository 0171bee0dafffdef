"""The candidate's desk: every address, and the view behind it."""

from __future__ import annotations

from flask import Blueprint, Flask

from evaluator_app.desks.candidate import (
    booking,
    equipment,
    help_page,
    oral,
    oral_actions,
    pages,
    proctoring,
    space,
    watch_strip,
    written,
    written_acts,
)
from evaluator_app.desks.shared.oral_edge import both_sides
from evaluator_app.web.routes import Route, form, get, lay_out, post
from kernel.permissions import Permission, Role

ROUTES: tuple[Route, ...] = (
    get("/candidacies/<int:candidacy_id>/booking", booking.booking_page, endpoint="booking"),
    post("/candidacies/<int:candidacy_id>/booking", booking.booking_hold),
    get("/candidacies/<int:candidacy_id>/booking/confirm", booking.booking_confirm),
    post("/candidacies/<int:candidacy_id>/booking/confirm", booking.booking_confirmed),
    post("/candidacies/<int:candidacy_id>/booking/release", booking.booking_release),
    form("/candidacies/<int:candidacy_id>/booking/cancel", booking.booking_cancel),
    post("/candidacies/<int:candidacy_id>/booking/extension", booking.booking_extension),
    post("/candidacies/<int:candidacy_id>/booking/waiting", booking.booking_wait),
    post("/candidacies/<int:candidacy_id>/booking/waiting/leave", booking.booking_wait_no_more),
    get("/equipment", equipment.equipment),
    get("/candidacies/<int:candidacy_id>/help", help_page.help_page, endpoint="help"),
    post("/candidacies/<int:candidacy_id>/help", help_page.help_send),
    post("/candidacies/<int:candidacy_id>/help/ask", help_page.help_ask),
    get("/oral/<int:interview_id>/", oral.oral),
    get("/oral/", oral.own_oral),
    post("/oral/<int:interview_id>/send", oral.oral_send),
    post("/appointments/<int:appointment_id>/oral", oral.oral_of_appointment),
    get("/appointments/<int:appointment_id>/calendar.ics", booking.booking_calendar),
    *both_sides("/oral/<int:interview_id>", Permission.SIT_INTERVIEW, Role.CANDIDATE),
    post("/oral/<int:interview_id>/wait", oral_actions.oral_wait),
    post("/oral/<int:interview_id>/picture", oral_actions.oral_picture),
    post("/oral/<int:interview_id>/problem", oral_actions.oral_problem),
    get("/", pages.home),
    get("/candidacies/<int:candidacy_id>/identity", pages.profile_page, endpoint="profile"),
    post("/candidacies/<int:candidacy_id>/identity", pages.profile_right),
    form("/candidacies/<int:candidacy_id>/identity/correct", pages.profile_correct),
    form("/information", pages.information),
    get("/candidacies/<int:candidacy_id>/results", pages.results),
    get("/proctoring/<int:watch_id>", proctoring.proctoring),
    get(
        "/proctoring/<int:watch_id>/snapshots/<int:snapshot_id>.jpg", proctoring.proctoring_picture
    ),
    post("/proctoring/<int:watch_id>/words", proctoring.proctoring_words),
    post("/proctoring/<int:watch_id>/leave", proctoring.proctoring_leave),
    post("/proctoring/<int:watch_id>/signals", proctoring.proctoring_signals),
    post("/proctoring/<int:watch_id>/watch", proctoring.proctoring_watch),
    post("/proctoring/<int:watch_id>/snapshot", proctoring.proctoring_snapshot),
    post("/candidacies/<int:candidacy_id>/document", proctoring.document),
    post("/space", space.send_space),
    get("/candidacies/<int:candidacy_id>/written/", written.written),
    post("/candidacies/<int:candidacy_id>/written/send", written.written_send),
    get("/candidacies/<int:candidacy_id>/written/demo", written.written_demo),
    post("/candidacies/<int:candidacy_id>/written/demo/<int:number>", written.written_demo_check),
    post("/candidacies/<int:candidacy_id>/written/demo/done", written.written_demo_done),
    form("/candidacies/<int:candidacy_id>/written/watch", written.written_watch),
    get("/candidacies/<int:candidacy_id>/written/document", written.written_document),
    get("/candidacies/<int:candidacy_id>/written/test", written.written_test),
    get("/candidacies/<int:candidacy_id>/written/end", written.written_end),
    post("/candidacies/<int:candidacy_id>/written/begin", written_acts.written_begin),
    post("/candidacies/<int:candidacy_id>/written/pulse", written_acts.written_pulse),
    post("/candidacies/<int:candidacy_id>/written/answer", written_acts.written_answer),
    post("/candidacies/<int:candidacy_id>/written/swap", written_acts.written_swap),
    post("/candidacies/<int:candidacy_id>/written/leave", written_acts.written_leave),
    get("/candidacies/<int:candidacy_id>/written/sound/<ticket>", written_acts.written_sound),
    get(
        "/candidacies/<int:candidacy_id>/written/picture/<ticket>/<picture>",
        written_acts.written_picture,
    ),
)


def register(app: Flask) -> None:
    """Open the desk."""
    bp = Blueprint("candidate", __name__, url_prefix="/candidate")
    lay_out(bp, ROUTES)
    bp.context_processor(watch_strip.strip)
    app.register_blueprint(bp)
