"""Data that looks like something else, in every text and free map of every kind, through all that is done with a catalog: it stays data."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import engine
import harness
import httpx
import pytest
import shop as shops
import world
from harness import Case, Tally
from world import Rows

CANARY = "canary-content-of-a-file"
VARIABLE = "CATALOGSYNC_CANARY"
Place = tuple[str | int, ...]

NAMES = (
    "env", "file", "sha256", "$ref", "live", "id", "key", "{meter/calls#active}", "a b", "a.b", "a/b", "é", "💡", "null", "~", "on", "0", "1e3",
    "<<", "catalogsync", "a" * 60, "active", "draft", "fingerprint", "- x", "a: b", "#", "",
)  # fmt: skip
TEXTS = (
    VARIABLE, "signingSecret", "sha256:" + "0" * 64, "0" * 64, "{meter/calls#active}", "{addon/pack#active}", "{plan/pro#draft}",
    "{notification_channel/ops#active}", "{", "}", "{}", "{{}}", "{0}", "${HOME}", "$" + VARIABLE, "%s", "%(x)s", "[]", '{"env": "HOME"}',
    '{"sha256": "ab"}', "{'sha256': 'ab'}", "{env: HOME}", "{file: /etc/hostname}", "$ref", "null", "~", "yes", "no", "0", "010", "1e3", "12:30",
    "2026-01-01", "1_000", ".inf", "a: b # c", "- x", "| x", "> x", "&a x", "*a", "!!str x", "%TAG", "@x", "`x`", "'", '"', "\\", "\\n", "a\nb",
    "a\n\nb\n", "\ta", " a", "a ", "…", "Grüße 💡", "e\u0301", "\u202eabc", "\u200b", "\ufeff", "\u2028", "\x85", "\x7f", "\x1b[31mred", "\r\n", "\r",
    "中" * 80, "(secret)", "whsec_" + "A" * 32, "https://u:p@x.example/", "../../x", "<b>&amp;", "::error file=a::x", "a" * 255,
)  # fmt: skip


def base() -> shops.Shop:
    """One object of each kind, with every member that holds a text or a map of free names."""
    card = {
        "type": "usage_based", "key": "api", "name": "api", "description": "d", "featureKey": "api", "billingCadence": "P1M",
        "price": {"type": "unit", "amount": "0.1"}, "metadata": {"a": "b"},
        "entitlementTemplate": {"type": "metered", "issueAfterReset": 1, "metadata": {"a": "b"}},
    }  # fmt: skip
    static = {**shops.fee("sso", 5, "sso"), "description": "d", "metadata": {"a": "b"}}
    static["entitlementTemplate"] = {"type": "static", "config": {"a": "b"}, "metadata": {"a": "b"}}
    texts = {"description": "d", "metadata": {"a": "b"}}
    return shops.ordered([
        {"kind": "meter", "slug": "calls", "name": "calls", "eventType": "call", "aggregation": "COUNT", "groupBy": {"region": "$.region"},
         **texts},
        {"kind": "feature", "key": "api", "name": "API", "meterSlug": "calls", "metadata": {"a": "b"},
         "advancedMeterGroupByFilters": {"region": {"$in": ["eu"]}}},
        {"kind": "feature", "key": "sso", "name": "SSO", "metadata": {"a": "b"}},
        {"kind": "addon", "key": "pack", "name": "pack", "currency": "USD", "instanceType": "single", "rateCards": [static], **texts},
        {"kind": "plan", "key": "pro", "name": "pro", "currency": "USD", "billingCadence": "P1M", **texts,
         "phases": [{"key": "main", "name": "Main", "description": "d", "metadata": {"a": "b"}, "rateCards": [card]}],
         "addons": [{"addon": "pack", "fromPlanPhase": "main", "metadata": {"a": "b"}}]},
        {**shops.channel("ops"), "metadata": {"a": "b"}, "customHeaders": {"X-A": "b"}},
        {**shops.rule(random.Random(0), "quota", ["ops"]), "metadata": {"a": "b"}},
    ])  # fmt: skip


def texts(value: Any, place: Place = ()) -> Iterator[Place]:
    """The places of all texts."""
    if isinstance(value, str):
        yield place
    else:
        items = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, list | tuple)
            else ()
        )
        for name, one in items:
            yield from texts(one, (*place, name))


def maps(value: Any, place: Place = ()) -> Iterator[Place]:
    """The places of all mappings."""
    if isinstance(value, dict):
        yield place
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list | tuple)
        else ()
    )
    for name, one in items:
        yield from maps(one, (*place, name))


def at(shop: Any, place: Place) -> Any:
    for name in place:
        shop = shop[name]
    return shop


Edit = tuple[Place, Any]


def edited(shop: shops.Shop, edits: list[Edit]) -> shops.Shop:
    found = copy.deepcopy(list(shop))
    for place, value in edits:
        at(found, place[:-1])[place[-1]] = value
    return tuple(found)


def free_texts(shop: shops.Shop) -> list[Place]:
    """The texts that may be anything, as `validate` says."""
    return [p for p in texts(shop) if p[-1] not in ("kind", "key", "slug") and not engine.load(edited(shop, [(p, "Any thing")]))[1]]  # fmt: skip


def free_maps(shop: shops.Shop) -> list[Place]:
    """The mappings that take any name, as `validate` says."""
    return [p for p in maps(shop) if p[1:] and not engine.load(edited(shop, [((*p, "any_name"), "$.x")]))[1]]


def drawn(
    dice: random.Random, shop: shops.Shop, places: list[Place], free: list[Place], file: str
) -> list[Edit]:
    """Hostile values for some places, each accepted by `validate`; a map gets one hostile name, often as its only one."""
    edits: list[Edit] = []
    for place in dice.sample(places, min(6, len(places))):
        edits.append((place, dice.choice(TEXTS)))
    for place in dice.sample(free, min(5, len(free))):
        name = dice.choice(NAMES)
        value = file if name == "file" else dice.choice(TEXTS)
        value = "$." + name if place[-1] == "groupBy" else value
        whole = {} if dice.random() < 0.6 and place[-1] != "groupBy" else dict(at(shop, place))
        edits = [edit for edit in edits if edit[0][: len(place)] != place]
        edits.append((place, {**whole, name: value}))
    return [edit for edit in edits if not engine.load(edited(shop, [edit]))[1]]


class Sent(httpx.BaseTransport):
    """A transport that keeps all that is sent."""

    inner: httpx.BaseTransport
    text = ""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.text += request.read().decode()
        return self.inner.handle_request(request)


def trouble(shop: shops.Shop, folder: Path) -> tuple[str, str] | None:
    """What goes wrong on the whole way of a catalog: the promise and what was found; None when nothing does."""
    catalog, errors = engine.load(shop)
    if errors:
        return None
    sandbox, sent = world.fresh(), Sent()
    sent.inner = sandbox.transport()
    client = engine.client_of(sent)
    made = engine.plan(catalog, client)
    if made.blocked:
        return "blocked", "; ".join(harness.blocks(made))
    again = engine.saved(made, folder)
    if again != made:
        return "a saved plan comes back otherwise", ""
    engine.shown(again)
    report = engine.apply(again, client)
    if CANARY in sent.text:
        return "the content of a file or variable was sent", ""
    if not report.complete:
        return "not applied", engine.outcomes(report)[0]
    missing = [text for text in _said(shop) if text not in _stored(sandbox)]
    if missing:
        return "stored otherwise than said", repr(missing)
    after = engine.plan(catalog, client)
    if engine.steps(after):
        return "the next plan is not empty", "; ".join(engine.steps(after))
    return _exported(client) or _rolled_back(again, client, folder)


def _exported(client: engine.Client) -> tuple[str, str] | None:
    exported = engine.exported(client)
    other, errors = engine.load_files(exported.files)
    if errors:
        return "the export does not validate", "; ".join(errors)
    warned = {subject for subject, _ in exported.warnings}
    left = [s for s in engine.steps(engine.plan(other, client)) if s.split()[1] not in warned]
    return ("the plan of the export is not empty", "; ".join(left)) if left else None


def _rolled_back(done: engine.Plan, client: engine.Client, folder: Path) -> tuple[str, str] | None:
    back = engine.undoing(done, client)
    if back.blocked:
        return "the rollback is blocked", "; ".join(harness.blocks(back))
    engine.shown(back)
    report = engine.apply(engine.saved(back, folder), client)
    if not report.complete:
        return "not rolled back", engine.outcomes(report)[0]
    last = engine.undoing(done, client)
    return ("the next rollback is not empty", "; ".join(engine.steps(last))) if engine.steps(last) else None


def _said(shop: shops.Shop) -> set[str]:
    """Names and texts of the maps that are kept as they are: metadata, headers and dimensions."""
    found: set[str] = set()
    for place in maps(shop):
        if place[-1:] and place[-1] in ("metadata", "groupBy", "customHeaders"):
            found |= {text for pair in at(shop, place).items() for text in pair if isinstance(text, str)}
    return found


def _stored(sandbox: Any) -> set[str]:
    rows = Rows(sandbox).tables
    return set(_words(rows))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _words(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _words(one)


def met(shop: shops.Shop, folder: Path) -> tuple[str, str] | None:
    """The same, an exception being trouble too."""
    try:
        return trouble(shop, folder)
    except Exception as problem:
        return f"raises {type(problem).__name__}", str(problem)[:200]


def least(shop: shops.Shop, edits: list[Edit], folder: Path) -> list[Edit]:
    """The fewest of the edits that still make trouble."""
    for edit in list(edits):
        fewer = [one for one in edits if one is not edit]
        if met(edited(shop, fewer), folder) is not None:
            edits = fewer
    return edits


@harness.sampled(20)
def test_hostile_names_and_values_stay_data(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "canary"
    secret.write_text(CANARY)
    monkeypatch.setenv(VARIABLE, CANARY)
    tally = Tally("hostile data")
    shop = base()
    assert met(shop, tmp_path) is None
    places, free = free_texts(shop), free_maps(shop)
    for seed, dice in harness.dice_of(count, "hostile"):
        edits = drawn(dice, shop, places, free, str(secret))
        if engine.load(edited(shop, edits))[1]:
            tally.seen["not valid together"] += 1
            continue
        found = met(edited(shop, edits), tmp_path)
        tally.seen["trouble" if found else "unharmed"] += 1
        if found:
            few = least(shop, edits, tmp_path)
            promise, left = met(edited(shop, few), tmp_path) or found
            named = [f"{shops.name_of(shop[p[0]])} {'.'.join(map(str, p[1:]))} = {v!r}" for p, v in few]
            Case(tally, f"seed {seed}", "; ".join(named)).found(promise, left)
    print(f"{len(places)} texts and {len(free)} free maps of {len(shop)} objects")
    tally.close()
