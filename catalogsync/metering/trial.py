"""Meters over events: one pass, memory bounded by the number of groups and of different values, not of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import simplejson

from catalogsync.metering import json_value
from catalogsync.metering.aggregate import Aggregate, aggregate
from catalogsync.metering.json_value import Read
from catalogsync.metering.model import Event, Example, Finding, Group, MeterDefinition, MeterTrial, Problem
from catalogsync.metering.numbers import answer_text, from_text
from catalogsync.openmeter import jsonpath

EXAMPLES = 3
"""How many events are shown of each problem."""
MOST_GROUPS = 100_000
"""Groups that one meter's trial holds; events of further ones are in the total and counted."""
_LONGEST_EXAMPLE = 120
_NUMERIC = ("SUM", "AVG", "MIN", "MAX", "LATEST")


def trial(meters: Sequence[MeterDefinition], events: Iterable[Event]) -> tuple[MeterTrial, ...]:
    """What each meter would have counted, in the order of the meters. The events are read once.

    Every path must be one that the server takes (`jsonpath.is_accepted`): ValueError otherwise.
    """
    running = [_Running(meter) for meter in meters]
    for event in events:
        for one in running:
            one.take(event)
    return tuple(one.result() for one in running)


class _Running:
    """One meter's trial, under way."""

    def __init__(self, meter: MeterDefinition) -> None:
        self.meter = meter
        self.read = self.other_type = self.early = self.matched = self.left_out = 0
        self.total = aggregate(meter.aggregation, grouped=False)
        self.groups: dict[tuple[str, ...], tuple[Aggregate, list[int]]] = {}
        self.findings: dict[tuple[str, Problem], tuple[str, list[int], list[Example]]] = {}
        self.value_steps = _steps(meter.value_path) if meter.value_path else None
        self.dimensions = [(f"groupBy.{name}", path, _steps(path)) for name, path in meter.group_by]

    def take(self, event: Event) -> None:
        self.read += 1
        if event.type != self.meter.event_type:
            self.other_type += 1
        elif self.meter.event_from is not None and event.time < self.meter.event_from:
            self.early += 1
        else:
            self.matched += 1
            self.count(event)

    def count(self, event: Event) -> None:
        text, number = self.value_of(event)
        self.total.add(text, number, event.time)
        if not self.dimensions:
            return
        key = tuple(self.dimension(event, *one) for one in self.dimensions)
        if key not in self.groups:
            if len(self.groups) == MOST_GROUPS:
                self.left_out += 1
                return
            self.groups[key] = (aggregate(self.meter.aggregation, grouped=True), [0])
        group, events = self.groups[key]
        events[0] += 1
        group.add(text, number, event.time)

    def value_of(self, event: Event) -> tuple[str, float | None]:
        if self.value_steps is None:
            return "", None
        found = json_value.read(event.data, self.value_steps)
        numeric = self.meter.aggregation in _NUMERIC
        number = from_text(found.text) if numeric else None
        problem = found.lack
        if problem is None and numeric and (number is None or number < 0):
            problem = Problem.NOT_A_NUMBER if number is None else Problem.NEGATIVE
        if problem is not None:
            self.note("valueProperty", self.meter.value_path, problem, event, found)
        return found.text, number

    def dimension(self, event: Event, name: str, path: str, steps: tuple[jsonpath.Step, ...]) -> str:
        found = json_value.read(event.data, steps)
        if found.lack is not None:
            self.note(name, path, found.lack, event, found)
        return found.text

    def note(self, name: str, path: str, problem: Problem, event: Event, found: Read) -> None:
        _, count, examples = self.findings.setdefault((name, problem), (path, [0], []))
        count[0] += 1
        if len(examples) < EXAMPLES:
            shown = event.data if problem is Problem.MISSING else found.element
            examples.append(Example(event.id, event.where, _one_line(shown)))

    def result(self) -> MeterTrial:
        groups = (
            Group(key, one.value(), events[0], one.exact)
            for key, (one, events) in sorted(self.groups.items())
        )
        findings = (
            Finding(problem, name, path, count[0], tuple(examples))
            for (name, problem), (path, count, examples) in sorted(self.findings.items(), key=_rank)
        )
        return MeterTrial(
            self.meter,
            self.read,
            self.other_type,
            self.early,
            self.matched,
            self.total.value(),
            tuple(groups),
            tuple(findings),
            self.total.exact,
            self.left_out,
        )


def _rank(item: tuple[tuple[str, Problem], object]) -> tuple[bool, str, int]:
    (name, problem), _ = item
    return name != "valueProperty", name, list(Problem).index(problem)


def _steps(path: str) -> tuple[jsonpath.Step, ...]:
    steps = jsonpath.steps(path)
    if steps is None:
        raise ValueError(f"the server refuses the path {path!r}")
    return steps


def _one_line(value: object) -> str:
    text: str = simplejson.dumps(_as_kept(value), use_decimal=True, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= _LONGEST_EXAMPLE else text[: _LONGEST_EXAMPLE - 1] + "…"


def _as_kept(value: object) -> object:
    """The value with its numbers as the server keeps them."""
    if isinstance(value, Mapping):
        return {name: _as_kept(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_as_kept(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    return Decimal(answer_text(float(value)))
