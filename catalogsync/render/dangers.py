"""What a reviewer has to see first: what goes, prices that rise, currencies that change; beside errors and urgent warnings (`app.urgent`)."""

from __future__ import annotations

from collections.abc import Iterator

from catalogsync.app.review import PriceChange, Review
from catalogsync.core.changes import Action, Change
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.render import price_change
from catalogsync.render.document import Document

_REMOVALS = {
    Action.IMPOSSIBLE: ("change-impossible", "impossible"),
    Action.DELETE: ("change-delete", "deleted"),
    Action.RECREATE: ("change-recreate", "removed and created again"),
    Action.ARCHIVE: ("change-archive", "archived"),
}


def is_dangerous(change: Change, review: Review) -> bool:
    """Whether `of` says something about the change."""
    prices = review.price_change(change.ref)
    return change.action in _REMOVALS or (
        prices is not None and (prices.rises or prices.currencies[0] != prices.currencies[1])
    )


def of(document: Document) -> Iterator[Diagnostic]:
    """A warning for each danger, with the object as its subject and its place in the manifest."""
    for change in document.changes:
        if change.action in _REMOVALS:
            code, said = _REMOVALS[change.action]
            detail = "; ".join(
                part for part in (change.reason, *document.touched.get(change.ref, ())) if part
            )
            yield _danger(change, code, said, change.where, detail)
    for change in document.changes:
        prices = document.review.price_change(change.ref)
        if prices is not None:
            yield from _prices(change, prices)


def _prices(change: Change, prices: PriceChange) -> Iterator[Diagnostic]:
    old, new = prices.currencies
    if old != new:
        said = f"the currency changes from {old} to {new}"
        yield _danger(change, "currency-changes", said, place(change, "currency"))
    if said := price_change.headline(prices):
        card = price_change.steepest(prices)
        yield _danger(change, "price-rises", said, change.where if card is None else place(change, *card))


def place(change: Change, phase: str, card: str = "") -> SourceRef | None:
    """Where a member of the change, or a rate card that it changes, is written; else the manifest."""
    path = f"phases.{phase}.rateCards.{card}" if phase and card else f"rateCards.{card}" if card else phase
    return next(
        (one.where for one in change.fields if one.where and f"{one.path}.".startswith(f"{path}.")),
        change.where,
    )


def _danger(change: Change, code: str, said: str, where: SourceRef | None, detail: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, said, where, detail=detail, subject=str(change.ref))
