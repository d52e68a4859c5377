"""A plan as one HTML file: nothing is loaded from elsewhere, no script, light and dark, printable. Values are text and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from catalogsync.app.review import Review
from catalogsync.core.canon import dumps
from catalogsync.core.changes import Change
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.plan import Plan
from catalogsync.core.values import Special, readable
from catalogsync.money.describe import Section
from catalogsync.render import cards, dangers, price_change, price_curves
from catalogsync.render.plan_text import WORDS, summary, which_server
from catalogsync.targets import Describe, path_text

if TYPE_CHECKING:
    from jinja2 import Template


@dataclass(frozen=True, slots=True)
class _Object:
    """A change with all that is shown of it. `id`: its anchor."""

    id: str
    change: Change
    what: str
    whole: Section | None
    fields: tuple[tuple[str, str | None, str | None], ...]
    blocks: tuple[tuple[price_change.Block, price_curves.Picture | None], ...]
    dangerous: bool


def render(plan: Plan, describe: Describe, review: Review | None = None) -> str:
    """The whole plan, nothing left out."""
    review = review or Review.of(plan)
    return _template().render(
        plan=plan,
        summary=summary(plan),
        server=which_server(plan.target),
        dangers=tuple(dangers.of(plan, review)),
        objects=tuple(_object(number, change, review) for number, change in enumerate(plan.changes, 1)),
        steps=tuple(
            (step, request.method, path_text(request)) for step in plan.steps for request in (describe(step),)
        ),
        notes=tuple(price_change.unused(review)),
        width=price_curves.WIDTH,
        height=price_curves.HEIGHT,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("catalogsync.render"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("plan.html")


def _shown(value: object) -> object:
    """What stands in a value and breaks or turns a line is made visible; what is markup already stays."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else on_one_line(value)


def _object(number: int, change: Change, review: Review) -> _Object:
    whole = cards.whole(review, change)
    version = f" (version {change.version})" if change.version else ""
    blocks = () if whole is not None else tuple(_blocks(change, review))
    fields = tuple((one.path, _value(one.before), _value(one.after)) for one in change.fields)
    return _Object(
        f"object-{number}",
        change,
        f"{WORDS[change.action]}{version}",
        whole,
        () if whole is not None else fields,
        blocks,
        dangers.is_dangerous(change, review),
    )


def _blocks(change: Change, review: Review) -> list[tuple[price_change.Block, price_curves.Picture | None]]:
    found = []
    for block in price_change.blocks(review, change.ref):
        found.append((block, None if block.card is None else _picture(block.card, change, review)))
    return found


def _picture(place: tuple[str, str], change: Change, review: Review) -> price_curves.Picture | None:
    prices = review.price_change(change.ref)
    if prices is None:
        return None
    card = next(c for p in prices.changed if p.key == place[0] for c in p.cards if c.key == place[1])
    old, new = (cards.find(body, *place) for body in review.manifests(change.ref))
    return price_curves.picture(old, new, card.comparison, prices.currencies[1])


def _value(value: object) -> str | None:
    if value is None:
        return None
    return str(value) if isinstance(value, Special) else dumps(readable(value))
