"""Servers with histories made by hand are exported: the files validate and plan to nothing, or the export names what no manifest can say."""

from __future__ import annotations

import engine
import harness
import truth
from harness import Case, Tally
from moves import Hand
from world import Rows


def live_names(rows: Rows) -> set[str]:
    """Everything that is stored and not gone, by KIND/KEY; channels and rules without a key are not counted."""
    found = {f"meter/{row['slug']}" for row in rows.of("meters")}
    found |= {f"feature/{row['key']}" for row in rows.of("features") if not row.get("archivedAt")}
    found |= {f"{kind}/{row['key']}" for kind in ("plan", "addon") for row in rows.of(f"{kind}s")}
    for kind, table in (("notification_channel", "channels"), ("notification_rule", "rules")):
        keys = [(row.get("metadata") or {}).get("catalogsync/key") for row in rows.of(table)]
        found |= {f"{kind}/{key}" for key in keys if key}
    return found


def check(case: Case, hand: Hand, tally: Tally) -> None:
    client = engine.client_of(hand.sandbox.transport())
    made = engine.exported(client)
    warned = {subject for subject, _ in made.warnings}
    catalog, errors = engine.load_files(made.files)
    if errors:
        case.found("the export does not validate", errors)
        tally.seen["invalid"] += 1
        return
    missing = live_names(Rows(hand.sandbox)) - {str(ref) for ref in catalog.resources} - warned
    if missing:
        case.found("left out and not named", sorted(missing))
    plan = engine.plan(catalog, client)
    if plan.blocked:
        case.found("the plan of the export is blocked", harness.blocks(plan))
        tally.seen["blocked"] += 1
        return
    left = engine.steps(plan)
    unnamed = [step for step in left if step.split()[1] not in warned]
    if unnamed:
        case.found("the plan of the export is not empty, and no warning names it", unnamed)
    wrong = truth.untrue(engine.documents(catalog), hand.sandbox)
    unsaid = [f"{name} {why}" for name, why in wrong.items() if name not in warned]
    if unsaid:
        case.found("the files say otherwise than is live, and no warning names it", unsaid)
    for subject, words in made.warnings:
        _true(case, subject, words, left, catalog, Rows(hand.sandbox))
    again = engine.exported(client)
    if again != made:
        case.found(
            "a second export differs", sorted(set(again.files.items()) ^ set(made.files.items()))[0][0]
        )
    tally.seen["named" if left else "empty"] += 1


def _true(case: Case, subject: str, words: str, left: list[str], catalog: engine.Catalog, rows: Rows) -> None:
    """What can be held against a warning: what is left out has no file, what means a new version plans to one, a published version is there."""
    there = {str(ref) for ref in catalog.resources}
    if "left out" in words and subject in there and "draft" not in words:
        case.found("said to be left out, and is not", f"{subject}: {words}")
    if "makes a new version" in words and not any(f"publish {subject}" in step for step in left):
        case.found("said to make a new version, and makes none", f"{subject}: {words}")
    if "means the published one" in words:
        key = words.split("add-on ")[1].split(";", maxsplit=1)[0].split(maxsplit=1)[0]
        if not rows.versions("addons", key, "active"):
            case.found("speaks of a published version where none is", f"{subject}: {words}")


@harness.sampled(25)
def test_a_walk_on_the_server_is_exported(count: int) -> None:
    tally = Tally("random walks, exported")
    for seed, dice in harness.dice_of(count, "exported"):
        sandbox, past = harness.history(dice)
        harness.settled(past[-1], sandbox)
        hand = Hand(sandbox, dice)
        check(Case(tally, f"seed {seed}: {hand.walk(dice.randint(1, 8))}"), hand, tally)
    tally.close()
