"""What will be sent: an ordered plan of API calls, bound to what was read. The whole truth of apply.

An object's *state* is what can be seen of it in normal form: for meters, features, channels and rules
`{"active": BODY | null}`, for plans and addons `{"active": BODY | null, "draft": BODY | null}`, where a plan's BODY holds its
assignments under `addons` by addon key. States hold no ids, no version numbers, no timestamps and no secrets. `transitions.observe`
makes a state from what was read; `transitions.transition` says what a step makes of a state. So for each object a plan holds one state
(what was read) and, by folding its steps (`transitions.fold`), every state on the way to the wished one. An expected state is compared
with an observed one by `transitions.agrees` (or `aligned`), since the server shows some things less or more than they were sent.

In a plan's BODY each assignment has a `content`: the fingerprint of what the assigned add-on version says, which tells an old version from
the next. A secret value that was read (a channel's url or header that its manifest takes from the environment) stands in a state as
{"sha256": HEX}, one that a manifest names as {"env": NAME} or {"file": PATH}; signing secrets are in no state. Archived versions are in no
state either, so deleting one changes none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalogsync.core.canon import JsonObject
from catalogsync.core.changes import Change
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.model import Ref

FORMAT = 1
"""The saved plan's format; a file of another one is refused."""


class Verb(StrEnum):
    """What one call does to its object's state."""

    CREATE = "create"  # POST: the active body of an unversioned kind
    UPDATE = "update"  # PUT: an unversioned kind in place
    CREATE_DRAFT = "create_draft"  # POST: a plan's or addon's new version
    UPDATE_DRAFT = "update_draft"  # PUT: the draft
    DELETE_DRAFT = "delete_draft"  # DELETE: the draft
    ATTACH = "attach"  # POST an assignment to the plan's draft
    UPDATE_ATTACHMENT = "update_attachment"  # PUT an assignment of the draft
    DETACH = "detach"  # DELETE an assignment of the draft
    PUBLISH = "publish"  # POST: the draft becomes active
    ARCHIVE = "archive"  # POST …/archive, or DELETE of a feature
    DELETE = "delete"  # DELETE: meters, channels, rules; every archived version of a plan or addon


@dataclass(frozen=True, slots=True)
class Step:
    """One API call.

    `path` is below the API prefix ("/plans/{plan/pro#draft}/publish"). It holds the literal id of what was live when the plan was made;
    an id that exists only once earlier steps are done is a placeholder: `{plan/pro#draft}`, `{addon/seats#active}`: the id that the
    object's draft or active version has when the call is made. In `body`, references (a rule's `channels`, an assignment's `addonId`) are
    always placeholders, also to what is live already. `body` holds secrets as references (`{"env": NAME}`, `{"file": PATH}`), and a
    channel's PUT whose manifest names no secret holds `{"live": "signingSecret"}`: both are resolved at the moment of the call.
    `cause` says in one sentence why the step exists; `needs` are the numbers of the steps that must be done before it.
    `detail` names the assignment's addon key for the attachment verbs.
    """

    number: int
    verb: Verb
    ref: Ref
    method: str
    path: str
    body: JsonObject | None
    cause: str
    needs: tuple[int, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Precondition:
    """What was read of one object that the plan touches or relies on.

    `touched`: the plan has steps for it; otherwise its `state` must be found unchanged when apply begins.
    `state` is the state as read (see module docstring), kept so that a refusal can name fields and so that there is a way back.
    """

    ref: Ref
    state: JsonObject
    fingerprint: str
    touched: bool


@dataclass(frozen=True, slots=True)
class TargetIdentity:
    """What a plan is bound to: the environment's name ("" for a server named by its URL), its URL without credentials, its prefix, and
    what the server says of itself (version, digest of its API description; "" if unknown).
    """

    url: str
    server_version: str = ""
    description_digest: str = ""
    environment: str = ""
    prefix: str = "/api/v1"


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

    `blocked` is true when something the files ask for is impossible: such a plan may be shown, never applied.
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

    @property
    def is_empty(self) -> bool:
        return not self.steps

    @property
    def blocked(self) -> bool:
        return any(d.is_error for d in self.diagnostics)
