"""A server in miniature for the engine's own tests: carries out plan steps in memory and answers with the real one's oddities.

It refuses what the real server refuses (semantics-productcatalog §1.5, §3.7, §6.5; semantics-meters §1.5, §2.3, §2.4),
so that a wrong order of steps fails here. Bodies are stored as sent and shown as answers are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from catalogsync.core.model import Kind, LiveAssignment, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Plan, Step
from catalogsync.openmeter.kinds import KEY_METADATA, KINDS

_PLACEHOLDER = re.compile(r"\{([a-z_]+/[^}#]+)#(active|draft)\}")
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Refused(AssertionError):
    """The server would not have done this."""


@dataclass
class Version:
    """A stored object, or one version of one."""

    kind: Kind
    id: str
    key: str
    status: str
    body: dict[str, Any]
    version: int | None = None
    created: str = ""
    updated: str = ""
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)
    bound: dict[str, str] = field(default_factory=dict)


class Twin:
    """All that is stored. `read` shows it, `run` changes it."""

    def __init__(self) -> None:
        self.store: list[Version] = []
        self.ticks = 0

    # Running

    def run(self, plan: Plan) -> None:
        """Carry out a whole plan."""
        for step in plan.steps:
            self.do(step)

    def do(self, step: Step) -> None:
        """Carry out one step; raises Refused."""
        self.ticks += 1
        path = _PLACEHOLDER.sub(lambda m: self.resolve(m[1], m[2]), step.path)
        body = self.resolved(step.body)
        getattr(self, f"_{step.verb}")(step, path, body)

    def resolve(self, name: str, slot: str) -> str:
        ref = Ref.parse(name)
        found = self.one(ref, slot)
        if found is None:
            raise Refused(f"no {slot} version of {name}")
        return found.id

    def resolved(self, value: Any) -> Any:
        if isinstance(value, str):
            return _PLACEHOLDER.sub(lambda m: self.resolve(m[1], m[2]), value)
        if isinstance(value, dict):
            if set(value) == {"env"}:
                return f"value of {value['env']}"
            return {name: self.resolved(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        return value

    def one(self, ref: Ref, status: str) -> Version | None:
        return next((v for v in self.store if (v.kind, v.key, v.status) == (ref.kind, ref.key, status)), None)

    def named(self, path: str, number: int = -1) -> Version:
        wanted = path.split("/")[number]
        for version in self.store:
            if version.id == wanted:
                return version
        raise Refused(f"404: {path}")

    def now(self) -> str:
        return (_EPOCH + timedelta(seconds=self.ticks)).isoformat().replace("+00:00", "Z")

    def _add(self, step: Step, body: dict[str, Any], status: str) -> Version:
        version = None
        if KINDS[step.ref.kind].versioned:
            same = [v.version or 0 for v in self.store if (v.kind, v.key) == (step.ref.kind, step.ref.key)]
            version = max(same, default=0) + 1
        made = Version(
            step.ref.kind, f"ID{self.ticks:04}", step.ref.key, status, body, version, self.now(), self.now()
        )
        self._bind(made)
        self.store.append(made)
        return made

    def _bind(self, version: Version) -> None:
        """What is named has to be live; plans and add-ons remember the ids of their features."""
        features = {f.key: f.id for f in self.store if f.kind is Kind.FEATURE and f.status == "active"}
        version.bound = {}
        for key in _feature_keys(version.body):
            if key not in features:
                raise Refused(f"rate_card_feature_not_found: {key}")
            version.bound[key] = features[key]

    def _create(self, step: Step, _path: str, body: dict[str, Any]) -> None:
        if self.one(step.ref, "active"):
            raise Refused(f"409: {step.ref}")
        self._check(step, body)
        body = {"name": step.ref.key, **body} if step.ref.kind is Kind.METER else body
        if step.ref.kind is Kind.CHANNEL:
            body = {"signingSecret": "whsec_made", **body}
        self._add(step, body, "active")

    def _check(self, step: Step, body: dict[str, Any]) -> None:
        live = {
            (v.kind, v.key if v.kind is not Kind.CHANNEL else v.id)
            for v in self.store
            if v.status == "active"
        }
        if step.ref.kind is Kind.FEATURE and body.get("meterSlug"):
            if (Kind.METER, body["meterSlug"]) not in live:
                raise Refused("404: meter not found")
            meter = self.one(Ref(Kind.METER, body["meterSlug"]), "active")
            used = {*body.get("advancedMeterGroupByFilters", {}), *body.get("meterGroupByFilters", {})}
            if not used <= set(meter.body.get("groupBy") or {}):
                raise Refused("invalid filters for feature")
        if step.ref.kind is Kind.RULE:
            if not all((Kind.CHANNEL, name) in live for name in body["channels"]):
                raise Refused("non-existing channels")
            if not all((Kind.FEATURE, name) in live for name in body.get("features", ())):
                raise Refused("non-existing features")
            for channel in body["channels"]:
                rules = [v for v in self.store if v.kind is Kind.RULE and channel in v.body["channels"]]
                if len([r for r in rules if r.key != step.ref.key]) >= 10:
                    raise Refused("maximum number (10) of rules exceeded")

    def _update(self, step: Step, path: str, body: dict[str, Any]) -> None:
        old = self.named(path)
        self._check(step, body)
        if old.kind is Kind.METER:
            dropped = set(old.body.get("groupBy") or {}) - set(body["groupBy"])
            for feature in self.store:
                mine = feature.kind is Kind.FEATURE and feature.body.get("meterSlug") == old.key
                if mine and dropped & set(feature.body.get("advancedMeterGroupByFilters", {})):
                    raise Refused("409: meter group by cannot be dropped")
            body = {**old.body, **body}
        if old.kind is Kind.CHANNEL and body["signingSecret"] == {"live": "signingSecret"}:
            body["signingSecret"] = old.body["signingSecret"]
        old.body, old.updated = body, self.now()

    def _create_draft(self, step: Step, _path: str, body: dict[str, Any]) -> None:
        if self.one(step.ref, "draft"):
            raise Refused("only a single draft version is allowed")
        self._add(step, body, "draft")

    def _update_draft(self, step: Step, path: str, body: dict[str, Any]) -> None:
        old = self.named(path)
        if old.status != "draft":
            raise Refused("only drafts can be updated")
        old.body, old.updated = {"key": old.key, "currency": old.body["currency"], **body}, self.now()
        self._bind(old)

    def _delete_draft(self, _step: Step, path: str, _body: None) -> None:
        old = self.named(path)
        if old.status != "draft" or old.offers:
            raise Refused("not a draft without assignments")
        self.store.remove(old)

    def _plan_draft(self, path: str) -> Version:
        plan = self.named(path, 2)
        if plan.status != "draft":
            raise Refused("invalid active status, allowed statuses: [draft scheduled]")
        return plan

    def _attach(self, _step: Step, path: str, body: dict[str, Any]) -> None:
        plan = self._plan_draft(path)
        addon = self.named(f"/{body['addonId']}")
        if addon.status != "active" or addon.id in plan.offers:
            raise Refused("add-on not active, or assigned already")
        plan.offers[addon.id] = {name: v for name, v in body.items() if name not in ("addonId", "metadata")}

    def _update_attachment(self, _step: Step, path: str, body: dict[str, Any]) -> None:
        plan, addon = self._plan_draft(path), self.named(path)
        if addon.id not in plan.offers or addon.status != "active":
            raise Refused("404 or incompatible")
        plan.offers[addon.id] = body

    def _detach(self, _step: Step, path: str, _body: None) -> None:
        plan = self._plan_draft(path)
        if plan.offers.pop(path.rsplit("/", 1)[1], None) is None:
            raise Refused("404: no such assignment")

    def _publish(self, step: Step, path: str, _body: None) -> None:
        draft = self.named(path, 2)
        if draft.status != "draft":
            raise Refused("only drafts can be published")
        live = {v.id for v in self.store if v.status == "active"}
        if not set(draft.offers) <= live:
            raise Refused("plan_has_incompatible_addon")
        if not set(draft.bound.values()) <= live:
            raise Refused("rate_card_feature_not_found")
        old = self.one(step.ref, "active")
        if old is not None:
            old.status = "archived"
        draft.status, draft.updated = "active", self.now()

    def _archive(self, step: Step, path: str, _body: None) -> None:
        old = self.named(path, 2)
        if old.status != "active":
            raise Refused("only active ones can be archived")
        if old.kind is Kind.FEATURE:
            if any(v.kind is Kind.PLAN and v.status == "active" and old.key in v.bound for v in self.store):
                raise Refused("feature is referenced by active plan")
            self.store.remove(old)
        old.status = "archived"

    def _delete(self, step: Step, path: str, _body: None) -> None:
        old = self.named(path)
        if old.kind in (Kind.PLAN, Kind.ADDON) and old.status == "active":
            raise Refused("only archived ones can be deleted")
        if any(old.id in v.offers for v in self.store):
            raise Refused("add-on has active assignments")
        if (
            any(v.kind is Kind.FEATURE and v.body.get("meterSlug") == old.key for v in self.store)
            and old.kind is Kind.METER
        ):
            raise Refused("meter has active features and cannot be deleted")
        if any(v.kind is Kind.RULE and old.id in v.body["channels"] for v in self.store):
            raise Refused("failed to delete channel as it is assigned to one or more rules")
        self.store.remove(old)

    # Reading

    def read(self) -> LiveState:
        """What the reader would bring."""
        groups: dict[Ref, LiveGroup] = {}
        unmatched = []
        for stored in self.store:
            shown = self.show(stored)
            if shown.kind in (Kind.CHANNEL, Kind.RULE) and KEY_METADATA not in (
                shown.body.get("metadata") or {}
            ):
                unmatched.append(shown)
                continue
            group = groups.get(shown.ref) or LiveGroup(shown.ref)
            if stored.status == "archived":
                groups[shown.ref] = replace(group, archived=(shown, *group.archived))
            else:
                groups[shown.ref] = replace(group, **{stored.status: shown})
        return LiveState(groups, tuple(unmatched))

    def show(self, stored: Version) -> LiveResource:
        body = _answer(stored, self.store)
        assignments = tuple(self.offer(addon_id, offer) for addon_id, offer in stored.offers.items())
        return LiveResource(
            stored.kind, stored.id, stored.key, stored.status, body, stored.version, assignments
        )

    def offer(self, addon_id: str, offer: dict[str, Any]) -> LiveAssignment:
        addon = self.named(f"/{addon_id}")
        body = {**offer, "addon": _answer(addon, self.store), "validationErrors": None}
        return LiveAssignment(addon.key, addon.id, addon.version or 0, body)


def _feature_keys(body: dict[str, Any]) -> set[str]:
    holders = [body, *body.get("phases", ())]
    cards = [card for holder in holders for card in holder.get("rateCards", ())]
    return {card["featureKey"] for card in cards if card.get("featureKey")}


def _answer(stored: Version, store: list[Version]) -> dict[str, Any]:
    """The stored body as the server shows it."""
    body = {
        **stored.body,
        "id": stored.id,
        "createdAt": stored.created,
        "updatedAt": stored.updated,
    }
    if stored.version is not None:
        body |= {"version": stored.version, "status": stored.status, "validationErrors": None}
    if stored.kind is Kind.METER:
        body = {n: v for n, v in body.items() if not (n == "groupBy" and not v)} | {"annotations": None}
    if stored.kind is Kind.FEATURE:
        _both_filters(body)
    if stored.kind is Kind.ADDON:
        body["rateCards"] = [_card(card) for card in reversed(body["rateCards"])]
    if stored.kind is Kind.PLAN:
        body["phases"] = [
            {**phase, "rateCards": [_card(card) for card in reversed(phase["rateCards"])]}
            for phase in body["phases"]
        ]
    if stored.kind is Kind.RULE:
        shown = {v.id for v in store if v.kind is Kind.CHANNEL and not v.body.get("disabled")}
        body["channels"] = [{"id": i, "type": "WEBHOOK"} for i in body["channels"] if i in shown]
        if "features" in body:
            body["features"] = [{"id": name, "key": ""} for name in body["features"]]
    return body


def _both_filters(body: dict[str, Any]) -> None:
    advanced = body.get("advancedMeterGroupByFilters") or {
        name: {"$eq": value} for name, value in (body.get("meterGroupByFilters") or {}).items()
    }
    body.pop("meterGroupByFilters", None)
    if advanced:
        body["advancedMeterGroupByFilters"] = advanced
        if all("$eq" in operators for operators in advanced.values()):
            body["meterGroupByFilters"] = {name: operators["$eq"] for name, operators in advanced.items()}


def _card(card: dict[str, Any]) -> dict[str, Any]:
    out = {
        name: value
        for name, value in card.items()
        if value is not None or name in ("price", "billingCadence")
    }
    tax = out.get("taxConfig")
    if tax:
        out["taxConfig"] = _tax(tax)
    return out


def _tax(tax: dict[str, Any]) -> dict[str, Any]:
    """The server's tax table: every Stripe code has an id, and the id wins."""
    out = {name: value for name, value in tax.items() if name != "customInvoicing"}
    if "taxCodeId" in tax:
        out["stripe"] = {"code": tax["taxCodeId"].replace("TAX", "txcd_")}
    elif "stripe" in tax:
        out["taxCodeId"] = tax["stripe"]["code"].replace("txcd_", "TAX")
    return out
