"""Who is touched by a plan, as a saved plan and `--format json` hold it."""

from __future__ import annotations

from catalogsync.core.impact import Holders, Impact, Subscribers, Unread, Used, User
from catalogsync.core.model import Ref
from catalogsync.store.saved_plan import SavedImpact, SavedNamed, SavedUser


def to_json(impact: Impact) -> SavedImpact:
    """Members as the words of `core.impact`; numbers are whole, an object is named by kind and key."""
    return {
        "subscribers": [
            {
                **_named(one.ref),
                "customers": one.total,
                "versions": [{"version": version, "customers": number} for version, number in one.versions],
                "unknownVersion": one.rest,
                "newSignups": one.new_signups,
            }
            for one in impact.subscribers
        ],
        "holders": [{**_named(one.ref), "entitlements": one.entitlements} for one in impact.holders],
        "used": [{**_named(one.ref), "by": [_user(user) for user in one.users]} for one in impact.used],
        "unread": [
            {"what": one.what, "why": one.why, "objects": [_named(ref) for ref in one.refs]}
            for one in impact.unread
        ],
    }


def _user(user: User) -> SavedUser:
    return {**_named(user.ref), "versions": list(user.versions), "inCatalog": user.in_catalog}


def _named(ref: Ref) -> SavedNamed:
    return {"kind": str(ref.kind), "key": ref.key}


def from_json(body: SavedImpact) -> Impact:
    """What `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    return Impact(
        tuple(
            Subscribers(
                _ref(one),
                one["customers"],
                tuple((row["version"], row["customers"]) for row in one["versions"]),
                one["unknownVersion"],
                one["newSignups"],
            )
            for one in body["subscribers"]
        ),
        tuple(Holders(_ref(one), one["entitlements"]) for one in body["holders"]),
        tuple(
            Used(
                _ref(one),
                tuple(User(_ref(user), tuple(user["versions"]), user["inCatalog"]) for user in one["by"]),
            )
            for one in body["used"]
        ),
        tuple(Unread(one["what"], one["why"], tuple(map(_ref, one["objects"]))) for one in body["unread"]),
    )


def _ref(body: SavedNamed) -> Ref:
    return Ref.parse(f"{body['kind']}/{body['key']}")
