"""Signatures say what goes in and out: few of them say `Any`, be it by another name, and no variable does.

A body whose shape is known is a `TypedDict`, one that is passed on a `Mapping[str, object]`, a value that is narrowed an `object`.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

import pytest

PACKAGE = Path(__file__).parents[2] / "catalogsync"
ALLOWED = 0.05
"""The share of the engine's signatures that may say `Any`."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Trees = Mapping[str, ast.Module]
Names = frozenset[tuple[str, str]]
"""Names, each with the module that defines it."""


def modules(package: Path) -> dict[str, ast.Module]:
    """The engine's modules by their names: everything but the sandbox."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = [package.name, *path.relative_to(package).with_suffix("").parts]
        if parts[1] != "sandbox":
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = ast.parse(
                path.read_text("utf-8")
            )
    return found


def called(node: ast.expr) -> str:
    """The last part of a name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def said(annotation: ast.expr | None) -> Iterator[ast.expr]:
    """Every name in an annotation, in the text of one too. The values of a `Literal` are no names."""
    waiting = [annotation] if annotation is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Subscript) and called(node.value) == "Literal":
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                waiting.append(ast.parse(node.value, mode="eval").body)
            except (SyntaxError, ValueError):
                continue
        elif isinstance(node, ast.Name | ast.Attribute):
            yield node
        else:
            inner = (c.value if isinstance(c, ast.keyword) else c for c in ast.iter_child_nodes(node))
            waiting += [child for child in inner if isinstance(child, ast.expr)]


def imports(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """What each imported name stands for: a module and a name in it ("" for the module itself)."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.update({alias.asname or alias.name: (node.module, alias.name) for alias in node.names})
        elif isinstance(node, ast.Import):
            found.update({alias.asname or alias.name: (alias.name, "") for alias in node.names})
    return found


def says_any(
    annotation: ast.expr | None, module: str, known: Mapping[str, tuple[str, str]], names: Names
) -> bool:
    """Whether an annotation contains `Any`, or a name that stands for something that does."""
    for node in said(annotation):
        if isinstance(node, ast.Name):
            meant = known.get(node.id, (module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner, inner = known.get(node.value.id, ("", ""))
            meant = (f"{owner}.{inner}" if inner else owner, node.attr)
        else:
            continue
        if meant in names:
            return True
    return False


def defined(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What may be an alias, a type variable or a class of something: each such name of a module, with what it is made of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from ((node.name, base) for base in node.bases)
            continue
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            name, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            name, value = node.target, node.value
        else:
            continue
        if isinstance(value, ast.Call):
            is_type = called(value.func) in ("TypeVar", "NewType")
        else:
            is_type = isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp | ast.Constant)
        if is_type and isinstance(name, ast.Name):
            yield name.id, value


def names_for_any(trees: Trees) -> Names:
    """`Any`, and every name that is an alias of something with it, be it by way of other modules."""
    names: Names = frozenset({("typing", "Any"), ("typing_extensions", "Any")})
    known = {module: imports(tree) for module, tree in trees.items()}
    given = {module: list(defined(tree)) for module, tree in trees.items()}
    while True:
        more = {
            (module, name)
            for module, pairs in given.items()
            for name, value in pairs
            if says_any(value, module, known[module], names)
        }
        more |= {
            (module, name) for module in trees for name, meant in known[module].items() if meant in names
        }
        if more <= names:
            return names
        names |= more


def annotations(function: Function) -> Iterator[ast.expr | None]:
    """The annotations of a signature: of each parameter, and of what is returned."""
    given = function.args
    starred = [one for one in (given.vararg, given.kwarg) if one is not None]
    yield from (
        argument.annotation for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs, *starred)
    )
    yield function.returns


def signatures(trees: Trees) -> tuple[int, list[str]]:
    """How many functions and methods there are, and which of them say `Any`: `module:line name`."""
    names, count, found = names_for_any(trees), 0, []
    for module, tree in trees.items():
        known = imports(tree)
        for node in ast.walk(tree):
            if isinstance(node, Function):
                count += 1
                if any(says_any(one, module, known, names) for one in annotations(node)):
                    found.append(f"{module}:{node.lineno} {node.name}")
    return count, found


def is_cast(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and called(node.func) == "cast"


def variables(trees: Trees) -> list[str]:
    """Every variable, attribute and record's field that says `Any`, and every cast to it: `module:line text`."""
    names, found = names_for_any(trees), []
    for module, tree in trees.items():
        known = imports(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and says_any(node.annotation, module, known, names):
                found.append(f"{module}:{node.lineno} {ast.unparse(node.target)}")
            elif is_cast(node) and says_any(node.args[0], module, known, names):
                found.append(f"{module}:{node.lineno} {ast.unparse(node)}")
    return found


@functools.cache
def trees() -> dict[str, ast.Module]:
    return modules(PACKAGE)


@pytest.mark.counted
def test_few_signatures_say_any() -> None:
    count, found = signatures(trees())
    print(f"Any in {len(found)} of {count} signatures of the engine: {len(found) / count:.1%}")
    assert len(found) / count < ALLOWED, found


def test_no_variable_and_no_cast_says_any() -> None:
    assert variables(trees()) == []


def package(code: str, other: str = "") -> dict[str, ast.Module]:
    """A package of two modules that both know `Any`."""
    head = "from typing import Any, Literal, TypeVar, cast\n"
    return {"p.here": ast.parse(head + code), "p.other": ast.parse(head + other)}


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def f(x: Any): ...", True),
        ("def f(*, x: 'dict[str, Any]'): ...", True),
        ("def f(*x: Any): ...", True),
        ("async def f() -> list[Any]: ...", True),
        ("class C:\n    def f(self) -> Any: ...", True),
        ("import typing as t\ndef f(x: t.Any): ...", True),
        ("Body = dict[str, Any]\ndef f(x: Body): ...", True),
        ("Body: TypeAlias = 'dict[str, Any]'\nBodies = list[Body]\ndef f(x: Bodies | None): ...", True),
        ("from p.other import Body as B\ndef f(x: B): ...", True),
        ("from p import other\ndef f(x: other.Body): ...", True),
        ("F = TypeVar('F', bound=Callable[..., Any])\ndef f(x: F) -> F: ...", True),
        ("class Body(dict[str, Any]): ...\ndef f(x: Body): ...", True),
        ("def f(x: object) -> None: ...", False),
        ("def f(x: Literal['Any']) -> None: ...", False),
        ("def f() -> None:\n    x: Any = 1", False),
        ("from p.other import Name\ndef f(x: Name): ...", False),
    ],
)
def test_any_is_found_behind_every_name(code: str, says: bool) -> None:
    other = "Body = list[Any]\nName = list[str]"
    assert len(signatures(package(code, other))[1]) == int(says)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def f() -> None:\n    x: Any = 1", True),
        ("class C:\n    x: list[Any]", True),
        ("Body = dict[str, Any]\nx: Body = {}", True),
        ("x = cast('dict[str, Any]', 1)", True),
        ("x = cast(Any, 1)", True),
        ("x: object = cast('str', 1)", False),
    ],
)
def test_a_variable_or_cast_that_says_any_is_found(code: str, says: bool) -> None:
    assert len(variables(package(code))) == int(says)
