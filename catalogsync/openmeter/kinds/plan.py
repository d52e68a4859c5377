"""Plans: phases of rate cards, in versions, with the add-ons that a version offers (docs/server/plans.md#plans,
docs/server/assignments.md#assignments).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypedDict, cast

from catalogsync.core import canon
from catalogsync.core.canon import Body
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.core.values import After
from catalogsync.openmeter.kinds import rate_cards
from catalogsync.openmeter.kinds.rate_card_shapes import RateCard
from catalogsync.openmeter.kinds.spec import VERSION, Keyed, KeyOf, KindSpec, Normal, Reference
from catalogsync.openmeter.kinds.texts import Texts, given, texts
from catalogsync.openmeter.scalars import period

PLAN = Kind.declare("plan")


class _Phase(Texts, total=False):
    key: str
    duration: str | None


class Phase(_Phase, total=False):
    """A phase, as a manifest or an answer has it; `duration` in ISO 8601."""

    rateCards: Sequence[RateCard]


class NormalPhase(_Phase, total=False):
    """A phase in normal form: its rate cards by key."""

    rateCards: Mapping[str, RateCard]


class Offer(TypedDict, total=False):
    """An add-on that a plan version offers. `addon`, its key, in a manifest; `version` in normal form: a number, `After` one, or None for
    the one that is active.
    """

    addon: str
    fromPlanPhase: str
    maxQuantity: int | Decimal | None
    metadata: Mapping[str, str] | None
    version: int | After | None


class ProRating(TypedDict, total=False):
    """Whether a part of a period costs a part of the price."""

    enabled: bool
    mode: str


class _Plan(Texts, total=False):
    key: str
    currency: str
    billingCadence: str
    settlementMode: str | None
    proRatingConfig: ProRating | None


class PlanBody(_Plan, total=False):
    """A plan, as a manifest or an answer has it; `billingCadence` in ISO 8601."""

    phases: Sequence[Phase]
    addons: Sequence[Offer]


class NormalPlan(_Plan, total=False):
    """A plan in normal form: phases and offers by key, the phases' order beside them."""

    phases: Mapping[str, NormalPhase]
    phaseOrder: Sequence[str]
    addons: Mapping[str, Offer]


def as_plan(body: Body) -> PlanBody:
    """A body that a schema, or the server, vouches for."""
    return cast("PlanBody", body)


def as_offer(body: Body) -> Offer:
    """An offer, or an assignment that the server vouches for."""
    return cast("Offer", body)


def _of(normal: Body) -> NormalPlan:
    return cast("NormalPlan", normal)


def _normal(body: Body, _key: str, _key_of: KeyOf) -> Normal:
    """The phases' order stands beside them as `phaseOrder`, offers under `addons` by add-on key (`offer`)."""
    raw = as_plan(body)
    pro_rating: ProRating = raw.get("proRatingConfig") or {}
    out: Normal = {
        "name": raw.get("name"),
        "currency": raw.get("currency"),
        "billingCadence": period(raw["billingCadence"]) if raw.get("billingCadence") else None,
        "settlementMode": raw.get("settlementMode") or "credit_then_invoice",
        "proRatingConfig": {
            "enabled": pro_rating.get("enabled", True),
            "mode": pro_rating.get("mode") or "prorate_prices",
        },
    }
    texts(raw, out)
    phases = raw.get("phases") or ()
    out["phases"] = {item["key"]: _phase(item) for item in phases}
    out["phaseOrder"] = [item["key"] for item in phases]
    out["addons"] = {item["addon"]: offer(item) for item in raw.get("addons") or ()}
    return out


def _phase(raw: Phase) -> Normal:
    out: Normal = {"name": raw.get("name")}
    texts(raw, out)
    if duration := raw.get("duration"):
        out["duration"] = period(duration)
    out["rateCards"] = rate_cards.by_key(raw.get("rateCards") or ())
    return out


def offer(raw: Offer, version: int | None = None) -> Normal:
    """An add-on that a plan version offers, in a version; None stands for the one that is active, which a manifest always means."""
    out: Normal = {"fromPlanPhase": raw.get("fromPlanPhase")}
    most = raw.get("maxQuantity")
    if most is not None:
        out["maxQuantity"] = canon.number(most)
    if raw.get("metadata"):
        out["metadata"] = raw["metadata"]
    out["version"] = version
    return out


def _request(body: Body, key: str) -> Normal:
    names = (
        "name",
        "description",
        "metadata",
        "currency",
        "billingCadence",
        "proRatingConfig",
        "settlementMode",
    )
    normal = _of(body)
    phases = [_phase_request(name, normal["phases"][name]) for name in normal["phaseOrder"]]
    return {"key": key, **given(body, names), "phases": phases}


def _phase_request(key: str, normal: NormalPhase) -> Normal:
    out = {"key": key, **given(normal, ("name", "description", "metadata"))}
    return {**out, "duration": normal.get("duration"), "rateCards": rate_cards.requests(normal["rateCards"])}


def _manifest(body: Body, key: str) -> Normal:
    normal = _of(body)
    out: Normal = {"key": key, **{n: v for n, v in normal.items() if n not in ("phaseOrder", "addons")}}
    out["phases"] = [_phase_manifest(name, normal["phases"][name]) for name in normal["phaseOrder"]]
    offers = [
        {"addon": name, **{n: v for n, v in item.items() if n != "version"}}
        for name, item in sorted(normal["addons"].items())
        if "@" not in name
    ]
    return {**out, "addons": offers} if offers else out


def _phase_manifest(key: str, normal: NormalPhase) -> Normal:
    return {"key": key, **normal, "rateCards": rate_cards.manifests(normal["rateCards"])}


def _aligned(expected: Body, live: Body, _unseen: frozenset[str]) -> Body:
    ours, theirs = _of(expected), _of(live)
    wanted, offers = ours["addons"], theirs["addons"]
    told = {
        k: {**v, "version": _told(wanted[k]["version"], v["version"])} if k in wanted else v
        for k, v in offers.items()
    }
    return {**live, "phases": _phases(ours["phases"], theirs["phases"]), "addons": told}


def _told(expected: int | After | None, version: int | After | None) -> int | After | None:
    """A version as far as it can be known from the expected one: none in particular, or one that did not exist yet."""
    if expected is None or (
        isinstance(expected, After) and isinstance(version, int) and version > expected.version
    ):
        return expected
    return version


def _phases(expected: Mapping[str, NormalPhase], live: Mapping[str, NormalPhase]) -> Normal:
    return {
        key: {**phase, "rateCards": rate_cards.aligned(expected[key]["rateCards"], phase["rateCards"])}
        if key in expected
        else phase
        for key, phase in live.items()
    }


SPEC = KindSpec(
    kind=PLAN,
    title="plan",
    about="What a customer subscribes to: phases of rate cards, and the add-ons offered with them.",
    collection="/plans",
    folder="plans",
    list_query={"orderBy": "id"},
    read_only=VERSION,
    lifecycles=tuple(Lifecycle),
    versioned=True,
    renamed="Customers who are subscribed to the old one stay on it, at its prices, until they are moved. Once it is archived, nobody new gets it.",
    held_by="subscription",
    version_fixed=frozenset({"currency"}),
    put=("name", "description", "metadata", "billingCadence", "proRatingConfig", "settlementMode", "phases"),
    cleared={"description": "", "metadata": {}},
    normal=_normal,
    request=_request,
    manifest=_manifest,
    aligned=_aligned,
    lists={
        ("phases",): Keyed("key", ordered=True),
        **rate_cards.lists("phases"),
        ("addons",): Keyed("addon"),
    },
    references=(
        *rate_cards.references("phases"),
        Reference(
            ("addons", "addon"), "addon", "reference-unknown-addon", holds=True, permanent=True, assigned=True
        ),
    ),
)
