"""What planning one object brings forth: unnumbered steps, a change, problems, and the state that is wished in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from catalogsync.core.canon import JsonObject
from catalogsync.core.changes import Change
from catalogsync.core.model import Kind, Ref, Resource
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import KINDS

Name = tuple[Ref, Verb, str]
"""A step before it has a number: whose, what, and which one when an object has several of a kind."""

_METHODS = {
    Verb.CREATE: "POST",
    Verb.UPDATE: "PUT",
    Verb.CREATE_DRAFT: "POST",
    Verb.UPDATE_DRAFT: "PUT",
    Verb.DELETE_DRAFT: "DELETE",
    Verb.ATTACH: "POST",
    Verb.UPDATE_ATTACHMENT: "PUT",
    Verb.DETACH: "DELETE",
    Verb.PUBLISH: "POST",
    Verb.ARCHIVE: "POST",
    Verb.DELETE: "DELETE",
}


@dataclass(slots=True)
class Sketch:
    """A step without a number. `mark` tells several of one verb apart (an add-on's key, a version's id)."""

    verb: Verb
    ref: Ref
    path: str
    body: JsonObject | None
    cause: str
    detail: str = ""
    mark: str = ""
    needs: set[Name] = field(default_factory=set)

    @property
    def name(self) -> Name:
        return self.ref, self.verb, self.mark or self.detail

    @property
    def method(self) -> str:
        archives_feature = self.verb is Verb.ARCHIVE and self.ref.kind is Kind.FEATURE
        return "DELETE" if archives_feature else _METHODS[self.verb]


@dataclass(slots=True)
class Intent:
    """All that is planned for one object. `before` is its state as read, `after` the state wished."""

    ref: Ref
    resource: Resource
    before: JsonObject
    after: JsonObject
    change: Change | None = None
    sketches: list[Sketch] = field(default_factory=list)

    def add(self, verb: Verb, path: str, body: JsonObject | None, cause: str, **more: Any) -> Sketch:
        """A further step at `path` below the kind's collection."""
        whole = KINDS[self.ref.kind].collection + path
        sketch = Sketch(verb, self.ref, whole, body, cause, **more)
        self.sketches.append(sketch)
        return sketch

    def step(self, verb: Verb, mark: str = "") -> Sketch | None:
        """The step of this verb (with this mark), if one is planned."""
        for sketch in self.sketches:
            if sketch.verb is verb and (sketch.mark or sketch.detail) == mark:
                return sketch
        return None

    def has(self, *verbs: Verb) -> bool:
        """Whether a step of one of these verbs is planned."""
        return any(sketch.verb in verbs for sketch in self.sketches)
