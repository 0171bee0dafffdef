"""A coordinator's banks: what is sent is read before it counts, and questions are seen as asked."""

from __future__ import annotations

import html
import io
import re

import pytest
from sqlalchemy import func, select

from people.languages import Language
from written_test.items import banks, importing
from written_test.items.importing import Upload
from written_test.items.reading.entries import MOST_BYTES, Defaults
from written_test.models import Bank, Item, ItemImport, ItemState

TABLE = """code;kind;skill;level;prompt;text;options;answer
A;single;grammar;B1+;The lift is?;;open|shut;open
B;gap_choice;grammar;B1;;He [[1]].;go|goes;goes
C;gap_free;vocabulary;A1;Write.;I ___ it.;;saw
D;ordering;expressions;A1;Order.;;one|two|three;
E;matching;vocabulary;A1;Match.;;big=large|small=little;
F;hologram;vocabulary;A1;?;;a|b;a
"""


@pytest.fixture
def who(make):
    return make.coordinator()


@pytest.fixture
def browser(signed_in, who):
    return signed_in(who)


@pytest.fixture
def bank(db, who):
    made = banks.create(db, who.actor, "General English", Language.EN)
    db.flush()
    return made


@pytest.fixture
def items(db, who, bank, app) -> dict[str, Item]:
    store = app.extensions["viva"].storage
    given = Upload("t.csv", TABLE.encode(), Defaults(Language.EN))
    importing.bring_in(db, who.actor, store, bank, given)
    return {item.code: item for item in db.scalars(select(Item))}


def send(browser, bank, data: bytes, name: str = "table.csv", **fields):
    form = {"field": "general", "skill": "", "level": "", "file": (io.BytesIO(data), name)} | fields
    return browser.post(
        f"/coordinator/banks/{bank.id}/import", data=form, content_type="multipart/form-data"
    )


def text(answer) -> str:
    return answer.get_data(as_text=True)


def even(answer) -> str:
    """The words of a page, their blanks and apostrophes made plain."""
    return re.sub("[\u00a0\u202f]", " ", html.unescape(text(answer)))


def test_a_bank_is_made(db, browser):
    answer = browser.post("/coordinator/banks/new", data={"name": "English", "language": "en"})
    made = db.scalars(select(Bank)).one()
    assert answer.location == f"/coordinator/banks/{made.id}"
    again = browser.post("/coordinator/banks/new", data={"name": "English", "language": "en"})
    assert "Une autre banque porte déjà ce nom." in text(again)


def test_a_file_is_read_then_confirmed_then_done(db, browser, bank):
    report = send(browser, bank, TABLE.encode()).location
    assert db.scalar(select(func.count()).select_from(Item)) == 0
    page = text(browser.get(report))
    assert "hologram" in page
    assert "Importer 5 questions" in page
    only = text(browser.get(f"{report}?effect=refused"))
    assert re.findall(r'<th scope="row">(\w+)<', only) == ["F"]
    table = text(browser.get(f"{report}/report.csv")).splitlines()
    assert table[0] == "\ufeffFichier;Ligne;Code;Effet;Remarques"
    assert len(table) == 7
    done = browser.post(report)
    row = db.scalars(select(ItemImport)).one()
    assert done.location == f"/coordinator/banks/{bank.id}/imports/{row.id}"
    assert "table.csv" in text(browser.get(done.location))
    assert db.scalar(select(func.count()).select_from(Item)) == 5


def test_the_confirmation_pressed_twice_changes_nothing_more(db, browser, bank):
    report = send(browser, bank, TABLE.encode()).location
    browser.post(report)
    assert browser.post(report).location == f"/coordinator/banks/{bank.id}"
    assert "Rien n&#39;a changé" in text(browser.get(f"/coordinator/banks/{bank.id}"))
    assert db.scalar(select(func.count()).select_from(ItemImport)) == 1


def test_a_file_that_was_dropped_is_gone(db, browser, bank, app):
    report = send(browser, bank, TABLE.encode()).location
    browser.post(f"{report}/drop")
    assert app.extensions["viva"].storage.names("incoming") == []
    assert browser.get(report).location == f"/coordinator/banks/{bank.id}/import"
    assert browser.post(report).location == f"/coordinator/banks/{bank.id}/import"
    assert db.scalar(select(func.count()).select_from(Item)) == 0


def test_another_coordinators_file_is_not_there(browser, bank, signed_in, make):
    report = send(browser, bank, TABLE.encode()).location
    other = signed_in(make.coordinator())
    assert [other.get(report).status_code, other.post(report).status_code] == [404, 404]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.zip", b"PK\x03\x04 nothing"),
        ("x.xml", b"<!DOCTYPE q [<!ENTITY a 'b'>]><q>&a;</q>"),
        ("x.jpg", b"\xff\xd8"),
        ("x.csv", b""),
        ("x.csv", b"\x00"),
        ("", b"code;kind\n"),
    ],
)
def test_a_file_that_cannot_be_read_gives_a_report_or_a_word(browser, bank, name, data):
    answer = send(browser, bank, data, name)
    page = browser.get(answer.location) if answer.status_code == 302 else answer
    assert page.status_code == 200
    assert re.search("Rien à importer|Choisissez un fichier", text(page))


SHOWN = (
    "<quiz><question type='multichoice'><name><text>P</text></name><questiontext format='html'>"
    "<text><![CDATA[<p>What is <u>this</u>? <img src='@@PLUGINFILE@@/a.png' alt='a square'></p>]]>"
    "</text><file name='a.png' encoding='base64'>iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAA"
    "FElEQVR4nGM8ISfHgA0wYRUdtBIA0MoBFD5jqJkAAAAASUVORK5CYII=</file></questiontext><single>true"
    "</single><answer fraction='100'><text>Red &amp; plain</text></answer><answer fraction='0'>"
    "<text>blue</text></answer></question></quiz>"
)


def test_the_report_shows_each_question_and_its_answer_as_the_candidate_will(browser, bank):
    answer = send(browser, bank, SHOWN.encode(), "quiz.xml", skill="grammar", level="B1")
    page = browser.get(answer.location).get_data(as_text=True)
    legend = re.search(r'<legend class="vv-question__prompt">(.*?)</legend>', page, re.DOTALL)[1]
    words, picture = legend.split("<img ")
    assert words == "What is <u>this</u>? "
    assert picture.startswith('src="data:image/png;base64,iVBOR')
    assert 'alt="a square" width="8" height="8"' in picture
    assert {"Red &amp; plain", "blue"} == set(re.findall(r'<label for="q1-choice-\d">(.*?)<', page))
    assert re.search(r'<dl class="vv-solution".*?<dd>(.*?)</dd>', page, re.DOTALL)[1] == (
        "Red &amp; plain"
    )
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_a_picture_that_came_in_is_shown_to_whoever_looks_after_the_bank(browser, db, bank):
    report = send(browser, bank, SHOWN.encode(), "quiz.xml", skill="grammar", level="B1").location
    browser.post(report)
    item = db.scalars(select(Item).where(Item.code == "P")).one()
    page = browser.get(f"/coordinator/banks/items/{item.id}").get_data(as_text=True)
    address = re.search(r'<img src="(/coordinator/[^"]+)"', page)[1]
    shown = browser.get(address)
    assert (shown.status_code, shown.mimetype, shown.data[:4]) == (200, "image/png", b"\x89PNG")
    assert browser.get(address.replace(".png", ".jpg")).status_code == 404


def test_a_file_of_nearly_20_mb_is_taken_and_a_larger_one_is_not(browser, bank):
    line = b"A;single;x" + b" " * 1000 + b"\n"
    most = b"code;kind\n" + line * ((MOST_BYTES - 100) // len(line))
    assert send(browser, bank, b"\x00" + most).status_code == 302
    assert send(browser, bank, most + b" " * 200_000).status_code == 413


def test_a_list_can_be_searched_sorted_and_paged_by_anything(browser, bank, items):
    page = f"/coordinator/banks/{bank.id}"
    assert re.findall(r'"/coordinator/banks/items/\d+">(\w+)<', text(browser.get(page))) == list(
        "ABCDE"
    )
    listed = text(browser.get(f"{page}?q=lift&sort=-level"))
    assert re.findall(r'"/coordinator/banks/items/\d+">(\w+)<', listed) == ["A"]
    for query in ("sort=x", "kind=x", "level=below_a1", "page=-1", "page=999999999999"):
        assert browser.get(f"{page}?{query}").status_code == 200


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_is_seen_as_its_candidate_sees_it(browser, items, language):
    names = {}
    for code, item in items.items():
        page = text(browser.get(f"/coordinator/banks/items/{item.id}?lang={language}"))
        form = page[page.index("vv-preview") : page.index("</form>", page.index("vv-preview"))]
        names[code] = sorted(
            {name.partition(":")[0] for name in re.findall(r' name="([^"]+)"', form)}
            - {"csrf_token"}
        )
    assert names == {
        "A": ["choices"],
        "B": ["gap"],
        "C": ["gap"],
        "D": ["order"],
        "E": ["pair"],
    }


def test_an_answer_can_be_tried(db, browser, items):
    here = f"/coordinator/banks/items/{items['A'].id}"
    for key, word in (("o1", "Juste"), ("o2", "Faux")):
        page = text(browser.post(here, data={"choices": key}))
        said = page[page.index('id="tried"') :]
        assert re.findall(r"(Juste|Faux)\b", said)[0] == word
    assert "Cette réponse n&#39;est pas celle" in text(browser.post(here, data={"choices": "zz"}))


def test_a_question_is_retired_and_brought_back_by_its_page(db, browser, items):
    item = items["A"]
    here = f"/coordinator/banks/items/{item.id}"
    retire = {"to": "retired", "reason": "Two answers"}
    assert browser.post(f"{here}/state", data=retire | {"reason": ""}).status_code == 422
    assert browser.post(f"{here}/state", data=retire | {"to": "gone"}).status_code == 422
    browser.post(f"{here}/state", data=retire)
    db.refresh(item)
    assert (item.state, item.state_reason) == (ItemState.RETIRED, "Two answers")
    assert "Retirée : Two answers" in even(browser.get(here))
    browser.post(f"{here}/state", data={"to": "pilot", "reason": "Only one"})
    db.refresh(item)
    assert item.state is ItemState.PILOT


def test_many_questions_change_at_once_and_those_that_cannot_say_why(db, browser, bank, items):
    here = f"/coordinator/banks/{bank.id}/states"
    assert re.findall(r'aria-label="(\w)"', text(browser.get(f"{here}?skill=grammar"))) == [
        "A",
        "B",
    ]
    assert "Aucune question ne correspond" in text(browser.get(f"{here}?state=draft"))
    ticked = {"item": [items["A"].id, items["B"].id, items["E"].id]}
    assert browser.post(here, data=ticked | {"to": "in_use", "reason": ""}).status_code == 422
    assert browser.post(here, data={"to": "draft", "reason": "x"}).status_code == 422
    done = browser.post(here, data=ticked | {"to": "draft", "reason": "To be read again"})
    assert done.location == f"/coordinator/banks/{bank.id}#list"
    db.expire_all()
    drafts = select(Item.code).where(Item.state == ItemState.DRAFT).order_by(Item.code)
    assert db.scalars(drafts).all() == ["A", "B", "E"]
    page = even(browser.post(here, data=ticked | {"to": "in_use", "reason": "Good"}))
    assert "3 questions restent ce qu'elles étaient" in page
    assert "Personne n'a donné de paramètres" in page
    assert ">A, B, E</span>" in page


def test_parameters_are_read_then_confirmed(db, browser, bank, items):
    def send_parameters(data: str, source: str = "Étude"):
        form = {"file": (io.BytesIO(data.encode()), "p.csv"), "source": source}
        return browser.post(
            f"/coordinator/banks/{bank.id}/parameters",
            data=form,
            content_type="multipart/form-data",
        )

    assert "Il manque la colonne" in even(send_parameters("code;a\nA;1\n"))
    report = send_parameters("code;b;note\nA;0,5;x\nZ;1;y\n").location
    page = even(browser.get(report))
    assert "Aucune question de cette banque n'a ce code." in page
    assert "Colonnes laissées de côté : note" in page
    assert "Mettre aussi en service 1 question à l'essai" in page
    assert browser.get(report.replace("/parameters/", "/import/")).status_code == 404
    other = send(browser, bank, TABLE.encode()).location
    assert browser.get(other.replace("/import/", "/parameters/")).status_code == 404
    browser.post(report)
    db.refresh(items["A"])
    assert (items["A"].shape, items["A"].state) == ([[1.0, 0.5, 0.0]], ItemState.PILOT)
    browser.post(report, data={"in_use": "yes"})
    db.refresh(items["A"])
    assert items["A"].state is ItemState.IN_USE
    assert "Étude" in text(browser.get(f"/coordinator/banks/items/{items['A'].id}"))


def test_a_sound_is_played_to_a_coordinator(db, browser, items, app):
    item = items["A"]
    assert browser.get(f"/coordinator/banks/items/{item.id}/audio").status_code == 404
    item.audio_key = app.extensions["viva"].storage.put("items/a.mp3", b"ID3\x04 bell").key
    db.commit()
    answer = browser.get(f"/coordinator/banks/items/{item.id}/audio")
    assert (answer.data, answer.mimetype) == (b"ID3\x04 bell", "audio/mpeg")


def test_answers_are_downloaded(browser, bank):
    answer = browser.get(f"/coordinator/banks/{bank.id}/responses.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert text(answer).startswith("test,place,item,version")
