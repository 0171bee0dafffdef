"""The state of an oral, as a browser shows it: one JSON object, the same shape for both people.

A browser watches the live topic ``interview:<id>``, and on ``changed`` asks for the state again;
its heartbeat (every 5 s) and every act answer with the fresh state too, so that a page may draw
from whatever came last and compare ``revision``. Times are ISO 8601 in UTC, seconds are floats of
the server's clock; a page draws a moving timer from ``elapsed_s`` and ``now``, and never decides.

The state
---------
``interview`` int · ``revision`` int, grows at every change of an act · ``now`` time ·
``role`` "evaluator" | "candidate" ·
``state`` "planned" | "open" | "identity" | "ready" | "running" | "ended" | "aborted" ·
``part`` null | 1 | 2 | 3, the part that runs.

``parts``: always three of ``{part, name_fr, name_en, soft_s, hard_s, elapsed_s, running, paused,
started_at, ended_at, soft_reached, hard_reached}``; limits already bear the accommodation factor;
``paused`` is true while somebody's connection is lost, and ``elapsed_s`` then stands still.
``total_s`` is the sum of the three.

``recording``: ``{state: "off" | "running" | "muxing" | "ready" | "failed" | "purged",
second: float | null}``; ``second`` is the moment on the oral's timeline (0 at « Commencer »), the one
that notes are bound to; null before the start and after the end.

``candidate``: ``{name, waiting_since, present, media_up, quality, equipment, accommodations,
time_factor}``; ``quality`` is ``{rtt_ms, loss_up, loss_down, kbps_up, kbps_down, bars}`` or ``{}``;
``equipment`` is null or ``{verdict: "ready" | "fair" | "blocked", facts, at}``; ``accommodations`` are
words of what to do (never why). The candidate gets the same keys about themself.
``evaluator``: ``{name, present, media_up, quality, status}``, ``status`` one of "here",
"with_another", "late", "not_yet".

``identity``: to the evaluator ``{state: "none" | "pending" | "confirmed" | "refused", requested:
bool, picture_url: str | null, picture_at, enrolled: {birth_name, used_name, first_names,
birth_date}, document_types: [{value, name_fr, name_en}], ticks: ["birth_name", "first_names",
"birth_date", "face"], document_type, document_expiry, agrees}``; to the candidate only ``{state,
requested}``: while ``requested`` is true the candidate's page takes a still and POSTs it.

``script``: to the evaluator ``{instructions, prompts: [{id, text}]}`` of the running part (of part
1 before the start), in the language examined; to the candidate null.
``cards_level`` (evaluator only): null until picked, then "A1" … "C2".
``card``: null or, to the evaluator, ``{id, part, title, level, field, situation, role_candidate,
role_evaluator, task, prompts: [{id, text}], revealed_at}``; to the candidate null until revealed, then
``{id, part, title, situation, role_candidate, task, revealed_at}``. A key that a card does not have
is "" (or []).

``chat``: ``[{id, client_id, mine, author, text, at}]``, oldest first.
``incidents`` (evaluator; [] to the candidate): ``[{id, kind, note, fatal, by, at, part, second}]``.
``allowed``: the acts that make sense now, each the end of an address below.
``device``: ``{mine: bool, other: bool}``: whether the browser that asks is the one in the room, and
whether another one is (then offer to go on here: POST ``claim`` with ``take_over``).
``appointment``: ``{starts_at, ends_at}``. The target and the written level are nowhere in it.
``ended_by``: null, or the kind of the incident that ended the oral (then tell what happens next).

The addresses
-------------
All answer the fresh state, but ``offer`` (``{"sdp": …}``), and errors: ``{"error": sentence, "field":
name | null}`` with 404, 409 (not now), 413 or 422. Bodies are JSON; ``device`` is the random name that
the tab keeps (``[A-Za-z0-9_-]{8,64}``, in sessionStorage), in every body and as ``?device=`` of a GET.

Evaluator, under ``/evaluator/interviews/<id>/``: GET ``state`` · POST ``open`` · ``admit`` ·
``picture-request`` · ``identity/confirm`` ``{document_type, document_expiry: "2030-01-31", agrees: [all
four ticks]}`` · ``identity/refuse`` ``{reason, document_type?, document_expiry?, agrees?}`` · ``start``
· ``next`` ``{part?}`` (``part``: the one that the page saw running; a double click is then harmless) ·
``level`` ``{level}`` · ``deal`` (another card instead of this one) · ``reveal`` · ``chat`` ``{client_id,
text}`` · ``incident`` ``{kind, note, fatal}`` with kind one of "technical", "candidate_absent",
"interruption", "help_from_others", "behaviour", "other" · ``end`` · ``offer`` ``{sdp}`` ·
``heartbeat`` · ``claim`` ``{take_over}`` · ``leave``; GET ``identity.jpg`` (the address is in
``picture_url``), GET ``recording``: ``{"recordings": [{id, offset_s, state, manifest, files:
{name: address}}]}``.

Candidate, under ``/candidate/oral/<id>/``: GET ``state`` · POST ``wait`` ``{consents: ["recording",
"rights"]}`` · ``picture`` (body: the JPEG itself, Content-Type image/jpeg, at most 4 MB) · ``chat``
· ``problem`` ``{note}`` (« A problem? ») · ``offer`` · ``heartbeat`` · ``claim`` · ``leave``.

Equipment, under ``/candidate/equipment/`` and ``/evaluator/equipment/``: POST ``probe`` ``{sdp,
device}`` → ``{"sdp"}``; POST ```` (the folder itself) with the facts → ``{"verdict", "parts": [{part,
state, words}]}`` (see ``proctor.equipment``).
"""
