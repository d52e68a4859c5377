"""Features (docs/server/features.md#create, docs/server/transport.md#identifiers; recorded area `features`)."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from catalogsync.checks.validate.findings import Findings, sign
from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import Path, Severity
from catalogsync.openmeter.kinds import METER
from catalogsync.openmeter.kinds.feature import Filter, as_feature
from catalogsync.openmeter.kinds.meter import as_meter

_AGGREGATIONS = ("SUM", "COUNT", "UNIQUE_COUNT", "LATEST")
_TOKEN_TYPES = ("input", "output", "cache_read", "cache_write", "reasoning", "request", "response")


def check(findings: Findings) -> None:
    """A feature's key, meter, filters and unit cost."""
    body = as_feature(findings.body)
    if body.get("name") == "":
        findings.add(
            "resource_name_empty",
            ("name",),
            "a feature needs a name",
            detail="The server answers a bare 500.",
            hint="write name: followed by what customers call it",
        )
    if looks_like_id(body["key"]):
        id_like(findings, "the server refuses such a feature")
    slug = body.get("meterSlug")
    meter = findings.live(METER, slug) if slug is not None else None
    if meter is not None and meter.body["aggregation"] not in _AGGREGATIONS:
        findings.add(
            "feature-meter-aggregation",
            ("meterSlug",),
            f"meter `{slug}` has aggregation {meter.body['aggregation']}; a feature can use {', '.join(_AGGREGATIONS)}",
            hint="use a meter of another aggregation",
        )
    columns = (as_meter(meter.body).get("groupBy") or {}) if meter is not None else None
    _filters(findings, columns, metered=slug is not None)
    _unit_cost(findings, columns, metered=slug is not None)


def looks_like_id(key: str) -> bool:
    """The server's lenient parse: 26 characters, the first of them 0 to 7 (docs/server/transport.md#identifiers)."""
    return len(key) == 26 and key[0] in "01234567"


def id_like(findings: Findings, consequence: str) -> None:
    """The problem of a key that reads as an id."""
    findings.add(
        "key-looks-like-id",
        ("key",),
        f"`{findings.body['key']}` looks like an id to the server: 26 characters, the first of them 0 to 7",
        detail=f"As things are {consequence}.",
        hint="make it shorter or longer, or begin with a letter",
    )


def _filters(findings: Findings, columns: Collection[str] | None, *, metered: bool) -> None:
    body = as_feature(findings.body)
    advanced, plain = body.get("advancedMeterGroupByFilters"), body.get("meterGroupByFilters")
    member = "advancedMeterGroupByFilters" if advanced else "meterGroupByFilters"
    if advanced and plain:
        findings.dropped(
            "feature-filters-twice",
            ("meterGroupByFilters",),
            "meterGroupByFilters is ignored beside advancedMeterGroupByFilters",
            hint="say it in one of them",
        )
    filters: Mapping[str, object] = advanced or plain or {}
    for name, one in filters.items():
        place: Path = (member, name)
        if not metered:
            findings.add(
                "feature-filter-without-meter",
                place,
                "a filter on a feature without a meter filters nothing",
                severity=Severity.WARNING,
                key=True,
                hint="name a meter, or remove the filter",
            )
            continue
        if columns is not None and name not in columns:
            findings.add(
                "feature-filter-dimension",
                place,
                f"the meter has no dimension `{name}`",
                key=True,
                hint=_dimension_hint(name, columns),
            )
        _filter(findings, one if isinstance(one, Mapping) else {"$eq": one}, place)


def _dimension_hint(name: str, columns: Collection[str]) -> str:
    """Which dimension was probably meant, of those that there are."""
    near = difflib.get_close_matches(name, columns, 1)
    listed = ", ".join(columns) or "none"
    return f"did you mean `{near[0]}`? Its dimensions: {listed}" if near else f"its dimensions: {listed}"


def _filter(findings: Findings, one: Filter, place: Path) -> None:
    operators = {name: value for name, value in one.items() if value is not None}
    if not operators:
        findings.add(
            "feature-filter-empty",
            place,
            "a filter without an operator filters nothing",
            severity=Severity.WARNING,
            hint='write the condition: `{$eq: "…"}` for one value, `{$in: ["…"]}` for several',
        )
    if len(operators) > 1:
        findings.add(
            "feature-filter-operators",
            place,
            "a filter takes one operator",
            hint="join several with $and: [{…}, {…}]",
        )
    for name, value in operators.items():
        if name in ("$and", "$or") and isinstance(value, list):
            for n, inner in enumerate(value):
                _filter(findings, inner, (*place, name, n))
        elif value == "" or (isinstance(value, list) and "" in value):
            findings.add(
                "feature-filter-operand",
                (*place, name) if name in one else place,
                "an operand must not be empty",
                hint="write the value that events have there",
            )


def _unit_cost(findings: Findings, columns: Collection[str] | None, *, metered: bool) -> None:
    cost = as_feature(findings.body).get("unitCost")
    if not cost:
        return
    if cost["type"] == "manual":
        if sign(cost["amount"]) == -1:
            findings.add(
                "feature-unit-cost-negative",
                ("unitCost", "amount"),
                "a unit cost must not be negative",
                hint="only 0 or more is taken: write what a unit costs you",
            )
        return
    if not metered:
        findings.add(
            "feature-unit-cost-meter",
            ("unitCost",),
            "an llm unit cost needs a feature with a meter",
            hint="add meterSlug, or write type: manual with an amount",
            key=True,
        )
    for name in ("provider", "model", "tokenType"):
        _llm_part(findings, cost, name, columns)
    token_type = cost.get("tokenType")
    if token_type and token_type not in _TOKEN_TYPES:
        findings.add(
            "feature-unit-cost-token-type",
            ("unitCost", "tokenType"),
            f"unknown token type `{token_type}`",
            hint=", ".join(_TOKEN_TYPES),
        )


def _llm_part(findings: Findings, cost: Body, name: str, columns: Collection[str] | None) -> None:
    fixed, read = (str(cost.get(member) or "") for member in (name, f"{name}Property"))
    if fixed and read:
        findings.add(
            "feature-unit-cost-both",
            ("unitCost", f"{name}Property"),
            f"say {name} or {name}Property, not both",
            key=True,
            other=("the other one", ("unitCost", name)),
            hint=f"keep {name} if it is always the same, {name}Property if events tell it",
        )
    elif not fixed and not read:
        findings.add(
            "feature-unit-cost-missing",
            ("unitCost",),
            f"an llm unit cost needs {name} or {name}Property",
            hint=f"add {name} if it is always the same, {name}Property if events tell it",
            key=True,
        )
    elif read and columns is not None and read not in columns:
        findings.add(
            "feature-unit-cost-dimension",
            ("unitCost", f"{name}Property"),
            f"the meter has no dimension `{read}`",
            hint=_dimension_hint(read, columns),
        )
