"""What is written can be read by the account of the service alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from kernel import private


def modes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (folder, *sorted(folder.rglob("*")))
    }


def test_a_folder_that_was_open_is_closed(tmp_path):
    var = tmp_path / "var"
    for name in ("logs", "mail"):
        (var / name).mkdir(parents=True)
        (var / name / "file").write_text("a link that signs in")
    (var / "viva.db").write_text("everything")
    for path in (var, *var.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    private.close_folder(var)
    assert modes(var) == {
        ".": "0o700",
        "logs": "0o700",
        "logs/file": "0o600",
        "mail": "0o700",
        "mail/file": "0o600",
        "viva.db": "0o600",
    }


def test_a_database_made_by_the_command_line_is_ours_alone(tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    environ = {"PATH": os.environ["PATH"], "VIVA_VAR": str(var), "VIVA_MODE": "test"}
    command = [sys.executable, "-m", "evaluator_app.cli", "db", "upgrade"]
    subprocess.run(command, env=environ, umask=0o022, check=True, capture_output=True)
    assert {mode for name, mode in modes(var).items() if name != "."} == {"0o600"}
