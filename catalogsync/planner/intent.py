"""What planning one object brings forth: unnumbered steps, a change, problems, and the state that is desired in the end."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalogsync.core.canon import Body
from catalogsync.core.changes import Change
from catalogsync.core.model import Ref, Resource
from catalogsync.core.plan import State, Verb


@dataclass(slots=True, eq=False)
class Sketch:
    """A step without a number (see `core.plan.Step`). `mark` tells several of one verb apart where no add-on does (a version's id). `needs`: the
    steps that come before it, as far as they stay planned.
    """

    verb: Verb
    ref: Ref
    body: Body | None
    cause: str
    id: str = ""
    addon: str = ""
    addon_id: str = ""
    mark: str = ""
    needs: set[Sketch] = field(default_factory=set, repr=False)


@dataclass(slots=True)
class Intent:
    """All that is planned for one object. `before` is its state as read, `after` the state desired. `sake`: the objects for whose sake alone an
    equal object is written; without one of them there is nothing to do.
    """

    ref: Ref
    resource: Resource
    before: State
    after: State
    change: Change | None = None
    sketches: list[Sketch] = field(default_factory=list)
    sake: frozenset[Ref] = frozenset()

    def add(
        self,
        verb: Verb,
        body: Body | None,
        cause: str,
        *,
        id: str = "",  # noqa: A002 - the step's own member
        addon: str = "",
        addon_id: str = "",
        mark: str = "",
    ) -> Sketch:
        """A further step."""
        sketch = Sketch(verb, self.ref, body, cause, id, addon, addon_id, mark)
        self.sketches.append(sketch)
        return sketch

    def step(self, verb: Verb, mark: str = "") -> Sketch | None:
        """The step of this verb (with this mark), if one is planned."""
        for sketch in self.sketches:
            if sketch.verb is verb and (sketch.mark or sketch.addon) == mark:
                return sketch
        return None

    def has(self, *verbs: Verb) -> bool:
        """Whether a step of one of these verbs is planned."""
        return any(sketch.verb in verbs for sketch in self.sketches)
