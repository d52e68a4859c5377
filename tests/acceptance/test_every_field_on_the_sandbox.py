"""Each single field of each object of the example catalog, changed in turn: validated, planned, applied on the embedded OpenMeter, and
changed back. The normal run carries out one field in three, others of each object, `-m slow` all of them; every single one is planned, and
the plan's end proven, in `core/test_every_field.py`.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

import httpx
import pytest
from engine_helpers import EXAMPLE, TARGET, apply, catalog_of, client_of, planned, settle
from schema_edits import edits, replaced

from catalogsync.checks.validate import validate
from catalogsync.core.model import Catalog
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import reader

pytestmark = [pytest.mark.counted, pytest.mark.unmeasured]

APPLIED = "applied, then nothing to do"


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
    report = apply(plan, client)
    assert report.complete, (plan.changes, [o for o in report.outcomes if not o.status.is_good])
    assert make_plan(changed, reader.read(client), TARGET).is_empty
    return APPLIED


def tax_code_of(sandbox: Sandbox) -> str:
    """The id of a tax code that the server has: the one value of a manifest that only the server can tell."""
    with httpx.Client(transport=sandbox.transport(), base_url="http://sandbox.localhost") as http:
        return http.get("/api/v3/openmeter/tax-codes").json()["data"][0]["id"]


@pytest.fixture(scope="module")
def holding() -> tuple[Catalog, Sandbox, str]:
    """The example catalog, a server that holds it, and the id of that server's tax code."""
    catalog, sandbox = catalog_of(EXAMPLE), Sandbox(seed=1)
    settle(catalog, client_of(sandbox))
    return catalog, sandbox, tax_code_of(sandbox)


@pytest.mark.parametrize(
    "stride", [pytest.param(3, id="sample"), pytest.param(1, id="whole", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("ref", catalog_of(EXAMPLE).resources, ids=str)
def test_every_single_field(ref, stride, holding, monkeypatch):
    for name in ("BILLING_HOOK_SECRET", "CHANGED_SECRET"):
        monkeypatch.setenv(name, "whsec_" + "A" * 32)
    catalog, sandbox, tax_code = holding
    resource = catalog.resources[ref]
    counted: Counter[str] = Counter()
    first = sorted(catalog.resources).index(ref) % stride
    for edit in islice(edits(resource), first, None, stride):
        client = client_of(sandbox.copy())
        if edit.path[-1] == "taxCodeId":
            edit.body["phases"][edit.path[1]]["rateCards"][edit.path[3]]["taxConfig"]["taxCodeId"] = tax_code
        outcome = outcome_of(replaced(catalog, resource, edit.body), client)
        counted[outcome] += 1
        if outcome == APPLIED:
            assert apply(planned(catalog, client), client).complete
    print(f"{ref}: {sum(counted.values())} single fields: {dict(sorted(counted.items()))}")
