"""Loading, validating and planning 1,000 plans of 20 rate cards, against iterating libyaml's events alone over the same files.

Every figure is taken several times in one run and the fastest is kept; only ratios are claimed.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
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


def _fastest(action: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _ in range(times):
        began = time.perf_counter()
        result = action()
        best = min(best, time.perf_counter() - began)
    return best, result


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
        floor, events = _fastest(lambda: _events(folder))
        loading, _ = _fastest(lambda: validate(manifests.load([folder]).catalog))
        linting, checked = _fastest(lambda: check.check([folder]))
        assert not checked.diagnostics, checked.diagnostics[:3]
        sandbox = Sandbox()
        client = Client("http://sandbox.localhost", transport=sandbox.transport())
        for step in make_plan(checked.catalog, reader.read(client), Target("sandbox:")).steps:
            _one(client, step)
        own, _ = _fastest(lambda: _reads_alone(client))
        chosen = wiring.Chosen((folder,), Config(), Environment("", "sandbox:"))
        planning, (plan, _) = _fastest(lambda: plan_verb.make(chosen, (), client))
        assert plan.is_empty
    print(f"{PLANS} plans × {CARDS} rate cards, {size:.1f} MB, {events:,} events")
    print(f"libyaml's events alone   {floor:6.2f} s  1.00")
    print(f"load + validate          {loading:6.2f} s  {loading / floor:4.2f}  (asked: ≤ 2.0)")
    print(f"… and lint               {linting:6.2f} s  {linting / floor:4.2f}")
    print(f"the sandbox's own reads  {own:6.2f} s")
    print(
        f"no-op plan without them  {planning - own:6.2f} s  {(planning - own) / floor:4.2f}  (asked: ≤ 2.5)"
    )


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
