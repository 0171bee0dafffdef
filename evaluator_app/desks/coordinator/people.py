"""People and organisations: who is here, invite, accredit, close an account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, EmailField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from evaluator_app.desks.shared import zones
from evaluator_app.desks.shared.fields import MultiCheckboxField, choices, strip, to_choose
from evaluator_app.sign_in.confirming import confirmed_by_password
from evaluator_app.web.edge import actor, db, house, needs, person
from evaluator_app.web.fault_fields import on_form
from evaluator_app.web.form_base import Form
from evaluator_app.web.incoming import whole
from evaluator_app.words import _, _l, locale
from evaluator_app.words.vocabulary import ROLES
from kernel import clock, exam_zone
from kernel.errors import VivaError
from kernel.levels import LEVELS, Level
from kernel.permissions import Permission, Role
from people import credentials, entry, inviting, queries
from people.inviting import STAFF, Invitation
from people.languages import Language
from people.models import LinkPurpose, Organisation, User


class MandateForm(Form):
    """What an evaluator may examine, and whose candidates never."""

    languages = MultiCheckboxField(
        _l("Langues évaluées"),
        choices=lambda: [(v.value, v.label(locale()).capitalize()) for v in Language],
    )
    max_level = SelectField(
        _l("Jusqu'au niveau"),
        choices=lambda: to_choose((level.value, level.value) for level in reversed(LEVELS)),
    )
    ties = MultiCheckboxField(
        _l("Organismes auxquels cette personne est liée"),
        coerce=int,
        description=_l("Elle n'examinera jamais leurs candidats."),
    )

    def offer(self, organisations: list[Organisation]) -> None:
        """Fill the organisations one may be tied to."""
        self.ties.choices = [(o.id, o.name) for o in organisations]

    def validate_max_level(self, field: SelectField) -> None:
        """Ask for the level where a language is ticked."""
        if self.languages.data and not field.data:
            raise ValidationError(_("Choisissez le niveau le plus haut que cette personne évalue."))

    def fill(self, user: User) -> None:
        """Fill in what an evaluator may examine today."""
        self.languages.data = [str(row.language) for row in user.accreditations]
        levels = [row.max_level for row in user.accreditations]
        self.max_level.data = max(levels).value if levels else ""
        self.ties.data = [tie.organisation_id for tie in user.ties]

    def accreditations(self) -> dict[Language, Level]:
        """Return the languages and the level that were ticked."""
        return {Language(v): Level(self.max_level.data) for v in self.languages.data or []}


class InviteForm(MandateForm):
    """Somebody to invite."""

    email = EmailField(_l("Adresse e-mail"), [InputRequired(), Length(max=200)], filters=[strip])
    given_name = StringField(_l("Prénom"), [InputRequired(), Length(max=60)], filters=[strip])
    family_name = StringField(_l("Nom"), [InputRequired(), Length(max=60)], filters=[strip])
    role = SelectField(
        _l("Rôle"),
        choices=lambda: choices({role: ROLES[role] for role in STAFF}),
        default=str(Role.EVALUATOR),
    )
    organisation = SelectField(_l("Organisme"), [Optional()], coerce=int)
    senior = BooleanField(_l("Évaluateur expérimenté"))
    locale = SelectField(
        _l("Langue des messages"), choices=[("fr", "Français"), ("en", "English")], default="fr"
    )
    timezone = SelectField(_l("Fuseau horaire"), choices=zones.choices, default=exam_zone.name)

    def offer(self, organisations: list[Organisation]) -> None:
        """Fill the organisations that one may belong or be tied to."""
        super().offer(organisations)
        self.organisation.choices = [(0, "–"), *((o.id, o.name) for o in organisations)]

    def validate_max_level(self, field: SelectField) -> None:
        """Ask an evaluator alone for the level: nobody else sees the question."""
        if self.role.data == Role.EVALUATOR:
            super().validate_max_level(field)

    def wish(self, organisations: list[Organisation]) -> Invitation:
        """Return the invitation that was filled in."""
        role = Role(self.role.data)
        by_id = {o.id: o for o in organisations}
        return Invitation(
            email=self.email.data or "",
            role=role,
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            locale=self.locale.data,
            timezone=self.timezone.data,
            organisation=by_id.get(self.organisation.data) if role is Role.ORGANISATION else None,
            senior=bool(self.senior.data),
            accreditations=self.accreditations() if role is Role.EVALUATOR else {},
            ties=[by_id[i] for i in self.ties.data or [] if i in by_id],
        )


class OrganisationForm(Form):
    """A training organisation to add."""

    name = StringField(
        _l("Nom de l'organisme"), [InputRequired(), Length(max=120)], filters=[strip]
    )


class AddressForm(Form):
    """The right address of somebody who was invited at a wrong one."""

    email = EmailField(_l("Adresse e-mail"), [InputRequired(), Length(max=200)], filters=[strip])


def member(session: Session, user_id: int) -> User | None:
    """Load one member of staff."""
    return queries.member(session, user_id)


def organisation(session: Session, organisation_id: int) -> Organisation | None:
    """Load one training organisation."""
    return queries.organisation(session, organisation_id)


@needs(Permission.SEE_PEOPLE)
def people() -> str:
    """List the staff and the organisations."""
    return _listed(OrganisationForm(formdata=None))


def _listed(form: OrganisationForm) -> str:
    staff = queries.staff(db())
    return render_template(
        "coordinator/people.html",
        staff=staff,
        entered=queries.entered(db(), [row.id for row in staff]),
        organisations=queries.organisations(db()),
        form=form,
    )


@needs(Permission.INVITE_PEOPLE)
def invite() -> ResponseReturnValue:
    """Invite a coordinator, an evaluator or an organisation's manager."""
    organisations = list(queries.organisations(db()))
    form = InviteForm()
    form.offer(organisations)
    if not form.is_submitted() and (asked := request.args.get("role")) in {str(r) for r in STAFF}:
        form.role.data = asked
        form.organisation.data = whole(request.args, "organisation", 0)
    if form.validate_on_submit():
        try:
            user = inviting.invite(db(), actor(), form.wish(organisations), person().name)
        except VivaError as error:
            on_form(form, error)
        else:
            _say_invited(user)
            return redirect(url_for(".people"))
    return render_template("coordinator/invite.html", form=form)


@needs(Permission.INVITE_PEOPLE)
def add_organisation() -> ResponseReturnValue:
    """Add a training organisation."""
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            made = inviting.add_organisation(db(), actor(), form.name.data or "")
            db().flush()
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("Organisme ajouté. Invitez maintenant une personne qui le gère."), "good")
            return redirect(url_for(".invite", role=str(Role.ORGANISATION), organisation=made.id))
    return _listed(form), 422


@needs(Permission.SEE_PEOPLE, load=organisation)
def organisation_page(organisation: Organisation) -> ResponseReturnValue:
    """Show a training organisation and who manages it; correct its name."""
    form = OrganisationForm(obj=organisation)
    if form.validate_on_submit():
        try:
            inviting.rename_organisation(db(), actor(), organisation, form.name.data or "")
        except VivaError as error:
            on_form(form, error)
        else:
            flash(_("Nom enregistré."), "good")
            return redirect(url_for(".organisation_page", organisation_id=organisation.id))
    staff = [user for user in queries.staff(db()) if user.organisation_id == organisation.id]
    return render_template(
        "coordinator/organisation.html",
        organisation=organisation,
        staff=staff,
        entered=queries.entered(db(), [user.id for user in staff]),
        form=form,
    )


@needs(Permission.SEE_PEOPLE, load=member)
def member_page(user: User) -> ResponseReturnValue:
    """Show one member of staff; for an evaluator, change what they may examine."""
    organisations = list(queries.organisations(db()))
    form = MandateForm()
    form.offer(organisations)
    if not form.is_submitted():
        form.fill(user)
    if form.validate_on_submit():
        wanted = set(form.ties.data or [])
        ties = [o for o in organisations if o.id in wanted]
        inviting.accredit(db(), actor(), user, form.accreditations(), ties)
        flash(_("Accréditations enregistrées."), "good")
        return redirect(url_for(".member_page", user_id=user.id))
    return _shown(user, form=form)


def _shown(
    user: User,
    *,
    form: MandateForm | None = None,
    address: AddressForm | None = None,
    link: str = "",
) -> str:
    """Return somebody's page; `link` opens their account, and is shown this once."""
    if form is None:
        form = MandateForm(formdata=None)
        form.offer(list(queries.organisations(db())))
        form.fill(user)
    return render_template(
        "coordinator/member.html",
        member=user,
        entered=user.id in queries.entered(db(), [user.id]),
        letters_leave=house().settings.letters_leave,
        form=form,
        address=address or AddressForm(formdata=None, obj=user),
        link=link,
        until=clock.now() + entry.LIFETIME[LinkPurpose.INVITATION],
    )


@needs(Permission.INVITE_PEOPLE, load=member)
def send_invitation(user: User) -> ResponseReturnValue:
    """Send an invitation again."""
    inviting.send(db(), actor(), user, person().name)
    _say_invited(user)
    return redirect(url_for(".member_page", user_id=user.id))


@needs(Permission.INVITE_PEOPLE, load=member)
@confirmed_by_password
def show_link(user: User) -> ResponseReturnValue:
    """Show the link of an invitation, once, to be handed over; it stays in no row."""
    return _shown(user, link=inviting.hand_over(db(), actor(), house().settings, user))


@needs(Permission.INVITE_PEOPLE, load=member)
def correct_address(user: User) -> ResponseReturnValue:
    """Correct the address of somebody who never came in, and invite them there."""
    form = AddressForm()
    if form.validate_on_submit():
        before = user.email
        try:
            inviting.correct_address(db(), actor(), user, form.email.data or "", person().name)
        except VivaError as error:
            on_form(form, error)
        else:
            if user.email != before:
                _say_invited(user)
            return redirect(url_for(".member_page", user_id=user.id))
    return _shown(user, address=form), 422


def _say_invited(user: User) -> None:
    if house().settings.letters_leave:
        flash(_("L'invitation part à %(email)s.", email=user.email), "good")
        return
    flash(
        _(
            "Aucun e-mail ne part de cette installation : l'invitation n'arrivera pas à %(email)s. "
            "Montrez un lien depuis la page de la personne, et remettez-le-lui.",
            email=user.email,
        ),
        "wait",
    )


@needs(Permission.INVITE_PEOPLE, load=member)
@confirmed_by_password
def reset_second_factor(user: User) -> ResponseReturnValue:
    """Take away the second factor of a colleague who lost theirs."""
    credentials.reset_second_factor(db(), actor(), house().settings, user)
    flash(_("Le second facteur est retiré ; la personne en est avertie."), "good")
    return redirect(url_for(".member_page", user_id=user.id))


@needs(Permission.INVITE_PEOPLE, load=member)
@confirmed_by_password
def set_active(user: User) -> ResponseReturnValue:
    """Close an account, or open it again."""
    active = request.form.get("active") == "1"
    inviting.set_active(db(), actor(), user, active=active)
    flash(_("Le compte est ouvert.") if active else _("Le compte est fermé."), "good")
    return redirect(url_for(".member_page", user_id=user.id))
