"""The room of plans: versions of a key from draft to archived, and what each call refuses.

Source: semantics-productcatalog §3; recorded areas `planlife`, `plancontent`. v3's room uses the functions without a Call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogsync.sandbox.domain import versions
from catalogsync.sandbox.domain.catalog_lookup import PLANS
from catalogsync.sandbox.domain.content_rules import (
    card_issues,
    only_critical,
    phase_prefix,
    phases_issues,
    plan_issues,
    stored_again,
)
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.domain.currencies import FIAT
from catalogsync.sandbox.domain.currency_rules import publish_issues
from catalogsync.sandbox.domain.issues import Issue, issue, refuse
from catalogsync.sandbox.domain.issues import shown as shown_issues
from catalogsync.sandbox.v1.cards import MissingPeriod, Uncastable, period, read_card, shown_card

_WHAT = "plan"
_PRORATED = {"enabled": True, "mode": "prorate_prices"}


def cards_of(row: Mapping[str, Any]) -> list[Row]:
    """All cards of a plan."""
    return [card for phase in row["phases"] for card in phase["rateCards"]]


def hidden(row: Row) -> str | None:
    """Why v1 does not show this version, None if it does."""
    return versions.hidden_because(row["currency"], cards_of(row))


def shown(world: World, row: Row) -> Row:
    """A plan version as v1 gives it (§3.4). Raises the coded Problem of one that v1 cannot show."""
    versions.refuse_hidden(hidden(row), _WHAT)
    body: Row = {
        name: row[name]
        for name in (
            "id", "key", "version", "name", "currency", "billingCadence", "proRatingConfig", "settlementMode", "createdAt", "updatedAt",
        )
    }  # fmt: skip
    body["status"] = versions.status(world, row)
    body["phases"] = [_shown_phase(phase) for phase in row["phases"]]
    body["validationErrors"] = shown_issues(plan_issues(row))
    for name in ("description", "metadata", "effectiveFrom", "effectiveTo", "deletedAt"):
        if row.get(name) is not None:
            body[name] = row[name]
    return body


def _shown_phase(phase: Row) -> Row:
    body: Row = {name: phase[name] for name in ("key", "name", "duration")}
    if phase.get("description") is not None:
        body["description"] = phase["description"]
    if phase.get("metadata"):
        body["metadata"] = phase["metadata"]
    body["rateCards"] = [shown_card(card) for card in phase["rateCards"]]
    return body


def issues(world: World, row: Row) -> list[Row]:
    """A version's own validation errors, with severity (v3's reads)."""
    return [one.read() for one in plan_issues(row)]


def found(world: World, id_: str) -> Row:
    """The version with that id, deleted too. Raises the 404 Problem."""
    return versions.by_id(world, PLANS, id_, _WHAT)


def create(world: World, wish: Row) -> Row:
    """Stores a draft: version 1, or the next of an existing key. Raises the 400 Problems of §2.7 in their order."""
    plan = {"proRatingConfig": _PRORATED, "settlementMode": "credit_then_invoice", **wish}
    _refuse_zero_cadence(plan, "invalid plan: validation error: ")
    refuse(_WHAT, only_critical(plan_issues(plan)))
    if versions.draft_of(world, PLANS, plan["key"]):
        raise Problem(400, "validation error: only a single draft version is allowed for Plan")
    plan["phases"] = _settled(world, plan["phases"])
    refuse(_WHAT, stored_again(cards_of(plan)))
    now = world.clock.now()
    row = {
        **plan,
        "id": world.ids.new(),
        "version": versions.next_version(world, PLANS, plan["key"]),
        "createdAt": now,
        "updatedAt": now,
    }
    world.store.put(PLANS, row)
    return row


def _settled(world: World, phases: list[Row]) -> list[Row]:
    """Phases with their features and tax codes bound; the first phase with an unknown feature ends it (§2.6)."""
    settled = []
    for phase in phases:
        cards, unknown = versions.settle_cards(world, phase["rateCards"], phase_prefix("!UNSUPPORTED"))
        refuse(_WHAT, unknown)
        settled.append({**phase, "rateCards": cards})
    return settled


def _refuse_zero_cadence(plan: Row, lead: str) -> None:
    """A plan cadence of no length is a plain error outside of all phases: everything is joined into one detail (§9.2)."""
    if plan["billingCadence"] != "P0D":
        return
    said = ["validation error: invalid BillingCadence: must not be empty"]
    said += [_joined(one) for one in plan_issues(plan)]
    raise Problem(400, f"validation error: {lead}" + "\n".join(said))


def _joined(one: Issue) -> str:
    where = (
        one.field.removeprefix("$.").replace("[?(@.key=='", "[key=").replace("')]", "]").rpartition(".")[0]
    )
    return f"{where}: {one.message}" if where else one.message


def update(world: World, id_: str, wish: Row, *, v1: bool = False) -> Row:
    """Replaces a draft's content; what `wish` lacks is kept. Raises the 400 and 404 Problems of §2.7, §3.3 in their order. `v1` may
    not touch a hidden version.
    """
    refuse(_WHAT, only_critical(_contents(wish)))
    row = found(world, id_)
    state = versions.status(world, row)
    if state not in ("draft", "scheduled"):
        raise Problem(
            400, f"validation error: only Plans in [draft scheduled] can be updated, but it has {state} state"
        )
    plan = {**row, **wish, "phases": _settled(world, wish["phases"])}
    if v1:
        versions.refuse_hidden(hidden(row), _WHAT)
    _refuse_zero_cadence(plan, "validation error: ")
    refuse(_WHAT, only_critical(plan_issues(plan)))
    refuse(_WHAT, stored_again(cards_of(plan)))
    plan["updatedAt"] = world.clock.now() if cards_of(plan) or plan != row else row["updatedAt"]
    world.store.put(PLANS, plan)
    return plan


def _contents(wish: Row) -> list[Issue]:
    """What is wrong inside phases, named without the phase: PUT's first look."""
    found: list[Issue] = []
    for phase in wish["phases"]:
        found += card_issues(phase["rateCards"], "$.")
    return found


def publish(world: World, id_: str) -> Row:
    """Makes a draft the active version and archives the one before it, at the same instant (§3.9). Raises 400 and 404 Problems."""
    from catalogsync.sandbox.domain.planaddons import unfit_assignments  # assignments know plans

    row = found(world, id_)
    if row.get("deletedAt"):
        when = row["deletedAt"].rstrip("Z").replace("T", " ") + " +0000 UTC"
        what = f"cannot publish a deleted Plan [namespace=default, id={row['id']} deleted_at={when}]"
        raise Problem(400, f"validation error: {what}")
    state = versions.status(world, row)
    if state not in ("draft", "scheduled"):
        what = f"only Plans in [draft scheduled] can be published/rescheduled, but it has {state} state"
        raise Problem(400, f"validation error: invalid Plan: {what}")
    wrong = [*plan_issues(row), *publish_issues(world, row)]
    for phase in row["phases"]:
        wrong += versions.feature_issues(world, phase["rateCards"], phase_prefix(phase["key"]))
    wrong += [issue("plan_has_incompatible_addon") for _ in unfit_assignments(world, row)]
    refuse(_WHAT, wrong)
    return activate(world, row, PLANS)


def activate(world: World, row: Row, table: str) -> Row:
    """Makes a draft the active version of its key; the one before it ends at the same instant."""
    now = world.clock.now()
    before = versions.active_of(world, table, row["key"])
    if before is not None:
        world.store.put(table, {**before, "effectiveTo": now, "updatedAt": now})
    active = {**row, "effectiveFrom": now, "updatedAt": now}
    world.store.put(table, active)
    return active


def archive(world: World, id_: str) -> Row:
    """Ends an active version now (§3.8). Raises 400 and 404 Problems."""
    row = found(world, id_)
    state = versions.status(world, row)
    if state != "active":
        raise Problem(
            400, f"validation error: only Plans in [active] can be archived, but it is in {state} state"
        )
    now = world.clock.now()
    archived = {**row, "effectiveTo": now, "updatedAt": now}
    world.store.put(PLANS, archived)
    return archived


def delete(world: World, id_: str) -> None:
    """Soft-deletes a version that is not active; its assignments stay (§3.11). Raises 400 and 404 Problems."""
    row = found(world, id_)
    state = versions.status(world, row)
    if state == "active":
        what = f"only Plans in [archived scheduled draft] can be deleted, but it has {state} state"
        raise Problem(400, f"validation error: {what}")
    now = world.clock.now()
    world.store.put(PLANS, {**row, "deletedAt": now, "updatedAt": now})


def read_phases(sent: list[Row]) -> list[Row]:
    """Phases in stored form. Raises Uncastable: durations first, as the server casts phase by phase."""
    phases = []
    for phase in sent:
        read: Row = {"key": phase["key"], "name": phase["name"]}
        for name in ("description", "metadata"):
            if phase.get(name) is not None:
                read[name] = phase[name]
        duration = phase["duration"]
        if duration is not None:
            try:
                duration = period(duration)
            except Uncastable as fault:
                raise _BadPhaseDuration(f"invalid duration: failed to cast to period: {fault}") from None
        read["duration"] = duration
        read["rateCards"] = [read_card(card) for card in phase["rateCards"]]
        phases.append(read)
    return phases


class _BadPhaseDuration(Uncastable):
    """A phase's duration that is none: the one cast that PUT classifies."""


def _create(world: World, call: Call) -> Answer:
    body = call.body
    lead = "validation error: failed to create plan request: "
    if body["currency"] not in FIAT:
        raise Problem(400, f"{lead}invalid CurrencyCode: invalid fiat currency code: {body['currency']}")
    try:
        cadence = period(body["billingCadence"])
    except Uncastable as fault:
        raise Problem(400, f"{lead}invalid BillingCadence: {fault}") from None
    try:
        phases = read_phases(body["phases"])
    except _BadPhaseDuration as fault:
        raise Problem(400, f"{lead}failed to cast PlanPhase: validation error: {fault}") from None
    except Uncastable as fault:
        raise Problem(400, f"{lead}failed to cast PlanPhase: {fault}") from None
    wish: Row = {
        "key": body["key"],
        "name": body["name"],
        "currency": body["currency"],
        "billingCadence": cadence,
    }
    for name in ("description", "metadata", "proRatingConfig", "settlementMode"):
        if body.get(name) is not None:
            wish[name] = body[name]
    _refuse_too_many(phases)
    return Answer(201, shown(world, create(world, {**wish, "phases": phases})))


def _refuse_too_many(phases: list[Row]) -> None:
    if len(phases) > 256:
        refuse(_WHAT, only_critical(list(phases_issues(phases))))
        raise Problem(500)


def _put(world: World, call: Call) -> Answer:
    body, id_ = call.body, call.path["planId"]
    wish: Row = {"name": body["name"], "proRatingConfig": body.get("proRatingConfig") or _PRORATED}
    for name in ("description", "metadata", "settlementMode"):
        if body.get(name) is not None:
            wish[name] = body[name]
    try:
        if body["billingCadence"]:
            wish["billingCadence"] = period(body["billingCadence"])
    except Uncastable as fault:
        raise Problem(400, f"validation error: invalid billingCadence: {fault}") from None
    try:
        wish["phases"] = read_phases(body["phases"])
    except _BadPhaseDuration as fault:
        raise Problem(400, f"validation error: {fault}") from None
    except MissingPeriod as fault:
        raise Problem(400, "validation error: missing" + str(fault).rpartition("missing")[2]) from None
    except Uncastable:
        raise Problem(500) from None
    _refuse_too_many(wish["phases"])
    return Answer(200, shown(world, update(world, id_, wish, v1=True)))


def _get(world: World, call: Call) -> Answer:
    latest = call.query.get("includeLatest", False)
    return Answer(
        200, shown(world, versions.find(world, PLANS, call.path["planId"], latest=latest, what=_WHAT))
    )


def _list(world: World, call: Call) -> Answer:
    """id, key, keyVersion and currency are OR-ed with each other, status is AND-ed (§3.5); hidden versions are left out."""
    query = call.query
    rows = [row for row in world.store.rows(PLANS) if hidden(row) is None]
    if not query.get("includeDeleted", False):
        rows = [row for row in rows if not row.get("deletedAt")]
    if any(query.get(name) for name in ("id", "key", "currency", "keyVersion")):
        rows = [row for row in rows if _named(row, query)]
    if states := query.get("status"):
        rows = [row for row in rows if versions.status(world, row) in states]
    return Answer(200, versions.listed(query, rows, lambda row: shown(world, row)))


def _named(row: Row, query: Mapping[str, Json]) -> bool:
    if any(row[name] in query.get(name, ()) for name in ("id", "key", "currency")):
        return True
    return versions.key_version_matches(row, query.get("keyVersion"))


def _publish(world: World, call: Call) -> Answer:
    row = found(world, call.path["planId"])
    versions.refuse_hidden(hidden(row), _WHAT)
    before = versions.active_of(world, PLANS, row["key"])
    if before is not None and versions.status(world, row) == "draft" and not row.get("deletedAt"):
        versions.refuse_hidden(hidden(before), _WHAT)
    return Answer(200, shown(world, publish(world, row["id"])))


def _archive(world: World, call: Call) -> Answer:
    versions.refuse_hidden(hidden(found(world, call.path["planId"])), _WHAT)
    return Answer(200, shown(world, archive(world, call.path["planId"])))


def _delete(world: World, call: Call) -> Answer:
    delete(world, call.path["planId"])
    return Answer(204, EMPTY)


def _next(world: World, call: Call) -> Answer:
    """Copies a version into a new draft; by id only that one row is looked at (§3.10)."""
    said = call.path["planIdOrKey"]
    by_id = versions.looks_like_id(said)
    rows = [r for r in [world.store.get(PLANS, said)] if r] if by_id else world.store.by(PLANS, "key", said)
    if not rows:
        raise Problem(400, "validation error: no versions available for this plan")
    source = max(rows, key=lambda r: r["version"])
    drafts = [r for r in rows if not r.get("deletedAt") and versions.status(world, r) == "draft"]
    if drafts:
        raise Problem(400, "validation error: only a single draft version is allowed for Plan")
    versions.refuse_hidden(hidden(source), _WHAT)
    refuse(_WHAT, plan_issues(source))
    number = source["version"] + 1 if by_id else versions.next_version(world, PLANS, source["key"])
    if any(r["version"] == number for r in versions.live_versions(world, PLANS, source["key"])):
        raise Problem(500)
    now = world.clock.now()
    dropped = ("effectiveFrom", "effectiveTo", "deletedAt")
    copy = {k: v for k, v in source.items() if k not in dropped}
    row = {**copy, "id": world.ids.new(), "version": number, "createdAt": now, "updatedAt": now}
    world.store.put(PLANS, row)
    return Answer(200, shown(world, row))


_ALL = "/api/v1/plans"
_ONE = _ALL + "/{planId}"

ROUTES = (
    Route("GET", _ALL, _list),
    Route("POST", _ALL, _create),
    Route("GET", _ONE, _get),
    Route("PUT", _ONE, _put),
    Route("DELETE", _ONE, _delete),
    Route("POST", _ONE + "/publish", _publish),
    Route("POST", _ONE + "/archive", _archive),
    Route("POST", _ALL + "/{planIdOrKey}/next", _next),
)
