"""v3's list of currencies, its custom ones and their cost bases.

A code is taken for good; a new cost basis ends the one in force for its fiat currency (recorded:
`v3_currency_*`).
"""

from __future__ import annotations

from decimal import Decimal

from catalogsync.sandbox.domain.contract import Answer, Call, Problem, Row, World
from catalogsync.sandbox.domain.currencies import FIAT, Fiat
from catalogsync.sandbox.domain.currency_rules import COST_BASES, CURRENCIES, in_force
from catalogsync.sandbox.domain.durations import decimal_text
from catalogsync.sandbox.domain.instants import canonical, parse, show
from catalogsync.sandbox.v3.problems import Parameter, bad_request, query_error
from catalogsync.sandbox.v3.query import (
    TEXT,
    Field,
    Listing,
    Pairs,
    filtered,
    listed,
    ordered,
    page_of,
    pairs_of,
)

_MOST_DIGITS = 12
_INPUT = "validation error: invalid input parameters: validation error"


def by_code(world: World, code: str) -> Row | None:
    """The custom currency with that code."""
    rows = world.store.by(CURRENCIES, "code", code)
    return rows[0] if rows else None


def post(world: World, call: Call) -> Answer:
    body = call.body
    if not body.get("precision", 0) < 2**32:
        raise Problem(500)
    if body.get("precision", 0) > _MOST_DIGITS:
        told = f"invalid precision: it must be between 0 and {_MOST_DIGITS}"
        raise Problem(400, f"{_INPUT}: validation error: {told}")
    if by_code(world, body["code"]) is not None:
        raise Problem(409, f"conflict error: currency with code {body['code']} already exists")
    names = ("code", "name", "symbol", "precision", "decimal_mark", "thousand_separator")
    row = {name: body[name] for name in names if body.get(name) is not None}
    row |= {"id": world.ids.new(), "created_at": world.clock.now()}
    world.store.put(CURRENCIES, row)
    return Answer(201, _shown(row))


def _shown(row: Row) -> Row:
    return {**row, "created_at": canonical(row["created_at"]), "type": "custom"}


def get(world: World, call: Call) -> Answer:
    row = _found(world, call.path["currencyId"])
    return Answer(200, {**_shown(row), "cost_basis": _bases(world, row, running=True)})


def _found(world: World, id_: str) -> Row:
    row = world.store.get(CURRENCIES, id_)
    if row is None:
        raise Problem(404, f"not found error: currency with id {id_} not found")
    return row


LISTING = Listing(
    fields={"code": Field(TEXT, "code")},
    keys={"code": "code", "name": "name"},
    default="code",
)
_KINDS = ("fiat", "custom")
_EXPANSIONS = ("cost_basis",)


def list_all(world: World, call: Call) -> Answer:
    """Fiat and custom currencies together, 100 a page."""
    pairs = pairs_of(call)
    page = page_of(pairs, size=100)
    expand = _expansions(pairs)
    kinds = [text for name, text in pairs if name == "filter[type]"]
    _refuse_operators(pairs, "type")
    if kinds and kinds[0] not in _KINDS:
        raise bad_request([_unknown("type", _KINDS)])
    others = [pair for pair in pairs if pair[0] != "filter[type]"]
    rows: list[Row] = [] if kinds == ["custom"] else [_fiat(one) for one in FIAT.values()]
    rows += [] if kinds == ["fiat"] else world.store.rows(CURRENCIES)
    now = world.clock.now()
    rows = ordered(filtered(rows, others, LISTING.fields, now), pairs, LISTING, now)
    return Answer(200, listed([_listed(world, row, expand) for row in page.cut(rows)], page, len(rows)))


def _listed(world: World, row: Row, expand: list[str]) -> Row:
    if "id" not in row:
        return row
    bases = {"cost_basis": _bases(world, row, running=True)[::-1]} if expand else {}
    return _shown(row) | bases


def _fiat(currency: Fiat) -> Row:
    row = {
        "code": currency.code,
        "decimal_mark": currency.decimal_mark,
        "name": currency.name,
        "precision": currency.subunits,
        "thousand_separator": currency.thousand_separator,
        "type": "fiat",
    }
    return row | ({"symbol": currency.symbol} if currency.symbol else {})


def _unknown(field: str, allowed: tuple[str, ...]) -> Parameter:
    listed_ = ",".join(f'"{one}"' for one in allowed)
    return Parameter(field, f"value is not one of the allowed values [{listed_}]", "enum", "query")


def _expansions(pairs: Pairs) -> list[str]:
    """What `expand` asks for. Raises the 400 Problems of what cannot be expanded."""
    sent = [text for name, text in pairs if name == "expand"]
    if "" in sent:
        raise query_error("expand", "empty value is not allowed")
    asked = [one for text in sent for one in text.split(",")]
    unknown = [_unknown(str(n), _EXPANSIONS) for n, one in enumerate(asked) if one not in _EXPANSIONS]
    if unknown:
        raise bad_request(unknown)
    return asked


def _refuse_operators(pairs: Pairs, field: str) -> None:
    """A field that knows no operators. Raises the 400 Problem."""
    if any(name.startswith(f"filter[{field}][") for name, _ in pairs):
        reason = f"filter[{field}]: operator-style keys are not supported for this field"
        raise query_error("filter", reason, "format")


def _bases(world: World, currency: Row, *, running: bool) -> list[Row]:
    """A currency's cost bases, the newest first; `running`: only those in force or to come."""
    now = parse(world.clock.now())
    rows = world.store.by(COST_BASES, "currencyId", currency["id"])
    if running:
        rows = [row for row in rows if not row.get("effective_to") or parse(row["effective_to"]) > now]
    rows.sort(key=lambda row: parse(row["effective_from"]), reverse=True)
    return [_basis(row) for row in rows]


def _basis(row: Row) -> Row:
    instants = ("created_at", "effective_from", "effective_to")
    shown = {name: canonical(row[name]) for name in instants if row.get(name)}
    return {**shown, "id": row["id"], "fiat_code": row["fiat_code"], "rate": row["rate"]}


def list_cost_bases(world: World, call: Call) -> Answer:
    pairs = pairs_of(call)
    page = page_of(pairs)
    _refuse_operators(pairs, "fiat_code")
    fiat = [text for name, text in pairs if name == "filter[fiat_code]"]
    rows = _bases(world, {"id": call.path["currencyId"]}, running=False)
    rows = [row for row in rows if not fiat or row["fiat_code"] == fiat[0]]
    return Answer(200, listed(page.cut(rows), page, len(rows)))


def post_cost_basis(world: World, call: Call) -> Answer:
    body, now = call.body, world.clock.now()
    if world.store.get(CURRENCIES, call.path["currencyId"]) is None:
        raise Problem(409, "conflict error: failed to create cost basis: db: constraint failed")
    if Decimal(body["rate"]) <= 0:
        raise Problem(400, f"{_INPUT}: rate must be positive")
    start = body.get("effective_from")
    if start is not None and parse(start) <= parse(now):
        told = f"effective_from {_seconds(start)} must be in the future (current time: {_seconds(now)})"
        raise Problem(400, f"validation error: {told}")
    start = show(parse(start or now))
    end = body.get("effective_to")
    if end is not None and parse(end) <= parse(start):
        told = f"effective_to {_seconds(end)} must be after effective_from {_seconds(start)}"
        raise Problem(400, f"validation error: {told}")
    for row in world.store.by(COST_BASES, "currencyId", call.path["currencyId"]):
        if row["fiat_code"] == body["fiat_code"] and in_force(row, start):
            world.store.put(COST_BASES, {**row, "effective_to": start})
    row = {
        "id": world.ids.new(),
        "created_at": now,
        "currencyId": call.path["currencyId"],
        "fiat_code": body["fiat_code"],
        "rate": decimal_text(body["rate"]),
        "effective_from": start,
    }
    if end is not None:
        row["effective_to"] = canonical(end)
    world.store.put(COST_BASES, row)
    return Answer(201, _basis(row))


def _seconds(text: str) -> str:
    return show(parse(text).replace(microsecond=0))
