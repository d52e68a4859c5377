"""Which type an object without one may have: the types under which the schema refuses least of what it says already. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints.schema_messages import Refusal

Judge = Callable[[Json], Iterable[Refusal]]
"""What a schema refuses of a whole document."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """The types that may be meant, in the schema's order, and what the object lacks under each of them."""

    types: tuple[str, ...]
    missing: tuple[Refusal, ...]


def of(document: Json, path: Path, choices: Sequence[str], judge: Judge) -> Fitting:
    """The types that an object at a path may have, of those that are a choice."""
    refused = {one: _below(judge(_typed(document, path, one)), path) for one in choices}
    strange = {one: sum(error.validator != "required" for error in errors) for one, errors in refused.items()}
    least = min(strange.values(), default=0)
    fewest = [one for one in choices if strange[one] == least]
    lacking = min((len(refused[one]) for one in fewest), default=0)
    fitting = tuple(one for one in fewest if len(refused[one]) == lacking)
    lists = [[error for error in refused[one] if _lacks(error, path)] for one in fitting]
    common = (
        [error for error in lists[0] if all(_is_in(error, other) for other in lists[1:])] if lists else []
    )
    return Fitting(fitting, tuple(common))


def fits(document: Json, path: Path, kind: str, judge: Judge) -> bool:
    """Whether nothing is refused of an object at a path once it has another type."""
    return not _below(judge(_typed(document, path, kind)), path)


def without(document: Json, path: Path) -> Json:
    """The document without the member at the path."""
    step, rest = path[0], path[1:]
    if isinstance(document, Mapping) and isinstance(step, str):
        if not rest:
            return {name: member for name, member in document.items() if name != step}
        return {**document, step: without(document[step], rest)}
    if isinstance(document, list) and isinstance(step, int) and rest:
        return [*document[:step], without(document[step], rest), *document[step + 1 :]]
    return document


def _typed(value: Json, path: Path, kind: str) -> Json:
    """The document with a type at the path; what is beside the path is shared."""
    if not path:
        return {**value, "type": kind} if isinstance(value, Mapping) else value
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping) and isinstance(step, str):
        return {**value, step: _typed(value[step], rest, kind)}
    if isinstance(value, list) and isinstance(step, int):
        return [*value[:step], _typed(value[step], rest, kind), *value[step + 1 :]]
    return value


def _below(errors: Iterable[Refusal], path: Path) -> list[Refusal]:
    return [one for one in errors if tuple(one.absolute_path)[: len(path)] == path]


def _lacks(error: Refusal, path: Path) -> bool:
    return error.validator == "required" and tuple(error.absolute_path) == path


def _is_in(error: Refusal, others: Iterable[Refusal]) -> bool:
    return any(other.message == error.message for other in others)
