"""The house as a whole: words, addresses, permissions and rows that nobody owns alone."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from twins import on_sqlite
from werkzeug.routing import RequestRedirect

from evaluator_app.wiring import rules
from evaluator_app.words.translations.__main__ import check
from kernel import permissions
from kernel.links import ADDRESSES
from kernel.permissions import Permission
from kernel.settings import HERE

PACKAGES = (
    *("kernel", "people", "enrolment", "scheduling", "rubrics", "proctor", "written_test"),
    *("rooms", "results", "evaluator_app"),
)
JUNK = {"utils", "util", "helpers", "common", "misc", "manager", "managers"}


def _modules() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((HERE / package).rglob("*.py"))]


def test_every_french_string_has_its_english():
    faults, _idle = check()
    assert faults == []


@on_sqlite
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_address_of_mails_is_a_page(app, name):
    routes = app.url_map.bind("127.0.0.1")
    path = ADDRESSES[name].format(code="ABC", token="abc", feed="abc", candidacy_id=1, watch_id=1)
    try:
        endpoint, _parts = routes.match(path)
    except RequestRedirect as redirect:
        pytest.fail(f"{path} moves to {redirect.new_url}")
    assert endpoint


def test_somebody_decides_every_permission():
    rules.register()
    assert sorted(permissions.rules()) == sorted(Permission)


def test_permissions_stand_in_order():
    assert [p.name for p in Permission] == sorted(p.name for p in Permission)


# What must go by the machine's own clock: the instants themselves, an installation in production,
# certificates and credentials that other programs judge.
BY_THE_MACHINE = {
    "tests/certificates.py",
    "tests/e2e/test_from_nothing.py",
    "tests/instants.py",
    "tests/kernel/test_clock.py",
    "tests/rooms/media/test_relay.py",
}


def test_no_test_asks_the_machine_what_day_it_is():
    asks = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
    files = sorted((HERE / "tests").rglob("*.py"))
    asking = {str(file.relative_to(HERE)) for file in files if asks.search(file.read_text("utf-8"))}
    assert asking == BY_THE_MACHINE


def test_no_junk_drawer():
    parts = {part for file in _modules() for part in file.relative_to(HERE).with_suffix("").parts}
    assert parts & JUNK == set()


def test_the_roof_has_no_loose_module():
    loose = sorted(file.name for file in (HERE / "evaluator_app").glob("*.py"))
    assert loose == ["__init__.py", "cli.py"]


def test_the_kernel_names_nothing_of_an_exam():
    exam = re.compile(
        r"\b(candidates?|evaluators?|interviews?|orals?|rubrics?|scoresheets?|proctor\w*)\b", re.I
    )
    # What it keeps on purpose: docs/decisions/0012.
    kept = {"permissions.py", "links.py", "retention.py", "settings.py"}
    said = [
        f"{file.relative_to(HERE)}: {word}"
        for file in sorted((HERE / "kernel").rglob("*.py"))
        if file.name not in kept
        for word in exam.findall(file.read_text(encoding="utf-8"))
    ]
    assert said == []


def test_modules_and_functions_stay_short():
    long = []
    for file in _modules():
        if "migrations" in file.parts:
            continue
        text = file.read_text(encoding="utf-8")
        if text.count("\n") > 400:
            long.append(f"{file.relative_to(HERE)}: {text.count(chr(10))} lines")
        long += [
            f"{file.relative_to(HERE)}:{node.lineno} {node.name}: {lines} lines"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > 50
        ]
    assert long == []


# Names that say nothing, and where such a name is the right word: browsers send it of a device.
EMPTY_NAMES = {"one", "found"}
KEPT_NAMES = {("proctor/equipment.py", "found")}


def _names(tree: ast.AST) -> Iterator[str]:
    """Return what a module binds: its variables, arguments, functions."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.MatchAs(name=str(name)):
                yield name


def test_a_name_says_what_it_holds():
    folders = (*PACKAGES, "bench", "migrations", "tests")
    files = [file for folder in folders for file in sorted((HERE / folder).rglob("*.py"))]
    empty = {
        (str(file.relative_to(HERE)), name)
        for file in files
        for name in EMPTY_NAMES.intersection(_names(ast.parse(file.read_text(encoding="utf-8"))))
    }
    assert empty == KEPT_NAMES


def test_no_two_files_of_tests_have_one_name() -> None:
    names = [file.name for file in (HERE / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


LOADED_BY_OTHERS = {
    "psycopg": "SQLAlchemy's driver",
    "simple-websocket": "flask-socketio's sockets",
    "tzdata": "the zones of the standard library",
}


def test_every_package_that_comes_with_the_product_is_used():
    declared = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[<>=\[]", line)[0].lower() for line in declared}
    words = {word for file in _modules() for word in re.findall(r"\w+", file.read_text())}
    used = {
        distribution.lower().replace("_", "-")
        for module, distributions in packages_distributions().items()
        for distribution in distributions
        if module in words
    }
    assert names - used == set(LOADED_BY_OTHERS)
