"""Each single field of each object of the example catalog, changed in turn: validated, planned, applied on the embedded OpenMeter, and
changed back."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest
from fieldwalk import edits, replaced
from hands import EXAMPLE, TARGET, catalog_of, client_of, settle

from catalogsync import executor
from catalogsync.api import reader
from catalogsync.model import Kind
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.validate import validate


def outcome_of(changed, client) -> str:
    """What becomes of a changed catalog; what is refused is refused before the first call, and what is sent is taken."""
    refused = [found for found in validate(changed) if found.is_error]
    if refused:
        assert all(found.where and found.where.line for found in refused), refused
        return "content that is refused"
    plan = make_plan(changed, reader.read(client), TARGET)
    if plan.blocked:
        return "impossible"
    if plan.is_empty:
        return "no difference"
    report = executor.apply(plan, client)
    assert report.complete, (plan.changes, [o for o in report.outcomes if not o.status.is_good])
    assert make_plan(changed, reader.read(client), TARGET).is_empty
    return "applied, then nothing to do"


def tax_code_of(sandbox: Sandbox) -> str:
    """The id of a tax code that the server has: the one value of a manifest that only the server can tell."""
    with httpx.Client(transport=sandbox.transport(), base_url="http://sandbox.localhost") as http:
        return http.get("/api/v3/openmeter/tax-codes").json()["data"][0]["id"]


@pytest.mark.parametrize("kind", Kind)
def test_every_single_field(kind, capsys, monkeypatch):
    for name in ("BILLING_HOOK_SECRET", "CHANGED_SECRET"):
        monkeypatch.setenv(name, "whsec_" + "A" * 32)
    catalog = catalog_of(EXAMPLE)
    counted: Counter[str] = Counter()
    for resource in catalog.of(kind):
        for number, edit in enumerate(edits(resource)):
            if number % 20 == 0:  # old versions pile up, and reading them takes time
                sandbox = Sandbox()
                client, tax_code = client_of(sandbox), tax_code_of(sandbox)
                settle(catalog, client)
            if edit.path[-1] == "taxCodeId":
                edit.body["phases"][edit.path[1]]["rateCards"][edit.path[3]]["taxConfig"]["taxCodeId"] = (
                    tax_code
                )
            counted[outcome_of(replaced(catalog, resource, edit.body), client)] += 1
            settle(catalog, client)
    with capsys.disabled():
        print(f"\n{kind}: {sum(counted.values())} single fields: {dict(sorted(counted.items()))}")
