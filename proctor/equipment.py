"""The equipment test: what a browser found, what it means in words, and the last one of somebody.

The verdict is computed here from the facts, never sent by the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from enrolment import gates
from enrolment.models import BEFORE_ORAL, Candidacy, Candidate, GateKind, Stage
from kernel import audit, clock, live
from kernel.errors import N_, Invalid
from kernel.permissions import Actor
from proctor.models import EquipmentCheck, EquipmentVerdict

SLOW_RTT_MS = 300.0
MUCH_LOSS = 0.03
LITTLE_KBPS = 500.0
SMALL_WIDTH = 640
MOST_LOOKED_AT = 50
"""Runs of somebody among which the one that counts is looked for."""
FAINT = 0.02  # loudest sample heard by the microphone, from 0 to 1

_CONCERNED = (*BEFORE_ORAL, Stage.IN_ORAL)


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", str_max_length=200, allow_inf_nan=False)


class Browser(_Facts):
    """What shows the page; `usable`: it can hold a call."""

    name: str = ""
    version: str = ""
    system: str = ""
    usable: bool
    phone: bool = False


class Camera(_Facts):
    """The camera chosen, and the size of its picture in pixels."""

    found: bool
    label: str = ""
    width: int = Field(0, ge=0, le=16384)
    height: int = Field(0, ge=0, le=16384)
    why: str = ""  # denied, missing, busy


class Microphone(_Facts):
    """The microphone chosen, and the loudest that it heard, from 0 to 1."""

    found: bool
    label: str = ""
    level: float = Field(0.0, ge=0, le=1)
    why: str = ""


class Sound(_Facts):
    """Whether the person says that they heard the tone; None when they did not answer."""

    heard: bool | None = None


class Network(_Facts):
    """The way to the media server and back; `loss` is a share from 0 to 1."""

    connected: bool
    rtt_ms: float | None = Field(None, ge=0, le=600_000)
    loss: float | None = Field(None, ge=0, le=1)
    kbps: float | None = Field(None, ge=0, le=10_000_000)


class EquipmentFacts(_Facts):
    """All that one run of the test found."""

    browser: Browser
    camera: Camera
    microphone: Microphone
    sound: Sound
    network: Network


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """What one tile says: its state, and French source words with their values."""

    part: str
    state: EquipmentVerdict
    words: str
    params: dict[str, object]


def read(given: object) -> EquipmentFacts:
    """Return the facts that a browser sent.

    Raises:
        Invalid: they are not what the test sends.
    """
    try:
        return EquipmentFacts.model_validate(given)
    except ValidationError as error:
        field = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise Invalid(
            N_("Le résultat du test n'a pas pu être lu. Refaites le test."), field
        ) from None


def judge(facts: EquipmentFacts) -> tuple[PartVerdict, ...]:
    """Return what each tile says: browser, camera, microphone, sound, network."""
    return (
        _browser(facts.browser),
        _camera(facts.camera),
        _microphone(facts.microphone),
        _sound(facts.sound),
        _network(facts.network, tried=facts.camera.found or facts.microphone.found),
    )


def verdict(parts: tuple[PartVerdict, ...]) -> EquipmentVerdict:
    """Return the worst of the tiles."""
    states = {part.state for part in parts}
    for state in (EquipmentVerdict.BLOCKED, EquipmentVerdict.FAIR):
        if state in states:
            return state
    return EquipmentVerdict.READY


def record(db: Session, actor: Actor, facts: EquipmentFacts) -> EquipmentCheck:
    """Keep one run of the test by the actor, and tell the candidacies that it concerns."""
    judged = verdict(judge(facts))
    check = EquipmentCheck(
        user_id=actor.user_id, at=clock.now(), verdict=judged, facts=facts.model_dump(mode="json")
    )
    db.add(check)
    db.flush()
    stands = standing(db, actor.user_id) or check
    own = db.scalars(
        select(Candidacy)
        .join(Candidate, Candidacy.candidate_id == Candidate.id)
        .where(Candidate.user_id == actor.user_id, Candidacy.stage.in_(_CONCERNED))
        .order_by(Candidacy.id.desc())
    ).all()
    for candidacy in own:
        check.candidacy_id = candidacy.id
        opens = stands.verdict is not EquipmentVerdict.BLOCKED
        gates.put(db, candidacy, GateKind.EQUIPMENT, is_open=opens, detail=str(stands.verdict))
        live.publish(db, f"candidacy:{candidacy.id}")
    audit.record(
        db,
        actor,
        "equipment.record",
        check,
        candidacy_id=check.candidacy_id,
        verdict=str(judged),
    )
    return check


def latest(db: Session, user_id: int) -> EquipmentCheck | None:
    """Return the last run of `user_id`, if they ever made one."""
    return db.scalars(
        select(EquipmentCheck)
        .where(EquipmentCheck.user_id == user_id)
        .order_by(EquipmentCheck.at.desc(), EquipmentCheck.id.desc())
        .limit(1)
    ).first()


def standing(db: Session, user_id: int | None) -> EquipmentCheck | None:
    """Return the run that counts: of the last on each device, the newest that found no obstacle.

    A device is a browser of a system: what another one lacks undoes no success here. Without any
    success it is the last run.
    """
    runs = db.scalars(
        select(EquipmentCheck)
        .where(EquipmentCheck.user_id == user_id)
        .order_by(EquipmentCheck.at.desc(), EquipmentCheck.id.desc())
        .limit(MOST_LOOKED_AT)
    ).all()
    newest: dict[tuple[str, ...], EquipmentCheck] = {}
    for run in runs:
        newest.setdefault(_device(run), run)
    fit = (run for run in newest.values() if run.verdict is not EquipmentVerdict.BLOCKED)
    return next(fit, next(iter(runs), None))


def _device(run: EquipmentCheck) -> tuple[str, ...]:
    browser = run.facts.get("browser", {})
    return str(browser.get("name", "")), str(browser.get("system", ""))


def _say(part: str, state: EquipmentVerdict, words: str, **params: Any) -> PartVerdict:
    return PartVerdict(part, state, words, params)


def _browser(browser: Browser) -> PartVerdict:
    if browser.phone:
        words = N_("Un téléphone ne suffit pas : prenez un ordinateur ou une tablette.")
        return _say("browser", EquipmentVerdict.BLOCKED, words)
    if not browser.usable:
        words = N_(
            "Ce navigateur ne permet pas l'appel : prenez une version récente de Firefox, "
            "Chrome, Edge ou Safari."
        )
        return _say("browser", EquipmentVerdict.BLOCKED, words)
    return _say("browser", EquipmentVerdict.READY, N_("Votre navigateur convient."))


def _camera(camera: Camera) -> PartVerdict:
    if not camera.found:
        return _say("camera", EquipmentVerdict.BLOCKED, _missing("camera", camera.why))
    if camera.width < SMALL_WIDTH:
        words = N_(
            "L'image est petite (%(width)d points de large) : votre document sera difficile à "
            "lire. Essayez une autre caméra."
        )
        return _say("camera", EquipmentVerdict.FAIR, words, width=camera.width)
    return _say("camera", EquipmentVerdict.READY, N_("Votre caméra convient."))


def _microphone(microphone: Microphone) -> PartVerdict:
    if not microphone.found:
        words = _missing("microphone", microphone.why)
        return _say("microphone", EquipmentVerdict.BLOCKED, words)
    if microphone.level < FAINT:
        words = N_(
            "Votre micro n'entend presque rien : parlez plus près, ou choisissez un autre micro."
        )
        return _say("microphone", EquipmentVerdict.FAIR, words)
    return _say("microphone", EquipmentVerdict.READY, N_("Votre micro convient."))


def _missing(what: str, why: str) -> str:
    if why == "denied":
        return {
            "camera": N_("La caméra est bloquée : autorisez-la dans la barre d'adresse."),
            "microphone": N_("Le micro est bloqué : autorisez-le dans la barre d'adresse."),
        }[what]
    if why == "busy":
        return {
            "camera": N_("La caméra sert à un autre logiciel : fermez-le, puis recommencez."),
            "microphone": N_("Le micro sert à un autre logiciel : fermez-le, puis recommencez."),
        }[what]
    return {
        "camera": N_("Aucune caméra n'a été trouvée : branchez-en une, puis recommencez."),
        "microphone": N_("Aucun micro n'a été trouvé : branchez-en un, puis recommencez."),
    }[what]


def _sound(sound: Sound) -> PartVerdict:
    if sound.heard is None:
        words = N_("Dites si vous avez entendu le son : vous pouvez le rejouer.")
        return _say("sound", EquipmentVerdict.FAIR, words)
    if not sound.heard:
        words = N_(
            "Vous n'avez pas entendu le son : vérifiez le volume et la sortie choisie, "
            "puis recommencez."
        )
        return _say("sound", EquipmentVerdict.BLOCKED, words)
    return _say("sound", EquipmentVerdict.READY, N_("Vous entendez bien."))


def _network(network: Network, *, tried: bool) -> PartVerdict:
    if not network.connected and not tried:
        words = N_("Le réseau se mesure avec la caméra ou le micro : réglez-les d'abord.")
        return _say("network", EquipmentVerdict.BLOCKED, words)
    if not network.connected:
        words = N_(
            "La vidéo ne passe pas sur ce réseau : essayez un autre réseau, sans VPN, "
            "ou un partage de connexion."
        )
        return _say("network", EquipmentVerdict.BLOCKED, words)
    if (network.loss or 0) > MUCH_LOSS:
        words = N_(
            "Votre réseau perd %(percent)d %% des données : rapprochez-vous de la borne Wi-Fi, "
            "ou branchez un câble."
        )
        percent = round(100 * (network.loss or 0))
        return _say("network", EquipmentVerdict.FAIR, words, percent=percent)
    if (network.rtt_ms or 0) > SLOW_RTT_MS:
        words = N_("Votre réseau est lent à répondre (%(ms)d ms) : coupez VPN et téléchargements.")
        return _say("network", EquipmentVerdict.FAIR, words, ms=round(network.rtt_ms or 0))
    if network.kbps is not None and network.kbps < LITTLE_KBPS:
        words = N_(
            "Votre débit est faible (%(kbps)d kbit/s) : coupez les téléchargements et les "
            "autres vidéos."
        )
        return _say("network", EquipmentVerdict.FAIR, words, kbps=round(network.kbps))
    return _say("network", EquipmentVerdict.READY, N_("Votre réseau convient."))
