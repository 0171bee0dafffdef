"""The oral over HTTP, as the two people's scripts drive it, and as everybody else does not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import letterbox
import pytest
from browser import Browser
from flask import Flask
from memory_engine import MemoryEngine
from pictures import jpeg
from pydantic import SecretStr
from sqlalchemy import insert, select
from twins import on_sqlite

from enrolment import gates
from enrolment.models import GateKind, Stage, SupportMessage
from evaluator_app.sign_in.throttle import limiter
from kernel import clock
from kernel.audit import AuditEntry
from kernel.live import LiveEvent
from kernel.outbox import OutboxRow
from people.languages import Language
from proctor.identity import PICTURE_PATIENCE
from proctor.models import IdentityCheck
from rooms import incidents
from rooms.media.manifest import Manifest, SegmentFile
from rooms.models import Interview, Recording, RecordingState
from scheduling import placing
from scheduling.models import AppointmentState

DEVICE, OTHER = "device-one", "device-two"
FACTS = {
    "browser": {"name": "Firefox", "version": "140", "usable": True},
    "camera": {"found": True, "width": 1280, "height": 720},
    "microphone": {"found": True, "level": 0.4},
    "sound": {"heard": True},
    "network": {"connected": True, "rtt_ms": 20, "loss": 0, "kbps": 1500},
}
CONFIRMED = {
    "document_type": "passport",
    "document_expiry": "2099-01-31",
    "agrees": ["birth_name", "first_names", "birth_date", "face"],
}


@pytest.fixture
def engine(app: Flask) -> Iterator[MemoryEngine]:
    house = app.extensions["viva"]
    made = MemoryEngine()
    app.extensions["viva"] = dataclasses.replace(house, engine=made)
    yield made
    app.extensions["viva"] = house


class Person:
    """One of the two, in a browser."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base

    def state(self, device: str = DEVICE) -> dict:
        answer = self.browser.get(f"{self.base}/state?device={device}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    def do(self, act: str, expect: int = 200, **body: object) -> dict:
        answer = self.browser.post(f"{self.base}/{act}", json={"device": DEVICE, **body})
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.get_json()


@dataclasses.dataclass
class Oral:
    interview: Interview
    evaluator: Person
    candidate: Person
    engine: MemoryEngine


@pytest.fixture
def oral(db, make, app, signed_in, engine) -> Oral:
    interview = make.interview()
    db.commit()
    number = interview.id
    return Oral(
        interview,
        Person(signed_in(interview.appointment.evaluator), f"/evaluator/interviews/{number}"),
        Person(
            signed_in(interview.appointment.candidacy.candidate.user), f"/candidate/oral/{number}"
        ),
        engine,
    )


def wait(oral: Oral) -> dict:
    tested = oral.candidate.browser.post("/candidate/equipment", json=FACTS)
    assert tested.get_json()["verdict"] == "ready"
    return oral.candidate.do("wait", consents=["recording", "rights"])


def admit(oral: Oral) -> dict:
    wait(oral)
    oral.evaluator.do("open")
    return oral.evaluator.do("admit")


def identify(oral: Oral) -> dict:
    admit(oral)
    return oral.evaluator.do("identity/confirm", **CONFIRMED)


def begin(oral: Oral) -> dict:
    identify(oral)
    return oral.evaluator.do("start")


def test_the_whole_way(db, oral):
    state = oral.evaluator.state()
    assert (state["state"], state["allowed"]) == ("planned", ["open"])
    assert wait(oral)["candidate"]["present"]
    state = oral.evaluator.do("open")
    assert state["candidate"]["equipment"]["verdict"] == "ready"
    assert "admit" in state["allowed"]
    assert oral.candidate.do("heartbeat")["evaluator"]["status"] == "not_yet"
    oral.evaluator.do("heartbeat")
    assert oral.candidate.state()["evaluator"]["status"] == "here"
    assert oral.evaluator.do("admit")["identity"]["state"] == "pending"

    assert oral.evaluator.do("picture-request")["identity"]["requested"]
    seen = oral.candidate.state()
    assert seen["identity"] == {"state": "pending", "requested": True}
    sent = oral.candidate.browser.post(
        f"{oral.candidate.base}/picture", data=jpeg(), content_type="image/jpeg"
    )
    assert sent.get_json()["identity"] == {"state": "pending", "requested": False}
    url = oral.evaluator.state()["identity"]["picture_url"]
    shown = oral.evaluator.browser.get(url)
    assert (shown.data, shown.mimetype) == (jpeg(), "image/jpeg")

    state = oral.evaluator.do(
        "identity/confirm",
        document_type="identity_card",
        document_expiry="2099-01-31",
        agrees=["face", "birth_date", "first_names", "birth_name"],
    )
    assert (state["state"], state["identity"]["state"]) == ("ready", "confirmed")

    state = oral.evaluator.do("start")
    assert (state["state"], state["part"], state["recording"]["state"]) == ("running", 1, "running")
    assert state["script"]["prompts"][0]["text"]
    assert oral.evaluator.do("level", level="B1")["card"] is None
    state = oral.evaluator.do("next", part=1)
    assert (state["part"], state["card"]["level"], state["card"]["part"]) == (2, "B1", 2)
    assert oral.evaluator.do("next", part=1)["part"] == 2
    seen = oral.candidate.state()
    assert (seen["card"], seen["script"], "cards_level" in seen) == (None, None, False)
    oral.evaluator.do("reveal")
    seen = oral.candidate.state()["card"]
    assert set(seen) == {"id", "part", "title", "situation", "instructions", "revealed_at"}
    state = oral.evaluator.do("next", part=2)
    assert (state["part"], state["card"]["part"]) == (3, 3)
    assert "next" not in state["allowed"]

    state = oral.evaluator.do("end")
    assert (state["state"], state["recording"]["state"], state["part"]) == ("ended", "muxing", None)
    assert oral.evaluator.do("end")["state"] == "ended"
    assert oral.engine.rooms == {}
    db.expire_all()
    appointment = oral.interview.appointment
    assert appointment.state is AppointmentState.HELD
    assert appointment.candidacy.stage is Stage.MARKING


def test_the_evaluator_never_sees_target_or_written_level(make, db, oral):
    make.written_result(oral.interview.appointment.candidacy)
    db.commit()
    begin(oral)
    text = oral.evaluator.browser.get(f"{oral.evaluator.base}/state").get_data(as_text=True)
    assert "target" not in text
    assert "written" not in text.replace("in writing", "")


def test_double_clicks_change_nothing(oral):
    wait(oral)
    for act in ("open", "admit"):
        first = oral.evaluator.do(act)["revision"]
        assert oral.evaluator.do(act)["revision"] == first
    first = oral.evaluator.do("identity/confirm", **CONFIRMED)["revision"]
    assert oral.evaluator.do("identity/confirm", **CONFIRMED)["revision"] == first
    first = oral.evaluator.do("start")["revision"]
    assert oral.evaluator.do("start")["revision"] == first
    assert len(oral.engine.recorded) == 1


def test_out_of_turn_is_told_and_changes_nothing(oral):
    before = oral.evaluator.state()["revision"]
    for act in ("admit", "picture-request", "start", "next", "deal", "reveal", "end"):
        assert oral.evaluator.do(act, 409)["error"]
    assert oral.evaluator.do("identity/refuse", 409, reason="x")["error"]
    assert oral.evaluator.state()["revision"] == before


def test_a_room_opens_an_hour_before_its_time(make, db, oral):
    oral.interview.appointment.starts_at = clock.now() + timedelta(minutes=61)
    oral.interview.appointment.ends_at = clock.now() + timedelta(minutes=91)
    assert oral.evaluator.state()["allowed"] == []
    assert "une heure" in oral.evaluator.do("open", 409)["error"]
    clock.move(timedelta(minutes=2))
    assert oral.evaluator.do("open")["state"] == "open"


def test_no_room_opens_on_a_full_disk_and_the_coordinator_sees_why(oral, app, make, signed_in):
    house = app.extensions["viva"]
    full = house.settings.model_copy(update={"disk_least_gb": 10.0**9})
    app.extensions["viva"] = dataclasses.replace(house, settings=full)
    assert "disque" in oral.evaluator.do("open", 409)["error"]
    home = signed_in(make.coordinator()).get("/coordinator/").get_data(as_text=True)
    assert "aucune salle ne s'ouvre" in home
    app.extensions["viva"] = house
    assert oral.evaluator.do("open")["state"] == "open"


def test_the_waiting_room_wants_texts_and_equipment(oral):
    assert "enregistrement" in oral.candidate.do("wait", 409)["error"]
    accepted = ["recording", "rights"]
    assert "équipement" in oral.candidate.do("wait", 409, consents=accepted)["error"]
    broken = FACTS | {"camera": {"found": False, "why": "denied"}}
    answer = oral.candidate.browser.post("/candidate/equipment", json=broken).get_json()
    assert answer["verdict"] == "blocked"
    assert [part["state"] for part in answer["parts"]] == [
        *("ready", "blocked", "ready", "ready", "ready")
    ]
    assert "équipement" in oral.candidate.do("wait", 409, consents=accepted)["error"]


def test_what_cannot_be_recorded_does_not_begin(db, oral):
    identify(oral)
    oral.engine.silent = True
    assert "enregistrement" in oral.evaluator.do("start", 409)["error"]
    assert oral.evaluator.state()["state"] == "ready"
    assert db.scalars(select(Recording)).all() == []
    oral.engine.silent = False
    assert oral.evaluator.do("start")["state"] == "running"


class Curious(MemoryEngine):
    """Finds out, whenever it is asked something, whether somebody holds the database's writer."""

    def __init__(self, database) -> None:
        super().__init__()
        self.database, self.asked = database, []

    def _answer(self) -> None:
        with self.database.transaction() as session:
            session.execute(insert(LiveEvent).values(**LIVE, created_at=clock.now()))
        self.asked.append(True)


LIVE = {"topic": "test:1", "name": "changed", "payload": {}}


@on_sqlite
def test_the_video_server_is_never_asked_while_the_database_is_held(app, database, oral):
    curious = Curious(database)
    app.extensions["viva"] = dataclasses.replace(app.extensions["viva"], engine=curious)
    begin(oral)
    oral.candidate.do("offer", sdp="v=0")
    curious.restart()
    oral.evaluator.do("offer", sdp="v=0")
    assert curious.rooms[oral.interview.room].recording
    oral.evaluator.do("next", part=1)
    oral.candidate.do("leave")
    oral.evaluator.do("incident", kind="technical", note="coupure", fatal=True)
    assert (curious.rooms, len(curious.asked)) == ({}, 13)


def test_a_technical_failure_frees_the_candidate_at_once(db, make, settings, oral):
    begin(oral)
    candidacy = oral.interview.appointment.candidacy
    candidacy.window_end = clock.now() + timedelta(hours=2)
    db.commit()
    state = oral.evaluator.do("incident", kind="technical", note="coupure", fatal=True)
    assert (state["state"], state["ended_by"]) == ("aborted", "technical")
    db.expire_all()
    assert candidacy.stage is Stage.ENROLLED
    assert candidacy.window_end > clock.now() + timedelta(days=13)
    page = oral.candidate.browser.get("/candidate/").get_data(as_text=True)
    assert "Choisissez une nouvelle heure quand vous voulez, sans frais." in page
    later, who = clock.now() + timedelta(days=5), make.coordinator().actor
    again = placing.place(db, who, settings, candidacy, make.evaluator(), later)
    assert (candidacy.stage, again.state) == (Stage.BOOKED, AppointmentState.PLANNED)


def test_a_silent_video_server_does_not_keep_an_oral_from_ending(db, oral):
    begin(oral)
    oral.engine.silent = True
    assert oral.evaluator.do("end")["state"] == "ended"
    waiting = db.scalars(select(OutboxRow).where(OutboxRow.kind == "room_close")).all()
    assert [row.payload for row in waiting] == [{"room": oral.interview.room}]


def test_a_refused_identity_ends_the_oral(db, oral):
    admit(oral)
    assert oral.evaluator.do("identity/refuse", 422)["field"] == "reason"
    # As the console sends it where no document was shown.
    seen = {"document_type": None, "document_expiry": None, "agrees": []}
    state = oral.evaluator.do("identity/refuse", reason="Ce n'est pas la même personne.", **seen)
    assert (state["state"], state["ended_by"]) == ("aborted", "identity_refused")
    assert oral.evaluator.do("identity/refuse", reason="encore")["state"] == "aborted"
    assert oral.candidate.state()["ended_by"] == "identity_refused"
    db.expire_all()
    assert oral.interview.appointment.candidacy.stage is Stage.SUSPENDED
    mails = [row for row in db.scalars(select(OutboxRow)) if row.kind == "mail"]
    assert [row.payload["template"] for row in mails] == ["oral_incident"]


def test_a_result_is_withheld_until_the_incident_is_settled(db, make, oral):
    admit(oral)
    oral.evaluator.do("identity/refuse", reason="Ce n'est pas la même personne.")
    db.expire_all()
    candidacy = oral.interview.appointment.candidacy
    assert gates.is_open(db, candidacy, GateKind.WITHHELD)
    incidents.settle(db, make.coordinator().actor, candidacy, "Une autre pièce a été vue.")
    assert not gates.is_open(db, candidacy, GateKind.WITHHELD)
    assert candidacy.stage is Stage.ENROLLED


def test_an_expired_document_is_not_confirmed(oral):
    admit(oral)
    body = {
        "document_type": "passport",
        "document_expiry": (clock.now().date() - timedelta(days=1)).isoformat(),
        "agrees": ["birth_name", "first_names", "birth_date", "face"],
    }
    assert oral.evaluator.do("identity/confirm", 422, **body)["field"] == "document_expiry"
    body["document_expiry"] = "2099-01-31"
    body["agrees"] = ["birth_name", "first_names", "birth_date"]
    assert oral.evaluator.do("identity/confirm", 422, **body)["field"] == "agrees"
    assert oral.evaluator.state()["state"] == "identity"


def test_absence_is_noted_after_ten_minutes_only(db, make, oral, settings):
    organisation = oral.interview.appointment.candidacy.organisation
    manager = make.manager(organisation)
    make.manager()
    db.commit()
    oral.evaluator.do("open")
    told = oral.evaluator.do("incident", 409, kind="candidate_absent", note="personne")
    assert "40" in told["error"]
    clock.move(timedelta(minutes=41))
    state = oral.evaluator.do("incident", kind="candidate_absent", note="personne")
    assert (state["state"], state["ended_by"]) == ("aborted", "candidate_absent")
    db.expire_all()
    assert oral.interview.appointment.state is AppointmentState.CANCELLED
    letters = [row.payload for row in letterbox.queued(db)]
    told = [(letter["template"], letterbox.address(db, letter)) for letter in letters]
    told.remove(("oral_incident", oral.interview.appointment.candidacy.candidate.user.email))
    assert told == [("organisation_absence", manager.email)]


def test_an_incident_that_does_not_end_the_oral(oral):
    begin(oral)
    state = oral.evaluator.do("incident", kind="interruption", note="Le téléphone a sonné.")
    assert state["state"] == "running"
    assert [incident["kind"] for incident in state["incidents"]] == ["interruption"]
    assert oral.candidate.do("problem", note="Je n'entends plus rien.")["incidents"] == []
    assert [incident["kind"] for incident in oral.evaluator.state()["incidents"]] == [
        *("interruption", "technical")
    ]
    assert oral.evaluator.do("incident", 422, kind="weather", note="x")["field"] == "kind"
    assert oral.evaluator.do("incident", 422, kind="identity_refused", note="x")["field"] == "kind"
    state = oral.evaluator.do("incident", kind="technical", note="Coupure.", fatal=True)
    assert (state["state"], state["recording"]["state"]) == ("aborted", "muxing")


def test_a_problem_reaches_the_evaluator_or_else_the_coordinators(oral, db):
    def asked() -> list[str]:
        db.expire_all()
        return list(db.scalars(select(SupportMessage.words)))

    wait(oral)
    oral.candidate.do("problem", note="La page reste blanche.")
    assert asked() == ["La page reste blanche."]
    oral.evaluator.do("open")
    oral.evaluator.do("claim", take_over=True)
    oral.candidate.do("problem", note="Je n'entends plus rien.")
    assert [line["text"] for line in oral.evaluator.state()["chat"]] == [
        "La page reste blanche.",
        "Je n'entends plus rien.",
    ]
    assert asked() == ["La page reste blanche."]


def test_chat_keeps_a_line_once(oral):
    wait(oral)
    oral.evaluator.do("open")
    for _ in range(2):
        oral.candidate.do("chat", client_id="a1", text="Bonjour <b>à vous</b>")
    assert [(line["mine"], line["text"]) for line in oral.evaluator.state()["chat"]] == [
        (False, "Bonjour <b>à vous</b>")
    ]
    assert oral.candidate.do("chat", 422, client_id="a2", text="x" * 1001)["field"] == "text"
    assert oral.candidate.do("chat", 422, client_id="", text="x")["field"] == "client_id"


def test_a_second_device_asks_which_one_goes_on(oral):
    admit(oral)
    assert oral.candidate.do("offer", sdp="v=0")["sdp"] == "v=0 answer to candidate"
    state = oral.candidate.do("claim", device=OTHER)
    assert state["device"] == {"mine": False, "other": True}
    assert "autre appareil" in oral.candidate.do("offer", 409, device=OTHER, sdp="v=0")["error"]
    state = oral.candidate.do("claim", device=OTHER, take_over=True)
    assert state["device"] == {"mine": True, "other": False}
    assert oral.candidate.do("heartbeat")["device"] == {"mine": False, "other": True}
    assert "autre appareil" in oral.candidate.do("offer", 409, sdp="v=0")["error"]
    oral.candidate.do("leave")
    assert oral.candidate.state(OTHER)["device"] == {"mine": True, "other": False}
    oral.candidate.do("leave", device=OTHER)
    assert not oral.evaluator.state()["candidate"]["present"]
    assert oral.candidate.do("offer", sdp="v=0")["sdp"] == "v=0 answer to candidate"


def test_offers_that_make_no_sense(oral):
    wait(oral)
    assert oral.evaluator.do("offer", 409, sdp="v=0")["error"]
    oral.evaluator.do("open")
    assert oral.evaluator.do("offer", sdp="v=0")["sdp"] == "v=0 answer to evaluator"
    assert "patientez" in oral.candidate.do("offer", 409, sdp="v=0")["error"]
    assert oral.evaluator.do("offer", 422, sdp="nonsense")["field"] == "sdp"
    assert oral.evaluator.do("offer", 422, sdp="")["field"] == "sdp"
    assert oral.evaluator.do("offer", 422, sdp=12)["field"] == "sdp"
    assert oral.evaluator.do("offer", 413, sdp="v=0" + "x" * 300_000)["field"] == "sdp"
    assert oral.evaluator.do("offer", 413, sdp="v=0" + "x" * 1_000_000)["error"]
    assert oral.evaluator.do("offer", 422, sdp="v=0", device="short")["field"] == "device"
    assert oral.candidate.do("claim", 422, device="bad device!")["field"] == "device"
    oral.engine.restart()
    assert oral.evaluator.do("offer", sdp="v=0")["sdp"] == "v=0 answer to evaluator"
    oral.engine.silent = True
    assert "vidéo" in oral.evaluator.do("offer", 409, sdp="v=0")["error"]


def test_a_forgotten_room_is_recorded_again(oral):
    begin(oral)
    name = oral.engine.rooms[oral.interview.room].recording
    oral.engine.restart()
    oral.candidate.do("offer", sdp="v=0")
    room = oral.engine.rooms[oral.interview.room]
    assert (room.recording, room.part) == (name, 1)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"null", b'"x"', b"\xff\xfe", b'{"level": 3}', b'{"level": "Z9"}']
)
def test_bodies_that_make_no_sense(oral, body):
    begin(oral)
    answer = oral.evaluator.browser.post(
        f"{oral.evaluator.base}/level", data=body, content_type="application/json"
    )
    assert (answer.status_code, bool(answer.get_json()["error"])) == (422, True)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 422),
        (b"GIF89a" + bytes(100), 422),
        (jpeg()[:-2], 422),
        (jpeg(20, 20), 422),
        (b"\xff\xd8\xff" + bytes(100) + b"\xff\xd9", 422),
        (b"\xff\xd8\xff" + b"x" * (4 * 1024 * 1024), 413),
    ],
)
def test_pictures_that_are_none(db, oral, data, status):
    admit(oral)
    oral.evaluator.do("picture-request")
    answer = oral.candidate.browser.post(
        f"{oral.candidate.base}/picture", data=data, content_type="image/jpeg"
    )
    assert (answer.status_code, bool(answer.get_json()["error"])) == (status, True)
    assert db.scalars(select(IdentityCheck.picture_key)).all() == [None]


def test_confirming_waits_for_the_picture_and_a_late_one_is_no_error(db, oral):
    admit(oral)
    waiting = oral.evaluator.do("picture-request")
    deciding = {"picture-request", "identity/confirm", "identity/refuse"}
    assert deciding & set(waiting["allowed"]) == {"identity/refuse"}
    assert "regardez-la" in oral.evaluator.do("identity/confirm", 409, **CONFIRMED)["error"]
    clock.move(PICTURE_PATIENCE)
    assert deciding & set(oral.evaluator.state()["allowed"]) == deciding
    assert oral.evaluator.do("identity/confirm", **CONFIRMED)["state"] == "ready"
    revision = oral.evaluator.state()["revision"]
    late = oral.candidate.browser.post(f"{oral.candidate.base}/picture", data=jpeg())
    assert (late.status_code, late.get_json()["state"]) == (200, "ready")
    assert oral.evaluator.state()["revision"] == revision
    assert db.scalars(select(IdentityCheck.picture_key)).all() == [None]


def test_looking_at_the_picture_is_logged_once_an_hour(db, oral):
    admit(oral)
    oral.evaluator.do("picture-request")
    oral.candidate.browser.post(f"{oral.candidate.base}/picture", data=jpeg())
    url = oral.evaluator.state()["identity"]["picture_url"]
    for _ in range(3):
        assert oral.evaluator.browser.get(url).status_code == 200
    clock.move(timedelta(minutes=61))
    assert oral.evaluator.browser.get(url).status_code == 200
    looks = db.scalars(select(AuditEntry.act).where(AuditEntry.act == "identity.look")).all()
    assert len(looks) == 2


def test_a_recording_plays_by_ranges(app, db, make, signed_in, oral):
    begin(oral)
    oral.evaluator.do("end")
    recording = db.scalars(select(Recording)).one()
    key = f"recordings/{recording.name}/candidate-0.webm"
    data = bytes(range(256)) * 100
    storage = app.extensions["viva"].storage
    storage.put(key, data)
    recording.state, recording.manifest = RecordingState.READY, {"segments": [{"key": key}]}
    manifest = Manifest(
        recording=recording.name,
        started_at=recording.started_at,
        duration_s=4.0,
        segments=[
            SegmentFile(
                role="candidate",
                key=key,
                offset_s=0.5,
                duration_s=3.5,
                width=640,
                height=360,
                sound=True,
                size=len(data),
                sha256="",
            )
        ],
        parts=[],
        gaps=[],
        peaks={"candidate": [0.0, 0.5]},
    )
    storage.put(f"recordings/{recording.name}/manifest.json", manifest.model_dump_json().encode())
    db.commit()
    played = oral.evaluator.browser.get(f"{oral.evaluator.base}/recording").get_json()
    (address,) = played["recordings"][0]["files"]
    assert played["recordings"][0]["manifest"] == {
        "started_at": recording.started_at.isoformat(),
        **{
            name: manifest.model_dump()[name]
            for name in ("duration_s", "segments", "parts", "gaps", "peak_s", "peaks")
        },
    }
    whole = oral.evaluator.browser.get(address)
    assert (whole.status_code, whole.data, whole.mimetype) == (200, data, "video/webm")
    piece = oral.evaluator.browser.get(address, headers={"Range": "bytes=1000-1999"})
    assert (piece.status_code, piece.data) == (206, data[1000:2000])
    assert piece.headers["Content-Range"] == f"bytes 1000-1999/{len(data)}"
    past = oral.evaluator.browser.get(address, headers={"Range": "bytes=99999-"})
    assert (past.status_code, past.headers["Content-Range"]) == (416, f"bytes */{len(data)}")
    assert oral.evaluator.browser.get(address.replace("/0.webm", "/1.webm")).status_code == 404
    assert signed_in(make.coordinator()).get(address).status_code == 200
    assert oral.candidate.browser.get(address).status_code == 404
    assert signed_in(make.evaluator()).get(address).status_code == 404
    looks = db.scalars(select(AuditEntry.act).where(AuditEntry.act == "recording.view")).all()
    assert len(looks) == 2


GETS = ["state", "identity.jpg", "recording", "recordings/1/0.webm"]
EVALUATOR_POSTS = [
    *("open", "admit", "picture-request", "identity/confirm", "identity/refuse", "start", "next"),
    *("level", "deal", "reveal", "chat", "incident", "end", "offer", "heartbeat", "claim", "leave"),
]
CANDIDATE_POSTS = [
    *("wait", "picture", "chat", "problem", "offer", "heartbeat", "claim", "leave"),
]


def test_outsiders_find_nothing(make, signed_in, oral):
    admit(oral)
    number = oral.interview.id
    strangers: list[Callable[[], Browser]] = [
        lambda: signed_in(make.evaluator(Language.EN)),
        lambda: signed_in(make.candidate().user),
        lambda: signed_in(make.manager()),
        lambda: signed_in(make.manager(oral.interview.appointment.candidacy.organisation)),
    ]
    coordinator = signed_in(make.coordinator())
    inside = f"/evaluator/interviews/{number}"
    own = f"/candidate/oral/{number}"
    for browser in [*(come() for come in strangers), oral.candidate.browser]:
        assert [browser.get(f"{inside}/{end}").status_code for end in GETS] == [404] * len(GETS)
        for end in EVALUATOR_POSTS:
            assert browser.post(f"{inside}/{end}", json={}).status_code == 404, end
    for browser in [*(come() for come in strangers), oral.evaluator.browser, coordinator]:
        assert browser.get(f"{own}/state").status_code == 404
        for end in CANDIDATE_POSTS:
            assert browser.post(f"{own}/{end}", json={}).status_code == 404, end
    assert coordinator.get(f"{inside}/state").status_code == 404
    assert (
        oral.evaluator.browser.get("/evaluator/interviews/99999999999999/state").status_code == 404
    )
    assert oral.evaluator.browser.post("/candidate/equipment", json=FACTS).status_code == 404
    assert oral.candidate.browser.post("/evaluator/equipment", json=FACTS).status_code == 404


def test_nobody_at_all_is_told_to_come_back(client, oral):
    answer = client.get(f"/evaluator/interviews/{oral.interview.id}/state")
    assert (answer.status_code, bool(answer.get_json()["error"])) == (401, True)


def test_the_probe_answers_whoever_tests(oral):
    for person, desk in ((oral.evaluator, "evaluator"), (oral.candidate, "candidate")):
        answer = person.browser.post(
            f"/{desk}/equipment/probe", json={"sdp": "v=0", "device": DEVICE}
        )
        assert answer.get_json()["sdp"].startswith("v=0 loopback of u")
    # One test a person runs at a time, whatever their tabs: a place of the server is everybody's.
    own = {
        oral.candidate.browser.post(
            "/candidate/equipment/probe", json={"sdp": "v=0", "device": f"{DEVICE}-{tab}"}
        ).get_json()["sdp"]
        for tab in range(70)
    }
    assert own == {answer.get_json()["sdp"]}
    wrong = oral.candidate.browser.post("/candidate/equipment", json={"browser": 1})
    assert (wrong.status_code, wrong.get_json()["field"]) == (422, "browser")


def test_connections_are_asked_for_at_a_bounded_rate_a_person(app, oral):
    def ask(person, desk):
        body = {"sdp": "v=0", "device": DEVICE}
        return person.browser.post(f"/{desk}/equipment/probe", json=body).status_code

    settings = app.extensions["viva"].settings
    limiter.reset()
    settings.throttle = True
    try:
        answers = [ask(oral.candidate, "candidate") for _ in range(61)]
        other = ask(oral.evaluator, "evaluator")
    finally:
        settings.throttle = False
    assert (answers, other) == ([200] * 60 + [429], 200)


def test_each_state_brings_a_relay_that_is_good_for_hours(app, oral):
    assert "ice" not in oral.candidate.state()
    settings = app.extensions["viva"].settings
    settings.ice_servers, settings.turn_secret = "turn:relay.example:3478", SecretStr("s" * 32)
    try:
        ends = []
        for hours in (0, 9):
            clock.move(timedelta(hours=hours))
            (relay,) = oral.candidate.state()["ice"]
            ends.append(int(relay["username"].split(":")[0]))
    finally:
        settings.ice_servers, settings.turn_secret = "", SecretStr("")
    assert 9 * 3600 <= ends[1] - ends[0] < 9 * 3600 + 60


def test_seconds_that_pass_are_not_read_aloud_each_time(oral):
    """A live region is spoken again whenever what it says changes."""
    number = oral.interview.id
    pages = {
        "data-trouble-time": oral.candidate.browser.get(f"/candidate/oral/{number}/"),
        'id="lost-time"': oral.evaluator.browser.get(f"/evaluator/interviews/{number}"),
        'id="lost-still"': oral.evaluator.browser.get(f"/evaluator/interviews/{number}"),
    }
    for place, answer in pages.items():
        (tag,) = re.findall(f"<span[^>]*{place}[^>]*>", answer.text)
        assert 'aria-hidden="true"' in tag
    (words,) = re.findall(r'"reconnecting": "([^"]*)"', pages["data-trouble-time"].text)
    assert "seconds" not in words
