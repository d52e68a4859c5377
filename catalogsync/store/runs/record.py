"""One run: who applied what to which environment, when, at which revision, and how it ended."""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict, cast

from catalogsync.core import canon
from catalogsync.core.canon import JsonObject

_ID = re.compile(r"(?P<environment>.+)-\d{8}T\d{9}Z-[0-9a-f]{6}")


class RunOutcome(StrEnum):
    """How a run ended.

    running: it has not ended · done: every step is done or was done already · in_step: there was nothing to do · incomplete: a step was
    not done · interrupted: the person stopped it · refused: nothing was sent, or its lock was taken away · failed: the server could not be
    read · lost: it has not ended and does not hold the lock any more.
    """

    RUNNING = "running"
    DONE = "done"
    IN_STEP = "in_step"
    INCOMPLETE = "incomplete"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Run:
    """`plan` is the digest of the plan that it carried out, `steps` how many of its steps ended in which way. `proven`: the server was read
    again, and a second plan was empty; `note` says why not, or why the run ended as it did. Instants are RFC 3339 in UTC.
    """

    id: str
    environment: str
    url: str
    who: str
    began: str
    revision: str = ""
    plan: str = ""
    fence: int = 0
    ended: str = ""
    outcome: RunOutcome = RunOutcome.RUNNING
    proven: bool = False
    steps: Mapping[str, int] = field(default_factory=dict)
    note: str = ""

    @property
    def is_good(self) -> bool:
        return self.outcome in (RunOutcome.DONE, RunOutcome.IN_STEP)


class _Saved(TypedDict):
    id: str
    environment: str
    url: str
    who: str
    began: str
    ended: str
    revision: str
    plan: str
    fence: int
    outcome: str
    proven: bool
    steps: dict[str, int]
    note: str


def new_id(environment: str, now: datetime.datetime) -> str:
    """A name for a run: ids of one environment sort by when they began."""
    return f"{environment}-{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z-{secrets.token_hex(3)}"


def environment_of(run: str) -> str:
    """The environment in a run's id, "" for what is not a run's id."""
    found = _ID.fullmatch(run)
    return found["environment"] if found else ""


def to_json(run: Run) -> JsonObject:
    """The run's members, as the store keeps them and `--format json` shows them."""
    return {
        "id": run.id,
        "environment": run.environment,
        "url": run.url,
        "who": run.who,
        "began": run.began,
        "ended": run.ended,
        "revision": run.revision,
        "plan": run.plan,
        "fence": run.fence,
        "outcome": str(run.outcome),
        "proven": run.proven,
        "steps": dict(run.steps),
        "note": run.note,
    }


def to_bytes(run: Run) -> bytes:
    """The run as the store keeps it."""
    return canon.pretty(to_json(run)).encode()


def from_bytes(data: bytes) -> Run:
    """The run that `to_bytes` wrote. Raises ValueError, KeyError or TypeError on anything else."""
    said = cast("_Saved", canon.loads(data))
    return Run(
        said["id"],
        said["environment"],
        said["url"],
        said["who"],
        said["began"],
        said["revision"],
        said["plan"],
        said["fence"],
        said["ended"],
        RunOutcome(said["outcome"]),
        said["proven"],
        said["steps"],
        said["note"],
    )
