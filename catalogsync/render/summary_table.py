"""What a plan comes to, as a table: a row for each kind, a column for each thing that happens. At most 60 columns wide, whatever stands in it."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from catalogsync.core.changes import Action, Change
from catalogsync.render import plan_words
from catalogsync.render.paint import Paint

WIDEST = 60
_HEADS = {Action.UPDATE: "update", Action.PUBLISH: "publish"}
"""Shorter than `plan_words.ACTIONS`, which the other columns take."""
_NONE = "·"


def lines(changes: Sequence[Change], paint: Paint) -> Iterator[str]:
    """The table, with a row for all; where it has no room a line for each kind. Nothing for changes of a single kind: one line says it all."""
    kinds = list(dict.fromkeys(one.ref.kind for one in changes))
    if len(kinds) < 2:
        return
    counts = Counter((one.ref.kind, one.action) for one in changes)
    actions = [action for action in Action if any(one.action is action for one in changes)]
    heads = [_HEADS.get(action, plan_words.ACTIONS[action]) for action in actions]
    rows = [(str(kind), [counts[kind, action] for action in actions]) for kind in kinds]
    rows.append(("all", [sum(counts[kind, action] for kind in kinds) for action in actions]))
    first = max(len(name) for name, _ in rows)
    widths = [max(len(head), *(len(str(row[at])) for _, row in rows)) for at, head in enumerate(heads)]
    if 2 + first + sum(width + 2 for width in widths) > WIDEST:
        yield from _listed(changes, rows)
        return
    yield (
        "  "
        + " " * first
        + "".join(f"  {paint(head.rjust(w), 'bold')}" for head, w in zip(heads, widths, strict=True))
    )
    for name, numbers in rows:
        cells = (str(number or _NONE).rjust(width) for number, width in zip(numbers, widths, strict=True))
        yield f"  {name.ljust(first)}" + "".join(f"  {cell}" for cell in cells)


def _listed(changes: Sequence[Change], rows: Sequence[tuple[str, list[int]]]) -> Iterator[str]:
    for name, _ in rows[:-1]:
        numbers = plan_words.numbers([one for one in changes if str(one.ref.kind) == name])
        said = f"{name}: {', '.join(f'{number} {words}' for words, number in numbers)}"
        yield from textwrap.wrap(
            said, WIDEST, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False
        )
