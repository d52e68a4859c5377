"""What was done: an outcome per step and a report per run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalogsync.core.changes import FieldChange
from catalogsync.core.plan import Plan, Step


class Status(StrEnum):
    """How a step ended.

    done: sent, accepted, read back in the desired state · already: already in the desired state, nothing sent ·
    different: accepted, but stored differently than sent ·
    failed: refused · unknown: sent, no answer, and reading back did not settle it · skipped: a step it needs was not done ·
    not_tried: the run stopped before it.
    """

    DONE = "done"
    ALREADY = "already"
    DIFFERENT = "different"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    NOT_TRIED = "not_tried"

    @property
    def is_good(self) -> bool:
        return self in (Status.DONE, Status.ALREADY)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step's end. `message` is for people (the server's own words where it refused); `fields` name what came back otherwise."""

    step: Step
    status: Status
    message: str = ""
    http_status: int | None = None
    request_id: str = ""
    milliseconds: int = 0
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RunReport:
    """All outcomes of one run, in the order of the steps; `calls`: phase (read, write, verify), number of requests, milliseconds.

    `interrupted`: the person stopped the run; what was under way was finished.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...]
    calls: tuple[tuple[str, int, int], ...] = ()
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        return all(o.status.is_good for o in self.outcomes)
