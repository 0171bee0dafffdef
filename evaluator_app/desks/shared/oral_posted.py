"""What the pages of an oral post: each act, and with every one which browser tab asks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evaluator_app.web.posted import Chosen, Number, Posted
from kernel.levels import Level
from proctor.models import DocumentType
from rooms import joining
from rooms.models import IncidentKind

MOST_OFFER = joining.MOST_SDP + 64 * 1024  # the JSON around it, and its escapes


class OralAct(Posted):
    """An act that needs no more words; `device`: the name that the browser tab keeps."""

    device: str = ""


class Offer(OralAct):
    """A browser's half of a connection, in the words of SDP."""

    sdp: str


class Beat(OralAct):
    """The tab is still there; `lacks`: which of camera and microphone do not work."""

    lacks: list[Literal["audio", "video"]] | None = None


class Claim(OralAct):
    """The tab wants to be the one in the room; `take_over`: even where another one is."""

    take_over: bool = False


class Entry(Claim):
    """The candidate comes to wait, with the texts that they acknowledge."""

    consents: list[str] = Field(default_factory=list)


class ChatText(OralAct):
    """A line in writing; the same `client_id` again adds nothing."""

    client_id: str
    text: str


class Problem(OralAct):
    """What troubles the candidate, in their words."""

    note: str


class IdentityConfirmation(OralAct):
    """What the evaluator saw: the document's kind, its last day in ISO 8601, what agrees."""

    document_type: Chosen[DocumentType]
    document_expiry: str
    agrees: list[str]


class IdentityRefusal(OralAct):
    """Why the identity is refused, and what was seen of the document."""

    reason: str
    document_type: Chosen[DocumentType] | None = None
    document_expiry: str | None = None
    agrees: list[str] = Field(default_factory=list)


class NextPart(OralAct):
    """The part that is to end, so that a second click ends no other."""

    part: Number | None = None


class CardsLevel(OralAct):
    """The level of the cards."""

    level: Chosen[Level]


class AnotherCard(OralAct):
    """The card that is to be replaced, null where none was dealt."""

    card: Number | None = None


class IncidentReport(OralAct):
    """What disturbed the oral; `fatal`: it ends with that."""

    kind: Chosen[IncidentKind]
    note: str
    fatal: bool = False
