"""Rows of every kind, complete and plausible; whatever matters to a test is said by the test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from enrolment.declared import Sex
from enrolment.models import Candidacy, Candidate, Certification, Registration, Stage
from kernel import clock
from kernel.levels import Level
from kernel.permissions import Role
from kernel.published import digest
from people.languages import Language
from people.models import Accreditation, Organisation, Tie, User
from proctor.models import IdentityCheck, ProctorSession, Signal, SignalKind, Snapshot
from results import policies
from results.models import PolicyRow
from results.policy import DEFAULT, Policy
from rooms import content_sets, library
from rooms.models import ContentSet, Incident, IncidentKind, Interview, InterviewState
from rubrics import assignments
from rubrics.library import grid
from rubrics.models import (
    Assignment,
    AssignmentReason,
    Mode,
    Performance,
    PerformanceKind,
    RaterRole,
    Rubric,
    Scoresheet,
)
from scheduling import occupancy
from scheduling.models import Agenda, Appointment, AppointmentState, OpeningHours, OtherDay
from written_test.blueprints import CUTS, SHARES
from written_test.models import (
    Bank,
    Basis,
    Blueprint,
    Item,
    ItemState,
    Release,
    WrittenResult,
)
from written_test.questions.drafts import Draft
from written_test.questions.kinds import write_body
from written_test.questions.library import bank_drafts


class Make:
    """Make rows in one session, flushed so that they have an id; nothing is committed.

    What must differ is numbered, from `first` on.
    """

    def __init__(self, db: Session, first: int = 1) -> None:
        self.db = db
        self._number = count(first)

    def _add(self, row: Any) -> Any:
        self.db.add(row)
        self.db.flush()
        return row

    def organisation(self, **values: Any) -> Organisation:
        number = next(self._number)
        return self._add(
            Organisation(**{"name": f"Atelier {number}", "created_at": clock.now()} | values)
        )

    def user(self, role: Role, **values: Any) -> User:
        number = next(self._number)
        return self._add(
            User(
                **{
                    "email": f"{role}{number}@example.test",
                    "given_name": "Dominique",
                    "family_name": f"Person {number}",
                    "role": role,
                    "created_at": clock.now(),
                    "confirmed_at": clock.now(),
                    "fs_uniquifier": uuid4().hex,
                }
                | values
            )
        )

    def coordinator(self, **values: Any) -> User:
        return self.user(Role.COORDINATOR, **values)

    def manager(self, organisation: Organisation | None = None, **values: Any) -> User:
        organisation = organisation or self.organisation()
        return self.user(Role.ORGANISATION, organisation_id=organisation.id, **values)

    def evaluator(
        self,
        language: Language = Language.EN,
        max_level: Level = Level.C2,
        **values: Any,
    ) -> User:
        """An evaluator accredited for one language since last year."""
        user = self.user(Role.EVALUATOR, **values)
        since = clock.now().date() - timedelta(days=365)
        self._add(
            Accreditation(
                evaluator_id=user.id, language=language, max_level=max_level, valid_from=since
            )
        )
        return user

    def tie(self, evaluator: User, organisation: Organisation) -> Tie:
        return self._add(Tie(evaluator_id=evaluator.id, organisation_id=organisation.id))

    def rubric(self, **values: Any) -> Rubric:
        """The first grid, published; the same one when asked again."""
        known = self.db.query(Rubric).filter_by(name=grid().full_name).first()
        if known is not None and not values:
            return known
        content = grid().as_json()
        return self._add(
            Rubric(
                **{
                    "name": grid().full_name,
                    "digest": digest(content),
                    "version": grid().version,
                    "published_at": clock.now(),
                    "content": content,
                }
                | values
            )
        )

    def policy(self, policy: Policy = DEFAULT) -> PolicyRow:
        """A published policy, the default unless another is given; the same when asked again."""
        known = self.db.query(PolicyRow).filter_by(name=policy.name).first()
        return known or self._add(
            PolicyRow(
                name=policy.name,
                version=int(policy.name.rpartition("-")[2]),
                content=policy.as_json(),
                digest=policies.digest(policy),
                published_at=clock.now(),
            )
        )

    def certification(self, **values: Any) -> Certification:
        """On offer in English, with the first grid and policy; no second marking is asked for."""
        number = next(self._number)
        self.policy()
        row = self._add(
            Certification(
                **{
                    "code": f"essai-{number}",
                    "name_fr": "Anglais d'essai",
                    "name_en": "Trial English",
                    "language": Language.EN,
                    "rubric_id": self.rubric().id,
                    "second_for": [],
                }
                | values
            )
        )
        self._add(
            Registration(
                certification_id=row.id, number=f"ESSAI-{number}", valid_from=date(2024, 1, 1)
            )
        )
        return row

    def candidate(self, organisation: Organisation | None = None, **values: Any) -> Candidate:
        organisation = organisation or self.organisation()
        user = values.pop("user", None) or self.user(Role.CANDIDATE)
        return self._add(
            Candidate(
                **{
                    "user_id": user.id,
                    "organisation_id": organisation.id,
                    "birth_name": "Delaunay",
                    "first_names": "Camille Rose",
                    "sex": Sex.FEMALE,
                    "birth_date": date(1991, 4, 17),
                    "birth_commune_code": "35238",
                    "birth_place": "Rennes",
                }
                | values
            )
        )

    def candidacy(self, candidate: Candidate | None = None, **values: Any) -> Candidacy:
        """Enrolled yesterday, for a month, target B2, in a new certification unless one is given.

        `certification` is a row; so is `organisation`, which the candidate then belongs to.
        """
        organisation = values.pop("organisation", None)
        candidate = candidate or self.candidate(organisation)
        certification = values.pop("certification", None) or self.certification()
        start = clock.now() - timedelta(days=1)
        return self._add(
            Candidacy(
                **{
                    "candidate_id": candidate.id,
                    "organisation_id": candidate.organisation_id,
                    "certification_id": certification.id,
                    "target_level": Level.B2,
                    "stage": Stage.ENROLLED,
                    "window_start": start,
                    "window_end": start + timedelta(days=31),
                    "created_at": start,
                    "enrolled_on": start.date(),
                    "policy": certification.policy,
                }
                | values
            )
        )

    def written_result(
        self, candidacy: Candidacy, level: Level = Level.B2, **values: Any
    ) -> WrittenResult:
        return self._add(
            WrittenResult(
                **{"candidacy_id": candidacy.id, "level": level, "entered_at": clock.now()} | values
            )
        )

    def appointment(
        self,
        candidacy: Candidacy | None = None,
        evaluator: User | None = None,
        starts_at: datetime | None = None,
        **values: Any,
    ) -> Appointment:
        """Half an hour from now, unless `starts_at` is given; the candidacy becomes booked."""
        candidacy = candidacy or self.candidacy()
        evaluator = evaluator or self.evaluator()
        starts_at = starts_at or clock.now() + timedelta(minutes=30)
        if candidacy.stage is Stage.ENROLLED:
            candidacy.stage = Stage.BOOKED
        made: Appointment = self._add(
            Appointment(
                **{
                    "candidacy_id": candidacy.id,
                    "evaluator_id": evaluator.id,
                    "starts_at": starts_at,
                    "ends_at": starts_at + timedelta(minutes=20),
                    "uid": uuid4().hex,
                    "created_at": clock.now(),
                }
                | values
            )
        )
        if made.state is AppointmentState.PLANNED:
            taken = occupancy.take(self.db, candidacy, evaluator.id, starts_at, made.ends_at)
            taken.appointment_id = made.id
            self.db.flush()
        return made

    def agenda(self, evaluator: User, **values: Any) -> Agenda:
        return self._add(Agenda(**{"evaluator_id": evaluator.id, "feed": uuid4().hex} | values))

    def hours(self, evaluator: User, start: int = 0, end: int = 1440) -> User:
        """Let an evaluator be there every day, from minute to minute of their own clock."""
        for weekday in range(7):
            self._add(
                OpeningHours(
                    evaluator_id=evaluator.id,
                    weekday=weekday,
                    start_minute=start,
                    end_minute=end,
                )
            )
        return evaluator

    def other_day(self, evaluator: User, day: date, start: int, end: int) -> OtherDay:
        """Hours of one day, in minutes of the evaluator's own clock."""
        return self._add(
            OtherDay(evaluator_id=evaluator.id, day=day, start_minute=start, end_minute=end)
        )

    def performance(self, candidacy: Candidacy | None = None, **values: Any) -> Performance:
        return self._add(
            Performance(
                **{
                    "kind": PerformanceKind.INTERVIEW,
                    "rubric_id": self.rubric().id,
                    "language": Language.EN,
                    "candidacy_id": candidacy.id if candidacy else None,
                    "created_at": clock.now(),
                }
                | values
            )
        )

    def content_set(self, name: str) -> ContentSet:
        """A published set that holds what the product brings in English, under another name."""
        known = library.written(Language.EN)
        return self._add(content_sets.row_of(known.model_copy(update={"name": name})))

    def interview(self, appointment: Appointment | None = None, **values: Any) -> Interview:
        """Planned, with its performance and an empty scoresheet of its evaluator."""
        appointment = appointment or self.appointment()
        performance = self.performance(appointment.candidacy)
        self.scoresheet(performance, appointment.evaluator)
        return self._add(
            Interview(
                **{
                    "appointment_id": appointment.id,
                    "performance_id": performance.id,
                    "content_set": content_sets.of(self.db, appointment.candidacy.certification),
                    "state": InterviewState.PLANNED,
                    "room": f"r{uuid4().hex[:16]}",
                }
                | values
            )
        )

    def assignment(
        self,
        performance: Performance,
        rater: User,
        role: RaterRole = RaterRole.FIRST,
        **values: Any,
    ) -> Assignment:
        """That of whoever conducts the interview, unless `role` says otherwise."""
        known = assignments.of_rater(self.db, performance.id, rater.id)
        if known is not None:
            return known
        first = role is RaterRole.FIRST
        return self._add(
            Assignment(
                **{
                    "performance_id": performance.id,
                    "rater_id": rater.id,
                    "role": role,
                    "reason": AssignmentReason.CONDUCTS if first else AssignmentReason.SAMPLE,
                    "mode": Mode.LIVE if first else Mode.RECORDED,
                    "assigned_at": clock.now(),
                }
                | values
            )
        )

    def scoresheet(
        self,
        performance: Performance,
        rater: User,
        role: RaterRole = RaterRole.FIRST,
        **values: Any,
    ) -> Scoresheet:
        """An empty one, with its assignment."""
        return self._add(
            Scoresheet(
                **{
                    "assignment_id": self.assignment(performance, rater, role).id,
                    "performance_id": performance.id,
                    "rater_id": rater.id,
                    "role": role,
                    "created_at": clock.now(),
                }
                | values
            )
        )

    def incident(self, interview: Interview, **values: Any) -> Incident:
        """Something said of an oral, by its evaluator."""
        return self._add(
            Incident(
                **{
                    "interview_id": interview.id,
                    "kind": IncidentKind.OTHER,
                    "note": "…",
                    "by_id": interview.appointment.evaluator_id,
                    "at": clock.now(),
                }
                | values
            )
        )

    def identity_check(self, candidacy: Candidacy, **values: Any) -> IdentityCheck:
        return self._add(
            IdentityCheck(**{"candidacy_id": candidacy.id, "created_at": clock.now()} | values)
        )

    def item(self, bank: Bank, draft: Draft, **values: Any) -> Item:
        return self._add(
            Item(
                **{
                    "bank_id": bank.id,
                    "code": draft.code,
                    "kind": draft.body.kind,
                    "content": write_body(draft.body),
                    "skill": draft.skill,
                    "field": draft.field,
                    "level": draft.level,
                    "seconds": draft.time,
                    "shape": [[part.a, part.b, part.c] for part in draft.shape],
                    "fingerprint": draft.fingerprint(),
                    "created_at": clock.now(),
                    "state": ItemState.IN_USE,
                    "basis": Basis.ASSUMED,
                }
                | values
            )
        )

    def bank(self, drafts: Sequence[Draft] | None = None, **values: Any) -> Bank:
        """The bank that comes with the product, or one of `drafts`, released as it stands."""
        bank = self._add(
            Bank(
                **{
                    "name": f"Banque {next(self._number)}",
                    "language": Language.EN,
                    "created_at": clock.now(),
                }
                | values
            )
        )
        rows = [self.item(bank, draft) for draft in drafts or bank_drafts()]
        self.release(bank, rows)
        return bank

    def release(self, bank: Bank, items: Sequence[Item], **values: Any) -> Release:
        """Every item may be shown to everybody."""
        return self._add(
            Release(
                **{
                    "bank_id": bank.id,
                    "number": next(self._number),
                    "made_at": clock.now(),
                    "entries": [[item.id, 1.0, item.shape] for item in items],
                    "simulated": {},
                }
                | values
            )
        )

    def blueprint(
        self, certification: Certification, bank: Bank | None = None, **values: Any
    ) -> Blueprint:
        """The usual written test, from the product's own bank."""
        return self._add(
            Blueprint(
                **{
                    "certification_id": certification.id,
                    "bank_id": (bank or self.bank()).id,
                    "shares": dict(SHARES),
                    "cuts": list(CUTS),
                }
                | values
            )
        )

    def proctor_session(
        self, candidacy: Candidacy | None = None, minutes: int = 30, **values: Any
    ) -> ProctorSession:
        """A watch that began `minutes` ago and still runs, unless `closed_at` is given."""
        candidacy = candidacy or self.candidacy()
        begun = clock.now() - timedelta(minutes=minutes)
        return self._add(
            ProctorSession(
                **{
                    "candidacy_id": candidacy.id,
                    "candidacy": candidacy,
                    "opened_at": begun,
                    "heard_at": clock.now(),
                }
                | values
            )
        )

    def signal(
        self,
        session: ProctorSession,
        kind: SignalKind = SignalKind.TAB_LEFT,
        at: datetime | None = None,
        **values: Any,
    ) -> Signal:
        moment = at or session.opened_at + timedelta(minutes=1)
        return self._add(
            Signal(
                **{
                    "session_id": session.id,
                    "key": f"s{next(self._number)}",
                    "kind": kind,
                    "at": moment,
                    "received_at": moment,
                }
                | values
            )
        )

    def snapshot(self, session: ProctorSession, **values: Any) -> Snapshot:
        return self._add(
            Snapshot(
                **{
                    "session_id": session.id,
                    "key": f"p{next(self._number)}",
                    "at": session.opened_at + timedelta(minutes=2),
                    "why": "random",
                }
                | values
            )
        )
