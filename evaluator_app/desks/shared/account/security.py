"""One's password, and one's second factor."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from evaluator_app.desks.shared.account.forms import DigitsForm, OwnPasswordForm
from evaluator_app.desks.shared.account.pages import EVERYBODY
from evaluator_app.sign_in import entering, hash_code, second_factor
from evaluator_app.sign_in.confirming import confirmed
from evaluator_app.sign_in.pages import known_by_password
from evaluator_app.sign_in.throttle import tries
from evaluator_app.web.edge import actor, db, for_role, house, person
from evaluator_app.words import _, say
from kernel.errors import Invalid
from kernel.permissions import Role
from people import credentials, locking, passwords, recovering, sessions
from people.credentials import Change
from people.models import User

STAFF = (Role.EVALUATOR, Role.ORGANISATION, Role.COORDINATOR)
SECRET = "viva_new_factor"  # noqa: S105 -- where an encrypted secret waits for its first digits


@for_role(*EVERYBODY)
@tries
def password() -> ResponseReturnValue:
    """Change one's password; every other browser is signed out."""
    user, form = person(), OwnPasswordForm()
    if user.password is None and not sessions.proved(entering.mine()):
        return redirect(url_for(".confirm", next=url_for(".password")), 303)
    if form.validate_on_submit():
        try:
            passwords.check(form.password.data, email=user.email, name=user.name)
        except Invalid as refused:
            form.password.errors = [say(refused)]
        else:
            if user.password and known_by_password(user.email, form.current.data or "") is None:
                form.current.errors = [_("Ce n'est pas votre mot de passe actuel.")]
            else:
                here = entering.mine()
                hashed = hash_code(form.password.data)
                keep = here.id if here else None
                recovering.set_password(db(), actor(), house().settings, user, hashed, keep=keep)
                flash(
                    _("Votre mot de passe est changé ; les autres sessions sont fermées."), "good"
                )
                return redirect(url_for(".home"))
    return render_template("account/password.html", form=form, user=user)


@for_role(*STAFF)
@confirmed
@tries
def second() -> ResponseReturnValue:
    """Set up the second factor, by the first digits of the application; or look after it."""
    user, form = person(), DigitsForm()
    if second_factor.has(user):
        return render_template(
            "account/second_factor_on.html",
            form=form,
            codes_left=second_factor.codes_left(user),
            needed=house().settings.coordinators_need_second_factor
            and user.role is Role.COORDINATOR,
        )
    secret = session.setdefault(SECRET, second_factor.fresh_secret())
    if form.validate_on_submit():
        codes = second_factor.set_up(actor(), user, secret, form.code.data)
        if codes is not None:
            session.pop(SECRET)
            credentials.tell(db(), house().settings, user, Change.FACTOR_SET)
            return render_template("account/recovery_codes.html", codes=codes, fresh=True)
        form.code.errors = [_wrong()]
    shown = second_factor.show(user, secret)
    return render_template("account/second_factor.html", form=form, shown=shown)


@for_role(*STAFF)
@confirmed
@tries
def remove_second() -> ResponseReturnValue:
    """Take the second factor away, by one last code."""
    user, form = person(), DigitsForm()
    if second_factor.has(user) and form.validate() and _right(user, form.code.data):
        second_factor.remove(actor(), user)
        credentials.tell(db(), house().settings, user, Change.FACTOR_REMOVED)
        flash(_("Le second facteur est retiré."), "wait")
        return redirect(url_for(".home"))
    flash(_wrong(), "person")
    return redirect(url_for(".second"))


@for_role(*STAFF)
@confirmed
@tries
def fresh_codes() -> ResponseReturnValue:
    """Replace the recovery codes, by a code."""
    user, form = person(), DigitsForm()
    if second_factor.has(user) and form.validate() and _right(user, form.code.data):
        codes = second_factor.fresh_codes(user)
        credentials.tell(db(), house().settings, user, Change.CODES)
        return render_template("account/recovery_codes.html", codes=codes, fresh=False)
    flash(_wrong(), "person")
    return redirect(url_for(".second"))


def _wrong() -> str:
    return _("Ce code ne convient pas. Attendez le suivant, puis réessayez.")


def _right(user: User, typed: str) -> bool:
    """Tell whether a code is right; wrong ones count towards the lock as at sign-in."""
    locking.lock_row(db(), user.id)
    if locking.locked(user):
        return False
    if second_factor.right(user, typed):
        return True
    locking.wrong_code(db(), house().settings, user)
    return False
