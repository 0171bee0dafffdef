"""The candidate's own view of a watch over them, and what the test page sends meanwhile."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from enrolment.models import Candidacy
from evaluator_app.desks.candidate import written_pulses
from evaluator_app.desks.candidate.pages import candidacy as load_candidacy
from evaluator_app.desks.candidate.watch_place import place, token
from evaluator_app.desks.shared.oral_edge import for_script
from evaluator_app.desks.shared.watches import load_session, send_snapshot
from evaluator_app.web.edge import actor, db, house, needs
from evaluator_app.web.posted import Chosen, Posted, read, takes
from evaluator_app.words import _, say
from evaluator_app.words.proctoring import (
    DECISION_TONES,
    DECISIONS,
    MEANINGS,
    SIGNALS,
    notices,
    watched,
    why_taken,
)
from kernel.errors import N_, Refused, TooLarge
from kernel.permissions import Permission
from kernel.shown import Shown
from proctor import commenting, holding, identity, policy, queries, reports, snapshots, watching
from proctor.models import Decision, ProctorSession, SignalKind
from proctor.pictures import MOST_BYTES
from written_test import sitting
from written_test.models import WrittenTestState

MOST_SIGNALS = 128 * 1024
MOST_TIMES = 6
"""So many moments of a kind are shown; the others wait behind them."""


class Signals(Posted):
    """What the page noticed, oldest first."""

    signals: list[reports.Report] = Field(max_length=reports.MOST_AT_ONCE)


class WatchRuns(Posted):
    """What runs of a watch in this browser, and of the rest why not."""

    watch: dict[str, Any]


class SnapshotAbout(Posted):
    """What stands in the address beside a still: taken `ago` seconds before, and `why`."""

    key: str
    why: Literal["random", "start"] | Chosen[SignalKind]
    ago: Chosen[float] = 0.0


is_watched = needs(Permission.COMMENT_PROCTORING, load=load_session)


class FaceFiles(Shown):
    """Where the face detector is served."""

    worker: str
    weights: str
    shapes: str
    plain: str
    simd: str


class WatchUrls(Shown):
    """Where a watch tells what it noticed; `faces` only where faces are looked for."""

    signals: str
    snapshot: str
    watch: str
    faces: FaceFiles | None = None


class WatchShown(Shown):
    """What a page hands to `startWatch` beside the stream and its own functions."""

    session: int
    token: str
    settings: policy.Watch
    most_signals: int
    words: dict[str, str]
    owes: bool
    urls: WatchUrls


def watch_shown(session: ProctorSession, token: str, asset: Any) -> WatchShown:
    """Return the watch that a page shows from now on, with the token that it takes for it."""
    faces = None
    if session.risk_file_id is not None:
        faces = FaceFiles(
            worker=asset("faces.worker.js"),
            weights=asset("faces.bin"),
            shapes=asset("faces.json"),
            plain=asset("faces.wasm"),
            simd=asset("faces-simd.wasm"),
        )
    return WatchShown(
        session=session.id,
        token=token,
        settings=policy.watch(house().settings, faces=faces is not None),
        most_signals=reports.MOST_AT_ONCE,
        words=notices(),
        owes=bool(session.holder.get("owes")),
        urls=WatchUrls(
            signals=url_for("candidate.proctoring_signals", watch_id=session.id),
            snapshot=url_for("candidate.proctoring_snapshot", watch_id=session.id),
            watch=url_for("candidate.proctoring_watch", watch_id=session.id),
            faces=faces,
        ),
    )


def _held(session: ProctorSession) -> None:
    """Do nothing if the page that asks holds the watch. Raise HeldElsewhere when it does not.

    What it then changes of the watch its next pulse may have to end.
    """
    written_pulses.gone(session.candidacy_id)
    holding.check_holder(session, place(), token())


@is_watched
def proctoring(session: ProctorSession) -> str:
    """Show the candidate what was noticed in each sitting, and what was decided."""
    sittings = queries.of_candidacy(db(), session.candidacy_id)
    return render_template(
        "candidate/proctoring.html",
        session=session,
        candidacy=session.candidacy,
        sittings=sittings,
        open=next((sitting for sitting in sittings if sitting.closed_at is None), None),
        undecided=any(sitting.decision is Decision.UNDECIDED for sitting in sittings),
        said=commenting.said(sittings),
        kinds=queries.kinds,
        signals=SIGNALS,
        meanings=MEANINGS,
        decisions=DECISIONS,
        tones=DECISION_TONES,
        watched=watched,
        why_taken=why_taken,
        test_runs=_test_runs(session),
        MOST_TIMES=MOST_TIMES,
        months=house().settings.snapshot_months,
        most_words=commenting.MOST_WORDS,
    )


@is_watched
def proctoring_picture(session: ProctorSession) -> ResponseReturnValue:
    """Show one of their own snapshots; the viewing is logged."""
    return send_snapshot(session)


@is_watched
def proctoring_words(session: ProctorSession) -> ResponseReturnValue:
    """Keep what the candidate says of all that was noticed."""
    sittings = queries.of_candidacy(db(), session.candidacy_id)
    commenting.comment(db(), actor(), sittings, request.form.get("words", ""))
    flash(_("Votre commentaire est enregistré. La personne qui décide le lira."), "good")
    return redirect(url_for(".proctoring", watch_id=session.id, _anchor="words"))


def _test_runs(session: ProctorSession) -> bool:
    test = sitting.of_candidacy(db(), session.candidacy_id)
    return test is not None and test.state is WrittenTestState.RUNNING


@is_watched
def proctoring_leave(session: ProctorSession) -> ResponseReturnValue:
    """Leave the watch: camera and microphone are no longer looked at.

    Raises:
        Refused: the test runs, which is left first.
    """
    if _test_runs(session):
        raise Refused(
            N_(
                "Votre test écrit est en cours, et la surveillance avec lui. Pour arrêter les "
                "deux : « Incident technique ? », puis « Quitter », sur la page du test."
            )
        )
    watching.leave(db(), actor(), session)
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"left": True})
    flash(_("La séance est close : plus rien n'est relevé."), "good")
    return redirect(url_for(".proctoring", watch_id=session.id))


@for_script
@is_watched
@takes(Signals, MOST_SIGNALS)
def proctoring_signals(session: ProctorSession, noticed: Signals) -> ResponseReturnValue:
    """Keep what the page noticed while it held the watch; sent again, it adds nothing."""
    try:
        until = holding.held_until(session, place(), token())
    except holding.HeldElsewhere as no:
        # The page keeps what it noticed, for the next one of this browser that holds the watch.
        return jsonify({"error": say(no), "field": None, "aside": True}), no.status
    added = watching.report(
        db(),
        actor(),
        session,
        noticed.signals,
        house().settings.signals_a_minute,
        taken_over_at=until,
    )
    return jsonify({"added": added})


@for_script
@is_watched
@takes(WatchRuns)
def proctoring_watch(session: ProctorSession, runs: WatchRuns) -> Response:
    """Keep what runs in this browser and what cannot."""
    _held(session)
    watching.tell_watch(db(), actor(), session, runs.watch)
    return jsonify({"kept": True})


@for_script
@is_watched
def proctoring_snapshot(session: ProctorSession) -> Response:
    """Keep a still; the body is the JPEG itself."""
    _held(session)
    about = read(SnapshotAbout, request.args)
    kept = snapshots.add_snapshot(
        db(),
        actor(),
        house().storage,
        session,
        about.key,
        about.why,
        about.ago,
        read_picture(),
        policy.pictures(house().settings),
    )
    return jsonify({"id": kept.id})


@for_script
@needs(Permission.ANSWER_FOR_CANDIDACY, load=load_candidacy)
def document(candidacy: Candidacy) -> Response:
    """Keep a still of the identity document, before the test; the body is the JPEG itself."""
    data = read_picture()
    check = identity.present_document(db(), actor(), house().storage, candidacy, data)
    return jsonify({"check": check.id, "hours": house().settings.identity_picture_hours})


def read_picture() -> bytes:
    """Return the body. Raise TooLarge, before it is read, when no picture is so large."""
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(N_("L'image est trop lourde : 4 Mo au plus."), "picture")
    return request.get_data(cache=False)
