"""What will be done: an ordered plan of verbs on objects, bound to what was read. The whole truth of apply; knows no HTTP.

An object's *state* is what can be seen of it in normal form: `{"active": BODY | None}`, for versioned kinds `{"active": BODY | None,
"draft": BODY | None}`, where a plan's BODY holds its assignments under `addons` by add-on key. States hold no ids, no
timestamps and no secrets. `planner.transitions.observe` makes a state from what was read, `transition` says what a step makes of a state.
So for each object a plan holds one state (what was read) and, by folding its steps, every state on the way to the desired one. An expected
state is compared with an observed one by `transitions.agrees`, since the server shows some things less or more than they were sent.

Each assignment says which version it names, as a number, or as `After` one where it does not exist yet. A secret that was read stands in a
state as `Hidden`, one that a manifest names as `SecretRef` (`core.values`). Archived versions are in no state, so deleting one changes none.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from catalogsync.core import values
from catalogsync.core.asked import NOTHING_ASKED, Asked
from catalogsync.core.canon import Body
from catalogsync.core.changes import Change
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.impact import Impact
from catalogsync.core.model import Ref

State: TypeAlias = Mapping[str, Body | None]
"""A state (see above): the body in each slot, None where there is no such version."""


def fingerprint(state: State) -> str:
    """The fingerprint of a state (`values.fingerprint`)."""
    is_there = any(body is not None for body in state.values())
    return values.fingerprint(state) if is_there else _of_nothing(tuple(state))


@functools.cache
def _of_nothing(slots: tuple[str, ...]) -> str:
    """The fingerprint of what is not there: of all objects in a first plan."""
    return values.fingerprint(dict.fromkeys(slots))


FORMAT = 2
"""The saved plan's format; a file of another one is refused."""


class Verb(StrEnum):
    """What a step does to its object's state."""

    CREATE = "create"  # an object without versions comes to be
    UPDATE = "update"  # it changes in place
    CREATE_DRAFT = "create_draft"  # a new version, as a draft
    UPDATE_DRAFT = "update_draft"  # the draft says something else
    DELETE_DRAFT = "delete_draft"
    ATTACH = "attach"  # the draft offers an add-on
    UPDATE_ATTACHMENT = "update_attachment"  # … on other terms
    DETACH = "detach"  # … no longer
    PUBLISH = "publish"  # the draft becomes active
    ARCHIVE = "archive"  # the active version, or a feature, is withdrawn
    DELETE = "delete"  # an object without versions, or one archived version
    DELETE_DUPLICATE = "delete_duplicate"  # another object that carries the same key


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to one object.

    `body`: the normal form that the object (for the attachment verbs: the offer) is to have; None where the verb says everything. Its
    secrets are `SecretRef`s, resolved at the moment of the call. `id`: the live version that is meant, "" for the one that earlier steps
    make. `addon`: for the attachment verbs, the add-on's key as the state has it; `addon_id`: the assigned version that is meant, "" for
    the one that is active by then. `cause` says in one sentence why the step exists; `needs` are the numbers of the steps before it.
    """

    number: int
    verb: Verb
    ref: Ref
    body: Body | None
    cause: str
    needs: tuple[int, ...] = ()
    id: str = ""
    addon: str = ""
    addon_id: str = ""

    def __str__(self) -> str:
        return f"{self.verb.value.replace('_', ' ')} {self.ref}" + (f" ({self.addon})" if self.addon else "")


@dataclass(frozen=True, slots=True)
class Precondition:
    """What was read of one object that the plan touches or relies on.

    `touched`: the plan has steps for it; otherwise its `state` must be found unchanged when apply begins.
    `state` is the state as read (see module docstring), kept so that a refusal can name fields and so that there is a way back.
    """

    ref: Ref
    state: State
    fingerprint: str
    touched: bool


@dataclass(frozen=True, slots=True)
class TargetIdentity:
    """What a plan is bound to: the environment's name ("" for a server named by its URL), its URL without credentials, its prefix, and
    what the server says of itself (version, digest of its API description; "" if unknown). `releases`: the tags of the known releases that
    it may be, none where it cannot be known.
    """

    url: str
    server_version: str = ""
    description_digest: str = ""
    environment: str = ""
    prefix: str = "/api/v1"
    releases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The proof that a plan was carried out on a twin: steps done, whether the second plan was empty, how many prefixes converge."""

    steps: int
    second_plan_empty: bool
    prefixes: int
    prefixes_converging: int
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.second_plan_empty and self.prefixes == self.prefixes_converging and not self.failures


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes for people, steps for apply, preconditions for both. Changes explain and never decide.

    `blocked` is true when something the files ask for is impossible: such a plan may be shown, never applied. `impact`: who is touched, None
    where the server was not asked. `asked`: what changed prices are shown for. `fuses`: the limits that its fuses were judged by, each by its code;
    None where they were not looked at, as in a rollback plan.
    """

    target: TargetIdentity
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    preconditions: tuple[Precondition, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    catalog_digest: str = ""
    git_revision: str = ""
    created: str = ""
    rehearsal: Rehearsal | None = None
    impact: Impact | None = None
    asked: Asked = NOTHING_ASKED
    fuses: Mapping[str, Decimal | bool] | None = None

    @property
    def is_empty(self) -> bool:
        return not self.steps

    @property
    def blocked(self) -> bool:
        return any(d.is_error for d in self.diagnostics)
