"""What benchmarks fill a database with fits it, as it is today."""

from __future__ import annotations

from twins import on_sqlite

from bench import booking_rows, console, pages_rows
from evaluator_app.desks.candidate import written_way
from evaluator_app.wiring import stock
from kernel import clock
from kernel.storage import from_settings
from rooms.models import Interview


def test_a_booking_benchmark_has_people_who_claim_and_read(db, monkeypatch):
    for name, count in (("EVALUATORS", 2), ("BOOKINGS", 8), ("CLAIMANTS", 3)):
        monkeypatch.setattr(booking_rows, name, count)
    filled = booking_rows.fill(db, clock.now())
    assert (len(filled.claimants), filled.claimants[-1]) == (3, filled.reader)


@on_sqlite  # as the benchmark
def test_a_console_benchmark_has_orals_and_the_evaluator_of_the_last(database, db):
    stock.put_in(database)
    number, evaluator = console.fill(db, 2)
    oral = db.get_one(Interview, number)
    assert (number, oral.appointment.evaluator_id) == (2, evaluator.id)


@on_sqlite  # as the demo, which the benchmark runs
def test_a_benchmark_of_pages_has_somebody_before_their_test(app, db, make, settings):
    candidacy = make.candidacy()
    make.blueprint(candidacy.certification)
    pages_rows.prepare(db, from_settings(settings), candidacy.candidate.user.email)
    with app.app_context():
        way = written_way.of(db, candidacy)
    assert (way.rules is not None, way.next) == (True, None)
