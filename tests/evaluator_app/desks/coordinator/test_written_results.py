"""Results from elsewhere, on the coordinator's pages: from the file to the candidacy."""

from __future__ import annotations

import html
import io
import re

import pytest
from sqlalchemy import select

from enrolment import gates
from enrolment.models import GateKind, Stage
from kernel import clock, discarding, outbox
from kernel.audit import AuditEntry
from kernel.errors import Refused
from kernel.levels import Level
from results import validation
from tests.results.test_validation import complete
from written_test.elsewhere import sources
from written_test.models import ResultImport, ResultSource, Source, Standing, WrittenResult
from written_test.recording import current, enter

HERE = "/coordinator/written-results"


def text(answer) -> str:
    return html.unescape(answer.get_data(as_text=True))


@pytest.fixture
def coordinator(make):
    return make.coordinator()


@pytest.fixture
def browser(coordinator, signed_in):
    return signed_in(coordinator)


@pytest.fixture
def discard(app, database, db):
    """Remove the files that are let go of, as the jobs process does."""

    def act() -> None:
        discarding.register(app.extensions["viva"].storage)
        db.commit()
        outbox.drain(database)

    return act


@pytest.fixture
def source(db, coordinator):
    return sources.create(db, coordinator.actor, "Alizé")


def send(browser, source, data: bytes, name="résultats.csv"):
    form = {"source": str(source.id), "file": (io.BytesIO(data), name)}
    return browser.post(f"{HERE}/files", data=form, content_type="multipart/form-data")


def columns(**values) -> dict[str, str]:
    return {"by": "email", "candidate": "Courriel", "date": "Passé le", "level": "Niveau"} | values


def a_file(*lines: str) -> bytes:
    return ("Courriel;Passé le;Niveau;Note;Réf;Grammaire\n" + "\n".join(lines)).encode("cp1252")


def test_a_file_is_sent_mapped_examined_and_brought_in(
    db, make, browser, source, coordinator, discard
):
    candidacy = make.candidacy()
    day = clock.now().strftime("%d/%m/%Y")
    data = a_file(
        f"{candidacy.candidate.user.email};{day};b1+;72,5;R-1;A2",
        f"inconnue@example.test;{day};B1;;R-2;",
    )
    address = send(browser, source, data).location
    page = text(browser.get(address))
    assert "Passé le" in page
    assert re.search(r'<option selected value="Courriel"', page)
    shown = browser.post(f"{address}/examine", data=columns(reference="Réf", score="Note"))
    assert "Importer 1 résultat" in text(shown)
    assert "Aucune candidature ne correspond à « inconnue@example.test »." in text(shown)
    assert db.scalars(select(WrittenResult)).all() == []
    form = columns(reference="Réf", score="Note", skill_grammar="Grammaire", from_A2="30,5")
    done = browser.post(f"{address}/bring-in", data=form)
    row = db.scalars(select(ResultImport)).one()
    assert done.location == f"{HERE}/imports/{row.id}"
    result = current(db, candidacy.id)
    assert (result.level, result.score, result.skills) == (
        Level.B1,
        "72.5",
        {"grammar": {"level": "A2"}},
    )
    db.expire_all()
    assert db.scalars(select(ResultSource)).one().mapping["table"] == {"A2": "30.5"}
    discard()
    assert browser.get(address).location == f"{HERE}/"  # it waits no more
    page = text(browser.get(done.location))
    assert "inconnue@example.test" in page
    table = text(browser.get(f"{done.location}/refusals.csv"))
    assert table.splitlines()[1] == (
        "résultats.csv;3;Aucune candidature ne correspond à « inconnue@example.test »."
    )
    assert browser.get(f"{done.location}/file").get_data() == data
    seen = db.scalars(select(AuditEntry).where(AuditEntry.act == "written_results.see_file")).one()
    assert (seen.actor_id, seen.subject_id) == (coordinator.id, row.id)
    page = text(browser.get(f"/coordinator/candidacies/{candidacy.id}"))
    assert "Fichier importé · Alizé" in page
    assert "Grammaire A2" in page
    # The next file of this source is read the same way; this one changes nothing.
    address = send(browser, source, data).location
    assert re.search(r'<option selected value="Note"', text(browser.get(address)))
    assert browser.post(f"{address}/bring-in", data=form).location == f"{HERE}/"
    assert db.scalars(select(ResultImport)).all() == [row]


def test_what_cannot_be_read_or_mapped_is_said_on_the_page(db, browser, source, discard):
    for data, status, words in (
        (b"", 422, "vide"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 422, "pas du texte"),
        (b"x" * (20 * 1024 * 1024 + 1), 413, "20 Mo"),
    ):
        answer = send(browser, source, data)
        assert (answer.status_code, words in text(answer)) == (status, True)
    assert send(browser, source, b"x" * 22 * 1024 * 1024).status_code == 413
    address = send(browser, source, a_file("a@b.test;12/03/2026;B1;;;")).location
    for form, words in (
        (columns(candidate=""), "Dites quelle colonne nomme le candidat."),
        (columns(level=""), "Il faut une colonne de niveau"),
        (columns(from_A2="beaucoup"), "« beaucoup » n'est pas un score."),
        (columns(from_A2="50", from_B1="20"), "Le barème doit monter"),
        (columns(date="Ailleurs"), 'id="date-error"'),
    ):
        for act in ("examine", "bring-in"):
            answer = browser.post(f"{address}/{act}", data=form)
            assert answer.status_code == 422
            assert words in text(answer)
    assert db.scalars(select(ResultImport)).all() == []
    assert browser.post(f"{address}/forget").location == f"{HERE}/"
    assert browser.get(address).location == f"{HERE}/"
    assert "plus gardé" in text(browser.get(f"{HERE}/"))
    assert browser.get(f"{HERE}/files/..%2f..%2fkeys").status_code == 404


def test_a_token_is_shown_once(db, browser, source):
    page = f"{HERE}/sources/{source.id}"
    shown = text(browser.post(f"{page}/token"))
    token = re.search(r"vvr_[\w-]{43}", shown).group()
    db.expire_all()
    assert sources.by_token(db, token) == source
    assert token not in text(browser.get(page))
    browser.post(f"{page}/switch", data={"active": "0"})
    db.expire_all()
    assert (source.active, sources.by_token(db, token)) == (False, None)
    browser.post(f"{page}/switch", data={"active": "1"})
    browser.post(f"{page}/token/off")
    db.expire_all()
    assert (source.active, source.token_sha256) == (True, None)


def test_sources_have_names_of_their_own(db, browser, source):
    answer = browser.post(f"{HERE}/sources", data={"name": " alizé "})
    assert (answer.status_code, "porte déjà ce nom" in text(answer)) == (422, True)
    assert browser.post(f"{HERE}/sources", data={"name": "Mistral"}).status_code == 302
    assert [source.name for source in db.scalars(select(ResultSource))] == ["Alizé", "Mistral"]


def test_a_conflict_is_chosen_with_a_reason(db, make, browser, source, coordinator):
    candidacy = make.candidacy()
    enter(db, coordinator.actor, candidacy, Level.B2)
    waiting = make.written_result(
        candidacy,
        Level.B1,
        version=2,
        source=Source.API,
        origin_id=source.id,
        standing=Standing.WAITING,
    )
    assert "1 candidat a deux résultats" in text(browser.get(f"{HERE}/"))
    page = text(browser.get(f"{HERE}/conflicts"))
    assert "Envoyé par la plateforme · Alizé" in page
    choose = f"/coordinator/candidacies/{candidacy.id}/written/choose"
    assert browser.post(choose, data={"result": waiting.id}).status_code == 422
    other = make.written_result(make.candidacy(), Level.B1)
    wrong = {"result": other.id, "reason": "x"}
    assert browser.post(choose, data=wrong).status_code == 404
    done = browser.post(choose, data={"result": waiting.id, "reason": "Copie vue"})
    assert done.location == f"/coordinator/candidacies/{candidacy.id}"
    db.expire_all()
    assert (current(db, candidacy.id), waiting.reason) == (waiting, "Copie vue")
    assert "Rien à choisir" in text(browser.get(f"{HERE}/conflicts"))


@pytest.mark.parametrize(
    ("detail", "words"), [("undecided", "attend votre décision"), ("void", "a été annulé")]
)
def test_an_undecided_or_void_watch_holds_the_result_back(
    db, make, browser, signed_in, coordinator, detail, words
):
    candidacy = complete(make)
    gates.put(db, candidacy, GateKind.WRITTEN_RESULT, is_open=True, detail=gates.SAT_HERE)
    gates.put(db, candidacy, GateKind.PROCTORING, is_open=False, detail=detail)
    with pytest.raises(Refused, match=words):
        validation.validate(db, coordinator.actor, candidacy)
    page = text(browser.get(f"/coordinator/candidacies/{candidacy.id}"))
    assert (words in page, "Valider les résultats" in page) == (True, False)
    manager = signed_in(make.manager(candidacy.organisation))
    assert "Le test écrit est en cours d'examen" in text(
        manager.get(f"/organisation/candidacies/{candidacy.id}")
    )
    own = signed_in(candidacy.candidate.user)
    assert "est en cours d'examen par le certificateur" in text(own.get("/candidate/"))
    gates.put(db, candidacy, GateKind.PROCTORING, is_open=True, detail="incident")
    row = validation.validate(db, coordinator.actor, candidacy)
    assert row.inputs["proctoring"] == "incident"


def test_a_conflict_holds_the_result_back(db, make, coordinator):
    candidacy = complete(make)
    make.written_result(candidacy, Level.A2, version=2, standing=Standing.WAITING)
    with pytest.raises(Refused, match="se contredisent"):
        validation.validate(db, coordinator.actor, candidacy)


def test_what_is_known_of_the_written_part_reaches_the_verdict_and_the_candidate(
    db, make, signed_in, coordinator, source
):
    candidacy = complete(make)
    result = current(db, candidacy.id)
    result.skills = {"reading": {"level": "B2"}, "grammar": {"level": "B1"}}
    result.ability, result.standard_error = 0.9, 0.31
    result.source, result.origin_id, result.reference = Source.FILE, source.id, "R-7"
    result.sat_on = clock.now().date()
    row = validation.validate(db, coordinator.actor, candidacy)
    kept = {key: value for key, value in row.inputs.items() if key.startswith("written")}
    assert kept == {
        "written": "B2",
        "written_version": 1,
        "written_source": "file",
        "written_origin": source.id,
        "written_reference": "R-7",
        "written_on": result.sat_on.isoformat(),
        "written_ability": 0.9,
        "written_standard_error": 0.31,
        "written_skills": {"reading": "B2", "grammar": "B1"},
    }
    assert row.inputs["proctoring"] == ""
    assert candidacy.stage is Stage.VALIDATED
    browser = signed_in(candidacy.candidate.user)
    page = text(browser.get(f"/candidate/candidacies/{candidacy.id}/results"))
    skills = page[page.index("Votre écrit") :]
    assert skills.index("Grammaire") < skills.index("Lecture")


def test_how_a_file_is_read_is_shown_and_chosen(db, make, browser, source):
    candidacy = make.candidacy()
    who, day = candidacy.candidate.user.email, clock.now().strftime("%d/%m/%Y")
    lines = f"Résultats de mars\n\nCourriel;Niveau;Passé le;Remarque\n{who};B1;{day};Wałęsa\n"
    address = send(browser, source, lines.encode("cp1250")).location
    page = text(browser.get(address))
    assert "titres à la ligne 3, point-virgule" in page
    assert "ligne 1 « Résultats de mars »" in page
    assert "on y lirait « Wa³êsa »" in page
    assert '<option selected value="">À choisir</option>' in page
    for act in ("examine", "bring-in"):
        answer = browser.post(f"{address}/{act}", data=columns())
        assert (answer.status_code, "L'encodage du fichier n'est pas sûr" in text(answer)) == (
            422,
            True,
        )
    chosen = f"{address}?encoding=cp1250&header=3&separator=%3B"
    page = text(browser.get(chosen))
    assert "Wałęsa" in page
    assert "n'est pas sûr" not in page
    assert "encoding=cp1250" in page
    shown = text(browser.post(f"{address}/examine?encoding=cp1250", data=columns()))
    assert "Niveaux qui seraient écrits" in shown
    assert re.search(rf"<td>{re.escape(who)}</td>.*?<strong>B1</strong>", shown, re.DOTALL)
    empty = text(browser.get(f"{address}?header=2&encoding=cp1250"))
    assert "La ligne 2 est vide, ou trop loin" in empty
    assert "/examine?" not in empty
    wrong = text(browser.get(f"{address}?header=3&encoding=utf-8"))
    assert "L'encodage du fichier n'est pas reconnu" in wrong
    answer = browser.post(f"{address}/examine?header=3&encoding=utf-8", data=columns())
    assert (answer.status_code, "Niveaux qui seraient écrits" in text(answer)) == (422, False)
    assert browser.get(f"{address}?header=x&separator=zz&encoding=zz").status_code == 200
    done = browser.post(f"{address}/bring-in?encoding=cp1250", data=columns())
    assert done.status_code == 302
    assert current(db, candidacy.id).level is Level.B1


def test_the_order_of_dates_is_chosen_and_remembered(db, make, browser, source):
    candidacy = make.candidacy()
    now = clock.now()
    data = a_file(f"{candidacy.candidate.user.email};{now:%m/%d/%Y};B1;;R-1;")
    address = send(browser, source, data).location
    shown = text(browser.post(f"{address}/examine", data=columns(order="month")))
    assert "Importer 1 résultat" in shown
    browser.post(f"{address}/bring-in", data=columns(order="month"))
    db.expire_all()
    assert current(db, candidacy.id).sat_on == now.date()
    address = send(browser, source, data + b"x;y;z;;;\n").location
    assert '<option selected value="month"' in text(browser.get(address))


def test_what_is_seen_before_a_file_counts_are_levels_and_scores(db, make, browser, source):
    day = clock.now().strftime("%d/%m/%Y")
    people = [make.candidacy().candidate.user.email for _ in range(12)]
    data = a_file(
        *(f"{who};{day};{'B2' if n % 2 else 'A1'};{n},5;R-{n};" for n, who in enumerate(people))
    )
    address = send(browser, source, data).location
    shown = text(browser.post(f"{address}/examine", data=columns(score="Note", reference="Réf")))
    written = re.findall(r"<strong>(A1|B2)</strong></td><td class=\"vv-num\">([\d.]+)</td>", shown)
    assert written == [("B2" if n % 2 else "A1", f"{n}.5") for n in range(12)]
    assert re.search(r"<strong>A1</strong> 6, <strong>B2</strong> 6", shown)
