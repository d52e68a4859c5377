"""Loading, validating and planning 1,000 plans of 20 rate cards, against iterating libyaml's events alone over the same files.

Every figure is taken several times in one run, in turns; only ratios are claimed.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from catalogsync import manifests
from catalogsync.app import check
from catalogsync.checks.validate import validate
from catalogsync.core import gc_pause
from catalogsync.core.plan import Plan, Step, TargetIdentity, Verb
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.targets import path_text
from catalogsync.targets.v1 import Client, encode, reader

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


@dataclass(frozen=True)
class Measured:
    """Seconds at the fastest, and the ratio to the floor."""

    seconds: float
    ratio: float


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


def _timed(action: Callable[[], object]) -> float:
    """Seconds of an action. What it leaves behind is cleared away before the next one's clock starts."""
    gc.collect()
    began = time.perf_counter()
    result = action()
    took = time.perf_counter() - began
    del result
    return took


def _measured(
    floor: Callable[[], object], actions: Mapping[str, Callable[[], object]], rounds: int = 7
) -> dict[str, Measured]:
    """Each action's seconds at its fastest, and its ratio to the floor: the median over the rounds, each time against the floor just before
    and just after, so that a machine that is now faster, now slower weighs on both alike.
    """
    times: dict[str, list[float]] = {name: [] for name in ("floor", *actions)}
    ratios: dict[str, list[float]] = {name: [] for name in actions}
    before = _timed(floor)
    for _ in range(rounds):
        for name, action in actions.items():
            took, after = _timed(action), _timed(floor)
            times[name].append(took)
            times["floor"].append(after)
            ratios[name].append(2 * took / (before + after))
            before = after
    found = {name: Measured(min(times[name]), median(ratios[name])) for name in actions}
    return found | {"floor": Measured(min(times["floor"]), 1)}


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
        for step in make_plan(checked.catalog, reader.read(client), TargetIdentity("sandbox:")).steps:
            _one(client, step)
        assert _planned(folder, client).is_empty
        found = _measured(
            lambda: _events(folder),
            {
                "load": lambda: _validated(folder),
                "lint": lambda: check.check([folder]),
                "reads": lambda: _reads_alone(client),
                "plan": lambda: _planned(folder, client),
            },
        )
        print(f"{PLANS} plans × {CARDS} rate cards, {size:.1f} MB, {_events(folder):,} events")
    reads, plan = found["reads"], found["plan"]
    without = Measured(plan.seconds - reads.seconds, plan.ratio - reads.ratio)
    _say("libyaml's events alone", found["floor"])
    _say("load + validate", found["load"], "(asked: ≤ 2.0)")
    _say("… and lint", found["lint"], "(asked: ≤ 2.0)")
    _say("the sandbox's own reads", reads)
    _say("no-op plan without them", without, "(asked: ≤ 2.5)")


def _say(what: str, measured: Measured, asked: str = "") -> None:
    print(f"{what:25}{measured.seconds:5.2f} s  {measured.ratio:4.2f}  {asked}".rstrip())


def _validated(folder: Path) -> tuple[object, object]:
    loaded = manifests.load([folder])
    return loaded, validate(loaded.catalog)


def _planned(folder: Path, client: Client) -> Plan:
    """What `plan` does between the files and the printing."""
    with gc_pause.paused():
        return make_plan(check.check([folder]).catalog, reader.read(client), TargetIdentity("sandbox:"))


def _one(client: Client, step: Step) -> None:
    if step.verb is Verb.PUBLISH:
        return
    request = encode(step)
    answer = client.send(request.method, path_text(request), request.body)
    if step.verb is Verb.CREATE_DRAFT:
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
