"""Who is touched by a plan, as the server said it when the plan was made: customers by version, holders of entitlements, users of an object."""

from __future__ import annotations

from dataclasses import dataclass

from catalogsync.core.model import Ref

NUMBER_UNKNOWN = 0
"""The number of a version that does not exist yet, where the server did not tell the highest one."""


@dataclass(frozen=True, slots=True)
class Subscribers:
    """Customers with a subscription to any version of an object that runs now (`total`, the server's own count; those that start later or were
    made from a plan of their own are not in it).

    `versions`: how many are on which version, the newest first. `rest`: how many of `total` are on a version that was not asked.
    `new_signups`: the version that somebody who subscribes after the plan gets, `NUMBER_UNKNOWN`, or None for none.
    """

    ref: Ref
    total: int
    versions: tuple[tuple[int, int], ...] = ()
    rest: int = 0
    new_signups: int | None = None

    def on(self, version: int) -> int | None:
        """How many are on a version; None where that is not known for certain."""
        known = dict(self.versions).get(version)
        return known if known is not None else None if self.rest else 0


@dataclass(frozen=True, slots=True)
class Holders:
    """How many entitlements to a feature are active, under its key."""

    ref: Ref
    entitlements: int


@dataclass(frozen=True, slots=True)
class User:
    """A live object that uses another one. `versions`: those of its versions that do, the newest first, () for a kind without versions.
    `in_catalog`: whether a manifest describes it.
    """

    ref: Ref
    versions: tuple[int, ...] = ()
    in_catalog: bool = True


@dataclass(frozen=True, slots=True)
class Used:
    """An object that changes or goes, with all that uses it, directly or by way of another object."""

    ref: Ref
    users: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be asked: `what` in words, `why` in one line, and the objects that it is about."""

    what: str
    why: str
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """All of it. An object that is neither here nor in `unread` was not asked about."""

    subscribers: tuple[Subscribers, ...] = ()
    holders: tuple[Holders, ...] = ()
    used: tuple[Used, ...] = ()
    unread: tuple[Unread, ...] = ()

    def subscribers_of(self, ref: Ref) -> Subscribers | None:
        """None where it was not asked or could not be."""
        return next((one for one in self.subscribers if one.ref == ref), None)

    def holders_of(self, ref: Ref) -> int | None:
        """None where it was not asked or could not be."""
        return next((one.entitlements for one in self.holders if one.ref == ref), None)

    def users_of(self, ref: Ref) -> tuple[User, ...]:
        """Who uses an object that changes or goes."""
        return next((one.users for one in self.used if one.ref == ref), ())
