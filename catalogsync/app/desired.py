"""What the files ask of an environment, chosen, loaded and checked."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalogsync.app import check, environments
from catalogsync.app.check import Checked
from catalogsync.app.environments import Chosen, Target
from catalogsync.app.runtime import Runtime
from catalogsync.core.asked import NOTHING_ASKED, Asked
from catalogsync.planner.prune import NOTHING_GONE, Gone
from catalogsync.store.environment import Environment


@dataclass(frozen=True, slots=True)
class Desired:
    """What the files ask for, without errors but for those of what may stand live from before a later rule, and the environment that they go to.

    `now`: the instant in UTC at which they are read; `asked`: the usage that fuses look at; `revision`: the commit they are at, looked up
    without; `gone`: what no file describes any more and is to be removed.
    """

    chosen: Chosen
    environment: Environment
    checked: Checked
    now: datetime.datetime
    asked: Asked = NOTHING_ASKED
    revision: str | None = None
    gone: Gone = NOTHING_GONE

    @property
    def today(self) -> datetime.date:
        """The day in UTC, with which waivers end."""
        return self.now.date()


FindGone = Callable[[Desired], Gone]
"""Finds what no file describes any more and is to be removed."""


def desired(paths: Sequence[Path], target: Target, runtime: Runtime, asked: Asked = NOTHING_ASKED) -> Desired:
    """Chooses, loads and checks. Raises UsageError for what cannot be chosen, InvalidCatalog for files with errors."""
    chosen, environment = environments.choose(paths, target, runtime)
    return Desired(chosen, environment, check.plannable(chosen, runtime), runtime.clock(), asked)


def pruned(wanted: Desired, find_gone: FindGone | None) -> Desired:
    """The same with what no file describes any more, where that is asked for."""
    return wanted if find_gone is None else replace(wanted, gone=find_gone(wanted))
