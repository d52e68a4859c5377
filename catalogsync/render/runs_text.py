"""Runs for people: a table of them, and what one did."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.render.paint import Paint, painter
from catalogsync.store.runs.lock import Holder
from catalogsync.store.runs.record import Run, RunOutcome

_STYLES = {RunOutcome.DONE: "green", RunOutcome.IN_STEP: "green", RunOutcome.RUNNING: "blue"}


def history(environment: str, runs: Sequence[Run], holder: Holder | None, *, color: bool = False) -> str:
    """One line a run, the newest first, and who holds the lock."""
    paint = painter(color)
    if not runs:
        lines = [f"no runs on {environment} yet"]
    else:
        lines = _table([_row(run) for run in runs], [run.outcome for run in runs], paint)
    if holder is not None:
        lines.append(f"locked by {holder.who} since {holder.since} (run {holder.run})")
    return "\n".join(lines) + "\n"


def _row(run: Run) -> tuple[str, ...]:
    return (run.id, run.began, run.who, run.revision[:12] or "-", _outcome(run))


def _outcome(run: Run) -> str:
    words = str(run.outcome).replace("_", " ")
    if run.proven:
        return f"{words}, proven"
    return f"{words}, not proven" if run.is_good else words


def _table(rows: list[tuple[str, ...]], outcomes: list[RunOutcome], paint: Paint) -> list[str]:
    heads = ("RUN", "BEGAN", "WHO", "REVISION", "OUTCOME")
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]

    def line(row: tuple[str, ...]) -> str:
        return "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()

    return [paint(line(heads), "bold")] + [
        paint(line(row), _STYLES.get(outcome, "red")) for row, outcome in zip(rows, outcomes, strict=True)
    ]


def run(one: Run, *, color: bool = False) -> str:
    """What one run was, line by line."""
    paint = painter(color)
    steps = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in one.steps.items())
    told = {
        "run": one.id,
        "environment": f"{one.environment} ({one.url})",
        "who": one.who,
        "when": f"{one.began} to {one.ended}" if one.ended else f"{one.began}, not ended",
        "revision": one.revision,
        "outcome": _outcome(one) + (f": {one.note}" if one.note else ""),
        "steps": steps,
    }
    return "".join(f"{paint(name.ljust(12), 'dim')}{text}\n" for name, text in told.items() if text)
