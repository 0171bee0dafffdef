"""What a person reads about a watch: what each signal is, and that it means nothing by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel.speaklater import LazyString

from evaluator_app.words import _, _l, locale, timezone
from evaluator_app.words.vocabulary import Words
from kernel import i18n
from proctor import queries
from proctor.models import Decision, ProctorSession, Signal, SignalKind

SIGNALS: Words = {
    SignalKind.OTHER_BROWSER: _l("Autre navigateur"),
    SignalKind.OTHER_TAB: _l("Repris sur une autre page"),
    SignalKind.OTHER_ADDRESS: _l("Autre réseau"),
    SignalKind.NO_PICTURE: _l("Aucune image reçue"),
    SignalKind.PART_MISSING: _l("Caméra ou micro sans nouvelles"),
    SignalKind.WATCH_SILENT: _l("Réponses sans surveillance"),
    SignalKind.PAGE_RELOADED: _l("Page rechargée"),
    SignalKind.TAB_LEFT: _l("Page du test quittée"),
    SignalKind.FULL_SCREEN_LEFT: _l("Plein écran quitté"),
    SignalKind.COPY: _l("Texte copié"),
    SignalKind.PASTE: _l("Texte collé"),
    SignalKind.CAMERA_STOPPED: _l("Caméra arrêtée"),
    SignalKind.CAMERA_STILL: _l("Image figée"),
    SignalKind.MICROPHONE_STOPPED: _l("Micro arrêté"),
    SignalKind.SECOND_SCREEN: _l("Second écran"),
    SignalKind.NO_FACE: _l("Aucun visage dans l'image"),
    SignalKind.SEVERAL_FACES: _l("Plusieurs visages dans l'image"),
    SignalKind.VOICE: _l("Voix ou bruit"),
    SignalKind.SILENCE_OF_PAGE: _l("Page sans nouvelles"),
    SignalKind.UPLOAD_FAILED: _l("Envoi interrompu"),
}
MEANINGS: Words = {
    SignalKind.OTHER_BROWSER: _l(
        "Le test a été repris dans un autre navigateur ou après une autre connexion. Un ordinateur "
        "en panne, ou une connexion refaite dans le même navigateur, suffit."
    ),
    SignalKind.OTHER_TAB: _l(
        "Le test a été repris sur une page qui ne connaissait pas la surveillance : un onglet "
        "fermé puis rouvert, ou le premier navigateur après un autre."
    ),
    SignalKind.OTHER_ADDRESS: _l(
        "L'adresse du réseau a changé. Passer du Wi-Fi à un partage de connexion suffit."
    ),
    SignalKind.NO_PICTURE: _l(
        "La page devait envoyer une image et n'en a pas envoyé. Une caméra en panne ou des envois "
        "qui n'arrivent pas suffisent."
    ),
    SignalKind.PART_MISSING: _l(
        "La page n'a pas dit, ou a dit non, pour une partie de la surveillance."
    ),
    SignalKind.WATCH_SILENT: _l(
        "La page donnait signe de vie sans rien dire de ce qui était surveillé."
    ),
    SignalKind.PAGE_RELOADED: _l(
        "La page du test a été rechargée, dans le même onglet. Une coupure suffit."
    ),
    SignalKind.TAB_LEFT: _l(
        "Une autre page ou un autre logiciel est passé devant le test. Une notification ou une "
        "mise à jour suffit."
    ),
    SignalKind.FULL_SCREEN_LEFT: _l("La touche Échap ou un message du système suffit."),
    SignalKind.COPY: _l("Du texte de la page a été copié. Seule sa longueur est relevée."),
    SignalKind.PASTE: _l("Du texte a été collé dans la page. Seule sa longueur est relevée."),
    SignalKind.CAMERA_STOPPED: _l(
        "La caméra n'a plus donné d'image. Un câble, une mise en veille ou un autre logiciel peut "
        "l'arrêter."
    ),
    SignalKind.CAMERA_STILL: _l(
        "L'image n'a pas changé du tout. Une caméra bloquée ou couverte fait cela."
    ),
    SignalKind.MICROPHONE_STOPPED: _l(
        "Le micro n'a plus rien transmis. Un câble, une mise en veille ou un autre logiciel peut "
        "l'arrêter."
    ),
    SignalKind.SECOND_SCREEN: _l("Le navigateur dit qu'un autre écran est branché."),
    SignalKind.NO_FACE: _l(
        "Aucun visage n'a été trouvé dans l'image. Un contre-jour, peu de lumière ou une caméra "
        "mal placée suffit. Personne n'est reconnu."
    ),
    SignalKind.SEVERAL_FACES: _l(
        "Plus d'un visage a été trouvé dans l'image. Quelqu'un qui passe, une affiche ou un "
        "portrait suffit. Personne n'est reconnu."
    ),
    SignalKind.VOICE: _l(
        "Le micro a entendu un son de la force d'une voix. Lire à voix haute ou un bruit de la rue "
        "suffit."
    ),
    SignalKind.SILENCE_OF_PAGE: _l(
        "La page n'a plus donné de nouvelles : réseau coupé ou ordinateur en veille. Le test a pu "
        "continuer."
    ),
    SignalKind.UPLOAD_FAILED: _l(
        "Les envois n'arrivaient plus. Ce qui attendait est parti quand le réseau est revenu."
    ),
}
DECISIONS: Words = {
    Decision.UNDECIDED: _l("À regarder"),
    Decision.CLEAR: _l("Rien à retenir"),
    Decision.INCIDENT: _l("Incident consigné"),
    Decision.VOID: _l("Test annulé"),
}
DECISION_TONES: Mapping[str, str] = {
    Decision.UNDECIDED: "wait",
    Decision.CLEAR: "good",
    Decision.INCIDENT: "wait",
    Decision.VOID: "person",
}
TICKS: Words = {
    "birth_name": _l("Nom de naissance"),
    "first_names": _l("Prénoms"),
    "birth_date": _l("Date de naissance"),
    "face": _l("Le visage est celui de la pièce"),
}
QUESTIONS: Words = {
    "open": _l("ouverte"),
    "answered": _l("répondue"),
    "timed_out": _l("temps écoulé"),
    "swapped": _l("remplacée"),
    "left": _l("quittée"),
}
_PARTS: Words = {
    "camera": _l("Caméra"),
    "microphone": _l("Micro"),
    "faces": _l("Visage dans l'image"),
    "voice": _l("Voix"),
    "full_screen": _l("Plein écran"),
    "second_screen": _l("Second écran"),
    "kept": _l("Garde en attendant le réseau"),
}
_STATES: Words = {
    "on": _l("actif"),
    "no": _l("non, ce navigateur ne le permet pas"),
    "loading": _l("se prépare"),
    "suspended": _l("en pause dans ce navigateur"),
    "not_told": _l("non, ce navigateur ne le dit pas"),
    "unwanted": _l("non, cette certification ne le demande pas"),
    "no_worker": _l("non, ce navigateur ne le permet pas"),
    "no_canvas": _l("non, ce navigateur ne le permet pas"),
    "no_bitmap": _l("non, ce navigateur ne le permet pas"),
    "no_wasm": _l("non, ce navigateur ne le permet pas"),
    "too_slow": _l("non, cet ordinateur est trop lent"),
    "failed": _l("non, la détection n'a pas pu démarrer"),
}
_OF_ITSELF: Words = {"random": _l("Au hasard"), "start": _l("Au début")}
_CHANGED: Words = {
    "sign_in": _l("autre connexion au site"),
    "address": _l("autre adresse de réseau"),
}
_NOTICES: dict[str, LazyString] = {
    SignalKind.TAB_LEFT: _l("Vous avez quitté la page du test. C'est relevé ; continuez."),
    SignalKind.FULL_SCREEN_LEFT: _l("Vous avez quitté le plein écran. C'est relevé ; continuez."),
    SignalKind.COPY: _l("Vous avez copié du texte. C'est relevé ; continuez."),
    SignalKind.PASTE: _l("Vous avez collé du texte. C'est relevé ; continuez."),
    SignalKind.CAMERA_STOPPED: _l("Votre caméra s'est arrêtée : vérifiez-la. Le test continue."),
    SignalKind.CAMERA_STILL: _l(
        "L'image de votre caméra ne change plus : vérifiez-la. Le test continue."
    ),
    SignalKind.MICROPHONE_STOPPED: _l("Votre micro s'est arrêté : vérifiez-le. Le test continue."),
    SignalKind.SECOND_SCREEN: _l("Un second écran est branché : débranchez-le si vous le pouvez."),
    SignalKind.NO_FACE: _l(
        "Votre visage n'est pas dans l'image : ajustez la caméra ou la lumière. Le test continue."
    ),
    SignalKind.SEVERAL_FACES: _l(
        "Plusieurs visages sont dans l'image : restez seul devant la caméra. Le test continue."
    ),
    SignalKind.VOICE: _l("Le micro entend une voix ou un bruit. C'est relevé ; continuez."),
    SignalKind.UPLOAD_FAILED: _l("Les envois de la surveillance ont été interrompus un moment."),
}


def notices() -> dict[str, str]:
    """Return the sentence a kind that the test page shows at once."""
    return {str(kind): str(words) for kind, words in _NOTICES.items()}


def watched(session: ProctorSession) -> list[tuple[str, str]]:
    """Return what ran in the candidate's browser and what could not, in words."""
    return [
        (str(_PARTS[name]), str(_STATES.get(state, state)))
        for name, state in session.watch.items()
        if name in _PARTS and isinstance(state, str)
    ]


def why_taken(why: str) -> str:
    """Return why a still was taken, in words."""
    if why in _OF_ITSELF:
        return str(_OF_ITSELF[why])
    return str(SIGNALS[SignalKind(why)])


def what_happened(session: ProctorSession) -> list[tuple[int, str]]:
    """Return what the server found about a watch, gravest first: a signal's number, a sentence."""
    return [(signal.id, _sentence(session, signal)) for signal in queries.server_signals(session)]


def _sentence(session: ProctorSession, signal: Signal) -> str:
    start = _hour(signal.at)
    until = signal.until or session.watched_until or session.closed_at
    span = (
        _("de %(start)s à %(end)s", start=start, end=_hour(until))
        if until is not None
        else _("depuis %(start)s", start=start)
    )
    detail = signal.detail
    if signal.kind is SignalKind.OTHER_BROWSER:
        words = _(
            "Les réponses sont venues d'un autre navigateur que celui surveillé au début, %(span)s",
            span=span,
        )
        return f"{words}{_differs(detail)}."
    if signal.kind is SignalKind.OTHER_TAB:
        words = _("Le test a été repris sur une autre page à %(start)s", start=start)
        return f"{words}{_differs(detail)}."
    if signal.kind is SignalKind.OTHER_ADDRESS:
        return _("L'adresse du réseau a changé à %(start)s.", start=start)
    if signal.kind is SignalKind.NO_PICTURE:
        return _("La caméra n'a envoyé aucune image %(span)s, alors qu'elle le devait.", span=span)
    if signal.kind is SignalKind.WATCH_SILENT:
        return _("La page n'a rien dit de ce qui était surveillé %(span)s.", span=span)
    names = ", ".join(
        str(_PARTS[name]).lower() for name in str(detail.get("parts", "")).split() if name in _PARTS
    )
    return _("Sans nouvelles %(span)s : %(parts)s.", span=span, parts=names)


def _hour(moment: datetime) -> str:
    return i18n.time_in_words(moment, locale(), timezone())


def _differs(detail: Mapping[str, Any]) -> str:
    """Return in brackets what was another one, sign-in, browser or network."""
    changed = str(detail.get("changed", "")).split()
    said = []
    if "browser" in changed and detail.get("to") and detail.get("from"):
        said.append(_("%(to)s au lieu de %(before)s", to=detail["to"], before=detail["from"]))
    said += [str(words) for name, words in _CHANGED.items() if name in changed]
    return f" ({', '.join(said)})" if said else ""
