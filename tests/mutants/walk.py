"""Which nodes of a module say what it does, each with the statement it is part of. Declarations of types, docstrings and imports say nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

NO_BEHAVIOUR = {"__all__", "__slots__"}
TYPES = {"tuple", "dict", "list", "frozenset", "Callable", "Mapping"}
TYPE_NAMES = {"TypeAlias", "TypeVar"}
TYPE_BASES = {"TypedDict", "Protocol", "NamedTuple"}
UNSEEN_ARGUMENTS = {"strict", "maxsize"}

Found: TypeAlias = tuple["ast.expr | ast.stmt", ast.stmt, bool]
"""A node, the statement it is part of, and whether that runs at import."""


def walk(tree: ast.Module) -> Iterator[Found]:
    """Every such node, in the order of the source."""
    for statement in tree.body:
        yield from _statement(statement, True)


def _statement(node: ast.stmt, imported: bool) -> Iterator[Found]:
    if _says_nothing(node):
        return
    if isinstance(node, ast.FunctionDef):
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                yield from _expression(default, node, True)
        for inner in node.body:
            yield from _statement(inner, False)
        return
    if not isinstance(node, ast.ClassDef):
        yield node, node, imported
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "bases", "decorator_list", "target", "targets"):
            continue
        for part in value if isinstance(value, list) else [value]:
            yield from _part(part, node, imported)


def _part(part: object, owner: ast.stmt, imported: bool) -> Iterator[Found]:
    if isinstance(part, ast.stmt):
        yield from _statement(part, imported)
    elif isinstance(part, ast.expr):
        yield from _expression(part, owner, imported)
    elif isinstance(
        part, ast.AST
    ):  # a case, a handler, a context manager: their parts are of the same statement
        for name, value in ast.iter_fields(part):
            if name in ("pattern", "type"):
                continue
            for inner in value if isinstance(value, list) else [value]:
                yield from _part(inner, owner, imported)


def _expression(node: ast.expr, owner: ast.stmt, imported: bool) -> Iterator[Found]:
    yield node, owner, imported
    if isinstance(node, ast.JoinedStr):
        return
    named = node.args[0] if isinstance(node, ast.Call) and _is_cast(node) else None
    for child in ast.iter_child_nodes(node):
        if child is named:
            continue
        if isinstance(child, ast.keyword):
            if child.arg not in UNSEEN_ARGUMENTS:
                yield from _expression(child.value, owner, imported)
        elif isinstance(child, ast.comprehension):
            for inner in (child.iter, *child.ifs):
                yield from _expression(inner, owner, imported)
        elif isinstance(child, ast.expr):
            yield from _expression(child, owner, imported)


def _is_cast(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "cast"


def _says_nothing(node: ast.stmt) -> bool:
    """A docstring, an import, a declaration of a type, what is for type checkers alone."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.AnnAssign(value=None):
            return True
        case ast.AnnAssign(annotation=ast.Name(id=name)) if name in TYPE_NAMES:
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if name in NO_BEHAVIOUR:
            return True
        case ast.Assign(value=ast.Subscript(value=ast.Name(id=name))) if name in TYPES:
            return True
        case ast.ClassDef(bases=[ast.Name(id=name)]) if name in TYPE_BASES or _is_types_alone(node):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="AssertionError" | "NotImplementedError"))):
            return True
        case _:
            return False


def _is_types_alone(node: ast.ClassDef) -> bool:
    """A class whose body says annotations only, and that inherits: a TypedDict that goes on from another."""
    return all(
        (isinstance(one, ast.AnnAssign) and one.value is None) or isinstance(one, ast.Expr | ast.Pass)
        for one in node.body
    )
