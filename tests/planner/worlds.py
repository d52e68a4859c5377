"""Small worlds for plans: objects as files say them, the same as they are live, and a plan in words, with everything that it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalogsync.core.diagnostics import Path, SourceRef
from catalogsync.core.model import (
    Catalog,
    Kind,
    Lifecycle,
    LiveAssignment,
    LiveGroup,
    LiveResource,
    LiveState,
    Ref,
    Resource,
)
from catalogsync.core.plan import Plan, Step, TargetIdentity
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, KEY_METADATA, KINDS, METER, PLAN, RULE
from catalogsync.planner import PlanOptions, make_plan

DRAFT, ARCHIVED, DELETED = Lifecycle.DRAFT, Lifecycle.ARCHIVED, Lifecycle.DELETED
Body = dict[str, Any]


@dataclass(frozen=True)
class Places:
    """Where something stands is told as the path to it."""

    ref: Ref

    def locate(self, path: Path, *, key: bool = False) -> SourceRef:
        return SourceRef(".".join(map(str, path)) or "whole", 1, 1)

    def begin(self) -> SourceRef:
        return SourceRef("begin", 1, 1)


def said(
    kind: Kind, key: str, body: Mapping[str, Any], lifecycle: Lifecycle = Lifecycle.PUBLISHED
) -> Resource:
    """A manifest."""
    ref = Ref(kind, key)
    members = {name: value for name, value in body.items() if value is not None}
    return Resource(ref, lifecycle, {KINDS[kind].identity: key, **members}, Places(ref))


def meter(key: str = "tokens", lifecycle: Lifecycle = Lifecycle.PUBLISHED, **body: Any) -> Resource:
    return said(
        METER,
        key,
        {"name": "M", "aggregation": "SUM", "eventType": "t", "valueProperty": "$.v", **body},
        lifecycle,
    )


def feature(key: str = "api", lifecycle: Lifecycle = Lifecycle.PUBLISHED, **body: Any) -> Resource:
    return said(FEATURE, key, {"name": "API", **body}, lifecycle)


def card(key: str = "api", amount: str = "10", **body: Any) -> Body:
    price = {"type": "flat", "amount": amount, "paymentTerm": "in_advance"}
    return {
        "type": "flat_fee",
        "key": key,
        "name": key,
        "featureKey": key,
        "billingCadence": "P1M",
        "price": price,
        **body,
    }


def addon(
    key: str = "pack", lifecycle: Lifecycle = Lifecycle.PUBLISHED, amount: str = "5", **body: Any
) -> Resource:
    cards = [{name: value for name, value in card("setup", amount).items() if name != "featureKey"}]
    members = {"name": "Pack", "currency": "USD", "instanceType": "single", "rateCards": cards, **body}
    return said(ADDON, key, members, lifecycle)


def offers(*keys: str, **more: Any) -> list[Body]:
    return [{"addon": key, "fromPlanPhase": "main", **more} for key in keys]


def plan(
    key: str = "pro", lifecycle: Lifecycle = Lifecycle.PUBLISHED, amount: str = "10", **body: Any
) -> Resource:
    phases = [{"key": "main", "name": "Main", "rateCards": [card(amount=amount)]}]
    members = {"name": "Pro", "currency": "USD", "billingCadence": "P1M", "phases": phases, **body}
    return said(PLAN, key, members, lifecycle)


def channel(key: str = "ops", lifecycle: Lifecycle = Lifecycle.PUBLISHED, **body: Any) -> Resource:
    return said(CHANNEL, key, {"type": "WEBHOOK", "name": key, "url": "https://a.example", **body}, lifecycle)


def rule(key: str = "billed", lifecycle: Lifecycle = Lifecycle.PUBLISHED, **body: Any) -> Resource:
    return said(RULE, key, {"type": "invoice.created", "name": key, "channels": ["ops"], **body}, lifecycle)


def seen(item: Resource, status: str = "active", number: int = 1, **more: Any) -> LiveResource:
    """A manifest's object, or a version of it, as a server shows it. What a plan offers is offered in its first
    version, or in that of `key@version`; `more`: other
    members of the answer.
    """
    kind, key = item.ref.kind, item.ref.key
    versioned = KINDS[kind].versioned
    body = {name: value for name, value in item.body.items() if name != "addons"}
    given = tuple(_assigned(one) for one in item.body.get("addons", ()))
    return LiveResource(
        kind, f"{key}-{number}", key, status, {**body, **more}, number if versioned else None, given
    )


def _assigned(offer: Body) -> LiveAssignment:
    key, _, number = offer["addon"].partition("@")
    terms = {name: value for name, value in offer.items() if name != "addon"}
    return LiveAssignment(key, f"{key}-{number or 1}", int(number or 1), terms)


def versions(
    active: Resource | None = None, draft: Resource | None = None, *old: Resource, **more: Any
) -> LiveGroup:
    """The versions of an object: the archived ones have the lowest numbers, the draft has the highest."""
    count = len(old)
    ref = next(one for one in (active, draft, *old) if one is not None).ref
    shown = None if active is None else seen(active, "active", count + 1)
    number = count + 1 + (active is not None)
    drafted = None if draft is None else seen(draft, "draft", number, **more)
    archived = tuple(seen(one, "archived", count - at) for at, one in enumerate(old))
    return LiveGroup(ref, shown, drafted, archived)


def live(*items: Resource | LiveGroup | LiveResource) -> LiveState:
    """What is live: objects by their manifests, whole groups, and objects that stand in no group."""
    groups = [
        one if isinstance(one, LiveGroup) else LiveGroup(one.ref, active=seen(one))
        for one in items
        if not isinstance(one, LiveResource)
    ]
    loose = tuple(one for one in items if isinstance(one, LiveResource))
    return LiveState({group.ref: group for group in groups}, loose)


def stranger(item: Resource, id_: str, key: str = "") -> LiveResource:
    """A live object that stands in no group: it carries no key, or the key of another one."""
    found = seen(item)
    metadata = {KEY_METADATA: key} if key else {}
    return replace(found, id=id_, key=key, body={**found.body, "id": id_, "metadata": metadata})


def files(*resources: Resource) -> Catalog:
    ordered = {r.ref: r for r in sorted(resources, key=lambda r: r.ref)}
    own = {ref: r for ref, r in ordered.items() if r.lifecycle is not Lifecycle.EXTERNAL}
    return Catalog(own, {ref: r for ref, r in ordered.items() if ref not in own})


def told(made: Plan) -> list[str]:
    """A plan in lines: its steps, its changes with their fields, what it relies on, and what is to be said."""
    lines = [_step(step) for step in made.steps]
    for change in made.changes:
        number = f" v{change.version}" if change.version is not None else ""
        lines.append(f"{change.action.value} {change.ref}{number}: {change.reason}")
        lines += [f"  {one.path}: {_short(one.before)} -> {_short(one.after)}" for one in change.fields]
    relied = [str(p.ref) for p in made.preconditions if not p.touched]
    lines += [f"relies on {', '.join(relied)}"] if relied else []
    for one in made.diagnostics:
        where = one.where.file if one.where is not None else "nowhere"
        lines.append(f"{one.severity.value} {one.code} {one.subject} at {where}: {one.summary}")
        lines += [f"  {word}: {text}" for word, text in (("detail", one.detail), ("hint", one.hint)) if text]
    return lines


def _step(step: Step) -> str:
    marks = [f"id={step.id}" if step.id else "", f"addon={step.addon}" if step.addon else ""]
    marks += [f"addon_id={step.addon_id}" if step.addon_id else ""]
    needs = f"after {' '.join(map(str, step.needs))}" if step.needs else ""
    head = " ".join(filter(None, [str(step.number), str(step.verb), str(step.ref), *marks, needs]))
    return f"{head}: {step.cause}"


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_short(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_short, value)) + "]"
    return str(value)


def planned(catalog: Catalog, state: LiveState, options: PlanOptions | None = None) -> Plan:
    return make_plan(catalog, state, TargetIdentity("http://x.invalid"), options or PlanOptions())


Case = tuple[LiveState, Sequence[Resource], PlanOptions]
"""What is live, what the files say, and how it is planned."""
