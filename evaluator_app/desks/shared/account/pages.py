"""One's account at a glance: who one is, language and zone, signed-in browsers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.shared.account.forms import NameForm, ProfileForm
from evaluator_app.sign_in import entering, second_factor
from evaluator_app.web.edge import actor, db, for_role, house, person
from evaluator_app.words import _
from kernel.permissions import Role
from people import profile, sessions

EVERYBODY = (Role.CANDIDATE, Role.EVALUATOR, Role.ORGANISATION, Role.COORDINATOR)


@for_role(*EVERYBODY)
def home() -> ResponseReturnValue:
    """Show the account; keep language and zone."""
    user, form = person(), ProfileForm()
    form.offer(user)
    if form.validate_on_submit():
        profile.set_language_and_zone(
            db(), actor(), user, locale=form.locale.data, timezone=form.timezone.data
        )
        session["lang"] = form.locale.data
        flash(_("C'est enregistré."), "good")
        return redirect(url_for(".home"))
    return _shown(form, NameForm(formdata=None, obj=user))


@for_role(*EVERYBODY)
def zone() -> ResponseReturnValue:
    """Keep the zone alone, chosen where hours are read, and go back there."""
    user = person()
    profile.set_language_and_zone(
        db(), actor(), user, locale=user.locale, timezone=request.form.get("timezone", "")
    )
    return redirect(entering.safe_next(request.form.get("next")) or url_for(".home"))


def _shown(form: ProfileForm, name_form: NameForm) -> str:
    user, here = person(), entering.mine()
    return render_template(
        "account/home.html",
        form=form,
        name_form=name_form,
        user=user,
        sessions=sessions.of(db(), house().settings, user),
        here=here.id if here else None,
        second_factor=second_factor.has(user),
        codes_left=second_factor.codes_left(user),
    )


@for_role(Role.EVALUATOR, Role.ORGANISATION, Role.COORDINATOR)
def name() -> ResponseReturnValue:
    """Keep the name that others read."""
    name_form, user = NameForm(), person()
    if name_form.validate_on_submit():
        profile.set_name(
            db(),
            actor(),
            user,
            given_name=name_form.given_name.data,
            family_name=name_form.family_name.data,
        )
        flash(_("C'est enregistré."), "good")
        return redirect(url_for(".home"))
    form = ProfileForm(formdata=None)
    form.offer(user)
    form.locale.data, form.timezone.data = user.locale, user.timezone
    return _shown(form, name_form)


@for_role(*EVERYBODY)
def end_session(session_id: int) -> ResponseReturnValue:
    """End the session of one of one's browsers."""
    sessions.revoke(db(), actor(), session_id)
    flash(_("La session est fermée : ce navigateur devra se reconnecter."), "good")
    return redirect(url_for(".home", _anchor="sessions"))


@for_role(*EVERYBODY)
def end_others() -> ResponseReturnValue:
    """End every session but this browser's."""
    here = entering.mine()
    sessions.revoke_all(db(), actor(), person(), but=here.id if here else None)
    flash(_("Vous n'êtes plus connecté qu'ici."), "good")
    return redirect(url_for(".home", _anchor="sessions"))
