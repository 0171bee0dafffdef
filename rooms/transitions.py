"""The life of an oral as one table: which act makes sense in which state, and where it leads; pure.

An act that was already done is harmless (a double click, a retry after a lost answer): it leads
nowhere and is no error. Any other act out of its time is refused with a sentence that helps.
"""

from __future__ import annotations

from enum import StrEnum

from kernel.errors import N_, Refused
from rooms.models import InterviewState as State


class Act(StrEnum):
    """What the two people can do; the values are the ends of the addresses."""

    OPEN = "open"
    WAIT = "wait"
    ADMIT = "admit"
    PICTURE_REQUEST = "picture-request"
    PICTURE = "picture"
    CONFIRM = "identity/confirm"
    REFUSE = "identity/refuse"
    START = "start"
    NEXT = "next"
    LEVEL = "level"
    DEAL = "deal"
    REVEAL = "reveal"
    CHAT = "chat"
    INCIDENT = "incident"
    PROBLEM = "problem"
    END = "end"
    OFFER = "offer"


UNDER_WAY = (State.OPEN, State.IDENTITY, State.READY, State.RUNNING)
"""The room is open."""
_MET = (State.IDENTITY, State.READY, State.RUNNING)


def _stay(*states: State) -> dict[State, State]:
    return {state: state for state in states}


TABLE: dict[Act, dict[State, State]] = {
    Act.OPEN: {State.PLANNED: State.OPEN},
    Act.WAIT: _stay(State.PLANNED, State.OPEN),
    Act.ADMIT: {State.OPEN: State.IDENTITY},
    Act.PICTURE_REQUEST: _stay(State.IDENTITY),
    Act.PICTURE: _stay(State.IDENTITY),
    Act.CONFIRM: {State.IDENTITY: State.READY},
    Act.REFUSE: {State.IDENTITY: State.ABORTED},
    Act.START: {State.READY: State.RUNNING},
    Act.NEXT: _stay(State.RUNNING),
    Act.LEVEL: _stay(State.RUNNING),
    Act.DEAL: _stay(State.RUNNING),
    Act.REVEAL: _stay(State.RUNNING),
    Act.CHAT: _stay(*UNDER_WAY),
    Act.INCIDENT: _stay(*UNDER_WAY),
    Act.PROBLEM: _stay(State.PLANNED, *UNDER_WAY),
    Act.END: {State.RUNNING: State.ENDED},
    Act.OFFER: _stay(*UNDER_WAY),
}
"""From each state in which an act makes sense, the state that it leads to."""

DONE: dict[Act, tuple[State, ...]] = {
    Act.OPEN: UNDER_WAY,
    Act.WAIT: _MET,
    Act.ADMIT: _MET,
    Act.PICTURE: (State.READY, State.RUNNING, State.ENDED, State.ABORTED),
    Act.CONFIRM: (State.READY, State.RUNNING),
    Act.START: (State.RUNNING,),
    Act.END: (State.ENDED,),
}
"""The states in which an act was already done: again is harmless."""

OVER = (State.ENDED, State.ABORTED)

_SENTENCES: dict[State, str] = {
    State.PLANNED: N_("La salle n'est pas encore ouverte."),
    State.OPEN: N_("Faites d'abord entrer le candidat."),
    State.IDENTITY: N_("L'identité doit d'abord être confirmée."),
    State.READY: N_("L'entretien n'a pas encore commencé."),
    State.RUNNING: N_("L'entretien a déjà commencé."),
    State.ENDED: N_("L'entretien est terminé. Ce qui a été fait est conservé."),
    State.ABORTED: N_("L'entretien a été arrêté par un incident. Ce qui a été fait est conservé."),
}


def step(act: Act, state: State) -> State | None:
    """Return the state that `act` leads to from `state`; None when it was already done.

    Raises:
        Refused: the act makes no sense in that state.
    """
    to = TABLE[act].get(state)
    if to is not None:
        return to
    if state in DONE.get(act, ()):
        return None
    raise Refused(_SENTENCES[state])
