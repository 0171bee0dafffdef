"""Show once more that it is oneself: by the password, or by a link for whoever has none."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from evaluator_app.desks.shared.account.pages import EVERYBODY
from evaluator_app.sign_in.entering import mine, safe_next
from evaluator_app.sign_in.pages import known_by_password
from evaluator_app.sign_in.throttle import mails, tries
from evaluator_app.web.edge import db, for_role, person
from evaluator_app.web.form_base import Form
from evaluator_app.words import _, _l
from people import recovering, sessions
from people.passwords import LONGEST


class ConfirmForm(Form):
    """The password, once more."""

    password = PasswordField(
        _l("Mot de passe"),
        [InputRequired(_l("Donnez votre mot de passe.")), Length(max=LONGEST * 4)],
    )


@for_role(*EVERYBODY)
@tries
def confirm() -> ResponseReturnValue:
    """Ask for the password, then go on where the act was asked."""
    user, form, here = person(), ConfirmForm(), mine()
    then = safe_next(request.args.get("next")) or url_for(".home")
    if user.password is not None and form.validate_on_submit():
        if known_by_password(user.email, form.password.data) is not None and here is not None:
            sessions.prove(here)
            return redirect(then, 303)
        form.password.errors = [_("Ce n'est pas votre mot de passe actuel.")]
    return render_template("account/confirm.html", form=form, user=user, sent=False)


@for_role(*EVERYBODY)
@mails
def confirm_link() -> ResponseReturnValue:
    """Send whoever has no password a link to choose one."""
    user = person()
    recovering.ask(db(), user.email)
    form = ConfirmForm(formdata=None)
    return render_template("account/confirm.html", form=form, user=user, sent=True)
