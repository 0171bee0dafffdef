"""`viva settings`: every setting, its default and what it is for."""

from __future__ import annotations

from argparse import Namespace
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from kernel.settings import Settings


def _default(value: Any) -> str:
    match value:
        case None | "" | []:
            return ""
        case SecretStr():
            return value.get_secret_value()
        case Enum():
            return str(value.value)
        case Path() | str():
            return str(value)
        case _:
            return str(value).lower() if isinstance(value, bool) else str(value)


def rows() -> list[tuple[str, str, str]]:
    """Return the name, default and description of every setting."""
    return [
        (
            f"VIVA_{name.upper()}",
            _default(field.get_default(call_default_factory=True)),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def run(arguments: Namespace) -> int:
    """Print them, as a table for the documentation or one a line."""
    if arguments.markdown:
        print("| setting | default | what it is for |\n|---|---|---|")
        for name, default, what in rows():
            print(f"| `{name}` | {f'`{default}`' if default else ''} | {what} |")
        return 0
    width = max(len(name) for name, _default_, _what in rows())
    for name, default, what in rows():
        print(f"{name:{width}}  {what}{f' [{default}]' if default else ''}")
    return 0
