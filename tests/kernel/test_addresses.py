"""What is wrong with an e-mail address, in words, and the form in which it is kept."""

from __future__ import annotations

import pytest

from kernel import headers
from kernel.addresses import ascii_domain, canonical, checked
from kernel.errors import Invalid


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        *((" Zoe.Petit@Example.TEST ", "zoe.petit@example.test"), ("a+b@c-d.fr", "a+b@c-d.fr")),
        *(("o'neil@mail.test", "o'neil@mail.test"), ("a@exa\u0301mple.fr", "a@exámple.fr")),
        *(("a@XN--EXMPLE-QTA.FR", "a@exámple.fr"), ("a@STRAẞE.de", "a@straße.de")),
        *(
            ("a@straße.de", "a@straße.de"),
            ("a@例え.jp", "a@例え.jp"),
            ("a@münchen.de", "a@münchen.de"),
        ),
    ],
)
def test_an_address_is_kept_in_one_form(said, kept):
    assert checked(said) == kept
    assert canonical(said) == kept
    assert checked(kept) == kept


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "Donnez l'adresse e-mail."),
        ("zoe.example.test", "Il manque le signe @ dans l'adresse e-mail."),
        ("zoe@petit@example.test", "L'adresse e-mail a plusieurs signes @."),
        ("zoe petit@example.test", "L'adresse e-mail contient un espace."),
        ("zoe\u00a0petit@example.test", "L'adresse e-mail contient un espace."),
        (
            "zoe@example,test",
            "L'adresse e-mail contient une virgule : un point, ou deux adresses ?",
        ),
        ("a@b.fr;c@d.fr", "L'adresse e-mail contient un point-virgule : n'en donnez qu'une."),
        ("zoe..petit@example.test", "L'adresse e-mail a deux points de suite."),
        ("zoe@mail..test", "L'adresse e-mail a deux points de suite."),
        ("@example.test", "Il manque le début de l'adresse e-mail, avant le @."),
        ("zoe@", "Il manque la fin de l'adresse e-mail, après le @."),
        (".zoe@mail.test", "Ce qui précède le @ ne peut ni commencer ni finir par un point."),
        ("zoe.@mail.test", "Ce qui précède le @ ne peut ni commencer ni finir par un point."),
        ("zoe@mail.test.", "Ce qui suit le @ ne peut ni commencer ni finir par un point."),
        (
            "zoe@nowhere",
            "L'adresse e-mail n'est pas complète : après « nowhere » il manque « .fr ».",
        ),
        (
            "zoé@mail.test",
            (
                "« é » ne peut pas se trouver avant le @ : beaucoup de serveurs ne prennent que des"
                " lettres sans accent. Donnez une autre adresse e-mail."
            ),
        ),
        ("z(o)e@mail.test", "Le signe « ( » n'est pas permis dans une adresse e-mail."),
        ("Zoé <zoe@mail.test>", "Écrivez l'adresse e-mail seule, sans nom ni chevrons."),
        ("mailto:zoe@mail.test", "Écrivez l'adresse e-mail seule, sans nom ni chevrons."),
        (
            "zoe@-mail.test",
            "« -mail.test » n'est pas un nom de domaine : vérifiez ce qui suit le @.",
        ),
        ("zoe@192.0.2.1", "« 192.0.2.1 » n'est pas un nom de domaine : vérifiez ce qui suit le @."),
        ("zoe@☃.test", "« ☃.test » n'est pas un nom de domaine : vérifiez ce qui suit le @."),
        (f"{'a' * 65}@mail.test", "L'adresse e-mail est trop longue."),
    ],
)
def test_the_fault_of_an_address_is_named(said, words):
    with pytest.raises(Invalid) as caught:
        checked(said)
    assert (caught.value.message % caught.value.params, caught.value.field) == (words, "email")


def test_domains_are_those_of_idna_2008():
    assert ascii_domain("straße.de") == "xn--strae-oqa.de"  # IDNA 2003 says strasse.de
    assert headers.address("Zoé", "zoe@straße.de").addr_spec == "zoe@xn--strae-oqa.de"
    with pytest.raises(headers.Undeliverable):
        headers.address("Zoé", "zoe@☃.test")
