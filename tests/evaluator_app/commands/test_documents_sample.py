"""`viva documents sample`: anybody sees how their own name prints, before anything counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from evaluator_app import cli

KINDS = ("attestation", "certificate")


def sample(out: Path, *, kind: str, name: str, first_names: str, locale: str = "fr") -> int:
    names = ["--name", name, "--first-names", first_names]
    return cli.main(
        ["documents", "sample", "--kind", kind, *names, "--locale", locale, "--out", str(out)]
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("locale", "mark"), [("fr", "SPÉCIMEN"), ("en", "SAMPLE")])
def test_it_bears_the_name_and_is_marked_as_a_sample(kind, locale, mark, tmp_path, capfd):
    out = tmp_path / "sample.pdf"
    assert sample(out, kind=kind, name="Świątek", first_names="მარი", locale=locale) == 0
    [page] = PdfReader(out).pages
    said = page.extract_text()
    assert [word in said for word in (mark, "Świątek", "მარი")] == [True, True, True]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", [("Sukarno", ""), ("", "Sukarno")])
def test_one_name_is_enough(kind, names, tmp_path):
    out = tmp_path / "sample.pdf"
    assert sample(out, kind=kind, name=names[0], first_names=names[1]) == 0
    [page] = PdfReader(out).pages
    said = page.extract_text()
    assert ("Prénoms" in said, "Nom de naissance" in said) == (
        kind == "attestation" and names[1] != "",
        kind == "attestation" and names[0] != "",
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Martin 😀", "no typeface has 😀 (U+1F600, GRINNING FACE)"),
        ("  ", "neither name nor first names"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_the_reason(name, why, tmp_path, capfd):
    out = tmp_path / "sample.pdf"
    assert sample(out, kind="certificate", name=name, first_names="") == 1
    assert capfd.readouterr() == ("", f"viva: {why}: nothing was written\n")
    assert not out.exists()
    nowhere = tmp_path / "no folder" / "sample.pdf"
    assert sample(nowhere, kind="certificate", name="Martin", first_names="") == 1
