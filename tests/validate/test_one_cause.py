"""One mistake, one diagnostic: what follows from it is not told again, and what does not follow is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catalogsync.app import check

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"

CASES = {
    "a document without its separator": ([("meters/users.yaml", "---\n", "")], ["yaml-duplicate-key"]),
    "a key of the wrong form": ([("notifications/channels.yaml", "key: growth_hook", "key: growth-hook")], ["manifest-wrong-form"]),
    "a key that looks like an id": ([("features/usage.yaml", "key: storage\n", "key: 01JBP3SGZ20Y7VRVC351TDFXYZ\n")], ["manifest-wrong-form"]),
    "an unknown kind": ([("features/access.yaml", "kind: feature\nkey: sso", "kind: featur\nkey: sso")], ["manifest-unknown-kind"]),
    "no kind": ([("features/access.yaml", "kind: feature\nkey: sso", "key: sso")], ["manifest-no-kind"]),
    "no key": ([("features/access.yaml", "key: sso\n", "")], ["manifest-missing-field"]),
    "a copy that kept its key": ([("features/access.yaml", "key: sso", "key: audit_log")], ["manifest-duplicate"]),
    "broken YAML": ([("features/usage.yaml", "unitCost:\n  type: llm", "unitCost: [\n  type: llm")], ["yaml-syntax"]),
    "a type that its card does not take": (
        [("plans/pro.yaml", "type: usage_based\n        key: output", "type: flat_fee\n        key: output")], ["manifest-unknown-value"],
    ),
    "a broken key and a typo of another": (
        [("notifications/channels.yaml", "key: growth_hook", "key: growth-hook"), ("notifications/rules.yaml", "[billing_hook]", "[billing_hok]")],
        ["manifest-wrong-form", "reference-unknown-channel"],
    ),
    "broken YAML and a typo": (
        [("meters/storage.yaml", "groupBy:", "groupBy: ["), ("plans/free.yaml", "featureKey: team_seats", "featureKey: team_seat")],
        ["yaml-syntax", "rate_card_feature_not_found"],
    ),
    "an add-on that is billed otherwise, in two plans": (
        [("addons/seat_pack.yaml", "billingCadence: P1M", "billingCadence: P1Y")], ["rate_card_billing_cadence_mismatch"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_once(case: str, tmp_path: Path) -> None:
    edits, expected = CASES[case]
    shutil.copytree(EXAMPLE, tmp_path / "catalog")
    for name, old, new in edits:
        file = tmp_path / "catalog" / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
    told = [one.code for one in check.check([tmp_path / "catalog"]).diagnostics]
    assert sorted(told) == sorted(expected)
