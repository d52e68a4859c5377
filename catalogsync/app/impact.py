"""The blast radius of a plan: what the server tells of the customers that it touches. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from catalogsync.app.asking import Asking
from catalogsync.app.impact_scope import Scope, new_signups, scope
from catalogsync.core.impact import NUMBER_UNKNOWN, Holders, Impact, Subscribers, Unread
from catalogsync.core.model import Catalog, LiveState, Ref
from catalogsync.core.plan import Plan
from catalogsync.targets.v1 import impact as reads
from catalogsync.targets.v1.client import Client

MOST_OBJECTS = 500
"""Objects that are asked about at most, one call each."""
MOST_PAGES = 100
"""Further calls at most: a page of 1,000 customers tells which versions they are on."""


def impact_of(plan: Plan, catalog: Catalog, live: LiveState, client: Client) -> Impact:
    """Who is touched by a plan.

    At most `2 * MOST_OBJECTS + MOST_PAGES` calls: one for each plan and feature that is touched, one for each plan that gets a new version, and
    one for each 1,000 customers of a plan that has had more than one version. What is not asked or not answered is in `unread`; nothing is
    raised for it.
    """
    wanted = scope(plan, catalog, live)
    asking = Asking(client)
    room = max(0, MOST_OBJECTS - len(wanted.subscribed))
    subscribed, entitled = wanted.subscribed[:MOST_OBJECTS], wanted.entitled[:room]
    totals = asking.each("customers", subscribed, lambda ref: reads.subscribed(client, ref.key))
    holders = asking.each("entitlements", entitled, lambda ref: reads.entitled(client, ref.key))
    versions = _versions(asking, client, totals, live)
    signups = {ref: new_signups(plan, ref, live) for ref in totals}
    coming = tuple(ref for ref, version in signups.items() if version == NUMBER_UNKNOWN)
    highest = asking.each(
        "the number of the new version", coming, lambda ref: reads.highest_version(client, ref.kind, ref.key)
    )
    signups |= {ref: version + 1 for ref, version in highest.items()}
    return Impact(
        tuple(_subscribers(ref, total, versions.get(ref), signups[ref]) for ref, total in totals.items()),
        tuple(Holders(ref, number) for ref, number in holders.items()),
        wanted.used,
        (*asking.unread, *_beyond(wanted, room)),
    )


def _versions(
    asking: Asking, client: Client, totals: Mapping[Ref, int], live: LiveState
) -> dict[Ref, Counter[int]]:
    """How many customers are on which version, for plans that have customers; by one page of 1,000 each where there was more than one."""
    found: dict[Ref, Counter[int]] = {}
    pages_of: dict[Ref, int] = {}
    left = MOST_PAGES
    for ref, total in totals.items():
        only = _only_version(ref, live)
        if only is not None:
            found[ref] = Counter({only: total} if total else {})
            continue
        pages_of[ref] = min(left, -(-total // reads.PAGE))
        left -= pages_of[ref]

    def read(ref: Ref) -> Counter[int]:
        parts: Iterable[Counter[int]] = (
            reads.subscribed_versions(client, ref.key, page) for page in range(1, pages_of[ref] + 1)
        )
        return sum(parts, Counter())

    return found | asking.each("versions of customers", tuple(ref for ref, n in pages_of.items() if n), read)


def _only_version(ref: Ref, live: LiveState) -> int | None:
    """The one version that was ever published: customers can be on no other. None where there may be several."""
    active = live.active(ref)
    return 1 if active is not None and active.version == 1 else None


def _subscribers(ref: Ref, total: int, versions: Counter[int] | None, signups: int | None) -> Subscribers:
    known = versions or Counter()
    newest_first = tuple(sorted(((v, n) for v, n in known.items() if n), reverse=True))
    rest = max(0, total - sum(known.values()))
    return Subscribers(ref, total, newest_first, rest, signups)


def _beyond(wanted: Scope, room: int) -> tuple[Unread, ...]:
    left = (*wanted.subscribed[MOST_OBJECTS:], *wanted.entitled[room:])
    why = f"more than {MOST_OBJECTS} objects are touched"
    return (Unread("customers and entitlements", why, left),) if left else ()
