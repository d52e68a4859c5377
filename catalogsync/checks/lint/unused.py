"""Rules about objects that nothing leads to, and about names, ids and currencies across the catalog."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from catalogsync.checks.lint.findings import Found, World
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Kind, Lifecycle, Resource
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, METER, PLAN, RULE
from catalogsync.openmeter.kinds.feature import as_feature
from catalogsync.openmeter.kinds.meter import as_meter
from catalogsync.openmeter.kinds.notification_rule import as_rule
from catalogsync.openmeter.kinds.plan import as_plan

_ELSEWHERE = "if another catalog uses it, write `lint: {{severity: {{{}: off}}}}` in catalogsync.yaml"


def meters(world: World) -> Iterator[Found]:
    """Meters that no feature reads."""
    used = {as_feature(one.body).get("meterSlug") for one in world.of(FEATURE)}
    for meter in world.of(METER):
        if meter.ref.key not in used:
            summary = f"no feature of this catalog uses meter `{meter.ref.key}`"
            yield Found(
                meter,
                ("slug",),
                summary,
                f"add a feature with this meterSlug; {_ELSEWHERE.format('meter-unused')}",
            )


def filters(world: World) -> Iterator[Found]:
    """Filters that name no value: whatever the meter counts, the feature has none of it, or all."""
    for feature in world.of(FEATURE):
        for dimension, said in (as_feature(feature.body).get("advancedMeterGroupByFilters") or {}).items():
            for operator, value in said.items() if isinstance(said, dict) else ():
                if value == []:
                    where = ("advancedMeterGroupByFilters", dimension, operator)
                    summary = f"`{operator}` names no value of `{dimension}`"
                    yield Found(feature, where, summary, "name the values, or remove the filter", key=True)


def features(world: World) -> Iterator[Found]:
    """Features that neither a plan nor an add-on sells."""
    used = {card.get("featureKey") for _, _, cards in world.card_lists() for card in cards}
    for feature in world.of(FEATURE):
        if feature.ref.key not in used:
            summary = f"no plan and no add-on of this catalog has feature `{feature.ref.key}`"
            yield Found(
                feature, ("key",), summary, f"add a rate card for it; {_ELSEWHERE.format('feature-unused')}"
            )


def addons(world: World) -> Iterator[Found]:
    """Add-ons that no plan offers."""
    offered = {one["addon"] for plan in world.of(PLAN) for one in as_plan(plan.body).get("addons") or ()}
    for addon in world.of(ADDON):
        if addon.ref.key not in offered:
            summary = f"no plan offers add-on `{addon.ref.key}`: nobody can buy it"
            yield Found(
                addon,
                ("key",),
                summary,
                f"add it to a plan: addons: [{{addon: {addon.ref.key}, fromPlanPhase: …}}]",
            )


def drafted_addons(world: World) -> Iterator[Found]:
    """Add-ons that are drafts and that a plan offers, be it a draft: only a published version can be (docs/server/assignments.md)."""
    drafts = {one.ref.key: one for one in world.of(ADDON) if one.lifecycle is Lifecycle.DRAFT}
    for plan in world.of(PLAN) if drafts else ():
        for n, one in enumerate(as_plan(plan.body).get("addons") or ()):
            draft = drafts.get(one["addon"])
            if draft is not None:
                summary = f"add-on `{draft.ref.key}` is a draft: unless a published version of it is live, this plan cannot offer it"
                hint = "leave `lifecycle: draft` out of the add-on, or offer it once it is published"
                yield Found(
                    plan, ("addons", n, "addon"), summary, hint, other=("the draft", draft, ("lifecycle",))
                )


def event_paths(world: World) -> Iterator[Found]:
    """Paths of meters that begin with `data`, as if `$` were the whole event."""
    for meter in world.of(METER):
        body = as_meter(meter.body)
        paths: list[tuple[Path, str]] = [(("valueProperty",), body.get("valueProperty") or "")]
        paths += [(("groupBy", name), path) for name, path in (body.get("groupBy") or {}).items()]
        for where, path in paths:
            if path.startswith("$.data."):
                summary = f"`{path}` begins with `data`, and `$` is the event's data already: it reads a member `data` within that"
                yield Found(meter, where, summary, f"write {path.replace('$.data.', '$.', 1)}")


def channels(world: World) -> Iterator[Found]:
    """Channels that no rule sends to."""
    used = {key for rule in world.of(RULE) for key in as_rule(rule.body)["channels"]}
    for channel in world.of(CHANNEL):
        if channel.ref.key not in used:
            summary = f"no rule sends to channel `{channel.ref.key}`"
            yield Found(channel, ("key",), summary, "name it in a rule's channels, or remove it")


def rules(world: World) -> Iterator[Found]:
    """Balance rules about features that have a metered entitlement nowhere."""
    balance = [one for one in world.of(RULE) if str(one.body["type"]).startswith("entitlements.")]
    granted = {card.get("featureKey") for _, _, card in world.cards.entitled["metered"]} if balance else set()
    for rule in balance:
        for n, key in enumerate(as_rule(rule.body).get("features") or ()):
            if key not in granted:
                summary = f"no plan and no add-on has a metered entitlement on feature `{key}`: the rule never fires for it"
                yield Found(
                    rule,
                    ("features", n),
                    summary,
                    "add an entitlementTemplate of type metered, or name another feature",
                )


def twins(world: World) -> Iterator[Found]:
    """Keys of one kind that differ by underscores only."""
    for kind in Kind:
        seen: dict[str, Resource] = {}
        for one in world.of(kind):
            bare = one.ref.key.replace("_", "")
            first = seen.setdefault(bare, one)
            if first is not one:
                name = "slug" if kind is METER else "key"
                summary = f"`{one.ref.key}` and `{first.ref.key}` differ by underscores only"
                yield Found(
                    one,
                    (name,),
                    summary,
                    "make one of them, or tell them apart by a word",
                    other=("the other one", first, (name,)),
                )


def currencies(world: World) -> Iterator[Found]:
    """Plans in another currency than most, which is that of more than half. A plan whose key or name says its currency counts for nothing."""
    plans = [one for one in world.of(PLAN) if not _says(one, str(one.body["currency"]))]
    usual, number = next(iter(Counter(str(one.body["currency"]) for one in plans).most_common(1)), ("", 0))
    if number * 2 <= len(plans):
        return
    for plan in plans:
        own = str(plan.body["currency"])
        if own != usual:
            summary = f"plan `{plan.ref.key}` is in {own}, most plans are in {usual}"
            hint = (
                f"if its amounts are in {usual}, write `currency: {usual}`; if they are in {own}, nothing is wrong: a plan whose key "
                f"or name has the word {own} is not noted"
            )
            yield Found(plan, ("currency",), summary, hint)


def _says(plan: Resource, currency: str) -> bool:
    return currency in re.split(r"[\W_]+", f"{plan.ref.key} {plan.body['name']}".upper())


def tax_codes_by_id(world: World) -> Iterator[Found]:
    """Tax codes named by an id, which is another one on every server."""
    for resource, place, card in world.cards.taxed:
        if card["taxConfig"].get("taxCodeId"):
            yield Found(
                resource,
                (*place, "taxConfig", "taxCodeId"),
                "this id is of one server: another one, such as production, refuses the plan",
                "write the code itself, `stripe: {code: txcd_…}`, or an overlay for each environment",
            )
