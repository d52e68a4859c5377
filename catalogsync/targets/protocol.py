"""What every target can do: read what is live, read one object again, say a step as a request, send it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalogsync.core.canon import Body, Json
from catalogsync.core.model import Kind, LiveGroup, LiveState, Ref
from catalogsync.core.plan import Step
from catalogsync.core.values import IdRef


@dataclass(frozen=True, slots=True)
class Request:
    """A step as a call. The path's parts and the body's values may be `IdRef`s, the body's `SecretRef`s and `LiveValue`s too: each is
    filled in at the moment of the call. `path` is below the prefix.
    """

    method: str
    path: tuple[str | IdRef, ...]
    body: Body | None


def path_text(request: Request) -> str:
    """The path for people: ids that are not known yet as `{plan/pro#draft}`."""
    return "/" + "/".join(str(part) for part in request.path)


Lookup = Callable[[object, Ref], Json]
"""The plain value behind a special one (`core.values`), for the object that the step is about. Raises TargetError, Refused."""


class Target(Protocol):
    """One server in one dialect. Safe to use from several threads."""

    phase: str
    """What this thread's calls are for: read, write or verify."""

    def identity(self) -> tuple[str, str]:
        """The server's version and the digest of its API description; "" for what it does not tell."""
        ...

    def read(self, kinds: Iterable[Kind] = ..., offers_of: Container[Ref] | None = ...) -> LiveState:
        """Everything live of these kinds. `offers_of`: the objects whose offers are asked for, by default all. Raises TargetError."""
        ...

    def read_groups(self, refs: Iterable[Ref]) -> LiveState:
        """The kinds that the objects are of, and those that are needed to understand them."""
        ...

    def reread(self, group: LiveGroup, known_id: str = "") -> LiveGroup:
        """One object as it is now, by calls for it alone. `known_id`: the id that an answer has just given it."""
        ...

    def reread_together(self, groups: Sequence[LiveGroup]) -> tuple[LiveGroup, ...]:
        """Several objects of one kind as they are now, in as few calls as they can share."""
        ...

    def read_answer(self, step: Step, group: LiveGroup, answer: Json) -> LiveGroup | None:
        """The object after a step as the answer to it tells; `group`: as it was known before. None where it has to be reread."""
        ...

    def encode(self, step: Step) -> Request:
        """The step as a request."""
        ...

    def send(self, request: Request, ref: Ref, lookup: Lookup) -> Json:
        """Sends it with every special value filled in; the answer's body. Raises ApiError, Unreachable, Ambiguous."""
        ...
