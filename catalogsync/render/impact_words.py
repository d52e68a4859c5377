"""Who is touched by a change, in words: the same lines in text, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogsync.core.changes import Action, Change
from catalogsync.core.impact import NUMBER_UNKNOWN, Impact, Subscribers, User
from catalogsync.core.model import Ref
from catalogsync.core.plan import Plan, Verb
from catalogsync.core.wording import counted, first_few, grouped

_GOES = (Action.ARCHIVE, Action.DELETE, Action.RECREATE)


def touched(plan: Plan) -> Mapping[Ref, tuple[str, ...]]:
    """Lines about each change: its customers by version and where new ones go, its entitlements, who uses it. Empty where nobody was asked."""
    impact = plan.impact
    if impact is None:
        return {}
    told = {
        change.ref: tuple(_lines(plan, impact, change))
        for change in plan.changes
        if change.action is not Action.IMPOSSIBLE
    }
    return {ref: lines for ref, lines in told.items() if lines}


def _lines(plan: Plan, impact: Impact, change: Change) -> Iterator[str]:
    subscribers = impact.subscribers_of(change.ref)
    if subscribers is not None:
        yield _subscribed(plan, subscribers)
        yield _signups(subscribers)
    entitlements = impact.holders_of(change.ref)
    if entitlements is not None:
        yield f"active entitlements: {entitlements:,}" + _kept(change, entitlements)
    users = impact.users_of(change.ref)
    if users and change.action in (Action.NEW_VERSION, Action.PUBLISH):
        yield f"offered outside this catalog, with the version it has now: {_listed(impact, users)}"
    elif users:
        yield f"used by {_listed(impact, users)}"


def _subscribed(plan: Plan, one: Subscribers) -> str:
    if not one.total:
        return "no customer has a subscription to it that runs now"
    deleted = any(step.ref == one.ref and step.verb is Verb.DELETE for step in plan.steps)
    then = "; once it is deleted the server cannot move them to another version" if deleted else ""
    return f"customers who stay with what they have: {one.total:,} ({_split(one)}){then}"


def _split(one: Subscribers) -> str:
    parts = [f"{number:,} on version {version}" for version, number in one.versions]
    return ", ".join([*parts, *([f"{one.rest:,} on a version that was not asked"] if one.rest else [])])


def _signups(one: Subscribers) -> str:
    if one.new_signups is None:
        return "new sign-ups: none, no version is published then"
    if one.new_signups == NUMBER_UNKNOWN:
        return "new sign-ups get the new version"
    return f"new sign-ups get version {one.new_signups}"


def _kept(change: Change, entitlements: int) -> str:
    return (
        "; they live on with the feature that they were made for"
        if change.action in _GOES and entitlements
        else ""
    )


def _listed(impact: Impact, users: tuple[User, ...]) -> str:
    return ", ".join(_user(impact, user) for user in users)


def _user(impact: Impact, user: User) -> str:
    told = []
    if user.versions:
        told.append(f"version{'' if len(user.versions) == 1 else 's'} {', '.join(map(str, user.versions))}")
    subscribers = impact.subscribers_of(user.ref)
    if subscribers is not None and user.versions:
        told.append(_on(subscribers, user.versions))
    elif (entitlements := impact.holders_of(user.ref)) is not None:
        told.append(counted(entitlements, "active entitlement"))
    if not user.in_catalog:
        told.append("not in this catalog")
    more = "; ".join(told)
    return f"{user.ref} ({more})" if more else str(user.ref)


def _on(one: Subscribers, versions: tuple[int, ...]) -> str:
    """Customers on some versions: those that are known to be, and whether there may be more."""
    known = sum(number for version, number in one.versions if version in versions)
    return f"{'at least ' if one.rest else ''}{grouped(known, 'customer')}"


def notes(plan: Plan) -> Iterator[str]:
    """What could not be asked, a line each; whether anything was asked at all."""
    if plan.impact is None:
        return
    for one in plan.impact.unread:
        yield f"not known: {one.what} of {first_few(one.refs, 3)}: {one.why}"
