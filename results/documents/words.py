"""The words of the documents, in their language."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from kernel import i18n
from kernel.i18n import Locale
from kernel.levels import Level
from written_test.questions.drafts import Skill

CONTEXT = "document"


def D_(message: str) -> str:  # noqa: N802 -- as gettext's own N_
    """Mark `message` as a document's word: it stands in the catalogue under that context.

    A label on paper and the same label on a page may have to part ways.
    """
    return message


MEANINGS = {
    Level.BELOW: D_(
        "Comprend et emploie quelques mots isolés ; le niveau A1 n'est pas encore atteint."
    ),
    Level.A1: D_(
        "Se présente et répond à des questions très simples sur soi et sur son travail,"
        " si on lui parle lentement et qu'on l'aide."
    ),
    Level.A2: D_(
        "Échange des renseignements simples et directs sur des sujets familiers, et règle avec"
        " des phrases brèves les tâches courantes de son travail."
    ),
    Level.B1: D_(
        "Fait face à la plupart des situations prévisibles de son travail, raconte, explique une"
        " idée, et suit l'essentiel d'une discussion claire."
    ),
    Level.B2: D_(
        "Prend part sans effort visible à des échanges professionnels, défend un point de vue,"
        " et comprend dans le détail ce qui touche à son domaine."
    ),
    Level.C1: D_(
        "S'exprime avec précision et souplesse, mène des échanges longs et complexes, et en saisit"
        " les sous-entendus."
    ),
    Level.C2: D_(
        "Comprend tout ce qui se lit ou s'entend, et s'exprime avec finesse, jusque dans les"
        " nuances et les situations délicates."
    ),
}

SAMPLE = D_("SPÉCIMEN")
SKILLS = {
    Skill.VOCABULARY: D_("Vocabulaire"),
    Skill.GRAMMAR: D_("Grammaire"),
    Skill.EXPRESSIONS: D_("Expressions"),
    Skill.READING: D_("Compréhension écrite"),
}


def french(text: str) -> str:
    """Give our own words the apostrophe of print; never used on a person's name."""
    return text.replace("'", "’")


def say(locale: str, message: str, **params: object) -> str:
    """Return `message` in `locale`, set with the apostrophe of print; `params` stay as they are."""
    text = french(i18n.pgettext(locale, CONTEXT, message))
    return text % params if params else text


def other(locale: str) -> str:
    """Return the other language, for the few words that a document gives in both."""
    return Locale.EN if locale == Locale.FR else Locale.FR


def meaning(level: Level, locale: str) -> str:
    """Return in one sentence what a person at `level` can do."""
    return say(locale, MEANINGS[level])


def day(value: date, locale: str) -> str:
    """Return e.g. « 3 décembre 2026 », without the day of the week."""
    pattern = "d'er' MMMM y" if locale == Locale.FR and value.day == 1 else "d MMMM y"
    return format_date(value, pattern, locale=locale)
