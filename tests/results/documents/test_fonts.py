import shutil
from pathlib import Path

import pytest

from kernel import settings
from results.documents.fonts import Face, FontsMissing, load


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match=r"SourceSerif4-Regular\.ttf .*make setup"):
        load(tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    for face in Face:
        shutil.copy(settings.load().fonts / f"{face.value}.ttf", tmp_path)
    (tmp_path / "Inter-Medium.ttf").write_bytes(b"not a font at all")
    with pytest.raises(FontsMissing, match=r"Inter-Medium\.ttf .*make setup"):
        load(tmp_path)
