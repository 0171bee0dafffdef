"""Results from elsewhere: examined, brought in, brought in again, changed, contradicted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from query_count import counted
from sqlalchemy import inspect, select, text

from enrolment import gates
from enrolment.models import GateKind, Stage
from kernel import clock, storage, strays
from kernel.errors import Forbidden, Refused
from kernel.levels import Level
from kernel.permissions import SYSTEM
from written_test import purging
from written_test.elsewhere import choosing, results_files, sources
from written_test.elsewhere.results_importing import (
    AT_ONCE,
    CHANGED,
    REPLACED,
    Incoming,
    Outcome,
    bring_in,
    examine,
)
from written_test.elsewhere.results_reading.mapping import Mapping, NamedBy, guess
from written_test.elsewhere.results_reading.opening import open_table
from written_test.elsewhere.results_reading.rows import rows
from written_test.models import ResultImport, Source, Standing, WrittenResult
from written_test.recording import current, enter

CASES = Path(__file__).parents[2] / "kernel" / "tables" / "cases"


@pytest.fixture
def kept(settings):
    return storage.from_settings(settings)


@pytest.fixture
def coordinator(make):
    return make.coordinator()


@pytest.fixture
def source(db, coordinator):
    return sources.create(db, coordinator.actor, "Plateforme Alizé")


def today(days: int = 0) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


def line(candidacy, level="B1", ref="R1", day=None, score="") -> str:
    who = candidacy.candidate.user.email
    return f"{who};{day or today()};{level};{score};{ref}\n"


HEAD = "mail;date;niveau;score;ref\n"


class Bring:
    def __init__(self, db, kept, source, actor):
        self.db, self.kept, self.source, self.actor = db, kept, source, actor

    def items(self, words):
        table = open_table(words.encode() if isinstance(words, str) else words)
        mapping = guess(table.columns)
        mapping.check(table.columns)
        return table, mapping, rows(table, mapping)

    def examine(self, *lines):
        _, _, items = self.items(HEAD + "".join(lines))
        return examine(self.db, self.actor, self.source, items)

    def __call__(self, *lines, reason="", words=None):
        words = words or HEAD + "".join(lines)
        table, mapping, items = self.items(words)
        incoming = Incoming("r.csv", table.format, words.encode())
        return bring_in(
            self.db,
            self.actor,
            self.kept,
            self.source,
            incoming,
            items,
            mapping=mapping,
            reason=reason,
            tell=True,
        )


@pytest.fixture
def bring(db, kept, source, coordinator):
    return Bring(db, kept, source, coordinator.actor)


def outcomes(imported) -> list[Outcome]:
    return [answer.outcome for answer in imported.answers]


def everything(db) -> dict[str, list]:
    db.flush()
    names = sorted(inspect(db.connection()).get_table_names())
    return {name: [tuple(r) for r in db.execute(text(f'SELECT * FROM "{name}"'))] for name in names}


def test_a_result_comes_in_with_its_source_and_opens_the_gate(db, make, bring, kept, source):
    candidacy = make.candidacy(stage=Stage.MARKING)
    gates.put(db, candidacy, GateKind.MARKS, is_open=True)
    imported = bring(line(candidacy, "b1+", score="72,5"))
    result = current(db, candidacy.id)
    assert outcomes(imported) == [Outcome.CREATED]
    assert (result.level, result.score, result.source) == (Level.B1, "72.5", Source.FILE)
    assert (result.origin_id, result.import_id) == (source.id, imported.row.id)
    assert (result.reference, result.sat_on.isoformat()) == ("R1", today())
    assert candidacy.stage is Stage.COMPLETE
    words = HEAD + line(candidacy, "b1+", score="72,5")
    assert kept.bytes(imported.row.file_key) == words.encode()
    assert imported.row.report == {
        "counts": dict.fromkeys(map(str, Outcome), 0) | {"created": 1},
        "refusals": [],
    }
    assert Mapping.of(source.mapping).reference == "ref"


def test_looking_changes_nothing_and_bringing_in_again_changes_nothing(db, make, bring, kept):
    candidacy, other = make.candidacy(), make.candidacy()
    lines = (line(candidacy), line(other, ref=""), "nobody@example.test;2026-01-01;B1;;R9\n")
    before = everything(db)
    report = bring.examine(*lines)
    assert (report.writes, report.counts[Outcome.REFUSED]) == (2, 1)
    assert everything(db) == before
    assert kept.names("results") == []
    assert outcomes(bring(*lines)) == [Outcome.CREATED, Outcome.CREATED, Outcome.REFUSED]
    before, files = everything(db), kept.names("results")
    again = bring(*lines)
    assert outcomes(again) == [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.REFUSED]
    assert again.row is None
    assert (everything(db), kept.names("results")) == (before, files)


def test_what_changed_at_the_source_is_a_new_version_with_a_reason(db, make, bring):
    candidacy = make.candidacy()
    bring(line(candidacy, "B1"))
    assert outcomes(bring(line(candidacy, "B2"))) == [Outcome.NEW_VERSION]
    assert outcomes(bring(line(candidacy, "C1"), reason="Copie relue")) == [Outcome.NEW_VERSION]
    versions = db.scalars(select(WrittenResult).order_by(WrittenResult.version)).all()
    assert [(version.version, version.level, version.reason) for version in versions] == [
        (1, Level.B1, ""),
        (2, Level.B2, CHANGED),
        (3, Level.C1, "Copie relue"),
    ]
    assert current(db, candidacy.id).level is Level.C1


def test_after_validation_the_same_is_unchanged_and_another_is_refused(db, make, bring):
    candidacy = make.candidacy()
    bring(line(candidacy))
    candidacy.stage = Stage.VALIDATED
    db.flush()
    assert outcomes(bring(line(candidacy))) == [Outcome.UNCHANGED]
    refused = bring(line(candidacy, "C1"))
    assert outcomes(refused) == [Outcome.REFUSED]
    assert "validés" in refused.answers[0].reason


def test_every_refusal_names_its_line_and_its_reason(db, make, bring):
    candidate = make.candidate()
    two = [make.candidacy(candidate), make.candidacy(candidate)]
    gone, late = make.candidacy(stage=Stage.WITHDRAWN), make.candidacy(stage=Stage.EXPIRED)
    fine = make.candidacy()
    imported = bring(
        line(two[0]),
        line(gone),
        line(late),
        line(fine, day=today(-40)),
        line(fine, day=today(+2)),
        "nobody@example.test;2026-01-01;B1;;\n",
        line(fine, ref="R7"),
        line(fine, "B2", ref="R7"),
        line(make.candidacy(), ref="R7"),
        "x;y\n",
    )
    outcomes = [(answer.place, answer.outcome) for answer in imported.answers]
    refused = Outcome.REFUSED
    assert outcomes == [(n, Outcome.CREATED if n == 8 else refused) for n in range(2, 12)]
    words = [answer.reason % answer.params for answer in imported.report.refusals]
    assert [w.split(":")[0] for w in words] == [
        "Cette personne a 2 candidatures à cette date ",
        "Cette candidature est retirée.",
        "La période d'accès de cette candidature est expirée.",
        "La date du test est hors de la période d'accès de la candidature.",
        "La date du test est à venir.",
        "Aucune candidature ne correspond à « nobody@example.test ».",
        "La ligne 8 donne un autre résultat sous la même référence.",
        "Cette référence est celle du résultat d'un autre candidat.",
        "« y » n'est pas une date.",
    ]


def test_a_candidacy_is_found_by_its_number_or_its_dossier(db, make, bring, source, coordinator):
    first, second = make.candidacy(), make.candidacy(cpf_dossier="D-77")
    for by, said, candidacy in (
        (NamedBy.CANDIDACY, f"#00{first.id}", first),
        (NamedBy.DOSSIER, "D-77", second),
    ):
        table = open_table(f"who;date;level\n{said};{today()};C1\n".encode("utf-16"))
        mapping = Mapping(candidate="who", by=by, date="date", level="level")
        report = examine(db, coordinator.actor, source, rows(table, mapping))
        assert report.counts == {Outcome.CREATED: 1}
        bring_in(
            *(db, coordinator.actor, bring.kept, source, Incoming("x", "csv", b"x")),
            rows(table, mapping),
        )
        assert current(db, candidacy.id).level is Level.C1


def test_what_contradicts_a_level_entered_by_hand_waits_for_a_choice(db, make, bring, coordinator):
    candidacy = make.candidacy()
    enter(db, coordinator.actor, candidacy, Level.B2)
    assert outcomes(bring(line(candidacy, "B1"))) == [Outcome.CONFLICT]
    assert current(db, candidacy.id).level is Level.B2
    assert outcomes(bring(line(candidacy, "A2"))) == [Outcome.CONFLICT]
    first, waiting = db.scalars(
        select(WrittenResult).where(WrittenResult.version > 1).order_by(WrittenResult.version)
    ).all()
    assert (first.standing, first.reason) == (Standing.REFUSED, REPLACED)
    assert choosing.waiting_of(db, candidacy.id) == [waiting]
    choosing.choose(db, coordinator.actor, candidacy, waiting, "La plateforme a raison")
    assert current(db, candidacy.id) == waiting
    with pytest.raises(Refused, match="déjà"):
        choosing.choose(db, coordinator.actor, candidacy, waiting, "again")
    # What was chosen goes on by itself.
    assert outcomes(bring(line(candidacy, "C1"))) == [Outcome.NEW_VERSION]
    assert current(db, candidacy.id).level is Level.C1


def test_the_one_in_force_may_be_kept(db, make, bring, coordinator):
    candidacy = make.candidacy()
    enter(db, coordinator.actor, candidacy, Level.B2)
    bring(line(candidacy, "B1"))
    choosing.choose(db, coordinator.actor, candidacy, current(db, candidacy.id), "Vu ensemble")
    assert current(db, candidacy.id).level is Level.B2
    assert choosing.waiting_of(db, candidacy.id) == []
    assert outcomes(bring(line(candidacy, "B1"))) == [Outcome.UNCHANGED]


def test_two_references_of_one_person_contradict_each_other(db, make, bring):
    candidacy = make.candidacy()
    both = (line(candidacy, ref="R1"), line(candidacy, "B2", ref="R2"))
    assert bring.examine(*both).counts == {Outcome.CREATED: 1, Outcome.CONFLICT: 1}
    assert outcomes(bring(*both)) == [Outcome.CREATED, Outcome.CONFLICT]


def test_only_coordinators_import_and_only_from_what_is_switched_on(
    db, make, bring, source, coordinator
):
    with pytest.raises(Forbidden):
        examine(db, make.manager().actor, source, [])
    sources.switch(db, coordinator.actor, source, active=False)
    with pytest.raises(Refused, match="désactivée"):
        bring(line(make.candidacy()))


def test_a_token_opens_its_source_until_it_is_renewed_or_taken_back(db, source, coordinator):
    first = sources.renew_token(db, coordinator.actor, source)
    assert sources.by_token(db, first) == source
    second = sources.renew_token(db, coordinator.actor, source)
    assert (sources.by_token(db, first), sources.by_token(db, second)) == (None, source)
    assert first not in str(everything(db))
    sources.switch(db, SYSTEM, source, active=False)
    assert sources.by_token(db, second) is None
    sources.switch(db, SYSTEM, source, active=True)
    sources.revoke_token(db, coordinator.actor, source)
    assert sources.by_token(db, second) is None


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # most of it asks neither
def test_a_hundred_thousand_lines_are_brought_in_and_their_refusals_kept(db, make, bring, kept):
    known = [make.candidacy() for _ in range(20)]
    lines = [f"unknown{n}@example.test;{today()};B1;;X{n}\n" for n in range(99_980)]
    lines += [line(candidacy, ref=f"R{candidacy.id}") for candidacy in known]
    with counted(db.get_bind()) as looked:
        report = bring.examine(*lines)
    with counted(db.get_bind()) as sent:
        imported = bring(*lines)
    assert report.counts == imported.report.counts
    assert imported.row.report["counts"] == {
        "created": 20,
        "unchanged": 0,
        "new_version": 0,
        "conflict": 0,
        "refused": 99_980,
    }
    assert len(results_files.refusals(kept, imported.row)) == 99_980
    assert len(imported.row.report["refusals"]) == results_files.SHOWN
    assert looked.count == 2 + 2 * len(lines) / AT_ONCE
    assert sent.count - looked.count < 12 * len(known)  # a letter each among them


def test_files_go_after_their_years_and_what_nobody_imported_after_a_day(
    db, make, bring, kept, settings
):
    candidacy = make.candidacy()
    imported = bring(line(candidacy), "nobody@example.test;2026-01-01;B1;;\n")
    kept.put(f"results/files/{strays.new_name()}", b"of a transaction that failed")
    assert purging.purge(db, kept, settings) == 0
    clock.move(timedelta(days=2))
    assert purging.purge(db, kept, settings) == 1
    assert kept.names("results") == [imported.row.file_key]
    clock.move(timedelta(days=5 * 366))
    assert purging.purge(db, kept, settings) == 1
    db.flush()
    row = db.scalars(select(ResultImport)).one()
    assert (row.file_key, list(row.report)) == ("", ["counts"])
    assert kept.names("results") == []
    assert current(db, candidacy.id).level is Level.B1


def test_a_dossier_whose_leading_zero_was_lost_is_named(db, make, source, coordinator):
    make.candidacy(cpf_dossier="012345678")
    make.candidacy(cpf_dossier="12345678")
    data = (
        (CASES / "c17_leading_zero_lost.csv")
        .read_bytes()
        .replace(b"31/12/2026", clock.now().strftime("%d/%m/%Y").encode())
    )
    table = open_table(data)
    report = examine(db, coordinator.actor, source, rows(table, guess(table.columns)))
    assert [answer.reason % answer.params for answer in report.refusals] == [
        (
            "Le dossier « 012345678 » existe : Excel a pu retirer le zéro du début de « 12345678 »."
            " Mettez la colonne au format Texte, puis saisissez-le de nouveau."
        )
    ]


def test_the_first_lines_that_would_be_written_are_shown_as_they_would_be(db, make, bring):
    candidacies = [make.candidacy() for _ in range(2)]
    report = bring.examine(
        line(candidacies[0], level="b2+", score="72,5"),
        line(candidacies[0], level="b2+", score="72,5", ref="R2"),
        line(candidacies[1], level="A1", ref="R3"),
        "nobody@example.test;2026-03-12;B1;;R4\n",
    )
    shown = [
        (plan.answer.place, plan.answer.outcome, plan.row.level, plan.row.score, plan.row.sat_on)
        for plan in report.shown
    ]
    day = clock.now().date()
    assert shown == [
        (2, Outcome.CREATED, Level.B2, "72.5", day),
        (3, Outcome.CONFLICT, Level.B2, "72.5", day),
        (4, Outcome.CREATED, Level.A1, "", day),
    ]
