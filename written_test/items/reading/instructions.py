"""What is asked where a file gives none of its own words for it, in each language of a bank."""

from __future__ import annotations

from typing import Final

from people.languages import Language
from written_test.questions.kinds import Kind

USUAL: Final = {
    Language.EN: {
        Kind.SINGLE: "Choose the right answer.",
        Kind.MULTIPLE: "Choose all the right answers.",
        Kind.GAP_CHOICE: "Choose what completes the text.",
        Kind.GAP_FREE: "Complete the text.",
        Kind.ORDERING: "Put in the right order.",
        Kind.MATCHING: "Match each item.",
        Kind.READING: "Read the text and answer the questions.",
    },
    Language.FR: {
        Kind.SINGLE: "Choisissez la bonne réponse.",
        Kind.MULTIPLE: "Choisissez toutes les bonnes réponses.",
        Kind.GAP_CHOICE: "Choisissez ce qui complète le texte.",
        Kind.GAP_FREE: "Complétez le texte.",
        Kind.ORDERING: "Remettez dans l'ordre.",
        Kind.MATCHING: "Associez chaque élément.",
        Kind.READING: "Lisez le texte et répondez aux questions.",
    },
    Language.DE: {
        Kind.SINGLE: "Wählen Sie die richtige Antwort.",
        Kind.MULTIPLE: "Wählen Sie alle richtigen Antworten.",
        Kind.GAP_CHOICE: "Wählen Sie, was den Text ergänzt.",
        Kind.GAP_FREE: "Ergänzen Sie den Text.",
        Kind.ORDERING: "Bringen Sie die Elemente in die richtige Reihenfolge.",
        Kind.MATCHING: "Ordnen Sie zu.",
        Kind.READING: "Lesen Sie den Text und beantworten Sie die Fragen.",
    },
    Language.ES: {
        Kind.SINGLE: "Elija la respuesta correcta.",
        Kind.MULTIPLE: "Elija todas las respuestas correctas.",
        Kind.GAP_CHOICE: "Elija lo que completa el texto.",
        Kind.GAP_FREE: "Complete el texto.",
        Kind.ORDERING: "Ponga en el orden correcto.",
        Kind.MATCHING: "Relacione cada elemento.",
        Kind.READING: "Lea el texto y responda a las preguntas.",
    },
    Language.IT: {
        Kind.SINGLE: "Scelga la risposta corretta.",
        Kind.MULTIPLE: "Scelga tutte le risposte corrette.",
        Kind.GAP_CHOICE: "Scelga ciò che completa il testo.",
        Kind.GAP_FREE: "Completi il testo.",
        Kind.ORDERING: "Metta nell'ordine corretto.",
        Kind.MATCHING: "Abbini ogni elemento.",
        Kind.READING: "Legga il testo e risponda alle domande.",
    },
}
"""What is asked where a file gives a text with gaps, or elements, and no words of instruction."""


def usual(language: Language, kind: Kind) -> str:
    """Return the usual instruction of a kind, in the bank's language."""
    return USUAL[language][kind]
