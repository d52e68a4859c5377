"""Two runs at once on one server, their requests in every order of a kind: one object in the end, or both told; and nothing blocked for good."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator

import engine
import harness
import httpx
import shop as shops
import world
from harness import Case, Tally
from world import Rows

from catalogsync.sandbox import Sandbox


class Turns:
    """Who may send the next request: `order` says it by name, one request each; who is not named any more goes on when nobody else does."""

    def __init__(self, order: str) -> None:
        self._order, self._ready, self._over = list(order), threading.Condition(), set[str]()

    def wait(self, name: str) -> None:
        with self._ready:
            while not self._ready.wait_for(lambda: self._next(name), timeout=20):
                raise RuntimeError("the turns are stuck")
            if self._order:
                self._order.pop(0)

    def _next(self, name: str) -> bool:
        while self._order and self._order[0] in self._over:
            self._order.pop(0)
        return not self._order or self._order[0] == name

    def passed(self) -> None:
        with self._ready:
            self._ready.notify_all()

    def over(self, name: str) -> None:
        with self._ready:
            self._over.add(name)
            self._ready.notify_all()


class Taking(httpx.BaseTransport):
    """A transport that waits for its turn."""

    def __init__(self, sandbox: Sandbox, turns: Turns, name: str) -> None:
        self._inner, self._turns, self._name = sandbox.transport(), turns, name

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._turns.wait(self._name)
        try:
            return self._inner.handle_request(request)
        finally:
            self._turns.passed()


def together(
    sandbox: Sandbox, catalogs: dict[str, engine.Catalog], order: str
) -> dict[str, engine.RunReport]:
    """Each catalog planned on the server as it is, then both plans applied side by side."""
    plans = {n: engine.plan(one, engine.client_of(sandbox.transport())) for n, one in catalogs.items()}
    turns, reports = Turns(order), {}

    def run(name: str) -> None:
        try:
            reports[name] = engine.apply(plans[name], engine.client_of(Taking(sandbox, turns, name)))
        except engine.CatalogsyncError as problem:
            reports[name] = problem
        finally:
            turns.over(name)

    threads = [threading.Thread(target=run, args=(name,)) for name in plans]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return reports


def orders(dice: random.Random, requests: int) -> Iterator[str]:
    """One stops before each of its requests while the other does one, two … or all of its own; and some at random."""
    for first in range(requests + 1):
        for second in sorted({1, 2, 3, requests - first, requests}):
            yield "a" * first + "b" * second + "a" * requests
    for _ in range(requests):
        yield "".join(dice.choice("ab") for _ in range(2 * requests))


def judged(case: Case, tally: Tally, shop: shops.Shop, sandbox: Sandbox, reports: dict) -> None:
    catalog = engine.load(shop)[0]
    client = engine.client_of(sandbox.transport())
    rows = Rows(sandbox)
    said = " ".join(w for r in reports.values() for w in (engine.outcomes(r) if isinstance(r, engine.RunReport) else [str(r)]))  # fmt: skip
    complete = all(isinstance(r, engine.RunReport) and r.complete for r in reports.values())
    twice = []
    for document in shop:
        table = {"notification_channel": "channels", "notification_rule": "rules"}.get(document["kind"])
        live = rows.keyed(table, document["key"]) if table else []
        if len(live) > 1:
            twice.append(shops.name_of(document))
            if complete:
                case.found("made twice, and both runs are complete", shops.name_of(document))
            elif not all(row["id"] in said for row in live):
                case.found("made twice, and the ids are not told", f"{shops.name_of(document)}: {said}")
    tally.seen["twice" if twice else "once"] += 1
    made = engine.plan(catalog, client)
    if made.blocked:
        text = " ".join(harness.blocks(made))
        ids = [r["id"] for t in ("channels", "rules") for r in rows.of(t) if len([x for x in rows.of(t) if x["name"] == r["name"]]) > 1]  # fmt: skip
        if not all(one in text for one in ids):
            case.found("blocked, and the ids are not told", text)
        engine.clear_duplicates(catalog, client)
        if engine.plan(catalog, client).blocked:
            case.found("blocked for good", harness.blocks(made))
        return
    if complete and engine.steps(made):
        case.found("both complete, and the next plan is not empty", engine.steps(made))
    harness.converge(case.at("then once more"), shop, catalog, sandbox)


def parts(dice: random.Random) -> tuple[str, shops.Shop]:
    """A channel; a rule on a channel; a few products."""
    channels = [shops.channel("ops"), shops.channel("sales")]
    rule = shops.rule(dice, "billed", ("ops", "sales"))
    return dice.choice(
        (("channel", shops.ordered(channels[:1])), ("rule", shops.ordered([*channels, rule])), ("products", shops.drawn(dice, "products")))
    )  # fmt: skip


@harness.sampled(3)
def test_two_runs_of_one_catalog_at_once(count: int) -> None:
    tally = Tally("two runs at once")
    for seed, dice in harness.dice_of(count, "two at once"):
        what, shop = (
            ("channel", shops.ordered([shops.channel("ops")])) if seed == harness.FIRST else parts(dice)
        )
        base = world.fresh()
        if what == "rule":
            harness.settled(tuple(one for one in shop if one["kind"] != "notification_rule"), base)
        catalog = engine.load(shop)[0]
        alone = base.copy()
        client = engine.client_of(alone.transport())
        made, sent = engine.plan(catalog, client), len(alone.requests)
        engine.apply(made, client)
        found = list(orders(dice, len(alone.requests) - sent))
        for order in found if len(found) <= 30 else dice.sample(found, 30):
            sandbox = base.copy()
            reports = together(sandbox, {"a": catalog, "b": catalog}, order)
            shown = "".join(order).rstrip("ab"[0]) or order
            judged(Case(tally, f"seed {seed}, {what}, order {shown}"), tally, shop, sandbox, reports)
    tally.close()
