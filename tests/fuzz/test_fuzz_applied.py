"""What validates is applied: the example catalog with one object changed within its schema, checked, and carried out on an empty sandbox.

Where no error is told, everything is done, nothing is left to do, and no refusal comes but from what only a server can know (ids of tax
codes) or only this machine (secrets). Where an error is told, the sandbox does not carry the catalog out, or the engine mends it on the way.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_helpers import TARGET, apply, client_of
from fuzz_documents import Corpus, by_values

from catalogsync import manifests
from catalogsync.app import check
from catalogsync.core.errors import Refused
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import reader

MENDED = {"rule-channels", "duration-invalid", "plan-addon-twice"}
"""Refused by the server as written; the engine sends channels and offers once and leaves an empty usage period out."""


def folders(count: int, seed: int, folder: Path) -> Iterator[Path]:
    """Catalogs of which one object is changed."""
    corpus = Corpus.read()
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")
        (place,) = chance.choices(range(len(corpus.values)), corpus.sizes)
        text = by_values(corpus, corpus.values[place], chance, legal=True)
        (folder / "changed.yaml").write_bytes(text.encode("utf-8", "replace"))
        (folder / "others.yaml").write_text(corpus.surroundings[len(corpus.texts) + place], "utf-8")
        yield folder


def outcome(folder: Path) -> str:
    """What becomes of a catalog on an empty sandbox; raises AssertionError where more or less was told than happened."""
    found = check.check([folder])
    told = {d.code for d in found.diagnostics if d.is_error and not d.code.startswith("waiver-")}
    loaded = manifests.load([folder])
    if any(d.is_error for d in loaded.diagnostics):
        return "refused by its schema"
    client = client_of(Sandbox())
    try:
        plan = make_plan(loaded.catalog, reader.read(client), TARGET)
        if plan.blocked:
            return "blocked by the plan"
        report = apply(plan, client)
    except (Refused, ValueError) as problem:
        assert told or isinstance(problem, Refused)
        return "refused before the first call"
    if not report.complete:
        messages = " ".join(one.message for one in report.outcomes)
        assert told or "tax code" in messages, messages
        return "refused by the server" if told else "a tax code of another server"
    assert told <= MENDED, told
    assert make_plan(loaded.catalog, reader.read(client), TARGET).is_empty
    return "applied"


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("count", "seed"), [(80, 21), pytest.param(4000, 22, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_what_validates_is_applied(
    count: int, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILLING_HOOK_SECRET", "whsec_" + "A" * 32)
    counted = Counter(outcome(folder) for folder in folders(count, seed, tmp_path))
    print(dict(counted))
    assert counted["applied"] > count / 3
    assert counted["refused by the server"] > count / 10
