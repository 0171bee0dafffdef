"""Every act that the code writes to the log has words, in both languages."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from twins import on_sqlite

from evaluator_app.words.acts import ACTS
from kernel import i18n
from kernel.settings import HERE
from proctor.models import IdentityState

PACKAGES = (
    *("kernel", "people", "enrolment", "scheduling", "rubrics", "proctor", "written_test"),
    *("rooms", "results", "evaluator_app"),
)
RECORD = "kernel.audit.record"
DRAFTED = ("content", "policy", "rubric")  # what `people.drafts` is used for
BY_VALUE = {
    "f'identity.{state}'": {
        f"identity.{state}" for state in IdentityState if state is not IdentityState.PENDING
    },
    **{
        f"f'{{self._noun}}.{act}'": {f"{noun}.{act}" for noun in DRAFTED}
        for act in ("draft", "write", "discard")
    },
}
"""Acts that begin or end with a value, which the code alone does not tell."""


@dataclass
class Module(ast.NodeVisitor):
    """A file: what it imports, and its calls with the function that each stands in."""

    name: str
    imports: dict[str, str] = field(default_factory=dict)
    within: list[ast.FunctionDef] = field(default_factory=list)
    calls: list[tuple[ast.Call, ast.FunctionDef | None]] = field(default_factory=list)
    returned: set[str] = field(default_factory=set)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for name in node.names:
            self.imports[name.asname or name.name] = f"{node.module}.{name.name}"

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.within.append(node)
        self.generic_visit(node)
        self.within.pop()

    def visit_Call(self, node: ast.Call) -> None:
        self.calls.append((node, self.within[-1] if self.within else None))
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        match node.value:
            case ast.Tuple(elts=[ast.Constant(value=str(act)), *_]):
                self.returned.add(act)
        self.generic_visit(node)

    def called(self, call: ast.Call) -> str:
        """Return the whole name of what is called, as far as it can be read."""
        first, dot, rest = ast.unparse(call.func).partition(".")
        return f"{self.imports.get(first, f'{self.name}.{first}')}{dot}{rest}"


class Acts:
    """The acts that reach `audit.record`, also through functions that are given one."""

    def __init__(self) -> None:
        self.calls = defaultdict(list)
        for file in (file for top in PACKAGES for file in sorted((HERE / top).rglob("*.py"))):
            name = ".".join(file.relative_to(HERE).with_suffix("").parts)
            module = Module(name.removesuffix(".__init__"))
            module.visit(ast.parse(file.read_text()))
            for call, where in module.calls:
                self.calls[module.called(call)].append((module, call, where))
        self.written: set[str] = set()
        self.unread: set[str] = set()
        for module, call, where in self.calls[RECORD]:
            self.read(call.args[2], module, where, "")

    def read(
        self, given: ast.expr, module: Module, where: ast.FunctionDef | None, prefix: str
    ) -> None:
        """Read the acts that an expression may be, where it stands."""
        match given:
            case ast.Constant(value=str(act)):
                self.written.add(prefix + act)
            case ast.IfExp(body=body, orelse=other):
                self.read(body, module, where, prefix)
                self.read(other, module, where, prefix)
            case ast.JoinedStr(
                values=[ast.Constant(value=str(start)), ast.FormattedValue(value=ast.Name("act"))]
            ):
                self.read(ast.Name("act"), module, where, prefix + start)
            case ast.Name(id=name) if where is not None and name in parameters(where):
                place = parameters(where).index(name)
                for caller, call, within in self.calls[f"{module.name}.{where.name}"]:
                    self.read(call.args[place], caller, within, prefix)
            case ast.Name(id=name) if where is not None:
                for value in assigned(where, name):
                    self.read(value, module, where, prefix)
            case ast.Call():  # of a function of this file, which returns an act and its facts
                self.written |= module.returned
            case _:
                self.unread.add(ast.unparse(given))


def parameters(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in function.args.args]


def assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    """Yield what a name of a function is given, alone or as the first of a pair."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=target), *_])], value=value) if (
                target == name
            ):
                yield value.elts[0] if isinstance(value, ast.Tuple) else value


@on_sqlite
def test_every_act_of_the_code_has_words_in_both_languages(app):
    acts = Acts()
    assert acts.unread == set(BY_VALUE)
    written = acts.written.union(*BY_VALUE.values())
    assert {"scoresheet.note_remove", "interview.observe_end", "recording.copy_get"} <= written
    assert sorted(act for act in written if act not in ACTS) == []
    with app.test_request_context("/?lang=en"):
        english = {act: str(ACTS[act]) for act in written}
    with app.test_request_context("/?lang=fr"):
        french = {act: str(ACTS[act]) for act in written}
    assert {act for act in written if i18n.gettext("en", french[act]) != english[act]} == set()
    assert sorted(french[act] for act in written if french[act] not in i18n.catalogue()) == []
