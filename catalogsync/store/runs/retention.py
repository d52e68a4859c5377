"""Which runs of an environment are not needed any more. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalogsync.store.runs.applied import Applied
from catalogsync.store.runs.record import Run


def outdated(runs: Sequence[Run], keep: int, applied: Applied | None) -> tuple[Run, ...]:
    """The runs beyond the newest `keep`, but for those that something needs: the newest of each outcome (to be resumed, or taken back), and the
    ones that what is known of the environment came from. `runs`: all of them, the newest first.
    """
    needed = {*_newest_of_each(runs), *_known_by(applied)}
    return tuple(one for one in runs[keep:] if one.id not in needed)


def _newest_of_each(runs: Sequence[Run]) -> Iterator[str]:
    newest = {one.outcome: one.id for one in reversed(runs)}
    yield from newest.values()


def _known_by(applied: Applied | None) -> Iterator[str]:
    if applied is not None:
        yield applied.run
        yield from (one.run for one in (*applied.objects.values(), *applied.left.values()))
