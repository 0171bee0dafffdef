"""Which letters a file's bytes stand for, and when that is not sure."""

from __future__ import annotations

import pytest

from kernel.errors import Invalid
from kernel.tables.encodings import decoded, doubtful, sure

FRENCH = (
    "Référence élève père première après très à là siècle où sûr goût même être fenêtre intérêt"
    " forêt cœur œil naïf Loïc Anaïs poème collègue Hélène L’été “oui” – 5 € n° ça François île"
    " maître Noël août règlement bibliothèque ÉCOLE PÈRE Élodie deuxième dû mûr flûte français"
    " égoïste évêque dépêche pêcheur crêpe chêne città perché più señor año informação Müller"
)
CENTRAL = (
    "Wałęsa Zięba Kręcina Gdańsk żaba imię Kovač Kučera Němec Dvořák Novaček Szűcs Ćosić Łukasz"
    " Dębski źle świat różne się domů loď Marček"
)


def test_words_of_western_languages_leave_no_doubt():
    assert doubtful(FRENCH) == []


@pytest.mark.parametrize("word", CENTRAL.split())
def test_words_of_another_alphabet_are_in_doubt(word):
    assert len(doubtful(word.encode("cp1250").decode("cp1252", "replace"))) == 1


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "utf-8", "utf-16"])
def test_letters_of_french_are_right_in_every_encoding(encoding):
    words = "Référence;Prénom;été\r\nÉlodie;à côté de l'hôpital;père\r\n"
    assert sure(words.encode(encoding)) == words


def test_what_could_be_read_in_several_ways_is_asked_and_then_read_as_chosen():
    data = "Nom;Réf\nWałęsa;x\nKovač;y\n".encode("cp1250")
    read = decoded(data)
    assert (read.encoding, [doubt.params for doubt in read.doubts]) == (
        "cp1252",
        [{"words": "« Wa³êsa », « Kovaè »"}],
    )
    with pytest.raises(Invalid, match="L'encodage du fichier n'est pas sûr"):
        sure(data)
    chosen = decoded(data, "cp1250")
    assert (chosen.words, chosen.doubts) == ("Nom;Réf\nWałęsa;x\nKovač;y\n", ())


def test_what_is_no_text_is_refused():
    for data in (b"\xff\xfe\x00", b"a\xe9", b"\x81\x8d\x8f"):
        if data == b"a\xe9":
            assert sure(data) == "aé"
            continue
        with pytest.raises(Invalid):
            sure(data)
