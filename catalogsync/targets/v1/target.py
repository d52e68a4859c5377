"""The v1 API behind the protocol of targets."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from urllib.parse import quote

from catalogsync.core.canon import Json, Scalar
from catalogsync.core.model import Kind, LiveGroup, LiveState, Ref
from catalogsync.core.plan import Step
from catalogsync.core.values import Special
from catalogsync.targets.protocol import Lookup, Request
from catalogsync.targets.v1 import answers, encoder, reader
from catalogsync.targets.v1.client import Client
from catalogsync.targets.v1.offers import Known


class V1:
    """A server, through its v1 API (`targets.protocol.Target`)."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @property
    def phase(self) -> str:
        """What this thread's calls are for: read, write or verify."""
        return self.client.phase

    @phase.setter
    def phase(self, phase: str) -> None:
        self.client.phase = phase

    def identity(self) -> tuple[str, str]:
        return self.client.identity()

    def read(
        self,
        kinds: Iterable[Kind] | None = None,
        offers_of: Container[Ref] | None = None,
        known: Callable[[], Known] | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> LiveState:
        return reader.read(self.client, kinds=kinds, offers_of=offers_of, known=known, meanwhile=meanwhile)

    def read_groups(self, refs: Iterable[Ref]) -> LiveState:
        return reader.read_groups(self.client, refs)

    def reread(self, group: LiveGroup, known_id: str = "") -> LiveGroup:
        return reader.reread(self.client, group, known_id)

    def reread_together(self, groups: Sequence[LiveGroup]) -> tuple[LiveGroup, ...]:
        return reader.reread_together(self.client, groups)

    def read_answer(self, step: Step, group: LiveGroup, answer: Json) -> LiveGroup | None:
        return answers.read(step, group, answer)

    def encode(self, step: Step) -> Request:
        return encoder.encode(step)

    def send(self, request: Request, ref: Ref, lookup: Lookup) -> Json:
        parts = (
            part if isinstance(part, str) else quote(str(lookup(part, ref)), safe="") for part in request.path
        )
        said = request.body
        body = None if said is None else {n: _filled(value, ref, lookup) for n, value in said.items()}
        return self.client.send(request.method, "/" + "/".join(parts), body)


def _filled(value: object, ref: Ref, lookup: Lookup) -> Json:
    if isinstance(value, Scalar):
        return value
    if isinstance(value, Special):
        return lookup(value, ref)
    if isinstance(value, Mapping):
        return {name: _filled(one, ref, lookup) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(one, ref, lookup) for one in value]
    raise TypeError(f"{type(value).__name__} cannot be sent")
