"""Signatures say what goes in and out: few of them say `Any`, be it by another name, and no variable does.

A body whose shape is known is a `TypedDict`, one that is passed on a `Mapping[str, object]`, a value that is narrowed an `object`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "catalogsync"
ALLOWED = 0.05
"""The share of the engine's signatures that may say `Any`."""
MOST_VARIABLES = 29

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


def said(annotation: ast.expr | None) -> Iterator[ast.expr]:
    """Every name in an annotation, in the text of one too. The values of a `Literal` are no names."""
    waiting = [annotation] if annotation is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Literal"):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                waiting.append(ast.parse(node.value, mode="eval").body)
            except (SyntaxError, ValueError):
                continue
        elif isinstance(node, ast.Name | ast.Attribute):
            yield node
        else:
            waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


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
    """What may be an alias or a type variable: each name that a module gives a value written as a type is, with that value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            name, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            name, value = node.target, node.value
        else:
            continue
        if isinstance(value, ast.Call):
            is_type = ast.unparse(value.func).split(".")[-1] in ("TypeVar", "NewType")
        else:
            is_type = isinstance(value, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp | ast.Constant)
        if is_type and isinstance(name, ast.Name):
            yield name.id, value


def names_for_any(trees: Trees) -> Names:
    """`Any`, and every name that is an alias of something with it, be it by way of other modules."""
    names: Names = frozenset({("typing", "Any"), ("typing_extensions", "Any")})
    known = {module: imports(tree) for module, tree in trees.items()}
    while True:
        more = {
            (module, name)
            for module, tree in trees.items()
            for name, value in defined(tree)
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


def variables(trees: Trees) -> list[str]:
    """Every variable, attribute and record's field that says `Any`: `module:line text`."""
    names = names_for_any(trees)
    return [
        f"{module}:{node.lineno} {ast.unparse(node.target)}"
        for module, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and says_any(node.annotation, module, imports(tree), names)
    ]


TREES = modules(PACKAGE)


@pytest.mark.counted
def test_few_signatures_say_any() -> None:
    count, found = signatures(TREES)
    print(f"Any in {len(found)} of {count} signatures of the engine: {len(found) / count:.1%}")
    assert len(found) / count < ALLOWED, found


def test_few_variables_say_any() -> None:
    assert len(variables(TREES)) <= MOST_VARIABLES
