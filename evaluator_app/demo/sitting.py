"""The demo's written tests: banks and rules, and one test that somebody sat under watch."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from enrolment import profile
from enrolment.models import Candidacy
from evaluator_app.demo import cast
from evaluator_app.demo.stage import Stage
from kernel.storage import from_settings
from people import consents
from people.languages import Language
from proctor import commenting, holding, identity, policy, snapshots, watching
from proctor.holding import Place
from proctor.models import SignalKind
from proctor.reports import Report
from written_test import blueprints, sitting, trying
from written_test.items import banks, importing, releasing
from written_test.models import Step, WrittenTestState
from written_test.questions.library import bank_drafts
from written_test.questions.solving import answer_key

BANK_NAMES = {
    Language.EN: "Anglais général et professionnel",
    Language.FR: "Français langue étrangère",
}
ABILITY, SECONDS, BEAT = 0.9, (9, 27), 8
ON = {
    "camera": "on",
    "microphone": "on",
    "voice": "on",
    "full_screen": "on",
    "second_screen": "not_told",
}
HERE = Place(page="demo", browser="Firefox · Windows")
# What the page noticed, at which question: kind, how many seconds it lasted, what is known of it.
NOTICED: dict[int, tuple[SignalKind, float, dict[str, Any]]] = {
    3: (SignalKind.TAB_LEFT, 4.0, {"how": "window"}),
    7: (SignalKind.COPY, 0.0, {"characters": 31}),
    8: (SignalKind.VOICE, 6.0, {}),
    12: (SignalKind.FULL_SCREEN_LEFT, 11.0, {}),
}
SWAPPED_AT = 6


def stock(stage: Stage) -> None:
    """Put the product's own banks in, say how the tests are made, and release them."""
    db, who = stage.db, stage.actor(cast.COORDINATOR)
    storage = from_settings(stage.settings)
    for language, name in BANK_NAMES.items():
        bank = banks.create(db, who, name, language)
        db.flush()
        drafts = bank_drafts(language)
        importing.bring_in_drafts(db, who, storage, bank, f"{language}.json", drafts)
        blueprints.draw(db, who, stage.certification(language), bank)
        # Fewer than a real release simulates: the demo is there in seconds.
        releasing.make(db, who, bank, candidates=120, rounds=3)


def sit(stage: Stage, candidacy: Candidacy, starts_at: datetime) -> None:
    """Sit a whole test as its candidate, verb by verb, on the clock of that day."""
    db, who = stage.db, candidacy.candidate.user.actor
    storage, limits = from_settings(stage.settings), policy.pictures(stage.settings)
    with stage.at(starts_at - timedelta(minutes=6)):
        profile.confirm(db, who, candidacy, "fr")
        consents.record(db, who, consents.WRITTEN, "fr")
        trying.finish(db, who, candidacy)
        check = identity.present_document(db, who, storage, candidacy, _picture("document"))
    with stage.at(starts_at):
        test = sitting.begin(db, who, candidacy)
        note = "Je suis seule dans mon bureau, porte fermée. Un second écran, éteint."
        session = watching.open_session(db, who, candidacy, ON, check, note)
        holding.take(db, who, session, HERE)
        scene = sitting.present(db, who, test, "demo")
    chance = random.Random(20261125)  # noqa: S311 -- a scene that plays the same each time
    moment = starts_at
    while scene.step is not None:
        step, until = scene.step, moment + timedelta(seconds=chance.randint(*SECONDS))
        while until - moment > timedelta(seconds=BEAT):
            moment += timedelta(seconds=BEAT)
            with stage.at(moment):
                sitting.pulse(db, who, test, "demo")
                watching.heard(db, session, stage.settings.page_silence_s, ON)
        moment = until
        with stage.at(moment):
            watching.heard(db, session, stage.settings.page_silence_s, ON)
            if step.place in NOTICED:
                kind, lasted, detail = NOTICED[step.place]
                key = f"n{step.place}"
                told = Report(key=key, kind=kind, ago=lasted, lasted=lasted, detail=detail)
                watching.report(db, who, session, [told], 30)
            if step.place == 0 or step.place % 5 == 2 or step.place in NOTICED:
                why = NOTICED[step.place][0] if step.place in NOTICED else "random"
                shot = (f"s{step.place}", why, 1.0, _picture("camera"))
                snapshots.add_snapshot(db, who, storage, session, *shot, limits)
            if step.place == SWAPPED_AT:
                scene = sitting.swap(db, who, test, "demo", step.ticket)
            else:
                given = answer(step, knows=chance.random() < _chance_of(step))
                scene = sitting.answer(db, who, test, "demo", step.ticket, given)
    if test.state is not WrittenTestState.ENDED:
        msg = f"the demo's test did not end: {test.state}"
        raise RuntimeError(msg)
    with stage.at(moment + timedelta(seconds=1)):
        words = "La voix est celle de la rue : un camion passait, j'ai regardé, puis j'ai continué."
        commenting.comment(db, who, [session], words)
        watching.leave(db, who, session)


def _chance_of(step: Step) -> float:
    """Return how likely somebody of ABILITY knows the answer."""
    return 0.9 if step.item.parameters[0].b < ABILITY else 0.25


def answer(step: Step, *, knows: bool) -> dict[str, Any]:
    """Return an answer to the question of a step, right or empty."""
    return answer_key(step.item.body).model_dump() if knows else {}


def _picture(name: str) -> bytes:
    """Return what a camera might have seen: a drawing, as the demo's people are invented."""
    return files("evaluator_app.demo").joinpath(f"pictures/{name}.jpg").read_bytes()
