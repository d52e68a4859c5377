"""The form of a saved plan, member by member, as `planfile` writes and reads it. Types alone."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from catalogsync.core.canon import Json


class SavedTarget(TypedDict):
    """What the plan is bound to."""

    environment: str
    url: str
    prefix: str
    version: str
    description: str
    releases: list[str]


class SavedOrigin(TypedDict):
    """What the catalog said, and the revision it came from."""

    digest: str
    revision: str


class SavedField(TypedDict):
    """A field's values, special ones under their tag."""

    path: str
    before: Json
    after: Json
    where: NotRequired[SavedPlace | None]


class SavedChange(TypedDict):
    """One object's difference."""

    action: str
    kind: str
    key: str
    reason: str
    version: int | None
    fields: list[SavedField]
    where: NotRequired[SavedPlace | None]


class SavedStep(TypedDict):
    """One step; `content` is the normal form, special values under their tag."""

    number: int
    verb: str
    kind: str
    key: str
    id: str
    addon: str
    addonId: str
    content: Json
    cause: str
    needs: list[int]


class SavedPrecondition(TypedDict):
    """What was read of one object."""

    ref: str
    state: Json
    fingerprint: str
    touched: bool


class SavedPlace(TypedDict):
    """A place in a file."""

    file: str
    line: int
    column: int


class SavedDiagnostic(TypedDict):
    """What the plan says besides."""

    code: str
    severity: str
    summary: str
    where: SavedPlace | None
    detail: str
    hint: str
    subject: str


class SavedRehearsal(TypedDict):
    """What a rehearsal showed."""

    steps: int
    secondPlanEmpty: bool
    prefixes: int
    prefixesConverging: int
    failures: list[str]


class SavedNamed(TypedDict):
    """An object by its kind and key."""

    kind: str
    key: str


class SavedVersion(TypedDict):
    """How many customers are on a version."""

    version: int
    customers: int


class SavedSubscribers(SavedNamed):
    """The customers of an object; `unknownVersion` of them are on a version that was not asked."""

    customers: int
    versions: list[SavedVersion]
    unknownVersion: int
    newSignups: int | None


class SavedHolders(SavedNamed):
    """The active entitlements of an object."""

    entitlements: int


class SavedUser(SavedNamed):
    """What uses an object, in which of its versions."""

    versions: list[int]
    inCatalog: bool


class SavedUsed(SavedNamed):
    """An object with all that uses it."""

    by: list[SavedUser]


class SavedUnread(TypedDict):
    """What could not be asked."""

    what: str
    why: str
    objects: list[SavedNamed]


class SavedImpact(TypedDict):
    """Who is touched (`core.impact`)."""

    subscribers: list[SavedSubscribers]
    holders: list[SavedHolders]
    used: list[SavedUsed]
    unread: list[SavedUnread]


class SavedQuantities(TypedDict):
    """Quantities of a feature, decimals as text."""

    feature: str
    quantities: list[str]


class SavedQuantity(TypedDict):
    """A quantity of a feature, a decimal as text."""

    feature: str
    quantity: str


class SavedCustomer(TypedDict):
    """What a customer used in one billing period."""

    customer: str
    usage: list[SavedQuantity]


class SavedAsked(TypedDict):
    """What changed prices are shown for (`core.asked`)."""

    at: list[SavedQuantities]
    customers: list[SavedCustomer]
    source: str
    period: str


class SavedPlan(TypedDict, total=False):
    """The file's members, without its format, digest and summary; `rehearsal` only where there was one, `impact` only where the server was
    asked, `asked` only where quantities or customers were asked about, `fuses` (limits, decimals as text) only where they were looked at.
    """

    target: SavedTarget
    catalog: SavedOrigin
    created: str
    changes: list[SavedChange]
    steps: list[SavedStep]
    preconditions: list[SavedPrecondition]
    diagnostics: list[SavedDiagnostic]
    rehearsal: SavedRehearsal
    impact: SavedImpact
    asked: SavedAsked
    fuses: dict[str, str | bool]
