"""A target whose answers are written down, for tests of what a run makes of them: no server, no dialect, no time."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalogsync.core.canon import Json
from catalogsync.core.model import Kind, LiveGroup, LiveState, Ref
from catalogsync.core.plan import Step
from catalogsync.targets.protocol import Lookup, Request


@dataclass
class Scripted:
    """`sends`: what comes of each write; `reads`: what each look shows; exceptions are raised. More calls than that fail the test.

    `calls`: what was asked for, each with its phase.
    """

    sends: list[Any]
    reads: list[Any]
    phase: str = "none"
    calls: list[str] = field(default_factory=list)

    def identity(self) -> tuple[str, str]:
        return "", ""

    def encode(self, step: Step) -> Request:
        return Request("", (str(step.verb), step.id or "new"), step.body)

    def send(self, request: Request, ref: Ref, lookup: Lookup) -> Json:
        return self._next(f"{'/'.join(map(str, request.path))} {ref}", self.sends)

    def reread(self, group: LiveGroup, known_id: str = "") -> LiveGroup:
        return self._next(" ".join(filter(None, ["reread", str(group.ref), known_id])), self.reads)

    def reread_together(self, groups: Sequence[LiveGroup]) -> tuple[LiveGroup, ...]:
        return tuple(self.reread(one) for one in groups)

    def read(self, kinds: Iterable[Kind] = (), offers_of: Container[Ref] | None = None) -> LiveState:
        asked = sorted(map(str, offers_of)) if isinstance(offers_of, set) else []
        return self._next(" ".join(["read", *kinds, *asked]), self.reads)

    def read_groups(self, refs: Iterable[Ref]) -> LiveState:
        return self._next(" ".join(["read_groups", *map(str, refs)]), self.reads)

    def read_answer(self, step: Step, group: LiveGroup, answer: Any) -> LiveGroup | None:
        return answer if isinstance(answer, LiveGroup) else None

    def _next(self, call: str, script: list[Any]) -> Any:
        self.calls.append(f"{self.phase}: {call}")
        found = script.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class Kept:
    """A journal in memory."""

    events: list[str] = field(default_factory=list)

    def note(self, event: str, **more: Json) -> None:
        self.events.append(" ".join([event, *(f"{name}={value}" for name, value in more.items())]))
