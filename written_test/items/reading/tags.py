"""What a question is about and how it behaves, found in tags, paths and cells.

A tag is a word that is known: a skill, a level with thirds, a professional field, or `a=1.2`,
`b=-0.4`, `c=0.2`, `seconds=60`. A path such as `English/grammar/B1+` is one tag a step.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from enrolment.fields import NAMES, Field
from kernel.errors import N_
from written_test.items.reading.entries import Defaults, Entry, NotTaken, Remark
from written_test.items.reading.media import Media
from written_test.questions.drafts import (
    LEAST_SECONDS,
    MOST_SECONDS,
    THIRDS,
    USUAL_A,
    Draft,
    Parameters,
    Skill,
)
from written_test.questions.kinds import Body, Multiple, Single, parts_of

_SKILLS: Final = {
    "vocabulary": Skill.VOCABULARY,
    "vocabulaire": Skill.VOCABULARY,
    "lexique": Skill.VOCABULARY,
    "grammar": Skill.GRAMMAR,
    "grammaire": Skill.GRAMMAR,
    "expressions": Skill.EXPRESSIONS,
    "expression": Skill.EXPRESSIONS,
    "idioms": Skill.EXPRESSIONS,
    "reading": Skill.READING,
    "lecture": Skill.READING,
    "comprehension ecrite": Skill.READING,
}
_LEVELS: Final = {level.casefold(): level for level in THIRDS}


def _plain(word: str) -> str:
    taken = unicodedata.normalize("NFKD", word.casefold().replace("_", " "))
    bare = "".join(letter for letter in taken if not unicodedata.combining(letter))
    return " ".join(bare.split())


_FIELDS: Final = {
    _plain(name): field
    for field in Field
    for name in (field.value, NAMES[field].fr, NAMES[field].en)
}
_VALUE: Final = re.compile(r"\s*(a|b|c|seconds|secondes)\s*[=:]\s*(.+?)\s*", re.IGNORECASE)
_PREFIX: Final = re.compile(r"^(?:skill|level|field|competence|niveau|domaine)\s*[:=]\s*")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of one question; empty where it does not."""

    skill: Skill | None = None
    level: str = ""
    field: Field | None = None
    seconds: int = 0
    a: str = ""
    b: str = ""
    c: str = ""


def read_tags(words: Iterable[str]) -> Tags:
    """Return what the known ones among `words` say; a later one wins, unknown ones are left."""
    others: dict[str, str] = {}
    skill: Skill | None = None
    level, field, seconds = "", None, 0
    for step in (step for word in words for step in word.split("/")):
        value = _VALUE.fullmatch(step)
        bare = _PREFIX.sub("", _plain(step))
        if value and value[1].lower().startswith("second"):
            seconds = read_seconds(value[2])
        elif value:
            others[value[1].lower()] = value[2]
        else:
            skill = _SKILLS.get(bare, skill)
            level = _LEVELS.get(bare.replace(" ", ""), level)
            field = _FIELDS.get(bare, field)
    return Tags(skill, level, field, seconds, **others)


def read_skill(word: str) -> Skill:
    """Return the skill that a cell names. Raise NotTaken."""
    skill = _SKILLS.get(_plain(word))
    if skill is None:
        raise NotTaken(N_("« %(word)s » n'est pas une compétence connue."), word=word[:80])
    return skill


def read_level(word: str) -> str:
    """Return the level that a cell names. Raise NotTaken."""
    level = _LEVELS.get(_plain(word).replace(" ", ""))
    if level is None:
        raise NotTaken(N_("« %(word)s » n'est pas un niveau (A1, A1+, A2-, … C2)."), word=word[:80])
    return level


def read_field(word: str) -> Field:
    """Return the professional field that a cell names. Raise NotTaken."""
    field = _FIELDS.get(_plain(word))
    if field is None:
        raise NotTaken(N_("« %(word)s » n'est pas un domaine connu."), word=word[:80])
    return field


def read_seconds(word: str) -> int:
    """Return the time that a question gives. Raise NotTaken."""
    try:
        seconds = float(word.strip().removesuffix("s").replace(",", "."))
    except ValueError:
        seconds = -1.0
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise NotTaken(
            N_("Le temps « %(word)s » n'est pas un nombre de secondes de %(least)s à %(most)s."),
            word=word[:40],
            least=LEAST_SECONDS,
            most=MOST_SECONDS,
        )
    return round(seconds)


def _numbers(name: str, text: str) -> list[float]:
    try:
        return [float(number.strip().replace(",", ".")) for number in text.split(";")]
    except ValueError:
        raise NotTaken(
            N_("« %(text)s » n'est pas une valeur du paramètre %(name)s."),
            text=text[:80],
            name=name,
        ) from None


def _parameters(tags: Tags, parts: int) -> tuple[Parameters, ...]:
    """Return the calibrated parameters: b must be there; a = 1 and c = 0 where they are not."""
    if not tags.b:
        if tags.a or tags.c:
            raise NotTaken(N_("Les paramètres a ou c sont donnés sans la difficulté b."))
        return ()
    b = _numbers("b", tags.b)
    a = _numbers("a", tags.a) if tags.a else [1.0] * len(b)
    c = _numbers("c", tags.c) if tags.c else [0.0] * len(b)
    for name, values in (("a", a), ("b", b), ("c", c)):
        if len(values) != parts:
            raise NotTaken(
                N_("Le paramètre %(name)s a %(given)s valeurs au lieu de %(wanted)s."),
                name=name,
                given=len(values),
                wanted=parts,
            )
    made = []
    for triple in zip(a, b, c, strict=True):
        try:
            made.append(Parameters(*triple))
        except ValueError:
            raise NotTaken(
                N_(
                    "a = %(a)s, b = %(b)s, c = %(c)s ne sont pas des paramètres plausibles "
                    "(a de 0,05 à 25, b de -6 à 6, c de 0 à 0,6)."
                ),
                a=f"{triple[0]:g}",
                b=f"{triple[1]:g}",
                c=f"{triple[2]:g}",
            ) from None
    return tuple(made)


def draft(
    code: str,
    body: Body,
    tags: Tags,
    defaults: Defaults,
    media: Media | None = None,
    *,
    hidden: bool = False,
) -> Draft:
    """Return the draft of a question, from what its file says, else from `defaults`.

    Raises:
        NotTaken: neither says its skill or level, or something said cannot be.
    """
    if not code.strip():
        raise NotTaken(N_("La question n'a ni code ni nom."))
    if len(code) > 120:
        raise NotTaken(N_("Le code de la question dépasse 120 caractères."))
    skill = tags.skill or defaults.skill
    if skill is None:
        raise NotTaken(N_("Rien ne dit la compétence : donnez-la dans le fichier ou par défaut."))
    level = tags.level or defaults.level
    if not level:
        raise NotTaken(N_("Rien ne dit le niveau : donnez-le dans le fichier ou par défaut."))
    parameters = _parameters(tags, parts_of(body))
    audio = media.heard() if media else ("", b"")
    return Draft(
        code=code.strip(),
        body=body,
        skill=skill,
        level=level,
        field=tags.field or defaults.field,
        seconds=tags.seconds,
        parameters=parameters,
        calibrated=bool(parameters),
        audio=audio[0],
        audio_data=audio[1],
        pictures=tuple(media.pictures.items()) if media else (),
        hidden=hidden,
    )


_LETTER: Final = re.compile(r"\(?[A-Ha-h][.)]\s")
"""How options begin that bear letters of their own."""


def remarked(entry: Entry) -> Entry:
    """Return an entry with what is to be said of its parameters and of its order."""
    if entry.draft is None:
        return entry
    notes = []
    steep = [given.a for given in entry.draft.parameters if given.a > USUAL_A]
    if steep:
        message = N_(
            "a = %(a)s est bien plus grand que d'ordinaire (au plus %(most)s) : vérifiez-le."
        )
        notes.append(Remark(message, {"a": f"{max(steep):g}", "most": f"{USUAL_A:g}"}))
    body = entry.draft.body
    if (
        isinstance(body, Single | Multiple)
        and body.shuffle
        and all(_LETTER.match(option.text) for option in body.options)
    ):
        notes.append(Remark(N_("Les réponses portent leurs propres lettres, et seront mélangées.")))
    return dataclasses.replace(entry, notes=(*entry.notes, *notes)) if notes else entry
