"""The published sets of content as rows: never edited, only followed by a next version.

A set's name carries its version (`fr-1`); certifications name the one they choose, interviews keep
the one that they are held with. Its content is kept with its digest, and what no longer has that
digest is refused. The names that a language's code begins (`fr-2`) are those of the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from enrolment.fields import Field
from enrolment.models import Certification
from kernel import audit, clock
from kernel.errors import N_, Invalid, Refused
from kernel.permissions import Actor, Permission, check
from kernel.published import Shelf, digest
from people.languages import Language
from rooms import library
from rooms.library import PLACES, OralContent, Script
from rooms.models import Card, ContentSet

SETS: Final = Shelf(
    ContentSet,
    unversioned=N_("Le nom d'un jeu se termine par sa version : « sante-2 »."),
    standing=N_("Le jeu « %(name)s » est publié : il ne change plus."),
    absent=N_("Le jeu de contenus « %(name)s » n'est pas publié."),
)

published: Final = SETS.published
versions: Final = SETS.versions

_SCRIPTS: Final[dict[str, Script]] = {}
"""The scripts that this process has read, by the digest that was checked then."""


def row_of(content: OralContent) -> ContentSet:
    """Return the row of a set and those of its cards; its name carries its version."""
    given = content.as_json()
    return ContentSet(
        name=content.name,
        language=content.language,
        version=int(content.name.rpartition("-")[2]),
        script=given["script"],
        digest=digest(given),
        published_at=clock.now(),
        cards=[
            Card(
                code=card["code"],
                part=card["part"],
                level=card["level"],
                field=card["field"],
                content=card["content"],
            )
            for card in given["cards"]
        ],
    )


def publish(db: Session, actor: Actor, content: OralContent) -> ContentSet:
    """Publish a set; the same one again is the same row.

    A card that was retired elsewhere, word for word the same, is published retired.

    Raises:
        Forbidden: the actor does not publish content.
        Invalid: its name carries no version, or an oral could not be held with it.
        Refused: another content was published under this name, or the name is the product's.
    """
    check(db, actor, Permission.PUBLISH_CONTENT)
    known = require_fit(db, content)
    if known is not None:
        return known
    row = row_of(content)
    row.by_id = actor.user_id
    _retire_again(db, row)
    db.add(row)
    db.flush()
    audit.record(db, actor, "content.publish", row, name=row.name, digest=row.digest)
    return row


def require_fit(db: Session, content: OralContent) -> ContentSet | None:
    """Make sure that a set may be published; return its row where it is published already.

    Raises:
        Invalid: its name carries no version, or an oral could not be held with it.
        Refused: another content was published under this name, or the name is the product's.
    """
    known = SETS.find(db, content.name)
    if known is not None and known.digest == digest(content.as_json()):
        return known
    if content not in library.brought() or known is not None:
        require_name(db, content.name, content.language)
    for part, level in content.missing():
        raise Invalid(
            N_("Il manque une carte pour tous les métiers : partie %(part)d, niveau %(level)s."),
            "cards",
            part=part,
            level=level,
        )
    return None


def require_name(db: Session, name: str, language: Language) -> None:
    """Make sure that a set of an installation's own may be called so.

    Raises:
        Invalid: the name carries no version.
        Refused: a set was published under this name, or the name is the product's.
    """
    SETS.require_free(db, name)
    if name == f"{language}-{SETS.version_of(name)}":
        raise Refused(
            N_(
                "« %(name)s » est un nom des jeux fournis avec la plateforme : choisissez-en un "
                "autre."
            ),
            name=name,
        )


def choose(db: Session, actor: Actor, certification: Certification, name: str) -> None:
    """Let the orals of a certification be held with the set `name`; "": the product's newest.

    Those that are booked take it when their room is opened; those that were opened keep theirs.

    Raises:
        Forbidden: the actor does not manage what is on offer.
        Refused: no such set was published, it is in another language, or no oral can be held
            with what is left of it.
    """
    check(db, actor, Permission.MANAGE_CATALOGUE)
    if name:
        row = SETS.published(db, name)
        if row.language != certification.language:
            raise Refused(N_("Le jeu « %(name)s » est dans une autre langue."), name=name)
        if row not in whole(db, row.language):
            raise Refused(
                N_("Il ne reste pas assez de cartes dans le jeu « %(name)s »."), name=name
            )
    was = certification.content_set
    if was == name:
        return
    certification.content_set = name
    audit.record(db, actor, "certification.content", certification, name=name, was=was)


def read(row: ContentSet) -> dict[str, Any]:
    """Return what a set holds, as its file does; raise ValueError when it was not published so."""
    content = {
        "name": row.name,
        "language": str(row.language),
        "script": row.script,
        "cards": [
            {
                "code": card.code,
                "part": card.part,
                "level": str(card.level),
                "field": card.field,
                "content": card.content,
            }
            for card in row.cards
        ],
    }
    SETS.require_whole(row, content)
    return content


def script(row: ContentSet) -> Script:
    """Return the script of a set; raise ValueError as `read`, at the first reading."""
    known = _SCRIPTS.get(row.digest)
    if known is None:
        known = _SCRIPTS[row.digest] = Script.model_validate(read(row)["script"])
    return known


def whole(db: Session, language: Language) -> Sequence[ContentSet]:
    """Return the sets that an oral can be held with at any level, the last published first."""
    query = select(ContentSet).where(ContentSet.language == language, ContentSet.id.in_(_full()))
    return db.scalars(query.order_by(ContentSet.id.desc())).all()


def languages(db: Session) -> set[Language]:
    """Return the languages in which an oral can be held."""
    return set(db.scalars(select(ContentSet.language).where(ContentSet.id.in_(_full()))))


def in_force(db: Session, language: Language, chosen: str = "") -> ContentSet | None:
    """Return the set of orals that are booked now: the one chosen, else the product's newest.

    Where the product brings none in that language, the last one published; None: there is none.
    """
    rows = whole(db, language)
    if not rows:
        return None
    of_product = sorted((row for row in rows if row.of_product), key=lambda row: -row.version)
    return next((row for row in rows if row.name == chosen), [*of_product, *rows][0])


def of(db: Session, certification: Certification) -> ContentSet | None:
    """Return the set of a certification's next orals, as `in_force`."""
    return in_force(db, certification.language, certification.content_set)


def _full() -> Select[int]:
    """Ask for the sets that have a card for everybody at every place."""
    places = (
        select(Card.set_id, Card.part, Card.level)
        .where(Card.retired_at.is_(None), Card.field == str(Field.GENERAL))
        .distinct()
        .subquery()
    )
    return select(places.c.set_id).group_by(places.c.set_id).having(func.count() == len(PLACES))


def _retire_again(db: Session, row: ContentSet) -> None:
    """Retire in a set about to be published what was retired in others, word for word the same."""
    retired = db.scalars(
        select(Card)
        .where(Card.retired_at.is_not(None), Card.code.in_([card.code for card in row.cards]))
        .order_by(Card.id)
    )
    known = {(card.code, digest(card.content)): card for card in retired}
    for card in row.cards:
        before = known.get((card.code, digest(card.content)))
        if before is not None:
            card.retired_at = before.retired_at
            card.retired_by_id = before.retired_by_id
            card.retired_reason = before.retired_reason
