"""What a catalog says against what the sandbox stores, looked up in its tables: nothing is hidden here, and no code of the engine helps."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shop import Document, Shop, name_of
from world import Row, Rows

from catalogsync.sandbox import Sandbox


def untrue(shop: Shop, sandbox: Sandbox) -> dict[str, str]:
    """The objects that are not as the catalog says, by name, each with the first thing that differs."""
    rows = Rows(sandbox)
    found = {name_of(one): next(_CHECKS[one["kind"]](one, rows), "") for one in shop}
    return {name: why for name, why in found.items() if why}


def _gone(document: Document) -> bool:
    return document.get("lifecycle") in ("archived", "deleted")


def _texts(document: Document, row: Row, *names: str) -> Iterator[str]:
    for name in names:
        if (document.get(name) or None) != (row.get(name) or None):
            yield f"{name} is {row.get(name)!r}, not {document.get(name)!r}"


def _labels(document: Document, row: Row) -> Iterator[str]:
    stored = {k: v for k, v in (row.get("metadata") or {}).items() if not k.startswith("catalogsync/")}
    if stored != (document.get("metadata") or {}):
        yield f"metadata is {stored}, not {document.get('metadata')}"


def _meter(document: Document, rows: Rows) -> Iterator[str]:
    live = [row for row in rows.of("meters") if row["slug"] == document["slug"]]
    if bool(live) is _gone(document):
        yield "is there" if live else "is missing"
    for row in () if _gone(document) else live:
        named = {**document, "name": document.get("name") or document["slug"]}
        yield from _texts(named, row, "name", "groupBy")
        if document.get("description"):
            yield from _texts(document, row, "description")
        yield from _labels(document, row)


def _feature(document: Document, rows: Rows) -> Iterator[str]:
    live = [r for r in rows.of("features") if r["key"] == document["key"] and not r.get("archivedAt")]
    if bool(live) is _gone(document):
        yield "is there" if live else "is missing"


def _money(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))


def _cards(document: Document, row: Row) -> dict[str, Any]:
    cards = row.get("rateCards") or []
    return {c["key"]: (c["name"], c.get("featureKey"), _money((c.get("price") or {}).get("amount"))) for c in cards}  # fmt: skip


def _content(document: Document, row: Row, rows: Rows) -> Iterator[str]:
    yield from _texts(document, row, "name", "description", "currency", "instanceType")
    yield from _labels(document, row)
    if document["kind"] == "addon":
        if _cards(document, document) != _cards(document, row):
            yield f"rate cards are {_cards(document, row)}"
        return
    ours = [(p["key"], _cards(document, p)) for p in document["phases"]]
    theirs = [(p["key"], _cards(document, p)) for p in row["phases"]]
    if ours != theirs:
        yield f"phases are {theirs}, not {ours}"
    yield from _offers(document, row, rows)


def _offers(document: Document, row: Row, rows: Rows) -> Iterator[str]:
    stored = {offer["addonId"]: offer for offer in rows.offers(row)}
    keys = {a["id"]: a for a in rows.tables.get("addons", ())}
    published = {
        row["id"]
        for key in {a["key"] for a in keys.values()}
        for row in rows.versions("addons", key, "active")
    }
    for id_ in stored:
        if id_ not in published:
            yield f"offers version {keys[id_]['version']} of add-on {keys[id_]['key']}, which is not the published one"
    ours = {i["addon"]: (i["fromPlanPhase"], i.get("maxQuantity"), i.get("metadata") or {}) for i in document.get("addons") or ()}  # fmt: skip
    theirs = {keys[i]["key"]: (o["fromPlanPhase"], o.get("maxQuantity"), o.get("metadata") or {}) for i, o in stored.items()}  # fmt: skip
    if ours != theirs:
        yield f"offers {theirs}, not {ours}"


def _version(document: Document, rows: Rows) -> Iterator[str]:
    table, key = f"{document['kind']}s", document["key"]
    active, draft = rows.versions(table, key, "active"), rows.versions(table, key, "draft")
    match document.get("lifecycle", "published"):
        case "published":
            if not active:
                yield "has no published version"
            for row in active:
                yield from _content(document, row, rows)
        case "draft":
            kept = [next(_content(document, row, rows), "") for row in draft[:1] or active]
            if not kept:
                yield "has no draft"
            elif all(kept):
                yield f"as a draft, {kept[0]}"
        case "archived":
            if active:
                yield "is published"
        case "deleted":
            if active or draft or rows.versions(table, key, "archived"):
                yield "has versions"


def _channel(document: Document, rows: Rows) -> Iterator[str]:
    live = rows.keyed("channels", document["key"]) or _by_name("channels", document, rows)
    if _gone(document):
        live = rows.keyed("channels", document["key"])
    yield from _count(document, live)
    for row in () if _gone(document) else live:
        yield from _texts(document, row, "name", "url", "disabled")
        yield from _labels(document, row)


def _by_name(table: str, document: Document, rows: Rows) -> list[Row]:
    named = [r for r in rows.of(table) if r["name"] == document["name"]]
    return [r for r in named if "catalogsync/key" not in (r.get("metadata") or {})]


def _count(document: Document, live: list[Row]) -> Iterator[str]:
    wanted = 0 if _gone(document) else 1
    if len(live) != wanted:
        yield f"is there {len(live)} times"


def _rule(document: Document, rows: Rows) -> Iterator[str]:
    live = rows.keyed("rules", document["key"]) or _by_name("rules", document, rows)
    if _gone(document):
        live = rows.keyed("rules", document["key"])
    yield from _count(document, live)
    if _gone(document):
        return
    found = {key: rows.keyed("channels", key) for key in document["channels"]}
    ids = {row["id"]: key for key, some in found.items() for row in some}
    known = {row["id"]: row["name"] for row in rows.of("channels")}
    for row in live:
        stored = {one for one in row["channels"] if one in known}
        if all(found.values()) and stored != ids.keys():  # a channel without its key is told by itself
            yield f"goes to {sorted(known[i] for i in stored)}, not to {sorted(ids.values())}"
        yield from _texts(document, row, "name", "disabled")
        yield from _labels(document, row)


_CHECKS = {
    "meter": _meter, "feature": _feature, "addon": _version, "plan": _version, "notification_channel": _channel,
    "notification_rule": _rule,
}  # fmt: skip
