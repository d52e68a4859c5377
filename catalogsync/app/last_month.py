"""Last month's usage, as the meters of a server have it, for the features that changed prices charge by."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import cast

from catalogsync import normalize
from catalogsync.app import environments
from catalogsync.app.asking import Asking
from catalogsync.app.environments import Target
from catalogsync.app.review import Review, covers
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.asked import Asked
from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import UsageError
from catalogsync.core.impact import Unread
from catalogsync.core.model import Catalog, LiveState, Ref
from catalogsync.core.wording import first_few
from catalogsync.openmeter.kinds import FEATURE
from catalogsync.openmeter.kinds.feature import as_feature
from catalogsync.store.environment import Environment
from catalogsync.targets.errors import ApiError
from catalogsync.targets.v1 import usage

NO_CATALOG = Catalog({})
PERIOD = "P1M"
MOST_FEATURES = 500
"""Features that are asked about at most, one call each."""
_NAMED = 3
_OWN = {
    404: "the server does not have its meter (404)",
    400: "the server refuses its filters for its meter (400)",
}


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC: its name, YYYY-MM, and the instants that it begins at and ends before."""

    name: str
    since: str
    until: str

    @classmethod
    def before(cls, day: datetime.date) -> Month:
        """The last one that is over."""
        until = day.replace(day=1)
        since = (until - datetime.timedelta(days=1)).replace(day=1)
        return cls(since.isoformat()[:7], f"{since}T00:00:00Z", f"{until}T00:00:00Z")


def source(named: str, runtime: Runtime, folder: Path | None = None) -> Environment:
    """The server of --usage-from or --events-from: an environment of the `catalogsync.yaml` found upwards from a folder, the current one if
    none is given; or a URL. Raises UsageError.
    """
    return environments.choose((folder or Path(),), Target.called(named), runtime)[1]


def read(
    review: Review, named: str, where: Environment, runtime: Runtime, catalog: Catalog = NO_CATALOG
) -> tuple[Asked, tuple[Diagnostic, ...]]:
    """What is asked, with last month's totals by subject as customers, and what of them is not known. `named`: the server, for people;
    `catalog`: where a feature is looked for that the server does not have.

    At most one call for each 1,000 features and one for each feature that a changed price charges by, none where no price changes. Raises
    UsageError beside usage of a file, and TargetError for a server that does not answer; what it refuses is reported.
    """
    if review.asked.customers:
        raise UsageError(
            "--usage and --usage-from both name what customers use", hint="leave one of them out"
        )
    month = Month.before(runtime.today())
    asked = replace(
        review.asked, source=f"{named} in {month.name} (each subject as a customer)", period=PERIOD
    )
    notes = list(_in_other_rhythms(review, asked))
    if not (wanted := _features(review, asked)):
        return asked, tuple(notes)
    with OpenMeter.of(where, runtime) as server:
        customers, more = _read(_Definitions(review, catalog), server, named, month, wanted)
    return replace(asked, customers=customers), (*notes, *more)


def _features(review: Review, asked: Asked) -> tuple[Ref, ...]:
    keys = {
        key
        for one in review.price_changes
        if one.changed and _covered(review, asked, one.ref)
        for key in review.charged(one.ref)
    }
    return tuple(Ref(FEATURE, key) for key in sorted(keys))


def _covered(review: Review, asked: Asked, ref: Ref) -> bool:
    return covers(asked, *(body for body in review.manifests(ref) if body is not None))


def _in_other_rhythms(review: Review, asked: Asked) -> Iterator[Diagnostic]:
    for one in review.price_changes:
        if one.changed and review.charged(one.ref) and not _covered(review, asked, one.ref):
            yield _unread(
                f"{one.ref} is not billed every month: one month's usage does not tell what its customers pay",
                "--usage FILE.csv gives the usage of one billing period",
            )


def _read(
    known: _Definitions, server: OpenMeter, named: str, month: Month, wanted: tuple[Ref, ...]
) -> tuple[dict[str, dict[str, Decimal]], tuple[Diagnostic, ...]]:
    """Quantities by customer and feature, and what is not known of them."""
    try:
        live = server.target.read(kinds=(FEATURE,))
    except ApiError as problem:
        why = "no permission" if problem.status in (401, 403) else "the server refused"
        return {}, (_unread(f"the features of {named} cannot be read: {why} ({problem.status})"),)
    definitions = {ref: known.of(ref, live) for ref in wanted}
    metered = tuple(ref for ref, body in definitions.items() if body.get("meterSlug"))
    asking = Asking(server.client, _OWN)

    def ask(ref: Ref) -> dict[str, Decimal]:
        body = definitions[ref]
        filters = cast("Body", as_feature(body).get("advancedMeterGroupByFilters") or {})
        return usage.by_subject(server.client, str(body["meterSlug"]), filters, month.since, month.until)

    totals = asking.each("usage", metered[:MOST_FEATURES], ask)
    unmetered = tuple(ref for ref in wanted if ref not in metered)
    unread = (
        Unread("usage", f"there is no such feature with a meter in {named}", unmetered),
        *asking.unread,
        Unread("usage", f"there are more than {MOST_FEATURES} features", metered[MOST_FEATURES:]),
    )
    return _by_customer(totals), (
        *(_untold(one) for one in unread if one.refs),
        *_negative(totals),
    )


@dataclass(frozen=True, slots=True)
class _Definitions:
    """What features are where they are new: in the changes, and in the files."""

    review: Review
    catalog: Catalog

    def of(self, ref: Ref, live: LiveState) -> Body:
        """A feature as the server has it, else as it will be; nothing where neither is known."""
        active, written = live.active(ref), self.catalog.resources.get(ref)
        if active is not None:
            return normalize.live(active, live)
        if written is not None:
            return normalize.desired(written, self.catalog)
        return self.review.bodies(ref)[1] or {}


def _by_customer(totals: Mapping[Ref, Mapping[str, Decimal]]) -> dict[str, dict[str, Decimal]]:
    """In the order of their names: the server has none."""
    found: dict[str, dict[str, Decimal]] = {}
    for ref, used in totals.items():
        for subject, quantity in used.items():
            if quantity >= 0:
                found.setdefault(subject, {})[ref.key] = quantity
    return dict(sorted(found.items()))


def _negative(totals: Mapping[Ref, Mapping[str, Decimal]]) -> Iterator[Diagnostic]:
    for ref, used in totals.items():
        below = sorted(subject for subject, quantity in used.items() if quantity < 0)
        if below:
            who = first_few(below, _NAMED)
            yield _unread(f"last month's usage of {ref.key} is below 0 for {who}: left out")


def _untold(one: Unread) -> Diagnostic:
    keys = ", ".join(sorted(ref.key for ref in one.refs))
    return _unread(f"last month's usage of {keys} is not known: {one.why}; the figures take it as 0")


def _unread(summary: str, hint: str = "") -> Diagnostic:
    return Diagnostic("usage-unread", Severity.WARNING, summary, hint=hint)
