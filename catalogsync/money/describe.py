"""A plan or an add-on whole, by phases and cards, as titles and lines: nothing is cut, and what has no words of its own stands as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalogsync.core.canon import Body, dumps
from catalogsync.money import words

_CARD = frozenset(
    "type key name featureKey description metadata billingCadence price discounts entitlementTemplate taxConfig".split()
)
_PHASE = frozenset("key name description metadata duration rateCards".split())
_PLAN = frozenset(
    "key name description metadata currency billingCadence proRatingConfig settlementMode phases addons".split()
)
_ADDON = frozenset("key name description metadata currency instanceType rateCards".split())
_OFFER = frozenset("addon fromPlanPhase maxQuantity metadata".split())


@dataclass(frozen=True, slots=True)
class Section:
    """A title, what is to be said under it, and the sections inside."""

    title: str
    lines: tuple[str, ...] = ()
    parts: tuple[Section, ...] = ()

    def text(self, indent: str = "") -> Iterator[str]:
        """Title and lines, the inner ones indented by two."""
        yield indent + self.title
        yield from (f"{indent}  {line}" for line in self.lines)
        for part in self.parts:
            yield from part.text(indent + "  ")


def describe_plan(body: Body) -> Section:
    """A plan as a manifest writes it: its terms, its phases with their rate cards, the add-ons that it offers."""
    currency = _text(body.get("currency"))
    lines = [*_plain(body), f"currency {currency}", f"billed {words.cadence(body.get('billingCadence'))}"]
    lines += [*_proration(body.get("proRatingConfig")), *_settlement(body.get("settlementMode"))]
    phases = [describe_phase(phase, currency) for phase in _objects(body.get("phases"))]
    offers = tuple(_offer(one) for one in _objects(body.get("addons")))
    parts = (*phases, Section("add-ons", offers)) if offers else tuple(phases)
    return Section(_title("plan", body), (*lines, *_rest(body, _PLAN)), parts)


def describe_phase(phase: Body, currency: str) -> Section:
    """A phase of a plan: how long it lasts, its rate cards."""
    duration = phase.get("duration")
    lasts = f"for {words.duration(duration)}" if isinstance(duration, str) else "to the end"
    cards = tuple(describe_card(card, currency) for card in _objects(phase.get("rateCards")))
    lines = (*_plain(phase), *_rest(phase, _PHASE))
    return Section(
        f"{_title('phase', phase)}, {lasts}", lines or (() if cards else ("no rate cards",)), cards
    )


def describe_addon(body: Body) -> Section:
    """An add-on as a manifest writes it: how often it is bought, its rate cards."""
    currency, instances = _text(body.get("currency")), body.get("instanceType")
    bought = {"single": "bought once", "multiple": "bought in any number"}.get(
        _text(instances), _text(instances)
    )
    cards = tuple(describe_card(card, currency) for card in _objects(body.get("rateCards")))
    lines = (*_plain(body), f"currency {currency}", bought, *_rest(body, _ADDON))
    return Section(_title("add-on", body), lines, cards)


def describe_card(card: Body, currency: str) -> Section:
    """A rate card of a plan or an add-on in `currency`."""
    feature = card.get("featureKey")
    kind = "usage" if card.get("type") == "usage_based" else "fee"
    of_feature = f" of feature {feature}" if kind == "usage" else f" with feature {feature}"
    said = [kind + (of_feature if feature else ""), *words.sentences(card, currency)]
    return Section(
        _title("", card), (*said, *_tax(card.get("taxConfig")), *_plain(card), *_rest(card, _CARD))
    )


def _title(what: str, body: Body) -> str:
    key, name = _text(body.get("key")), body.get("name")
    return f"{what} {key}".strip() + (f": {name}" if isinstance(name, str) and name else "")


def _plain(body: Body) -> Iterator[str]:
    if body.get("description"):
        yield f"description: {body['description']}"
    if body.get("metadata"):
        yield f"metadata {dumps(body['metadata'])}"


def _proration(config: object) -> Iterator[str]:
    enabled = config.get("enabled") if isinstance(config, Mapping) else True
    yield f"fees are {'' if enabled is not False else 'not '}prorated in a part of a period"


def _settlement(mode: object) -> Iterator[str]:
    if mode is not None and mode != "credit_then_invoice":
        yield "paid with credits only" if mode == "credit_only" else f"settlement {mode}"


def _tax(config: object) -> Iterator[str]:
    if config is None:
        return
    if not isinstance(config, Mapping):
        yield f"tax {dumps(config)}"
        return
    stripe = config.get("stripe")
    code = stripe.get("code") if isinstance(stripe, Mapping) else None
    parts = [_text(config["behavior"])] if config.get("behavior") else []
    parts += [f"Stripe code {code}"] if code else []
    parts += [f"tax code {config['taxCodeId']}"] if config.get("taxCodeId") else []
    parts += _rest(config, frozenset({"behavior", "stripe", "taxCodeId"}))
    if parts:
        yield f"tax: {', '.join(parts)}"


def _offer(offer: Body) -> str:
    most = offer.get("maxQuantity")
    parts = [f"{offer.get('addon')} from phase {offer.get('fromPlanPhase')}"]
    parts += [f"at most {most}"] if most is not None else []
    parts += [f"metadata {dumps(offer['metadata'])}"] if offer.get("metadata") else []
    return ", ".join([*parts, *_rest(offer, _OFFER)])


def _rest(body: Body, said: frozenset[str]) -> Iterable[str]:
    """Members that have no words of their own."""
    return (
        f"{name} {dumps(value)}" for name, value in body.items() if name not in said and value is not None
    )


def _objects(value: object) -> Iterator[Body]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (one for one in value if isinstance(one, Mapping))


def _text(value: object) -> str:
    return value if isinstance(value, str) else dumps(value)
