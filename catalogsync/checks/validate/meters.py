"""Meters (docs/server/meters.md#create, #errors; recorded area `meters`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from catalogsync.checks.validate import repairs
from catalogsync.checks.validate.findings import Findings
from catalogsync.core.diagnostics import Path, Severity
from catalogsync.manifests.hints import instants
from catalogsync.openmeter import jsonpath
from catalogsync.openmeter.kinds.meter import as_meter

_GROUP_KEY = re.compile(r"[a-zA-Z_][0-9a-zA-Z_]*")
_LEAP_YEAR_0 = re.compile(r"^0000")
"""The server takes the year 0, which Python has not; 4 has the same days."""
_SPECIAL = ("subject", "customer_id")


def check(findings: Findings) -> None:
    """A meter's aggregation, paths, dimensions and first instant."""
    body = as_meter(findings.body)
    counts, value = body["aggregation"] == "COUNT", body.get("valueProperty")
    if counts and value is not None:
        findings.add(
            "meter-value-not-allowed",
            ("valueProperty",),
            "a COUNT meter takes no valueProperty",
            detail="It counts events; the server refuses a path to a value.",
            hint="remove valueProperty to count events, or write SUM to add its values up",
            key=True,
        )
    elif not counts and value is None:
        findings.add(
            "meter-value-missing",
            ("aggregation",),
            f"a {body['aggregation']} meter needs a valueProperty",
            hint="add `valueProperty: $.…` with the name of the value in the event's data: `$` is the data",
        )
    if value is not None and not counts:
        _path(findings, value, ("valueProperty",))
    for name, path in (body.get("groupBy") or {}).items():
        _dimension(findings, name, path, value)
    if body.get("description") == "":
        findings.add(
            "meter-description-empty",
            ("description",),
            "a meter's description must not be empty",
            hint="leave it out",
        )
    if (event_from := body.get("eventFrom")) is not None:
        _event_from(findings, event_from)


def _path(findings: Findings, path: str, place: Path) -> None:
    if not jsonpath.is_accepted(path):
        findings.add(
            "meter-json-path",
            place,
            f"`{path}` is not a JSON path"
            + (" that the server takes" if path.startswith("$") else ": it does not begin with `$`"),
            hint=repairs.json_path(path),
        )


def _dimension(findings: Findings, name: str, path: str, value: str | None) -> None:
    place: Path = ("groupBy", name)
    if not _GROUP_KEY.fullmatch(name):
        findings.add(
            "meter-dimension-name",
            place,
            f"`{name}` is not a name for a dimension",
            hint=_name_hint(name),
            key=True,
        )
    _path(findings, path, place)
    if path == value:
        findings.add(
            "meter-dimension-is-value",
            place,
            f"dimension `{name}` reads the same path as valueProperty",
            detail="The server refuses to group by the value itself.",
            other=("the value", ("valueProperty",)),
            hint="remove the dimension, or read another member",
        )
    if name in _SPECIAL:
        findings.add(
            "meter-dimension-reserved",
            place,
            f"`{name}` means something else in queries",
            severity=Severity.WARNING,
            key=True,
            detail="The server stores it; queries by it answer for the subject or customer instead.",
            hint="choose another name",
        )


def _name_hint(name: str) -> str:
    """What to call a dimension in place of this name."""
    form = "a name has letters, digits and underscores, and does not begin with a digit"
    new = re.sub("[^0-9a-zA-Z]+", "_", name, flags=re.ASCII).strip("_")
    return f"write `{new}`: {form}" if _GROUP_KEY.fullmatch(new) else form


def _event_from(findings: Findings, text: str) -> None:
    place: Path = ("eventFrom",)
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text):
            raise ValueError(text)
        instant = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", _LEAP_YEAR_0.sub("0004", text)))
    except ValueError:
        findings.add(
            "meter-event-from",
            place,
            f"`{text}` is not an instant",
            hint=instants.in_place_of(text),
            detail="The server answers an instant that does not exist with a bare 500.",
        )
        return
    if re.search(r"\.\d{6}\d*[1-9]", text):
        findings.dropped(
            "meter-event-from-cut",
            place,
            "the server keeps six decimals of a second and cuts off the rest",
            hint="leave the other decimals out",
            key=False,
        )
    try:
        in_utc = instant.astimezone(UTC)
        if _LEAP_YEAR_0.match(text) and in_utc.year < 4:
            raise OverflowError
        if not _LEAP_YEAR_0.match(text) and in_utc == datetime(1, 1, 1, tzinfo=UTC):
            findings.add("meter-event-from", place, "the zero instant is refused", hint="leave eventFrom out")
    except OverflowError:
        findings.add(
            "meter-event-from-poison",
            place,
            f"`{text}` lies outside the years 0 to 9999 in UTC",
            detail="The server stores it and from then on answers every list of meters with an empty body; only in its database can that be fixed.",
            hint="choose an instant in the past",
        )
