"""A sandbox with a catalog and customers on it, planned and read through the use cases."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from texts import CALLS

from catalogsync.app import apply, plan
from catalogsync.app.environments import Target
from catalogsync.app.plan_request import QUIETLY, PlanRequest
from catalogsync.app.runtime import Runtime
from catalogsync.app.server import OpenMeter
from catalogsync.core.plan import Plan

BASE = (
    CALLS
    + """\
---
kind: feature
key: sso
name: SSO
---
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
phases:
  - key: main
    name: Main
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        featureKey: calls
        billingCadence: P1M
        price: {type: unit, amount: "0.01"}
        entitlementTemplate: {type: metered, issueAfterReset: 1000, isSoftLimit: true}
      - type: flat_fee
        key: sso
        name: SSO
        featureKey: sso
        billingCadence: P1M
        price: {type: flat, amount: "10"}
        entitlementTemplate: {type: boolean}
"""
)


class World:
    """A folder with `catalog/catalog.yaml` and a sandbox beside it. `calls`: method and path of each request since they were last forgotten."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.calls = folder, []
        (folder / "catalog").mkdir()
        self.runtime = Runtime(observers=(lambda call: self.calls.append((call.method, call.path)),))
        self.target = Target(url=f"sandbox:{folder / 'sandbox.db'}")

    def write(self, text: str) -> None:
        (self.folder / "catalog" / "catalog.yaml").write_text(text, "utf-8")

    def applied(self, text: str) -> None:
        self.write(text)
        with apply.ready_files([self.folder / "catalog"], self.target, self.runtime, QUIETLY) as ready:
            made = replace(ready, plan=replace(ready.plan, diagnostics=()))  # whatever fuses say of it
            assert made.carry_out().complete

    def planned(self, text: str, **more: Any) -> Plan:
        self.write(text)
        self.calls.clear()
        return plan.plan_files([self.folder / "catalog"], self.target, self.runtime, PlanRequest(**more))

    @contextlib.contextmanager
    def server(self) -> Iterator[OpenMeter]:
        with OpenMeter(str(self.target.url)) as server:
            yield server

    def subscribe(self, *customers: str, plan_key: str = "pro") -> None:
        """New customers, each on the plan's active version."""
        with self.server() as server:
            for key in customers:
                body = {"key": key, "name": key, "usageAttribution": {"subjectKeys": [key]}}
                server.client.send("POST", "/customers", body)
                said = {"customerKey": key, "plan": {"key": plan_key}}
                server.client.send("POST", "/subscriptions", said)

    def asked(self, path: str) -> int:
        """How many of the requests went to a path."""
        return sum(one == ("GET", f"/api/v1{path}") for one in self.calls)
