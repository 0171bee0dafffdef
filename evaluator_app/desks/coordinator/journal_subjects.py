"""What entries of the log are about: each thing by its name, with the page that shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from enrolment import queries
from enrolment.models import Certification
from evaluator_app.words import _, locale
from kernel.audit import AuditEntry
from people.inviting import STAFF
from people.models import Consent, EntryLink, Organisation, User, UserSession
from proctor.models import RiskFile
from results.models import PolicyRow
from rubrics.models import Rubric
from written_test.models import Bank, Blueprint, Item, ResultSource


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: its name, and where it is shown ("" where no page does)."""

    words: str
    href: str = ""


NOTHING: Final = Subject("–")
# Rows that are gone, or are known only by what they belong to: the log says to which.
_BELONGS: Final = {
    "EntryLink": ("User", "user_id"),
    "BusySource": ("User", "evaluator_id"),
    "ItemImport": ("Bank", "bank"),
    "ItemImportRun": ("Bank", "bank"),
    "Release": ("Bank", "bank"),
    "ReleaseRun": ("Bank", "bank"),
    "ResultImport": ("ResultSource", "source"),
}
_Key = tuple[str, int]


def subjects(db: Session, entries: Sequence[AuditEntry]) -> dict[int, Subject]:
    """Return what each entry is about, by its id; one statement a kind of thing."""
    asked: dict[str, set[int]] = defaultdict(set)
    for kind, number in filter(None, map(_key, entries)):
        asked[kind].add(number)
    named = {
        (kind, number): subject
        for kind, numbers in asked.items()
        if kind in _READERS
        for number, subject in _READERS[kind](db, numbers)
    }
    return {entry.id: named.get(_key(entry) or ("", 0), NOTHING) for entry in entries}


def _key(entry: AuditEntry) -> _Key | None:
    if entry.candidacy_id is not None:
        return "Candidacy", entry.candidacy_id
    kind, name = _BELONGS.get(entry.subject_kind, ("", ""))
    if name in entry.data:
        return kind, entry.data[name]
    return (entry.subject_kind, entry.subject_id) if entry.subject_id is not None else None


_Named = Iterable[tuple[int, Subject]]
_Reader = Callable[[Session, Collection[int]], _Named]


def _candidacies(db: Session, ids: Collection[int]) -> _Named:
    for number, name in queries.candidates_of(db, ids).items():
        yield number, Subject(name, url_for(".candidacy_page", candidacy_id=number))


def _person(user: User) -> Subject:
    return Subject(
        user.name, url_for(".member_page", user_id=user.id) if user.role in STAFF else ""
    )


def _certification(row: Certification) -> Subject:
    href = url_for(".edit_certification", certification_id=row.id)
    return Subject(row.name(locale()), href)


def _bank(row: Bank) -> Subject:
    return Subject(row.name, url_for(".bank_page", bank_id=row.id))


def _reader(query: Select[*tuple[Any, ...]], shown: Callable[[Any], Subject]) -> _Reader:
    """Return a reader of `query`, whose rows are an id and the thing that names it."""
    number = query.selected_columns[0]

    def read(db: Session, ids: Collection[int]) -> _Named:
        for key, thing in db.execute(query.where(number.in_(ids))):
            yield key, shown(thing)

    return read


_READERS: Final[dict[str, _Reader]] = {
    "Candidacy": _candidacies,
    "User": _reader(select(User.id, User), _person),
    "UserSession": _reader(select(UserSession.id, User).join(UserSession.user), _person),
    "EntryLink": _reader(select(EntryLink.id, User).join(EntryLink.user), _person),
    "Consent": _reader(select(Consent.id, User).join(User, User.id == Consent.user_id), _person),
    "Organisation": _reader(
        select(Organisation.id, Organisation),
        lambda row: Subject(row.name, url_for(".organisation_page", organisation_id=row.id)),
    ),
    "Certification": _reader(select(Certification.id, Certification), _certification),
    "RiskFile": _reader(
        select(RiskFile.id, Certification).join(
            Certification, Certification.id == RiskFile.certification_id
        ),
        _certification,
    ),
    "Blueprint": _reader(
        select(Blueprint.id, Certification).join(
            Certification, Certification.id == Blueprint.certification_id
        ),
        _certification,
    ),
    "Bank": _reader(select(Bank.id, Bank), _bank),
    "Item": _reader(
        select(Item.id, Item).options(joinedload(Item.bank)),
        lambda row: Subject(f"{row.bank.name} · {row.code}", url_for(".item_page", item_id=row.id)),
    ),
    "ResultSource": _reader(
        select(ResultSource.id, ResultSource),
        lambda row: Subject(row.name, url_for(".result_source", source_id=row.id)),
    ),
    "Rubric": _reader(
        select(Rubric.id, Rubric),
        lambda row: Subject(_("Grille « %(name)s »", name=row.name)),
    ),
    "PolicyRow": _reader(select(PolicyRow.id, PolicyRow), lambda row: Subject(row.name)),
}
