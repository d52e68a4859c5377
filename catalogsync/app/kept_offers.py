"""What published versions offer, from the run store: read by one plan, used by the next ones (docs/adr/0008)."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator

from catalogsync.app.runtime import Runtime
from catalogsync.app.server import Introduction, OpenMeter
from catalogsync.core import canon
from catalogsync.core.errors import CatalogsyncError
from catalogsync.store.environment import Environment
from catalogsync.store.offers import Offers
from catalogsync.store.runs.run_store import RunStore, opened


@contextlib.contextmanager
def used(
    server: OpenMeter, runtime: Runtime, *, refresh: bool = False, remember: bool = True
) -> Iterator[None]:
    """Plans on this server ask for no more than what may have changed, and what they read is kept. `refresh`: they ask for everything;
    without `remember` nothing is kept.

    Nothing is used or kept where there is no run store, and where the server's release is not one whose rules are known. A store that
    cannot be read or written hinders no plan.
    """
    store, place = None, server.environment.run_store
    with contextlib.suppress(CatalogsyncError):
        store = opened(place, runtime.environ) if place else None
    if store is None:
        yield
        return
    kept = _Kept(store, server.environment, refresh)
    server.known = lambda said: kept.known(said, runtime.clock())
    yield
    if remember:
        kept.keep(runtime)


class _Kept:
    """What is kept of one environment, during one plan."""

    def __init__(self, store: RunStore, environment: Environment, refresh: bool) -> None:
        self._store, self._environment, self._refresh = store, environment, refresh
        self._found: Offers | None = None
        self._tag = ""

    def known(self, said: Introduction, now: datetime.datetime) -> Offers:
        """What is known of this very server."""
        where, who = self._environment, said.identity
        server = canon.fingerprint([where.url, where.prefix, who.description_digest, *who.releases])
        found = Offers(server, now)
        if not said.server.known:
            return found
        with contextlib.suppress(CatalogsyncError):
            blob = self._store.offers(where.name)
            self._tag = blob.tag if blob is not None else ""
            if blob is not None and not self._refresh:
                found = Offers.of_bytes(blob.data, server, now)
            self._found = found
        return found

    def keep(self, runtime: Runtime) -> None:
        """Keeps what was read, and says what was not."""
        found = self._found
        if found is None:
            return
        if found.used:
            what = (
                "1 published version offers"
                if found.used == 1
                else f"{found.used:,} published versions offer"
            )
            runtime.say(
                f"note: what {what} was read before ({found.since:%Y-%m-%d %H:%M} UTC at the earliest); "
                "--refresh reads it again"
            )
        if found.is_new:
            with contextlib.suppress(CatalogsyncError):
                self._store.keep_offers(self._environment.name, found.to_bytes(), self._tag)
