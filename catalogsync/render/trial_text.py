"""Trials of meters for people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from catalogsync.app.try_meter import TryReport
from catalogsync.core.wording import counted, grouped
from catalogsync.metering import Example, Finding, MeterTrial, Problem
from catalogsync.metering.instants import shown
from catalogsync.metering.numbers import answer_text
from catalogsync.render.findings_words import on_a_line
from catalogsync.render.paint import Paint, painter

GROUPS = 50
"""Groups that are shown of a meter, the largest first; JSON holds all."""
_TYPES = 5
_PLAIN = painter(False)


def render(report: TryReport, paint: Paint = _PLAIN) -> str:
    """A block for each meter, then what is to be said of the events."""
    every = ["\n".join(lines) for lines in blocks(report, paint)]
    return "\n\n".join(every) + "\n" if every else ""


def blocks(report: TryReport, paint: Paint = _PLAIN) -> Iterator[tuple[str, ...]]:
    """The same as lines, block by block."""
    yield from (tuple(_block(one, paint)) for one in report.trials)
    if events := tuple(_events(report)):
        yield events


def _block(trial: MeterTrial, paint: Paint) -> Iterator[str]:
    meter = trial.meter
    value = f" of `{on_a_line(meter.value_path)}`" if meter.value_path else ""
    yield (
        paint(f"meter/{meter.slug}", "bold")
        + f": {meter.aggregation}{value}, events of type `{on_a_line(meter.event_type)}`"
    )
    events = grouped(trial.read, "event")
    yield f"  matched  {trial.matched:,} of {events}{_unmatched(trial)}"
    yield f"  total    {paint(_value(trial.total), 'bold')}"
    if trial.groups:
        yield from _groups(trial)
    if note := _order_note(trial):
        yield f"  note: {note}"
    for finding in trial.findings:
        yield from _finding(finding, meter.aggregation, paint)


def _unmatched(trial: MeterTrial) -> str:
    parts = []
    if trial.other_type:
        parts.append(f"{trial.other_type:,} of another type")
    if trial.before_event_from and trial.meter.event_from is not None:
        parts.append(f"{trial.before_event_from:,} before eventFrom {shown(trial.meter.event_from)}")
    return f" ({', '.join(parts)})" if parts else ""


def _value(value: float | None) -> str:
    if value is None:
        return "none (no event has a value; the server shows no row)"
    return answer_text(value) if math.isfinite(value) else "beyond a double (the server's query fails)"


def _groups(trial: MeterTrial) -> Iterator[str]:
    yield f"  by {', '.join(name for name, _ in trial.meter.group_by)}"
    largest = sorted(trial.groups, key=lambda g: -math.inf if g.value is None else g.value, reverse=True)
    rows = [
        (
            [_label(part) for part in group.key],
            "none" if group.value is None else _value(group.value),
            counted(group.events, "event"),
        )
        for group in largest[:GROUPS]
    ]
    widths = [max(len(row[0][n]) for row in rows) for n in range(len(trial.meter.group_by))]
    width = max(len(row[1]) for row in rows)
    for labels, value, events in rows:
        cells = "  ".join(label.ljust(widths[n]) for n, label in enumerate(labels))
        yield f"    {cells}  {value.rjust(width)}  {events}"
    if len(trial.groups) > GROUPS:
        yield f"    … {len(trial.groups) - GROUPS:,} more groups: --format json holds all"
    if trial.groups_left_out:
        yield f"    {counted(trial.groups_left_out, 'event')} in further groups, which the total holds and no group shows"


def _label(part: str) -> str:
    return on_a_line(part) if part else '""'


def _order_note(trial: MeterTrial) -> str:
    if trial.exact and all(group.exact for group in trial.groups):
        return ""
    if trial.meter.aggregation == "LATEST":
        return "several values carry the last second; the server may show any of them"
    return "the server adds doubles in the order of its storage: its last digits may differ from these"


def _finding(finding: Finding, aggregation: str, paint: Paint) -> Iterator[str]:
    name = finding.property if finding.property.startswith("groupBy.") else "valueProperty"
    head = f"{name} `{on_a_line(finding.path)}`"
    yield f"  {paint('warning', 'yellow')}: {head}: {_said(finding, aggregation)}"
    yield from _examples(finding.examples)


def _examples(examples: Sequence[Example]) -> Iterator[str]:
    for one in examples:
        place = f"  {on_a_line(one.where.file)}:{one.where.line}" if one.where else ""
        yield f"    {on_a_line(one.event_id)}{place}  {on_a_line(one.value)}"


def _said(finding: Finding, aggregation: str) -> str:
    events = counted(finding.count, "event")
    what = {
        Problem.MISSING: f"nothing is there in {events}",
        Problem.NULL: f"null in {events}",
        Problem.NOT_SCALAR: f"an object or a list in {events}, which is read as nothing",
        Problem.NOT_A_NUMBER: f"not a number in {events}",
        Problem.NEGATIVE: f"below 0 in {events}",
    }[finding.problem]
    return f"{what}; {_effect(finding, aggregation)}"


def _effect(finding: Finding, aggregation: str) -> str:
    empty = finding.problem in (Problem.MISSING, Problem.NOT_SCALAR)
    if finding.property.startswith("groupBy."):
        return 'counted in the group ""' if empty else "counted in the group `null`"
    if aggregation == "UNIQUE_COUNT":
        return "the empty text counts as one value" if empty else "not counted"
    if finding.problem is Problem.NEGATIVE:
        return "the server takes it" + (" and the sum becomes smaller" if aggregation == "SUM" else "")
    return "not counted"


def _events(report: TryReport) -> Iterator[str]:
    if report.repeated:
        yield (
            f"{counted(report.repeated, 'event')} with the source and id of an earlier event: left out, "
            "as a server that deduplicates does"
        )
        yield from _examples(report.repeated_examples)
    if report.unused_types:
        names = [f"`{on_a_line(name)}` {count:,}" for name, count in report.unused_types[:_TYPES]]
        more = (
            f" and {len(report.unused_types) - _TYPES:,} more types"
            if len(report.unused_types) > _TYPES
            else ""
        )
        yield f"event types that none of these meters takes: {', '.join(names)}{more}"
