"""`viva licences`: what is installed or served with the product, and under which licence.

Prints the page `docs/licences.md`: fonts, icons, models and scripts that browsers and documents
receive (from the npm and Python packages that carry them), then every Python package in use.
"""

from __future__ import annotations

import json
import re
from argparse import Namespace
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from kernel.settings import HERE

PRODUCT: Final = "viva-voce"
FONTS: Final = re.compile(r"fonts?\b|fontpkg-")
REQUIREMENT: Final = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?[^;]*(?:;(.*))?")
CLASSIFIER: Final = "License :: OSI Approved :: "
BROUGHT: Final = "needed by another"
CARRIES: Final = {
    "@tabler/core": "styles of pages",
    "htmx.org": "changing pages in place",
    "idb": "what a browser keeps while its network is away",
    "socket.io-client": "what is told to an open page",
    "wavesurfer.js": "the wave of a recording",
    "@expo-google-fonts/inter": "the typeface Inter, in documents",
    "@expo-google-fonts/source-serif-4": "the typeface Source Serif 4, in documents",
    "@fontsource-variable/inter": "the typeface Inter, on pages",
    "@tabler/icons": "icons",
    "@vladmandic/face-api": "the face detector's code and model, where a certification uses it",
    "@tensorflow/tfjs-backend-wasm": "what the face detector runs on",
}
PREAMBLE: Final = """\
# Licences of what comes with Viva Voce

Printed by `viva licences`. Nothing here is committed: all of it is installed from public
registries, in the versions of `uv.lock` and `package-lock.json`. Viva Voce itself has no licence
chosen yet: that is its owner's to choose.
"""


def of_python(package: Distribution) -> str:
    """Return the licence that an installed Python package declares, or that none is."""
    declared = package.metadata
    if expression := declared.get_all("License-Expression"):
        return str(expression[0])
    names = [
        line.removeprefix(CLASSIFIER)
        for line in declared.get_all("Classifier") or []
        if line.startswith(CLASSIFIER)
    ]
    if names:
        return " or ".join(names)
    lines = "\n".join(declared.get_all("License") or []).strip().splitlines()
    return lines[0] if lines else "not declared"


def needed(name: str, extras: frozenset[str] = frozenset()) -> dict[str, Distribution]:
    """Return the installed packages that `name` needs to run, by their names, itself left out.

    A requirement under a condition counts where its package is installed.
    """
    packages: dict[str, Distribution] = {}
    waiting = [(name, extras)]
    seen = set(waiting)
    while waiting:
        package, wanted = waiting.pop()
        for line in distribution(package).requires or []:
            parts = REQUIREMENT.match(line)
            if parts is None or not _applies(parts[3] or "", wanted):
                continue
            required = parts[1].lower().replace("_", "-").replace(".", "-")
            try:
                packages[required] = distribution(required)
            except PackageNotFoundError:
                continue
            further = (required, frozenset(re.findall(r"[\w-]+", parts[2] or "")))
            if further not in seen:
                seen.add(further)
                waiting.append(further)
    return packages


def _applies(condition: str, extras: frozenset[str]) -> bool:
    asked = re.search(r"extra\s*==\s*['\"]([^'\"]+)", condition)
    return asked is None or asked[1] in extras


def served(lock: Path) -> dict[str, str]:
    """Return the licence of each npm package that browsers or documents receive something of."""
    locked = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    packages = {path.rpartition("node_modules/")[2]: said for path, said in locked.items()}
    licences: dict[str, str] = {}
    waiting = list(CARRIES)
    while waiting:
        name = waiting.pop()
        if name not in licences and not name.startswith("@types/"):
            licences[name] = packages[name].get("license", "not declared")
            waiting += packages[name].get("dependencies", {})
    return dict(sorted(licences.items()))


def page() -> str:
    """Return the page, as Markdown."""
    python, licences = needed(PRODUCT), served(HERE / "package-lock.json")
    fonts = sorted(name for name in python if FONTS.search(name))
    lines = [
        PREAMBLE,
        "## What browsers and documents receive\n",
        "| package (npm) | licence | what of it |\n|---|---|---|",
        *(f"| {name} | {licences[name]} | {CARRIES.get(name, BROUGHT)} |" for name in licences),
        "\n| package (PyPI) | licence | what of it |\n|---|---|---|",
        *(f"| {name} | {of_python(python[name])} | typefaces, in documents |" for name in fonts),
        "\n## What the server runs on\n",
        "| package (PyPI) | licence |\n|---|---|",
        *(f"| {name} | {of_python(python[name])} |" for name in sorted({*python} - {*fonts})),
    ]
    return "\n".join(lines)


def run(_arguments: Namespace) -> int:
    """Print the page."""
    print(page())
    return 0
