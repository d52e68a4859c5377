"""What somebody may do on the server by hand, over its API: seeded, and only what the server lets them do."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import httpx
from world import Row, Rows

from catalogsync.sandbox import Sandbox

PLAN = (
    "name",
    "description",
    "metadata",
    "currency",
    "billingCadence",
    "proRatingConfig",
    "settlementMode",
    "phases",
)
ADDON = ("name", "description", "metadata", "currency", "instanceType", "rateCards")
CHANNEL = ("type", "name", "disabled", "metadata", "url", "customHeaders", "signingSecret")
RULE = ("type", "name", "disabled", "metadata", "thresholds")


class Hand:
    """Somebody at the API."""

    def __init__(self, sandbox: Sandbox, dice: random.Random) -> None:
        self.sandbox, self.dice = sandbox, dice
        self.http = httpx.Client(transport=sandbox.transport(), base_url="http://sandbox.localhost/api/v1")

    def move(self, *moves: Move) -> str:
        """One of the moves, as far as the server takes it; what was done, in words, "" for nothing."""
        return self.dice.choice(moves or MOVES)(self, Rows(self.sandbox)) or ""

    def walk(self, steps: int) -> str:
        return ", ".join(done for _ in range(steps) if (done := self.move()))

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """The answer, None where the server refuses."""
        answer = self.http.request(method, path, json=body)
        return (answer.json() if answer.content else {}) if answer.is_success else None

    def one(self, rows: list[Row]) -> Row | None:
        return self.dice.choice(rows) if rows else None

    def body(self, kind: str, row: Row) -> dict[str, Any]:
        """What the API shows of a version, as a body to send."""
        shown = self.send("GET", f"/{kind}s/{row['id']}")
        return {name: shown[name] for name in (PLAN if kind == "plan" else ADDON) if name in shown} | {"key": row["key"]}  # fmt: skip

    def version(
        self, kind: str, row: Row, change: Callable[[dict[str, Any]], None], publish: bool = True
    ) -> bool:
        """A new version with what the old one says but for a change; a plan offers what it offered, as far as that can be."""
        body = self.body(kind, row)
        change(body)
        made = self.send("POST", f"/{kind}s", body)
        if made is None:
            return False
        if kind == "plan" and self.dice.random() < 0.7:
            for offer in Rows(self.sandbox).offers(row):
                assigned = {n: offer[n] for n in ("fromPlanPhase", "maxQuantity") if offer.get(n)}
                self.send("POST", f"/plans/{made['id']}/addons", {"addonId": offer["addonId"], **assigned})
        return not publish or self.send("POST", f"/{kind}s/{made['id']}/publish") is not None


Move = Callable[[Hand, Rows], str | None]


def _versions(rows: Rows, status: str) -> list[tuple[str, Row]]:
    return [(kind, row) for kind in ("addon", "plan") for row in rows.of(f"{kind}s") if _is(rows, kind, row, status)]  # fmt: skip


def _is(rows: Rows, kind: str, row: Row, status: str) -> bool:
    return row in rows.versions(f"{kind}s", row["key"], status)


def _chosen(hand: Hand, rows: Rows, status: str, kind: str = "") -> tuple[str, Row] | None:
    found = [pair for pair in _versions(rows, status) if kind in ("", pair[0])]
    return hand.dice.choice(found) if found else None


def archive(hand: Hand, rows: Rows) -> str | None:
    found = _chosen(hand, rows, "active")
    if found and hand.send("POST", f"/{found[0]}s/{found[1]['id']}/archive") is not None:
        return f"archive {found[0]}/{found[1]['key']}"
    return None


def archive_addon(hand: Hand, rows: Rows) -> str | None:
    found = _chosen(hand, rows, "active", "addon")
    if found and hand.send("POST", f"/addons/{found[1]['id']}/archive") is not None:
        return f"archive addon/{found[1]['key']}"
    return None


def _dearer(body: dict[str, Any]) -> None:
    cards = body.get("rateCards") or body["phases"][-1]["rateCards"]
    cards[0]["price"] = {"type": "flat", "amount": "77"}


def like_version(hand: Hand, rows: Rows) -> str | None:
    """A new version that says the same."""
    found = _chosen(hand, rows, "active")
    if found and hand.version(*found, lambda _: None):
        return f"like version of {found[0]}/{found[1]['key']}"
    return None


def other_version(hand: Hand, rows: Rows) -> str | None:
    found = _chosen(hand, rows, "active")
    if found and hand.version(*found, _dearer):
        return f"other version of {found[0]}/{found[1]['key']}"
    return None


def there_and_back(hand: Hand, rows: Rows) -> str | None:
    """Another version, and then one with the old content."""
    found = _chosen(hand, rows, "active")
    if found is None or not hand.version(*found, _dearer):
        return None
    back = hand.version(*found, lambda _: None)
    return f"other version of {found[0]}/{found[1]['key']}{' and back' if back else ''}"


def draft(hand: Hand, rows: Rows) -> str | None:
    """A draft is begun, like the published version or otherwise."""
    found = _chosen(hand, rows, "active")
    other = hand.dice.random() < 0.5
    if found and hand.version(*found, _dearer if other else lambda _: None, publish=False):
        return f"{'other' if other else 'like'} draft of {found[0]}/{found[1]['key']}"
    return None


def publish(hand: Hand, rows: Rows) -> str | None:
    found = _chosen(hand, rows, "draft")
    if found and hand.send("POST", f"/{found[0]}s/{found[1]['id']}/publish") is not None:
        return f"publish draft of {found[0]}/{found[1]['key']}"
    return None


def delete_draft(hand: Hand, rows: Rows) -> str | None:
    found = _chosen(hand, rows, "draft")
    if found and hand.send("DELETE", f"/{found[0]}s/{found[1]['id']}") is not None:
        return f"delete draft of {found[0]}/{found[1]['key']}"
    return None


def edit_draft(hand: Hand, rows: Rows) -> str | None:
    found = _chosen(hand, rows, "draft")
    if found is None:
        return None
    body = {n: v for n, v in hand.body(*found).items() if n not in ("key", "currency")}
    body["name"] = "By hand"
    done = hand.send("PUT", f"/{found[0]}s/{found[1]['id']}", body)
    return f"edit draft of {found[0]}/{found[1]['key']}" if done is not None else None


def detach(hand: Hand, rows: Rows) -> str | None:
    found = _chosen(hand, rows, "draft", "plan")
    offer = hand.one(rows.offers(found[1])) if found else None
    if (
        found
        and offer
        and hand.send("DELETE", f"/plans/{found[1]['id']}/addons/{offer['addonId']}") is not None
    ):
        return f"detach in draft of plan/{found[1]['key']}"
    return None


def attach(hand: Hand, rows: Rows) -> str | None:
    found, other = _chosen(hand, rows, "draft", "plan"), _chosen(hand, rows, "active", "addon")
    if found is None or other is None:
        return None
    body = {"addonId": other[1]["id"], "fromPlanPhase": found[1]["phases"][-1]["key"]}
    done = hand.send("POST", f"/plans/{found[1]['id']}/addons", body)
    return f"attach {other[1]['key']} to draft of plan/{found[1]['key']}" if done is not None else None


def _channel(hand: Hand, rows: Rows, change: dict[str, Any], words: str) -> str | None:
    row = hand.one(rows.of("channels"))
    if row is None:
        return None
    body = {name: row[name] for name in CHANNEL if row.get(name) is not None} | change
    done = hand.send("PUT", f"/notification/channels/{row['id']}", body)
    return f"{words} channel {row['name']}" if done is not None else None


def disable(hand: Hand, rows: Rows) -> str | None:
    return _channel(hand, rows, {"disabled": True}, "disable")


def enable(hand: Hand, rows: Rows) -> str | None:
    return _channel(hand, rows, {"disabled": False}, "enable")


def rename(hand: Hand, rows: Rows) -> str | None:
    return _channel(hand, rows, {"name": "By hand"}, "rename")


def unkey(hand: Hand, rows: Rows) -> str | None:
    return _channel(hand, rows, {"metadata": {}}, "take the key from")


def delete_channel(hand: Hand, rows: Rows) -> str | None:
    row = hand.one(rows.of("channels"))
    done = row and hand.send("DELETE", f"/notification/channels/{row['id']}")
    return f"delete channel {row['name']}" if row and done is not None else None


def delete_rule(hand: Hand, rows: Rows) -> str | None:
    row = hand.one(rows.of("rules"))
    done = row and hand.send("DELETE", f"/notification/rules/{row['id']}")
    return f"delete rule {row['name']}" if row and done is not None else None


def reroute(hand: Hand, rows: Rows) -> str | None:
    row, channel = hand.one(rows.of("rules")), hand.one(rows.of("channels"))
    if row is None or channel is None:
        return None
    body = {name: row[name] for name in RULE if row.get(name)} | {"channels": [channel["id"]]}
    if row.get("features"):
        known = {f["key"]: f["id"] for f in rows.of("features") if not f.get("archivedAt")}
        body["features"] = [known.get(one, one) for one in row["features"]]
    done = hand.send("PUT", f"/notification/rules/{row['id']}", body)
    return f"send rule {row['name']} to {channel['name']}" if done is not None else None


def archive_feature(hand: Hand, rows: Rows) -> str | None:
    row = hand.one([r for r in rows.of("features") if not r.get("archivedAt")])
    done = row and hand.send("DELETE", f"/features/{row['id']}")
    return f"archive feature {row['key']}" if row and done is not None else None


def remake_feature(hand: Hand, rows: Rows) -> str | None:
    """A feature is archived and made again with the same content: another id under the same key."""
    row = hand.one([r for r in rows.of("features") if not r.get("archivedAt")])
    if row is None:
        return None
    shown = hand.send("GET", f"/features/{row['id']}")
    if hand.send("DELETE", f"/features/{row['id']}") is None:
        return None
    names = ("key", "name", "metadata", "meterSlug", "unitCost")
    hand.send("POST", "/features", {name: shown[name] for name in names if shown.get(name)})
    return f"make feature {row['key']} again"


def rename_meter(hand: Hand, rows: Rows) -> str | None:
    row = hand.one(rows.of("meters"))
    done = row and hand.send("PUT", f"/meters/{row['id']}", {"name": "By hand"})
    return f"rename meter {row['slug']}" if row and done is not None else None


MOVES: tuple[Move, ...] = (
    archive, archive_addon, archive_addon, like_version, like_version, other_version, there_and_back, draft, draft, publish, publish,
    delete_draft, edit_draft, detach, attach, disable, enable, rename, unkey, delete_channel, delete_rule, reroute, archive_feature,
    remake_feature, rename_meter,
)  # fmt: skip
