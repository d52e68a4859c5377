"""Trials of meters as JSON. Numbers stand as they do in the server's own answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from catalogsync.app.try_meter import TryReport
from catalogsync.core.canon import Json, JsonObject
from catalogsync.metering import Example, Finding, Group, MeterTrial
from catalogsync.metering.instants import shown
from catalogsync.metering.numbers import answer_text
from catalogsync.render import findings_json


def whole(report: TryReport) -> JsonObject:
    """`{"meters": […], "events": {…}, "diagnostics": […]}`."""
    return {
        "meters": [to_json(one) for one in report.trials],
        "events": {
            "read": report.read,
            "repeated": report.repeated,
            "repeatedExamples": _examples(report.repeated_examples),
            "unusedTypes": [{"type": name, "events": count} for name, count in report.unused_types],
        },
        "diagnostics": [findings_json.one_to_json(one) for one in report.diagnostics],
    }


def to_json(trial: MeterTrial) -> JsonObject:
    """One trial. `total` and a group's `value` are null where the server shows no row; `exact` is false where the server's number may
    differ in its last digits, for LATEST where it may be another value of the same second.
    """
    meter = trial.meter
    body: dict[str, Json] = {
        "slug": meter.slug,
        "aggregation": meter.aggregation,
        "eventType": meter.event_type,
        "valueProperty": meter.value_path or None,
        "eventFrom": shown(meter.event_from) if meter.event_from is not None else None,
        "events": {
            "read": trial.read,
            "matched": trial.matched,
            "otherType": trial.other_type,
            "beforeEventFrom": trial.before_event_from,
        },
        "total": _number(trial.total),
        "exact": trial.exact,
        "groups": [_group(trial, one) for one in trial.groups],
        "groupsLeftOut": trial.groups_left_out,
        "findings": [_finding(one) for one in trial.findings],
    }
    return body


def _number(value: float | None) -> Json:
    return Decimal(answer_text(value)) if value is not None and math.isfinite(value) else None


def _group(trial: MeterTrial, group: Group) -> JsonObject:
    names = (name for name, _ in trial.meter.group_by)
    return {
        "groupBy": dict(zip(names, group.key, strict=True)),
        "value": _number(group.value),
        "events": group.events,
        "exact": group.exact,
    }


def _finding(finding: Finding) -> JsonObject:
    return {
        "problem": str(finding.problem),
        "property": finding.property,
        "path": finding.path,
        "events": finding.count,
        "examples": _examples(finding.examples),
    }


def _examples(examples: Sequence[Example]) -> list[Json]:
    return [
        {
            "id": one.event_id,
            "file": one.where.file if one.where else None,
            "line": one.where.line if one.where else None,
            "value": one.value,
        }
        for one in examples
    ]
