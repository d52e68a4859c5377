"""A document as one HTML file: nothing is loaded from elsewhere, no script, light and dark, printable. Values are text and nothing else.

The page is put together in `templates/report.html`; each section is a file of its own in `templates/report/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from catalogsync import __version__
from catalogsync.app import urgent
from catalogsync.core.changes import Change
from catalogsync.core.diagnostics import Diagnostic, on_one_line
from catalogsync.core.report import Outcome
from catalogsync.core.wording import counted
from catalogsync.money.describe import Section
from catalogsync.openmeter import field_paths
from catalogsync.openmeter.kinds import rate_cards
from catalogsync.render import (
    cards,
    dangers,
    plan_words,
    price_change,
    price_curves,
    price_tiers,
    results,
    trial_text,
)
from catalogsync.render.document import Call, Document
from catalogsync.render.findings_words import hinted_once
from catalogsync.targets import path_text

if TYPE_CHECKING:
    from jinja2 import Template

_TITLES = {"plan": "Plan", "apply": "Apply", "diff": "Difference", "validate": "Findings"}


@dataclass(frozen=True, slots=True)
class _Prices:
    """A block of what changed prices mean, with its picture and its tiers."""

    block: price_change.Block
    picture: price_curves.Picture | None = None
    tiers: tuple[price_tiers.Row, ...] = ()


@dataclass(frozen=True, slots=True)
class _Object:
    """A change with all that is shown of it. `id`: its anchor; `touched`: lines on the customers that it touches."""

    id: str
    change: Change
    what: str
    whole: Section | None
    fields: tuple[tuple[str, str | None, str | None, str], ...]
    prices: tuple[_Prices, ...]
    dangers: tuple[Diagnostic, ...]
    touched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """A call, what it is to do in words, how it ended."""

    call: Call
    path: str
    outcome: Outcome | None


def render(document: Document) -> str:
    """All of it, nothing left out."""
    found, first = tuple(dangers.of(document)), urgent.of(document.diagnostics)
    title, _, lead = (document.summary or counted(len(document.diagnostics), "finding")).partition(". ")
    undone = tuple(results.outcome(one, document) for one in document.outcomes if not one.status.is_good)
    outcomes = {one.step.number: one for one in document.outcomes}
    objects = tuple(
        _object(number, change, document, tuple(one for one in found if one.subject == str(change.ref)))
        for number, change in enumerate(document.changes, 1)
    )
    return _template().render(
        document=document,
        title=title,
        lead=lead,
        eyebrow=_TITLES.get(document.verb, document.verb),
        server="" if document.target is None else plan_words.which_server(document.target),
        first=(*(one for one in document.diagnostics if one.is_error), *undone, *found, *hinted_once(first)),
        notes=hinted_once(one for one in document.diagnostics if not one.is_error and one not in first),
        remarks=(*price_change.unused(document.review), *document.untold),
        objects=objects,
        anchors={str(one.change.ref): one.id for one in objects},
        steps=tuple(
            _Step(call, path_text(call.request), outcomes.get(call.step.number)) for call in document.calls
        ),
        trials=() if document.trials is None else tuple(trial_text.blocks(document.trials)),
        figures=tuple(_figures(document, len(first) + len(found))),
        words=plan_words,
        width=price_curves.WIDTH,
        height=price_curves.HEIGHT,
        version=__version__,
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
    return environment.get_template("report.html")


def _shown(value: object) -> object:
    """What stands in a value and breaks or turns a line is made visible; what is markup already stays."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else on_one_line(value)


def _figures(document: Document, found: int) -> Iterator[tuple[str, int, str]]:
    """What the page comes to in numbers: the words, the number, and whether it is to be looked at."""
    for name, number in document.counts():
        yield name, number, ""
    if document.calls and not document.ran:
        yield "call" if len(document.calls) == 1 else "calls", len(document.calls), ""
    if found:
        yield "danger" if found == 1 else "dangers", found, "danger"
    if errors := sum(one.is_error for one in document.diagnostics):
        yield "error" if errors == 1 else "errors", errors, "danger"


def _object(number: int, change: Change, document: Document, found: tuple[Diagnostic, ...]) -> _Object:
    whole = cards.whole(document.review, change)
    fields = tuple(
        (field_paths.shown(one.path), _value(one.before), _value(one.after), plan_words.aside(change, one))
        for one in change.fields
    )
    return _Object(
        f"object-{number}",
        change,
        plan_words.what(change),
        whole,
        () if whole is not None else fields,
        () if whole is not None else tuple(_prices(change, document)),
        found,
        document.touched.get(change.ref, ()),
    )


def _prices(change: Change, document: Document) -> Iterator[_Prices]:
    review = document.review
    prices = review.price_change(change.ref)
    for block in price_change.blocks(review, change.ref):
        if block.moved is None or block.comparison is None or prices is None:
            yield _Prices(block)
            continue
        place = (block.moved.phase, block.moved.key)
        old, new = (rate_cards.find(body, *place) for body in review.manifests(change.ref))
        yield _Prices(
            block,
            price_curves.picture(old, new, block.comparison, prices.currencies[1]),
            price_tiers.table(old, new, prices.currencies),
        )


def _value(value: object) -> str | None:
    return None if value is None else plan_words.value(value)
