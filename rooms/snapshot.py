"""The state of an oral, as a browser shows it: one JSON object, the same shape for both people.

`rooms.states` types it; this says what it means.

A browser watches the live topic ``interview:<id>``, and on ``changed`` asks for the state again;
its heartbeat (every 5 s) and every act answer with the fresh state too, so that a page may draw
from whatever came last and compare ``revision``. Times are ISO 8601 in UTC, seconds are floats of
the server's clock; a page draws a moving timer from ``elapsed_s`` and ``now``, and never decides.

The state
---------
``interview`` int · ``revision`` int, grows at every change of an act · ``now`` time · ``role``
"evaluator" | "candidate" · ``state`` "planned" | "open" | "identity" | "ready" | "running" |
"ended" | "aborted" · ``part`` null | 1 | 2 | 3, the part that runs.

``parts``: always three of ``{part, name_fr, name_en, soft_s, hard_s, elapsed_s, running, paused,
started_at, ended_at, soft_reached, hard_reached}``; limits already bear the accommodation factor;
``paused`` is true while somebody's connection is lost, and ``elapsed_s`` then stands still.
``total_s`` is the sum of the three. ``pause``: ``{since: time | null, taken_s, left_s, over: bool,
ends_at: time | null}``: since when somebody is away while a part runs, how long time has stood
still in all, how much longer it may; ``over``: it goes on again though they are away, and the
console offers to end the oral as a technical failure. ``media_since``: null, or when the media
server last started: a connection from before is dead.

``recording``: ``{state: "off" | "running" | "muxing" | "ready" | "failed" | "purged", second:
float | null}``; ``second`` is the moment on the oral's timeline (0 at « Commencer »), the one
that notes are bound to; null before the start and after the end.

``observed``: whether somebody of the certifier attends in silence now: both pages then say so.

``candidate``: ``{name, waiting_since, present, media_up, quality, lacks, equipment,
accommodations, time_factor}``; ``quality`` is ``{rtt_ms, loss_up, loss_down, kbps_up, kbps_down,
bars}`` or ``{}``; ``lacks``: which of their "audio" and "video" does not work, as their browser
says with its beat; ``equipment`` is null or ``{verdict: "ready" | "fair" | "blocked", facts, at}``;
``accommodations`` are words of what to do (never why). The candidate gets the same keys about
themself.
``evaluator``: ``{name, present, media_up, quality, lacks, status}``, ``status`` one of "here",
"with_another", "late", "absent" (two minutes after the start: somebody looks for a solution),
"not_yet".

``identity``: to the evaluator ``{state: "none" | "pending" | "confirmed" | "refused", requested:
bool, picture_url: str | null, picture_at, enrolled: {birth_name, used_name, first_names,
birth_date}, document_types: [{value, name_fr, name_en}], ticks: ["birth_name", "first_names",
"birth_date", "face"], document_type, document_expiry, agrees}``; to the candidate only ``{state,
requested}``: while ``requested`` is true the candidate's page takes a still and POSTs it. For
twenty seconds it is waited for: ``picture-request`` and ``identity/confirm`` are not ``allowed``.

``script``: to the evaluator, of the running part (of part 1 before the start) ``{instructions:
[{fr, en}], opening: [text], closing, groups: [{key, name_fr, name_en, prompts: [{id, text,
simpler}]}], prompts: [{id, text, simpler}]}`` (``prompts``: those of all groups; parts 2 and 3
have none but their card's); to the candidate null.
``absent_from`` (evaluator only): from when on a candidate who has not come is absent.
``cards_level`` (evaluator only): null until picked, then "A1" … "C2".
``card``: null or, to the evaluator, ``{id, part, title, level, field, situation, instructions:
[text], role, prompts: [{id, text}], elicit: [text], revealed_at}`` (``role``: who the evaluator
plays, ``elicit``: what to listen for); to the candidate null until revealed, then ``{id, part,
title, situation, instructions, revealed_at}``. What a card does not have is "" or [].

``chat``: ``[{id, client_id, mine, author, text, at}]``, oldest first.
``incidents`` (evaluator; [] to the candidate): ``[{id, kind, note, fatal, by, at, part,
second}]``.
``allowed``: the acts that make sense now, each the end of an address below.
``device``: ``{mine: bool, other: bool}``: whether the browser that asks is the one in the room,
and whether another one is (then offer to go on here: POST ``claim`` with ``take_over``).
``appointment``: ``{starts_at, ends_at}``. The target and the written level are nowhere in it.
``ended_by``: null, or the kind of the incident that ended the oral (then tell what happens next).

The addresses
-------------
All answer the fresh state, but ``offer`` (``{"sdp": …}``), and errors: ``{"error": sentence,
"field": name | null}`` with 404, 409 (not now), 413 or 422. Bodies are JSON; ``device`` is the
random name that the tab keeps (``[A-Za-z0-9_-]{8,48}``, in sessionStorage), in every body and as
``?device=`` of a GET.

Evaluator, under ``/evaluator/interviews/<id>/``: GET ``state`` · POST ``open`` · ``admit`` ·
``picture-request`` · ``identity/confirm`` ``{document_type, document_expiry: "2030-01-31",
agrees: [all four ticks]}`` · ``identity/refuse`` ``{reason, document_type?, document_expiry?,
agrees?}`` · ``start`` · ``next`` ``{part?}`` (``part``: the one that the page saw running; a
double click is then harmless) · ``level`` ``{level}`` · ``deal`` ``{card?}`` (another card
instead of this one) · ``reveal`` · ``chat`` ``{client_id, text}`` · ``incident`` ``{kind, note,
fatal}`` with kind one of "technical", "candidate_absent", "interruption", "help_from_others",
"behaviour", "other" · ``end`` · ``offer`` ``{sdp}`` · ``heartbeat`` ``{lacks?}`` · ``claim``
``{take_over}`` · ``leave``; GET ``identity.jpg`` (the address is in ``picture_url``), GET
``recording``:
``{"recordings": [{id, state, manifest, files: [address of each segment]}], "talk": [{part, role,
seconds}]}``.

Candidate, under ``/candidate/oral/<id>/``: GET ``state`` · POST ``wait`` ``{consents:
["recording", "rights"]}`` · ``picture`` (body: the JPEG itself, Content-Type image/jpeg, at most
4 MB) · ``chat`` · ``problem`` ``{note}`` (« A problem? ») · ``offer`` · ``heartbeat`` · ``claim``
· ``leave``.

Silent observer, under ``/coordinator/interviews/<id>/observe/``: GET ``state`` · POST ``offer``
· ``leave``. ``role`` is "observer"; of the above they get ``interview`` to ``observed``,
``appointment``, ``ended_by``, and of both people ``{name, present, media_up, quality: {}}``: no
chat, card, identity or incident. ``offer`` is refused (409) but while a part runs.

Equipment, for both: POST ``/candidate/equipment/probe`` (``/evaluator/equipment/probe``) ``{sdp,
device}`` → ``{"sdp"}``; POST ``/candidate/equipment`` (``/evaluator/equipment``) with the facts
``{browser: {usable, phone, name, version, system}, camera: {found, label, width, height, why:
"denied" | "missing" | "busy"}, microphone: {found, label, level: 0–1, why}, sound: {heard},
network: {connected, rtt_ms, loss: 0–1, kbps}}`` → ``{"verdict", "parts": [{part, state, words}]}``
(see ``proctor.equipment``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from proctor import equipment
from rooms import content_sets, incidents, observing, pausing, rules, script, timers
from rooms import scene as pieces
from rooms.joining import is_here
from rooms.models import (
    ChatMessage,
    DeviceClaim,
    Interview,
    MediaCursor,
    Recording,
)
from rooms.queries import whole
from rooms.scene import Scene
from rooms.states import CandidateState, EvaluatorState, ObserverState
from rooms.transitions import UNDER_WAY, Act
from scheduling.models import Appointment

MOST_CHAT = 200

_EVALUATOR_ACTS = (
    Act.OPEN,
    Act.ADMIT,
    Act.PICTURE_REQUEST,
    Act.CONFIRM,
    Act.REFUSE,
    Act.START,
    Act.NEXT,
    Act.LEVEL,
    Act.DEAL,
    Act.REVEAL,
    Act.CHAT,
    Act.INCIDENT,
    Act.END,
    Act.OFFER,
)
_CANDIDATE_ACTS = (Act.WAIT, Act.PICTURE, Act.CHAT, Act.PROBLEM, Act.OFFER)


def for_evaluator(
    db: Session, interview: Interview, now: datetime, device: str = ""
) -> EvaluatorState:
    """Return the state as its evaluator sees it; always the same number of statements."""
    scene = _look(db, interview, now, device)
    me = scene.interview.appointment.evaluator_id
    return EvaluatorState(
        role="evaluator",
        absent_from=incidents.absent_from(scene.interview.appointment),
        **pieces.shared(scene, me),
        evaluator=pieces.evaluator(scene, "here"),
        identity=pieces.identity_to_evaluator(scene),
        script=script.of_part(
            content_sets.script(scene.interview.content_set),
            scene.interview.part or 1,
            scene.candidacy.field,
        ),
        cards_level=scene.interview.cards_level,
        card=pieces.card_to_evaluator(scene.card),
        incidents=[pieces.incident(incident) for incident in scene.incidents],
        allowed=[act for act in _EVALUATOR_ACTS if pieces.possible(act, scene)],
    )


def for_candidate(
    db: Session, interview: Interview, now: datetime, device: str = ""
) -> CandidateState:
    """Return the state as its candidate sees it; always the same number of statements."""
    scene = _look(db, interview, now, device)
    me = scene.candidacy.candidate.user_id
    return CandidateState(
        role="candidate",
        **pieces.shared(scene, me),
        evaluator=pieces.evaluator(scene, pieces.evaluator_status(scene, _elsewhere(db, scene))),
        identity=pieces.identity_to_candidate(scene.interview.identity_check),
        script=None,
        card=pieces.card_to_candidate(scene.card),
        incidents=[],
        allowed=[act for act in _CANDIDATE_ACTS if pieces.possible(act, scene)],
    )


def for_observer(
    db: Session, interview: Interview, now: datetime, device: str = ""
) -> ObserverState:
    """Return the state as a silent observer sees it: the course of the oral, and nothing more."""
    return pieces.to_observer(_look(db, interview, now, device))


def _look(db: Session, interview: Interview, now: datetime, device: str) -> Scene:
    db.flush()
    loaded = whole(db, interview.id) or interview
    candidacy = loaded.appointment.candidacy
    patience = pausing.patience(db, loaded, loaded.parts, now)
    runs = [pausing.run_of(row) for row in loaded.parts]
    claims = db.scalars(select(DeviceClaim).where(DeviceClaim.interview_id == loaded.id))
    lines = db.scalars(
        select(ChatMessage)
        .where(ChatMessage.interview_id == loaded.id)
        .options(joinedload(ChatMessage.author))
        .order_by(ChatMessage.id.desc())
        .limit(MOST_CHAT)
    ).all()
    recorded = db.scalars(
        select(Recording)
        .where(Recording.interview_id == loaded.id)
        .options(defer(Recording.manifest))
        .order_by(Recording.id)
    ).all()
    return Scene(
        interview=loaded,
        now=now,
        parts=timers.parts(runs, rules.of(loaded).limits, now, patience),
        pause=timers.pause(runs, patience, now),
        media_since=db.scalar(select(MediaCursor.started_at).where(MediaCursor.id == 1)),
        claims={row.user_id: row for row in claims},
        chat=lines[::-1],
        recordings=recorded,
        equipment=equipment.latest(db, candidacy.candidate.user_id),
        incidents=loaded.incidents,
        observations=observing.present(db, loaded),
        device=device,
    )


def _elsewhere(db: Session, scene: Scene) -> bool:
    """Tell whether the evaluator is in another room now."""
    other = db.scalars(
        select(DeviceClaim)
        .join(Interview, DeviceClaim.interview_id == Interview.id)
        .join(Appointment, Interview.appointment_id == Appointment.id)
        .where(
            DeviceClaim.user_id == scene.interview.appointment.evaluator_id,
            Interview.id != scene.interview.id,
            Interview.state.in_(UNDER_WAY),
            Interview.waiting_since.is_not(None),
        )
        .order_by(DeviceClaim.seen_at.desc())
        .limit(1)
    ).first()
    return is_here(other, scene.now)
