from __future__ import annotations

from datetime import timedelta

import letterbox
import pytest
from sqlalchemy import select

from kernel import clock
from kernel.audit import AuditEntry
from kernel.errors import Forbidden, Invalid, NotThere, Refused
from kernel.levels import Level
from kernel.permissions import SYSTEM, Role
from kernel.settings import MailBackend, Mode
from people import entry, inviting, queries, sessions
from people.inviting import Invitation
from people.models import EntryLink, Language, LinkPurpose


def token(link: str) -> str:
    return link.rsplit("/", 1)[-1]


def test_an_invitation_opens_an_account_without_password_and_queues_its_letter(db, settings):
    user = inviting.invite(
        db, SYSTEM, Invitation(" First@Example.test ", Role.COORDINATOR, "Ada", "L")
    )
    assert (user.email, user.password) == ("first@example.test", None)
    [letter] = letterbox.written(db, settings)
    assert (letter.template, letter.reader) == ("staff_invitation", user)
    assert entry.use(db, settings, token(letter.context["link"])) is user


def test_an_evaluator_has_a_language_and_ties(db, make, settings):
    coordinator, organisation = make.coordinator(), make.organisation()
    wish = Invitation("eva@example.test", Role.EVALUATOR, "Eva", "Luator")
    with pytest.raises(Invalid) as caught:
        inviting.invite(db, coordinator.actor, wish)
    assert caught.value.field == "languages"
    wish = Invitation(
        "eva@example.test",
        Role.EVALUATOR,
        "Eva",
        "Luator",
        accreditations={Language.EN: Level.C1},
        ties=[organisation],
    )
    user = inviting.invite(db, coordinator.actor, wish)
    assert [(a.language, a.max_level) for a in user.accreditations] == [(Language.EN, Level.C1)]
    assert [t.organisation_id for t in user.ties] == [organisation.id]
    inviting.accredit(db, coordinator.actor, user, {Language.DE: Level.B2}, [])
    db.expire(user)
    assert [(a.language, a.max_level) for a in user.accreditations] == [(Language.DE, Level.B2)]
    assert user.ties == []


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Invitation("nobody", Role.COORDINATOR), "email"),
        (Invitation("a@mail..test", Role.COORDINATOR), "email"),
        (Invitation("a@b.test", Role.CANDIDATE), "role"),
        (Invitation("a@b.test", Role.ORGANISATION), "organisation"),
    ],
)
def test_what_cannot_be_invited_is_named(db, settings, wish, field):
    with pytest.raises(Invalid) as caught:
        inviting.invite(db, SYSTEM, wish)
    assert caught.value.field == field


def test_an_address_has_one_account(db, make, settings):
    make.coordinator(email="taken@example.test")
    with pytest.raises(Refused):
        inviting.invite(db, SYSTEM, Invitation("TAKEN@example.test", Role.COORDINATOR))


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.EVALUATOR, Role.ORGANISATION])
def test_only_coordinators_invite(db, make, settings, role):
    actor = make.manager().actor if role is Role.ORGANISATION else make.user(role).actor
    with pytest.raises(Forbidden):
        inviting.invite(db, actor, Invitation("x@y.test", Role.COORDINATOR))


def test_a_link_works_once_and_not_for_ever(db, make, settings):
    user = make.coordinator()
    link = entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN)
    assert entry.look(db, settings, token(link)).used_at is None
    assert entry.use(db, settings, token(link)) is user
    with pytest.raises(Refused, match="déjà servi"):
        entry.use(db, settings, token(link))
    old = entry.make(db, SYSTEM, settings, user, LinkPurpose.SIGN_IN)
    db.scalars(select(EntryLink).where(EntryLink.used_at.is_(None))).one().expires_at = (
        clock.now() - timedelta(seconds=1)
    )
    with pytest.raises(Refused, match="expiré"):
        entry.use(db, settings, token(old))


def test_a_forged_or_foreign_token_is_nothing(db, settings):
    for bad in ("", "nonsense", "eyJsIjoxfQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"):
        with pytest.raises(NotThere):
            entry.use(db, settings, bad)


def test_nobody_closes_their_own_account(db, make):
    coordinator, other = make.coordinator(), make.coordinator()
    with pytest.raises(Refused):
        inviting.set_active(db, coordinator.actor, coordinator, active=False)
    inviting.set_active(db, coordinator.actor, other, active=False)
    assert other.active is False


def without_mail(settings):
    return settings.model_copy(update={"mode": Mode.SERVE, "mail_backend": MailBackend.FOLDER})


def test_where_no_letter_leaves_a_link_is_handed_over(db, make, settings):
    coordinator, invited = make.coordinator(), make.evaluator()
    still = without_mail(settings)
    first = inviting.hand_over(db, coordinator.actor, still, invited)
    second = inviting.hand_over(db, coordinator.actor, still, invited)
    with pytest.raises(Refused, match="expiré"):
        entry.use(db, settings, token(first))
    assert entry.use(db, settings, token(second)) is invited
    acts = select(AuditEntry.actor_id).where(AuditEntry.act == "people.hand_over")
    assert db.scalars(acts).all() == [coordinator.id, coordinator.id]
    assert second not in [str(row.data) for row in db.scalars(select(AuditEntry))]


def test_no_link_is_shown_where_letters_leave_or_somebody_came_in(db, make, settings):
    coordinator, invited = make.coordinator(), make.evaluator()
    with pytest.raises(Refused, match="e-mail"):
        inviting.hand_over(db, coordinator.actor, settings, invited)
    sessions.begin(db, invited, sessions.Browser("here", "Firefox"))
    with pytest.raises(Refused, match="déjà ouvert"):
        inviting.hand_over(db, coordinator.actor, without_mail(settings), invited)
    with pytest.raises(Forbidden):
        inviting.hand_over(db, invited.actor, without_mail(settings), make.evaluator())


def test_a_wrong_address_is_corrected_until_somebody_comes_in(db, make, settings):
    coordinator = make.coordinator()
    wish = Invitation("wrnog@example.test", Role.COORDINATOR, "Ada", "L")
    user = inviting.invite(db, coordinator.actor, wish)
    [wrong] = letterbox.written(db, settings)
    with pytest.raises(Refused):
        inviting.correct_address(db, coordinator.actor, user, coordinator.email)
    inviting.correct_address(db, coordinator.actor, user, " Wrong@example.test")
    assert user.email == "wrong@example.test"
    with pytest.raises(Refused, match="expiré"):
        entry.use(db, settings, token(wrong.context["link"]))
    right = letterbox.written(db, settings)[-1]
    assert right.to.email == "wrong@example.test"
    assert entry.use(db, settings, token(right.context["link"])) is user
    sessions.begin(db, user, sessions.Browser("here", "Firefox"))
    with pytest.raises(Refused, match="déjà ouvert"):
        inviting.correct_address(db, coordinator.actor, user, "other@example.test")


def test_invitations_wait_until_somebody_comes_in(db, make):
    came, closed, waits = make.evaluator(), make.evaluator(active=False), make.manager()
    sessions.begin(db, came, sessions.Browser("here", "Firefox"))
    make.candidate()
    db.flush()
    assert closed.active is False
    assert list(queries.invited(db, clock.now())) == [waits]
    assert list(queries.invited(db, waits.created_at - timedelta(seconds=1))) == []


def test_an_organisations_name_is_corrected(db, make):
    coordinator, organisation = make.coordinator(), make.organisation(name="Cap Langue")
    other = make.organisation(name="Horizon")
    inviting.rename_organisation(db, coordinator.actor, organisation, " Cap  Langues ")
    assert organisation.name == "Cap Langues"
    for name, fault in ((other.name, Refused), ("C", Invalid)):
        with pytest.raises(fault):
            inviting.rename_organisation(db, coordinator.actor, organisation, name)
    acts = select(AuditEntry.subject_id).where(AuditEntry.act == "organisation.rename")
    assert db.scalars(acts).all() == [organisation.id]
