"""The pages of signing in: password, second factor, a lost password, signing out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from evaluator_app.sign_in import entering, known_browsers, second_factor
from evaluator_app.sign_in.forms import CodeForm, ForgottenForm, LinkForm, LoginForm
from evaluator_app.sign_in.hashing import matches
from evaluator_app.sign_in.throttle import mails, tries
from evaluator_app.web.edge import count_refusal, db, house, reach
from evaluator_app.words import _
from evaluator_app.words.navigation import home_of
from kernel import addresses, audit, clock
from kernel.permissions import SYSTEM
from people import entry, locking, recovering
from people.models import LinkPurpose, User


def known_by_password(email: str, password: str) -> User | None:
    """Return whose address and password these are; None for any reason, and none is told.

    The slow comparison comes before the transaction that counts: no lock waits for it, and of
    many tries at once those that come once the place waits count as refused, right or wrong.
    """
    with house().database.session(read_only=True) as reading:
        account = reading.execute(
            select(User.id, User.password).where(
                User.email == addresses.canonical(email), User.active
            )
        ).first()
    right = matches(password, account.password if account else None)
    user = locking.lock_row(db(), account.id) if account else None
    if account is not None and user is not None:
        place = known_browsers.place_of(user)
        if not locking.waits(db(), user, place):
            if right and user.password == account.password:
                locking.succeeded(db(), user, place)
                return user
            locking.failed(db(), house().settings, user, place)
    audit.record(db(), SYSTEM, "sign_in.refused", user)
    count_refusal()
    return None


@tries
def login() -> ResponseReturnValue:
    """Ask for address and password; the same words whatever was wrong."""
    target = entering.safe_next(request.args.get("next"))
    if current_user.is_authenticated and request.method == "GET" and not reach():
        return redirect(target or home_of(current_user.role))
    form = LoginForm()
    status = 200
    if form.validate_on_submit():
        user = known_by_password(form.email.data, form.password.data)
        if user is not None:
            if user.code_until is None:
                return entering.admit(user, target)
            if clock.now() < user.code_until:
                return redirect(_password_page(user), 303)
        form.form_errors.append(
            _("Ce code d'accès a expiré : choisissez un mot de passe par « Mot de passe oublié ».")
            if user is not None
            else _("Cette adresse et ce mot de passe ne vont pas ensemble.")
        )
        status = 422
    return (
        render_template("security/login.html", form=form, settings=house().settings, next=target),
        status,
    )


def _password_page(user: User) -> str:
    """Return where whoever has shown an access code chooses the password that replaces it."""
    link = entry.make(db(), SYSTEM, house().settings, user, LinkPurpose.RECOVERY)
    return url_for("public.entry_password", token=link.rpartition("/")[2])


@tries
def code() -> ResponseReturnValue:
    """Ask for the second factor of whoever has just shown the first."""
    awaited = second_factor.expected()
    if awaited is None:
        return redirect(url_for(".login"))
    user_id, target = awaited
    form = CodeForm()
    status = 200
    if form.validate_on_submit():
        user = locking.lock_row(db(), user_id)
        if not locking.locked(user) and second_factor.right(user, form.code.data):
            entering.enter(user)
            return redirect(entering.safe_next(target) or home_of(user.role))
        if not locking.locked(user):
            locking.wrong_code(db(), house().settings, user)
        audit.record(db(), SYSTEM, "second_factor.refused", user)
        count_refusal()
        form.code.errors = [_("Ce code ne convient pas. Attendez le suivant, puis réessayez.")]
        status = 422
    return render_template("security/code.html", form=form, settings=house().settings), status


@mails
def forgotten() -> ResponseReturnValue:
    """Send a link to whoever has this address; the answer is the same for an address unknown."""
    form = ForgottenForm()
    if form.validate_on_submit():
        recovering.ask(db(), form.email.data)
        return render_template("security/forgotten_sent.html", email=form.email.data.strip())
    return render_template("security/forgotten.html", form=form)


@mails
def link() -> ResponseReturnValue:
    """Send a candidate a link to their space; the answer is the same for an address unknown."""
    form = LinkForm()
    if form.validate_on_submit():
        recovering.ask(db(), form.email.data, by_link=True)
        return render_template("security/link_sent.html", email=form.email.data.strip())
    return render_template("security/link.html", form=form), 422 if form.errors else 200


def logout() -> ResponseReturnValue:
    """Sign out at this browser."""
    if current_user.is_authenticated:
        entering.leave()
    flash(_("Vous êtes déconnecté."), "good")
    answer = redirect(url_for("public.home"))
    # Marks that only this browser holds lie in its storage: its script says when there are none.
    kinds = '"cache", "storage"' if request.form.get("clean") == "1" else '"cache"'
    answer.headers["Clear-Site-Data"] = kinds
    return answer
