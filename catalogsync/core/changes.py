"""What differs: one Change per object, with the fields and the reason. Says nothing about how it is carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.model import Ref


class Action(StrEnum):
    """What will happen to an object.

    | action      | before                    | after                                  |
    |-------------|---------------------------|----------------------------------------|
    | create      | nothing                   | the object (first version)             |
    | update      | the object                | the same object, changed in place      |
    | new_version | an active version         | a higher version, published or a draft |
    | publish     | a draft equal to the file | that draft, active                     |
    | archive     | an active object          | archived                               |
    | delete      | the object                | nothing (or a tombstone)               |
    | recreate    | the object                | another object under the same key      |
    | impossible  | the object                | cannot become what the file says       |
    """

    CREATE = "create"
    UPDATE = "update"
    NEW_VERSION = "new_version"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    DELETE = "delete"
    RECREATE = "recreate"
    IMPOSSIBLE = "impossible"

    @property
    def symbol(self) -> str:
        return _SYMBOLS[self]


_SYMBOLS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.NEW_VERSION: "^",
    Action.PUBLISH: "»",
    Action.ARCHIVE: "-",
    Action.DELETE: "-",
    Action.RECREATE: "±",
    Action.IMPOSSIBLE: "!",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: `path` reads `phases.default.rateCards.api_calls.price.amount` (lists by their key, else by position from 0).

    `before`/`after` are values in normal form (special ones of `core.values` too); None stands for absent. `where`: the place in the
    manifest that says it, or the nearest one; None where no file does. `note`: what is said after the values.
    """

    path: str
    before: object
    after: object
    where: SourceRef | None = field(default=None, compare=False)
    note: str = field(default="", compare=False)

    def meets(self, other: FieldChange) -> bool:
        """Whether two fields are one, or one lies in the other."""
        mine, theirs = f"{self.path}.", f"{other.path}."
        return mine.startswith(theirs) or theirs.startswith(mine)


@dataclass(frozen=True, slots=True)
class Change:
    """One object's difference. `reason` is one sentence for the reviewer; `version` is the version that will result, if any.
    `where`: the manifest; None where no file describes the object. `label`: what it is called where nothing is to happen ("live ahead", "differs").
    """

    action: Action
    ref: Ref
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""
    version: int | None = None
    where: SourceRef | None = field(default=None, compare=False)
    label: str = ""

    def at(self, where: SourceRef) -> Change:
        """The same with its manifest. Asked of every object of a new catalog: `dataclasses.replace` takes twice as long."""
        return Change(self.action, self.ref, self.fields, self.reason, self.version, where, self.label)
