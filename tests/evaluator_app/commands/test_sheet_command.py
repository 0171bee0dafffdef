"""`viva sheet check`: anybody looks at their own tables before anything counts."""

from __future__ import annotations

import json
from pathlib import Path

from evaluator_app import cli

CASES = Path(__file__).parents[2] / "kernel" / "tables" / "cases"


def check(capfd, *arguments: str) -> tuple[int, list[dict[str, object]]]:
    code = cli.main(["sheet", "check", *arguments])
    return code, [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_rows_are_printed_as_excel_shows_them(capfd):
    assert check(capfd, str(CASES / "percent_for_demo.xlsx")) == (
        0,
        [
            {"row": 1, "cells": ["Référence", "E-mail", "Date du test", "Score"]},
            {"row": 2, "cells": ["R-85", "couple@exemple.test", "27/11/2026", "85%"]},
            {"row": 3, "cells": ["R-86", "lea+viva@exemple.test", "2026-11-27", "85 %"]},
        ],
    )


def test_a_row_whose_value_is_not_known_is_refused_and_the_others_are_read(capfd):
    assert check(capfd, str(CASES / "x11_error_cell.xlsx"))[1][1:] == [
        {"row": 2, "refused": "Cell B2 holds an error (#N/A)."},
        {"row": 3, "cells": ["R-2", "noe.petit@exemple.test", "02/12/2026", "B2", "85"]},
    ]
    assert check(capfd, str(CASES / "c16_scientific_dossier.csv"))[1][1:] == [
        {"row": 2, "refused": "1,23457E+10: Excel shortened a long number: figures are missing."}
    ]


def test_a_file_that_cannot_be_read_fails_with_its_reason(tmp_path, capfd):
    (tmp_path / "empty.csv").write_bytes(b"\n")
    assert check(capfd, str(tmp_path / "empty.csv")) == (
        1,
        [{"refused": "The file is empty: no line in it can be read."}],
    )
    assert check(capfd, str(tmp_path / "none.csv")) == (
        1,
        [{"refused": "No such file or directory"}],
    )


def test_letters_that_are_not_certain_are_asked_for(tmp_path, capfd):
    file = tmp_path / "central.csv"
    file.write_bytes("Nom;Réf\nWałęsa;x\n".encode("cp1250"))
    code, (line,) = check(capfd, str(file))
    assert (code, str(line["refused"]).startswith("The encoding of the file is not certain")) == (
        1,
        True,
    )
    assert check(capfd, str(file), "--encoding", "cp1250") == (
        0,
        [{"row": 1, "cells": ["Nom", "Réf"]}, {"row": 2, "cells": ["Wałęsa", "x"]}],
    )
