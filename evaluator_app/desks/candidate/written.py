"""The pages around the written test: trying it, being told, a document, sitting, its end."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from enrolment.models import Candidacy, Stage
from evaluator_app.desks.candidate import written_way
from evaluator_app.desks.candidate.help_words import questions
from evaluator_app.desks.candidate.pages import candidacy as load
from evaluator_app.desks.candidate.written_sayings import demo_sayings, test_sayings
from evaluator_app.desks.candidate.written_send import send_way_in
from evaluator_app.desks.shared.equipment import equipment_sayings
from evaluator_app.desks.shared.oral_edge import for_script
from evaluator_app.desks.shared.personal_link import masked
from evaluator_app.desks.shared.phones import is_phone
from evaluator_app.web.edge import actor, db, house, needs, person
from evaluator_app.web.posted import Posted, takes
from evaluator_app.words import _, locale
from kernel import clock
from kernel.permissions import Permission
from kernel.shown import Shown
from people import consents
from people.languages import Language
from proctor import presented
from proctor.models import IdentityState
from proctor.pictures import MOST_BYTES
from written_test import trying
from written_test.engine.timing import PULSE, QUIET
from written_test.models import WrittenTestState
from written_test.questions.kinds import Answer
from written_test.questions.library import demo_questions
from written_test.questions.showing import show
from written_test.questions.shuffling import Order


class DemoPage(Shown):
    """What the mini demo test's script needs; `check` ends in a question's number."""

    check: str
    language: Language  # of its questions
    words: dict[str, str]


class Trial(Posted):
    """An answer to a question of the demo test."""

    answer: Answer


class TriedAnswer(Shown):
    """Whether an answer of the demo test is right, and what is."""

    right: bool
    answer: list[str]


class DocumentPage(Shown):
    """What the page of the identity document needs; `document` takes the picture."""

    document: str
    most_picture_bytes: int
    words: dict[str, str]


class TestPage(Shown):
    """What the written test's script needs to begin; `key` is the test's own in this browser."""

    base: str
    home: str
    end: str
    help: str
    key: str
    running: bool
    pulse_s: float
    quiet_s: float  # a longer silence is a cut, whose time is given back
    words: dict[str, str]


sits = needs(Permission.SIT_WRITTEN_TEST, load=load)


def _with_number(session: Session, candidacy_id: int, number: int) -> Candidacy | None:
    """Load the candidacy; the number is that of a question, which the view reads."""
    return load(session, candidacy_id) if number >= 0 else None


def phone() -> bool:
    """Tell whether this page is opened on a phone."""
    return is_phone(request.user_agent.string)


def _phone_page(candidacy: Candidacy) -> str:
    return render_template(
        "candidate/written_phone.html",
        candidacy=candidacy,
        phone=True,
        sent=request.args.get("sent") == "1",
        address=masked(person().email),
        send_url=url_for(".written_send", candidacy_id=candidacy.id),
    )


@sits
def written(candidacy: Candidacy) -> ResponseReturnValue:
    """Lead to whatever comes next."""
    way = written_way.of(db(), candidacy)
    if not way.is_here:
        return redirect(url_for(".home"))
    if way.test is not None and way.test.state is WrittenTestState.ENDED:
        return redirect(url_for(".written_end", candidacy_id=candidacy.id))
    return redirect(written_way.address(candidacy, None if way.under_way else way.next))


@sits
def written_send(candidacy: Candidacy) -> ResponseReturnValue:
    """Send a way in to the candidate's own address, to be opened on a computer."""
    send_way_in(person())
    return redirect(url_for(".written_test", candidacy_id=candidacy.id, sent=1))


@sits
def written_demo(candidacy: Candidacy) -> ResponseReturnValue:
    """Show the mini demo test: a question of each kind, told at once whether it was right."""
    language = candidacy.certification.language
    asked = demo_questions(language)
    return render_template(
        "candidate/written_demo.html",
        candidacy=candidacy,
        questions=[
            {
                "number": number,
                "view": show(question.body, Order(candidacy.id, number, question.code)),
                "how": question.how.fr if locale() == "fr" else question.how.en,
                "seconds": question.seconds * candidacy.time_factor,
            }
            for number, question in enumerate(asked, start=1)
        ],
        language=language,
        large="large_print" in candidacy.accommodations,
        data=DemoPage(
            check=url_for(".written_demo_check", candidacy_id=candidacy.id, number=0),
            language=language,
            words=demo_sayings(),
        ).sent(),
    )


@for_script
@needs(Permission.SIT_WRITTEN_TEST, load=_with_number)
@takes(Trial)
def written_demo_check(candidacy: Candidacy, trial: Trial) -> ResponseReturnValue:
    """Say whether an answer to a question of the demo test is right; nothing is kept."""
    number = int((request.view_args or {})["number"])
    asked = trying.question(candidacy.certification.language, number)
    tried = trying.check_answer(asked, trial.answer)
    return jsonify(TriedAnswer(right=tried.right, answer=list(tried.answer)).sent())


@sits
def written_demo_done(candidacy: Candidacy) -> ResponseReturnValue:
    """Keep that the demo test was gone through, and go on."""
    trying.finish(db(), actor(), candidacy)
    flash(_("Vous connaissez maintenant toutes les formes de questions."), "good")
    return redirect(url_for(".home"))


@sits
def written_watch(candidacy: Candidacy) -> ResponseReturnValue:
    """Say how the written test is watched; keep that it was read."""
    texts = written_way.to_acknowledge(db(), candidacy)
    if request.method == "POST":
        ticked = [kind for kind in texts if request.form.get(kind)]
        consents.record(db(), actor(), ticked, locale())
        if not consents.missing(db(), person().id, texts):
            return redirect(url_for(".written", candidacy_id=candidacy.id))
    settings = house().settings
    page = render_template(
        "candidate/written_watch.html",
        candidacy=candidacy,
        missing=consents.missing(db(), person().id, texts),
        faces="faces" in texts,
        months=settings.snapshot_months,
        picture_hours=settings.identity_picture_hours,
        refused=request.method == "POST",
    )
    return page, 422 if request.method == "POST" else 200


@sits
def written_document(candidacy: Candidacy) -> ResponseReturnValue:
    """Let the candidate hold their document to the camera, or confirm that it is the same one."""
    if phone():
        return _phone_page(candidacy)
    check = presented.standing(db(), candidacy.id)
    return render_template(
        "candidate/written_document.html",
        candidacy=candidacy,
        check=check,
        confirmed=check is not None and check.state is IdentityState.CONFIRMED,
        picture_hours=house().settings.identity_picture_hours,
        data=DocumentPage(
            document=url_for(".document", candidacy_id=candidacy.id),
            most_picture_bytes=MOST_BYTES,
            words=test_sayings() | equipment_sayings(),
        ).sent(),
    )


@sits
def written_test(candidacy: Candidacy) -> ResponseReturnValue:
    """Show the test from wherever it stands: the last words before it, or its open question."""
    if phone():
        return _phone_page(candidacy)
    way = written_way.of(db(), candidacy)
    if way.rules is None:
        return redirect(url_for(".home"))
    if way.test is not None and way.test.state is WrittenTestState.ENDED:
        return redirect(url_for(".written_end", candidacy_id=candidacy.id))
    if not way.under_way and way.next is not None:
        return redirect(written_way.address(candidacy, way.next))
    if not way.open:
        flash(_("Votre période d'accès ne couvre pas ce moment."), "wait")
        return redirect(url_for(".home"))
    running = way.test is not None and way.test.state is WrittenTestState.RUNNING
    return render_template(
        "candidate/written_test.html",
        candidacy=candidacy,
        rules=way.rules,
        test=way.test,
        running=running,
        pilots=way.pilots,
        minutes=round(way.minutes * candidacy.time_factor),
        large="large_print" in candidacy.accommodations,
        groups=questions(),
        data=TestPage(
            base=url_for(".written", candidacy_id=candidacy.id),
            home=url_for(".home"),
            end=url_for(".written_end", candidacy_id=candidacy.id),
            help=url_for(".help_ask", candidacy_id=candidacy.id),
            key=f"{candidacy.id}",
            running=running,
            pulse_s=PULSE,
            quiet_s=QUIET,
            words=test_sayings(),
        ).sent(),
    )


@sits
def written_end(candidacy: Candidacy) -> ResponseReturnValue:
    """Thank, say what comes, and let the candidate choose the oral's hour."""
    way = written_way.of(db(), candidacy)
    if way.test is None or way.test.state is not WrittenTestState.ENDED:
        return redirect(url_for(".written", candidacy_id=candidacy.id))
    return render_template(
        "candidate/written_end.html",
        candidacy=candidacy,
        test=way.test,
        may_book=candidacy.stage is Stage.ENROLLED
        and clock.now() < candidacy.window_end
        and way.test.level is not None,
    )
