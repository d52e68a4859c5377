"""Every small change of a module that its behaviour should show. Pure: source text in, changed trees out.

Left out is what no behaviour shows: docstrings, annotations and declarations of types, decorators, words of messages. `return False` is turned
and not left out: nothing is as false.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from mutants.walk import UNSEEN_ARGUMENTS, walk

Made: TypeAlias = tuple[ast.AST, str]
"""What stands in place of a node, and what the change is called."""

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
UNORDERED = {"isinstance", "cast", "TypedDict", "NewType", "min", "max"}
OPPOSITES = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. `lines`: those of the statement it is in; `imported`: whether that runs when the module is imported."""

    file: str
    line: int
    change: str
    lines: tuple[int, int]
    imported: bool
    place: int
    """Which node of the module, in the order of the walk."""
    choice: int
    """Which of the node's changes."""


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Every change of a module."""
    tree = ast.parse(source)
    for place, (node, statement, imported) in enumerate(walk(tree)):
        for choice, (made, name) in enumerate(_changes(node)):
            before, after = _shown(node), _shown(ast.fix_missing_locations(made))
            if before != after:
                yield Mutant(
                    file,
                    node.lineno,
                    f"{name}: {_short(before)}  =>  {_short(after)}",
                    _lines(statement),
                    imported,
                    place,
                    choice,
                )


def apply(mutant: Mutant, source: str) -> ast.Module:
    """The module's tree with the change."""
    tree = ast.parse(source)
    for place, (node, _, _) in enumerate(walk(tree)):
        if place == mutant.place:
            made, _ = list(_changes(node))[mutant.choice]
            ast.copy_location(made, node)
            _Replace(node, made).visit(tree)
            return ast.fix_missing_locations(tree)
    raise LookupError(mutant)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _changes(node: ast.expr | ast.stmt) -> Iterator[Made]:
    for operator in OPERATORS:
        yield from operator(node)


def _comparison(node: ast.AST) -> Iterator[Made]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        yield _with(node, ops=[COMPARED[type(node.ops[0])](), *node.ops[1:]]), "comparison"


def _connective(node: ast.AST) -> Iterator[Made]:
    if isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And()), "and/or"
        for at in range(len(node.values)):
            rest = [value for n, value in enumerate(node.values) if n != at]
            yield (rest[0] if len(rest) == 1 else _with(node, values=rest)), "operand dropped"


def _negation(node: ast.AST) -> Iterator[Made]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand, "not removed"
    elif isinstance(node, ast.If | ast.While | ast.IfExp) and not isinstance(node.test, ast.Compare):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test)), "condition negated"


def _filter(node: ast.AST) -> Iterator[Made]:
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        for at, loop in enumerate(node.generators):
            if loop.ifs:
                bare = [_with(one, ifs=[]) if n == at else one for n, one in enumerate(node.generators)]
                yield _with(node, generators=bare), "filter dropped"


def _arithmetic(node: ast.AST) -> Iterator[Made]:
    if isinstance(node, ast.BinOp) and type(node.op) in COMPUTED:
        yield _with(node, op=COMPUTED[type(node.op)]()), "operator"


def _constant(node: ast.AST) -> Iterator[Made]:
    """Numbers, truth values, and texts that are no words for people: member names, codes, separators."""
    if isinstance(node, ast.JoinedStr):
        words = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        if not any(mark.isspace() for mark in words):
            yield ast.Constant("XX"), "text"
        return
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value), "constant"
    elif isinstance(value, int):
        yield ast.Constant(value + 1), "constant"
    elif isinstance(value, str) and " " not in value:
        yield ast.Constant(f"{value}XX"), "text"


def _call(node: ast.AST) -> Iterator[Made]:
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name) and node.func.id in OPPOSITES:
        yield _with(node, func=ast.Name(OPPOSITES[node.func.id], ast.Load())), "opposite"
    if isinstance(node.func, ast.Name) and node.func.id in ("sorted", "reversed"):
        yield _with(node, func=ast.Name("list", ast.Load()), keywords=[]), "order dropped"
    first = node.args[:2]
    if len(first) == 2 and not _is_unordered(node) and not any(isinstance(a, ast.Starred) for a in first):
        yield _with(node, args=[first[1], first[0], *node.args[2:]]), "arguments swapped"
    for at, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in UNSEEN_ARGUMENTS:
            yield (
                _with(node, keywords=[k for n, k in enumerate(node.keywords) if n != at]),
                "argument dropped",
            )


def _is_unordered(node: ast.Call) -> bool:
    """A call about types, or one that says the same with its arguments in any order."""
    return isinstance(node.func, ast.Name) and node.func.id in UNORDERED


def _member(node: ast.AST) -> Iterator[Made]:
    """A member of a display is left out."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and isinstance(
        getattr(node, "ctx", ast.Load()), ast.Load
    ):
        for at in range(len(node.elts) if len(node.elts) > 1 else 0):
            yield _with(node, elts=[e for n, e in enumerate(node.elts) if n != at]), "member dropped"
    elif isinstance(node, ast.Dict):
        for at in range(len(node.keys)):
            keys = [k for n, k in enumerate(node.keys) if n != at]
            yield (
                _with(node, keys=keys, values=[v for n, v in enumerate(node.values) if n != at]),
                "member dropped",
            )


def _dropped(node: ast.AST) -> Iterator[Made]:
    """A statement is not carried out."""
    match node:
        case ast.Return(value=ast.Constant(value=False)):
            return  # as false as nothing; `_constant` turns it
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield ast.Return(ast.Constant(None)), "nothing returned"
        case (
            ast.Expr(value=ast.Call() | ast.YieldFrom() | ast.Yield())
            | ast.AugAssign()
            | ast.Delete()
            | ast.Raise()
        ):
            yield ast.Pass(), "statement dropped"
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield ast.Pass(), "statement dropped"
        case ast.Assign(targets=[ast.Name()], value=value) if not _is_none(value):
            yield _with(node, value=ast.Constant(None)), "nothing assigned"
        case ast.Continue():
            yield ast.Break(), "loop ended"
        case ast.Break():
            yield ast.Continue(), "loop not ended"
        case _:
            return


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


OPERATORS: tuple[Callable[[ast.AST], Iterator[Made]], ...] = (
    _comparison,
    _connective,
    _negation,
    _filter,
    _arithmetic,
    _constant,
    _call,
    _member,
    _dropped,
)


def _with(node: ast.AST, **members: object) -> ast.AST:
    """A copy with other members; the inner nodes are the same ones."""
    made = copy.copy(node)
    for name, value in members.items():
        setattr(made, name, value)
    return made


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """First and last line of a statement; of one with a body, of its head."""
    body = getattr(statement, "body", None)
    if isinstance(body, list) and body:
        return statement.lineno, max(statement.lineno, body[0].lineno - 1)
    return statement.lineno, statement.end_lineno or statement.lineno


def _shown(node: ast.AST) -> str:
    return ast.unparse(node.test if isinstance(node, ast.If | ast.While) else node)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:60]} … {line[-27:]}"
