"""The page behind an e-mailed link: opening it never signs anybody in, « Continuer » does.

A link that opens an account, or finds it again, leads to choosing a password; the link is used
up once it is chosen. Any other signs in at once.
"""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from evaluator_app.sign_in import admit, enter, hash_code
from evaluator_app.sign_in.forms import LinkForm, PasswordForm
from evaluator_app.sign_in.throttle import mails, tries
from evaluator_app.web.edge import db, house, reach
from evaluator_app.words import say, speak
from evaluator_app.words.navigation import home_of
from kernel.errors import Invalid, NotThere
from kernel.permissions import Role
from people import entry, passwords, recovering
from people.models import EntryLink, LinkPurpose


def chooses_password(link: EntryLink) -> bool:
    """Tell whether whoever follows `link` chooses a password before coming in."""
    if link.purpose is LinkPurpose.INVITATION:
        return link.user.role is not Role.CANDIDATE
    return link.purpose is LinkPurpose.RECOVERY


def over(link: EntryLink) -> str | None:
    """Return why `link` opens nothing any more: used, expired, opened; None if it does."""
    if link.purpose is LinkPurpose.INVITATION and chooses_password(link) and link.user.password:
        return "opened"
    return entry.over(link)


def _over_page(link: EntryLink, why: str, *, sent: bool = False) -> ResponseReturnValue:
    page = render_template(
        "public/entry_over.html",
        link=link,
        why=why,
        sent=sent,
        candidate=link.user.role is Role.CANDIDATE,
    )
    return page, 200 if sent else 410


def _look(token: str) -> EntryLink:
    """Return the link, and speak its owner's language."""
    link = entry.look(db(), house().settings, token)
    speak(link.user.locale)
    return link


def entry_page(token: str) -> ResponseReturnValue:
    """Show whom the link is for, and the button; or where to get another one.

    Whoever is here already goes to the page that it leads to.
    """
    try:
        link = _look(token)
    except NotThere:
        return render_template("public/entry_cut.html", form=LinkForm()), 404
    why, leads_to = over(link), entry.target(house().settings, token)
    if _is_here(link) and (why is not None or leads_to is not None):
        return redirect(leads_to or home_of(link.user.role))
    if why is None:
        return render_template("public/entry.html", link=link)
    return _over_page(link, why)


@tries
def entry_use(token: str) -> ResponseReturnValue:
    """Sign in whom the link is for, once; or go on to choosing a password."""
    link = _look(token)
    if (why := over(link)) is not None:
        return _over_page(link, why)
    if chooses_password(link):
        return redirect(url_for(".entry_password", token=token), 303)
    if only := entry.reach(house().settings, token):
        return _beside(link, token, only)
    return admit(entry.use(db(), house().settings, token), entry.target(house().settings, token))


def _is_here(link: EntryLink) -> bool:
    """Tell whether its owner is signed in here, by their own sign-in."""
    return current_user.is_authenticated and current_user.user_id == link.user_id and not reach()


def _beside(link: EntryLink, token: str, only: str) -> ResponseReturnValue:
    """Open a second screen of whoever is signed in elsewhere, and showed all they are asked for."""
    settings = house().settings
    whole, user = _is_here(link), entry.use(db(), settings, token)
    if not whole:
        enter(user, reach=only)
    return redirect(entry.target(settings, token) or home_of(user.role), 303)


@tries
def entry_password(token: str) -> ResponseReturnValue:
    """Choose a password; the link is used up with it."""
    link = _look(token)
    if not chooses_password(link):
        raise NotThere
    if (why := over(link)) is not None:
        return _over_page(link, why)
    form, user = PasswordForm(), link.user
    if form.validate_on_submit():
        try:
            passwords.check(form.password.data, email=user.email, name=user.name)
        except Invalid as refused:
            form.password.errors = [say(refused)]
        else:
            entry.use(db(), house().settings, token)
            hashed = hash_code(form.password.data)
            recovering.set_password(db(), user.actor, house().settings, user, hashed)
            return admit(user)
    return render_template("security/password.html", form=form, link=link, user=user)


@mails
def entry_again(token: str) -> ResponseReturnValue:
    """Send a candidate whose link is over a new one, to their own address."""
    link = _look(token)
    why = over(link)
    if why is None or link.user.role is not Role.CANDIDATE:
        raise NotThere
    recovering.send_link(db(), link.user)
    return _over_page(link, why, sent=True)
