"""What a JSON path reads in an event's data: the first value that is neither an object nor a list (recorded: `tests/data/metering`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.metering.model import Problem
from catalogsync.metering.numbers import stored_text
from catalogsync.openmeter.jsonpath import Every, Items, Member, Step


@dataclass(frozen=True, slots=True)
class Read:
    """A value as the server's query sees it: `text` is empty where nothing was found; `lack` says why then, or that it is null.

    `element` is the JSON that was found, for showing; it has no meaning where nothing was found at all.
    """

    text: str
    lack: Problem | None = None
    element: object = None


_MISSING = Read("", Problem.MISSING)


def read(data: object, steps: Sequence[Step]) -> Read:
    """Follows the path through every alternative, in order."""
    composite: object = None
    for element in _reached(data, steps):
        if not isinstance(element, Mapping | list | tuple):
            return _scalar(element)
        if composite is None:
            composite = element
    return _MISSING if composite is None else Read("", Problem.NOT_SCALAR, composite)


def _reached(element: object, steps: Sequence[Step]) -> Iterator[object]:
    if not steps:
        yield element
        return
    for inner in _stepped(element, steps[0]):
        yield from _reached(inner, steps[1:])


def _stepped(element: object, step: Step) -> Iterator[object]:
    match step:
        case Member(name):
            if isinstance(element, Mapping) and name in element:
                yield element[name]
        case Items(ranges) if isinstance(element, list | tuple):
            for first, end in ranges:
                yield from element[first:end]
        case Every() if isinstance(element, list | tuple):
            yield from element


def _scalar(element: object) -> Read:
    if element is None:
        return Read("null", Problem.NULL)
    if isinstance(element, bool):
        return Read("true" if element else "false", element=element)
    if isinstance(element, int | float | Decimal):
        return Read(stored_text(float(element)), element=element)
    text = stored_string(str(element))
    return Read(text, Problem.NULL if text == "null" else None, element)


def stored_string(text: str) -> str:
    """A text as it is stored: half a surrogate pair becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
