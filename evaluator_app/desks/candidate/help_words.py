"""Questions that candidates ask, and their answers, in the order in which they come up."""

from __future__ import annotations

from dataclasses import dataclass

from evaluator_app.words import _


@dataclass(frozen=True)
class Group:
    """Questions about one moment of the exam."""

    title: str
    entries: list[tuple[str, str]]


def questions() -> list[Group]:
    """Return every question with its answer, in the page's language."""
    return [_before(), _during(), _trouble(), _watch(), _after()]


def _before() -> Group:
    return Group(
        _("Avant le test écrit"),
        [
            (
                _("De quoi ai-je besoin ?"),
                _(
                    "D'un ordinateur ou d'une tablette avec caméra et micro, d'un navigateur "
                    "récent, de votre pièce d'identité et d'un endroit calme où vous êtes seul. "
                    "Un téléphone ne suffit pas."
                ),
            ),
            (
                _("Puis-je m'entraîner ?"),
                _(
                    "Oui : le mini-test de démonstration montre les sept formes de questions, "
                    "autant de fois que vous voulez. Il n'est pas noté."
                ),
            ),
            (
                _("Combien de temps dure le test ?"),
                _(
                    "Une demi-heure le plus souvent ; la page du test dit combien au plus. Le test "
                    "s'adapte : il s'arrête dès que votre niveau est assez sûr. Vos aménagements "
                    "de temps s'appliquent d'eux-mêmes."
                ),
            ),
            (
                _("Puis-je passer le test sans surveillance à distance ?"),
                _(
                    "Oui, en présence : écrivez-nous ci-dessous avant de commencer, et nous "
                    "conviendrons d'un lieu."
                ),
            ),
        ],
    )


def _during() -> Group:
    return Group(
        _("Pendant le test"),
        [
            (
                _("Comment répondre au clavier ?"),
                _(
                    "Tabulation va d'un champ à l'autre, les flèches changent de choix, Espace "
                    "coche. Dans une question à choix unique, les touches 1 à 9 choisissent la "
                    "réponse de ce rang. Entrée ne valide que sur le bouton « Valider »."
                ),
            ),
            (
                _("Que se passe-t-il quand le temps d'une question est écoulé ?"),
                _("Ce que vous avez répondu est envoyé tel quel, et la question suivante arrive."),
            ),
            (
                _("Puis-je revenir à une question ?"),
                _("Non : chaque réponse sert à choisir la question suivante."),
            ),
            (
                _("À quoi sert « Nouvelle question » ?"),
                _(
                    "À remplacer une question qui ne s'affiche pas bien ou que vous ne pouvez pas "
                    "lire. Deux fois par test au plus ; la question remplacée ne compte pas."
                ),
            ),
            (
                _("Puis-je m'interrompre ?"),
                _(
                    "« Quitter » garde toutes vos réponses et vous laisse revenir pendant votre "
                    "période d'accès. Comme après une coupure, la même question vous attend, avec "
                    "le temps qui restait, si vous revenez vite. Plus tard, une autre la remplace, "
                    "ce qui compte comme une nouvelle question ; s'il n'en reste plus, elle compte "
                    "comme fausse."
                ),
            ),
        ],
    )


def _trouble() -> Group:
    return Group(
        _("Quand quelque chose ne va pas"),
        [
            (
                _("Ma connexion est coupée"),
                _(
                    "Ne fermez rien. Votre réponse est gardée et repart toute seule ; le temps "
                    "d'une coupure ou passé dans l'aide vous est rendu, jusqu'à cinq minutes par "
                    "test."
                ),
            ),
            (
                _("J'ai fermé la page ou l'ordinateur"),
                _(
                    "Revenez par votre parcours, « Reprendre le test » : la même question est là, "
                    "avec le temps qui restait."
                ),
            ),
            (
                _("La caméra s'arrête"),
                _(
                    "Le test continue et l'arrêt est signalé. Vérifiez le câble, fermez les autres "
                    "logiciels, ou rechargez la page."
                ),
            ),
            (
                _("« Ce test est ouvert dans un autre onglet »"),
                _(
                    "Une seule page répond à la fois. Choisissez « Continuer ici » sur celle que "
                    "vous voulez garder, et fermez l'autre."
                ),
            ),
        ],
    )


def _watch() -> Group:
    return Group(
        _("La surveillance"),
        [
            (
                _("Que regarde-t-on ?"),
                _(
                    "Si vous quittez la page ou le plein écran, si vous copiez ou collez, si la "
                    "caméra ou le micro s'arrêtent, s'il y a un second écran, une voix, si le test "
                    "change de page, de navigateur ou de réseau. Des photos sont prises au hasard. "
                    "Un logiciel ne cherche s'il y a un visage dans l'image que si la page "
                    "d'information de votre test le dit. Aucune reconnaissance du visage, du "
                    "regard ni des émotions."
                ),
            ),
            (
                _("Puis-je changer d'ordinateur ou de navigateur ?"),
                _(
                    "Oui, après une panne par exemple : ouvrez votre test sur l'autre, puis "
                    "« Continuer ici ». Votre caméra y est vérifiée, une photo est prise, et le "
                    "changement est signalé à la personne qui examine la surveillance. La "
                    "première page ne peut plus répondre."
                ),
            ),
            (
                _("Quand la surveillance finit-elle ?"),
                _(
                    "Avec votre dernière réponse : la caméra et le micro sont coupés. Vous pouvez "
                    "quitter la surveillance aussitôt ; sinon elle se ferme d'elle-même deux "
                    "minutes plus tard. Choisir l'heure de l'oral n'est pas surveillé."
                ),
            ),
            (
                _("Qui décide ?"),
                _(
                    "Une personne, jamais une machine. Vous voyez tout ce qui a été relevé, "
                    "pendant et après, et vous pouvez le commenter avant toute décision."
                ),
            ),
        ],
    )


def _after() -> Group:
    return Group(
        _("Après le test"),
        [
            (
                _("Quand connaîtrai-je mon niveau ?"),
                _("Avec le résultat de l'oral, par e-mail, une fois le tout validé."),
            ),
            (
                _("Comment se passe l'oral ?"),
                _(
                    "En vidéo, avec un évaluateur : il vérifie votre pièce d'identité, puis mène "
                    "trois parties, des questions, une mise en situation et une discussion. Le "
                    "lien est dans l'e-mail de confirmation ; entrez dix minutes avant l'heure."
                ),
            ),
            (
                _("Et si je ne peux pas venir ?"),
                _(
                    "Déplacez ou annulez l'oral depuis votre parcours tant que c'est possible : la "
                    "date limite y est écrite. Après, en cas de force majeure, prévenez votre "
                    "organisme de formation avec ce qui le montre."
                ),
            ),
            (
                _("Comment demander un aménagement ?"),
                _(
                    "Temps supplémentaire, pauses, grands caractères, consignes écrites ou "
                    "accompagnant : demandez-le à votre organisme de formation avant de commencer, "
                    "ou écrivez-nous. Ce qui est accordé s'applique de lui-même."
                ),
            ),
            (
                _("Puis-je contester mon résultat ?"),
                _(
                    "Oui : écrivez-nous pourquoi. Une personne du certificateur reprend votre "
                    "entretien à partir de l'enregistrement."
                ),
            ),
            (
                _("Je ne trouve pas de créneau pour l'oral"),
                _(
                    "La page des heures propose une liste d'attente et une demande de "
                    "prolongation à votre organisme."
                ),
            ),
        ],
    )
