"""What a reviewer has to see first: what goes, prices that rise, currencies that change. Errors and warnings have a place of their own."""

from __future__ import annotations

from collections.abc import Iterator

from catalogsync.app.review import Review
from catalogsync.core.changes import Action, Change
from catalogsync.core.plan import Plan
from catalogsync.render import price_change

_WORDS = {
    Action.IMPOSSIBLE: "cannot be done",
    Action.DELETE: "is deleted",
    Action.RECREATE: "is removed and created again",
    Action.ARCHIVE: "is archived",
}


def is_dangerous(change: Change, review: Review) -> bool:
    """Whether `of` says something about the change."""
    prices = review.price_change(change.ref)
    return change.action in _WORDS or (
        prices is not None and (prices.rises or prices.currencies[0] != prices.currencies[1])
    )


def of(plan: Plan, review: Review) -> Iterator[tuple[str, str]]:
    """An object, and what happens to it."""
    for change in plan.changes:
        if change.action in _WORDS:
            yield str(change.ref), _WORDS[change.action]
    for one in review.price_changes:
        if one.currencies[0] != one.currencies[1]:
            yield str(one.ref), f"the currency changes from {one.currencies[0]} to {one.currencies[1]}"
        if said := price_change.headline(one):
            yield str(one.ref), said
