"""Loading, validating and planning 1,000 plans of 20 rate cards, against iterating libyaml's events alone over the same files.

Every figure is taken several times in one run, in turns, and the fastest is kept; only ratios are claimed.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from catalogsync import check, manifests
from catalogsync.api import Client, reader
from catalogsync.cli import plan as plan_verb
from catalogsync.cli import wiring
from catalogsync.config import Config, Environment
from catalogsync.model import Kind
from catalogsync.plan import Target
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.validate import validate

PLANS, CARDS, METERS = 1000, 20, 20
_CARD = """\
      - type: usage_based
        key: f{n}
        name: Feature {n} of the product
        featureKey: f{n}
        billingCadence: P1M
        price:
          type: tiered
          mode: graduated
          tiers:
            - upToAmount: 1000
              flatPrice: {{type: flat, amount: 0}}
            - upToAmount: {limit}
              unitPrice: {{type: unit, amount: 0.0{n}}}
            - unitPrice: {{type: unit, amount: 0.00{n}}}
        entitlementTemplate:
          type: metered
          issueAfterReset: 1000
          isSoftLimit: true
          usagePeriod: P1M
"""


def write_catalog(folder: Path, plans: int = PLANS) -> None:
    """A catalog of believable size, the same in every run."""
    (folder / "plans").mkdir(parents=True)
    meters = [
        f"kind: meter\nslug: m{n}\naggregation: SUM\neventType: e{n}\nvalueProperty: $.v\n"
        for n in range(METERS)
    ]
    features = [
        f"kind: feature\nkey: f{n}\nname: Feature {n}\nmeterSlug: m{n % METERS}\n" for n in range(CARDS)
    ]
    (folder / "meters.yaml").write_text("---\n".join(meters))
    (folder / "features.yaml").write_text("---\n".join(features))
    for p in range(plans):
        cards = "".join(_CARD.format(n=n, limit=10000 + p) for n in range(CARDS))
        head = f"kind: plan\nkey: plan_{p}\nname: Plan {p}\ncurrency: USD\nbillingCadence: P1M\n"
        (folder / "plans" / f"plan_{p}.yaml").write_text(
            f"{head}phases:\n  - key: default\n    name: Default\n    rateCards:\n{cards}"
        )


def _fastest(actions: Mapping[str, Callable[[], object]], rounds: int = 5) -> dict[str, float]:
    """Seconds of each action at its fastest. The actions take turns, so that a busy moment of the machine falls on all of them; what one
    leaves behind is cleared away before the next one's clock starts.
    """
    best = dict.fromkeys(actions, float("inf"))
    for _ in range(rounds):
        for name, action in actions.items():
            gc.collect()
            began = time.perf_counter()
            result = action()
            best[name] = min(best[name], time.perf_counter() - began)
            del result
    return best


def _events(folder: Path) -> int:
    count = 0
    for path in sorted(folder.rglob("*.yaml")):
        for _ in yaml.parse(path.read_bytes(), Loader=yaml.CLoader):
            count += 1
    return count


def _publish(client: Client, answer: Any) -> None:
    if answer["status"] == "draft":
        client.send("POST", f"/plans/{answer['id']}/publish")


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "catalog"
        write_catalog(folder)
        size = sum(path.stat().st_size for path in folder.rglob("*.yaml")) / 1e6
        checked = check.check([folder])
        assert not checked.diagnostics, checked.diagnostics[:3]
        sandbox = Sandbox()
        client = Client("http://sandbox.localhost", transport=sandbox.transport())
        for step in make_plan(checked.catalog, reader.read(client), Target("sandbox:")).steps:
            _one(client, step)
        chosen = wiring.Chosen((folder,), Config(), Environment("", "sandbox:"))
        assert plan_verb.make(chosen, (), client)[0].is_empty
        took = _fastest(
            {
                "floor": lambda: _events(folder),
                "load": lambda: _validated(folder),
                "lint": lambda: check.check([folder]),
                "reads": lambda: _reads_alone(client),
                "plan": lambda: plan_verb.make(chosen, (), client),
            }
        )
        floor, planning = took["floor"], took["plan"] - took["reads"]
        print(f"{PLANS} plans × {CARDS} rate cards, {size:.1f} MB, {_events(folder):,} events")
    print(f"libyaml's events alone   {floor:6.2f} s  1.00")
    print(f"load + validate          {took['load']:6.2f} s  {took['load'] / floor:4.2f}  (asked: ≤ 2.0)")
    print(f"… and lint               {took['lint']:6.2f} s  {took['lint'] / floor:4.2f}  (asked: ≤ 2.0)")
    print(f"the sandbox's own reads  {took['reads']:6.2f} s")
    print(f"no-op plan without them  {planning:6.2f} s  {planning / floor:4.2f}  (asked: ≤ 2.5)")


def _validated(folder: Path) -> tuple[object, object]:
    loaded = manifests.load([folder])
    return loaded, validate(loaded.catalog)


def _one(client: Client, step: Any) -> None:
    if step.path.endswith("/publish"):
        return
    answer = client.send(step.method, step.path, step.body)
    if step.ref.kind is Kind.PLAN:
        _publish(client, answer)


def _reads_alone(client: Client) -> None:
    """The bytes of the reads that a plan needs, nothing made of them."""
    for path in (
        "/meters",
        "/features?page=1&pageSize=1000",
        "/addons?pageSize=1000",
        "/plans?pageSize=1000",
    ):
        client._http.get(f"{client._root}/api/v1{path}")
