"""A rehearsal finds what apply finds: the same end on the copy as on the server."""

from __future__ import annotations

import engine
import harness
import shop as shops
import world
from harness import Case, Tally
from moves import Hand


@harness.sampled(5)
def test_a_rehearsal_tells_how_apply_will_end(count: int) -> None:
    tally = Tally("rehearsed, then applied")
    for seed, dice in harness.dice_of(count, "rehearsed"):
        sandbox, past = harness.history(dice)
        shop = dice.choice((past[-1], shops.evolved(dice, past[-1])))
        done = Hand(sandbox, dice).walk(dice.choice((0, 1, 2, 4)))
        catalog = engine.load(shop)[0]
        client = engine.client_of(sandbox.transport())
        made = engine.plan(catalog, client)
        if made.blocked or not engine.steps(made):
            tally.seen["blocked or empty"] += 1
            continue
        case = Case(tally, f"seed {seed}: {done}", "; ".join(engine.steps(made)))
        sent = world.writes(sandbox)
        passed, failures = engine.rehearsed(made, catalog, client)
        if world.writes(sandbox) != sent:
            case.found("a rehearsal writes to the server", "")
        report = engine.apply(made, client)
        left = engine.steps(engine.plan(catalog, client))
        good = report.complete and not left
        tally.seen[f"{'passed' if passed else 'not passed'}, {'good' if good else 'not good'}"] += 1
        if passed and not good:
            case.found("passed, and apply ends otherwise", engine.outcomes(report) or left)
        if not passed and good and not any(text.startswith("stopped after") for text in failures):
            case.found(
                "not passed, and apply ends well", failures or ("the next plan on the copy is not empty",)
            )
        ends = [text for text in failures if text.startswith("stopped after")]
        if ends:
            case.found("not every stop leads to the same end", ends)
    tally.close()
