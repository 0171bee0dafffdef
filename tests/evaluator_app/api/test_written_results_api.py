"""The call by which another platform sends results: right, wrong, and as a machine imagines it."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from sqlalchemy import func, select
from twins import on_sqlite

from kernel import clock
from kernel.levels import Level
from kernel.permissions import SYSTEM
from written_test.elsewhere import sources
from written_test.models import ResultImport, Source, WrittenResult
from written_test.recording import current, enter

ADDRESS = "/api/v1/written-results"


def a_source(db, name="Alizé"):
    source = sources.create(db, SYSTEM, name)
    token = sources.renew_token(db, SYSTEM, source)
    db.commit()
    return source, {"Authorization": f"Bearer {token}"}


def a_result(candidacy, **values):
    return {
        "candidate": candidacy.candidate.user.email,
        "date": clock.now().date().isoformat(),
        "level": "B1",
        "reference": "R1",
    } | values


def call(client, headers, body):
    return client.post(ADDRESS, json=body, headers=headers, csrf=False)


def test_results_come_in_and_each_is_answered(db, make, client):
    source, headers = a_source(db)
    first, second, third = make.candidacy(), make.candidacy(), make.candidacy()
    enter(db, SYSTEM, third, Level.C1)
    body = [
        a_result(first, level="b1+", score=72.5, skills={"grammar": "A2"}),
        a_result(second, reference="R2", candidate_by="candidacy", candidate=str(second.id)),
        a_result(third, reference="R3"),
        a_result(first, reference="R4", candidate="nobody@example.test"),
        a_result(first, reference="R5", level="D1"),
        a_result(second, reference="R6", level="", score="12"),
    ]
    answer = call(client, headers | {"Accept-Language": "en"}, body)
    assert (answer.status_code, [result["status"] for result in answer.json["results"]]) == (
        200,
        ["created", "created", "conflict", "refused", "refused", "refused"],
    )
    assert [result["reason"] for result in answer.json["results"]] == [
        None,
        None,
        None,
        "No candidacy matches “nobody@example.test”.",
        "“D1” is not a level.",
        "The level is not given.",
    ]
    result = current(db, first.id)
    assert (result.level, result.score, result.source, result.origin_id) == (
        Level.B1,
        "72.5",
        Source.API,
        source.id,
    )
    assert result.skills == {"grammar": {"level": "A2"}}


def test_sending_again_changes_nothing_and_a_change_is_a_new_version(db, make, client):
    _source, headers = a_source(db)
    candidacy = make.candidacy()
    body = [a_result(candidacy)]
    assert call(client, headers, body).json["results"][0]["status"] == "created"
    assert call(client, headers, body).json["results"][0]["status"] == "unchanged"
    changed = [a_result(candidacy, level="B2", reason="Relecture")]
    assert call(client, headers, changed).json["results"][0]["status"] == "new_version"
    assert (current(db, candidacy.id).version, current(db, candidacy.id).reason) == (2, "Relecture")
    assert db.scalar(select(func.count()).select_from(ResultImport)) == 2


def test_without_a_token_that_opens_nothing_is_read(db, make, client):
    source, headers = a_source(db)
    sources.revoke_token(db, SYSTEM, source)
    db.commit()
    for given_headers in (headers, {}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}):
        answer = call(client, given_headers, [a_result(make.candidacy())])
        assert (answer.status_code, list(answer.json)) == (401, ["error", "field"])
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert db.scalars(select(WrittenResult)).all() == []


def test_what_is_not_of_the_shape_is_refused_whole(db, make, client):
    _source, headers = a_source(db)
    good = a_result(make.candidacy())
    for body, field in (
        ([good, good | {"date": "12/03/2026"}], "1.date"),
        ([good, good | {"level": 3}], "1.level"),
        ([good | {"surprise": 1}], "0.surprise"),
        ([good | {"skills": {"dance": "B1"}}], "0.skills.dance"),
        ({"results": [good]}, "."),
        ([good] * 1001, "."),
    ):
        answer = call(client, headers, body)
        assert (answer.status_code, answer.json["field"]) == (422, field)
    answer = client.post(ADDRESS, data=b'[{"level": NaN}]', headers=headers, csrf=False)
    assert (answer.status_code, answer.json["field"]) == (422, None)
    assert db.scalars(select(WrittenResult)).all() == []


def test_too_much_is_refused_unread(db, client):
    _source, headers = a_source(db)
    answer = client.post(ADDRESS, data=b"[" + b" " * 2_200_000 + b"]", headers=headers, csrf=False)
    assert (answer.status_code, list(answer.json)) == (413, ["error", "field"])


def test_calls_are_counted_by_token(db, app, client):
    _source, headers = a_source(db)
    house = app.extensions["viva"]
    house.settings.throttle = True
    try:
        statuses = [call(client, headers, []).status_code for _ in range(121)]
    finally:
        house.settings.throttle = False
    assert (statuses[:120], statuses[120]) == ([200] * 120, 429)


@on_sqlite
def test_the_description_is_true(db, make, app):
    """Whatever a machine makes of the description gets an answer that stands in it."""
    _source, headers = a_source(db)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    seen = []

    @given(case=schema[ADDRESS]["POST"].as_strategy())
    @examples(
        max_examples=40,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case):
        seen.append(case.call_and_validate(headers=headers).status_code)

    send()
    assert set(seen) <= {200, 422}
    assert len(seen) >= 40
