"""Many environments for people: a line for each, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.wording import counted
from catalogsync.render.paint import Paint, painter

if TYPE_CHECKING:
    from catalogsync.app.side_by_side import Result

_STYLES = {"in_step": "green", "done": "green", "planned": "blue", "not_tried": "yellow"}
_FEW = 4


def line(one: Result, width: int = 0, *, color: bool = False) -> str:
    """One environment's result on a line. `width`: of the column of names."""
    return _line(one, width, painter(color))


def whole(one: Result, *, color: bool = False) -> str:
    """The same with what nobody may miss of its plan."""
    paint = painter(color)
    return "\n".join([_line(one, 0, paint), *_warnings(one, 0, paint)])


def summary(results: Sequence[Result], *, color: bool = False) -> str:
    """A line for each environment, sorted by name, and how many ended in which way."""
    paint = painter(color)
    width = max((len(one.environment) for one in results), default=0)
    counts = Counter(str(one.ended) for one in results)
    told = ", ".join(f"{number} {ended.replace('_', ' ')}" for ended, number in sorted(counts.items()))
    lines = [text for one in results for text in (_line(one, width, paint), *_warnings(one, width, paint))]
    return "\n".join([*lines, "", f"{counted(len(results), 'environment')}: {told}."]) + "\n"


def _line(one: Result, width: int, paint: Paint) -> str:
    ended = paint(str(one.ended).replace("_", " ").ljust(9), _STYLES.get(str(one.ended), "red"))
    return f"{one.environment.ljust(width)}  {ended}  {_what(one)}".rstrip()


def _warnings(one: Result, width: int, paint: Paint) -> Iterator[str]:
    """What nobody may miss of the plan, below its line."""
    for warning in one.warnings:
        yield f"{' ' * width}  {paint(f'warning[{warning.code}]', 'yellow')}: {on_one_line(warning.summary)}"


def _what(one: Result) -> str:
    if one.message:
        return on_one_line(one.message.split("\n")[0])
    named = [f"{change.action.symbol} {change.ref}" for change in one.changes[:_FEW]]
    more = [f"and {len(one.changes) - _FEW} more"] if len(one.changes) > _FEW else []
    return ", ".join([*named, *more])
