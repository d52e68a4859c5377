"""Somebody changes things on the server by hand, before a plan, after it, or in the middle of a run. Nothing is left in the end."""

from __future__ import annotations

import contextlib

import engine
import harness
import shop as shops
import world
from harness import Case, Tally
from moves import Hand


@harness.sampled(30)
def test_by_hand_then_a_catalog(count: int) -> None:
    tally = Tally("changed by hand, then a catalog")
    for seed, dice in harness.dice_of(count, "by hand"):
        sandbox, past = harness.history(dice)
        if len(past) > 1 or dice.random() < 0.7:
            harness.settled(past[-1], sandbox)
        done = Hand(sandbox, dice).walk(dice.choice((1, 1, 2, 3)))
        shop = dice.choice((past[-1], past[-1], past[0], shops.evolved(dice, past[-1])))
        catalog = engine.load(shop)[0]
        if dice.random() < 0.3:
            number = dice.randint(0, 6)
            client = engine.client_of(world.killed_after(sandbox, number))
            made = engine.plan(catalog, client)
            try:
                if not made.blocked:
                    engine.apply(made, client)
            except world.Killed:
                done += f"; killed after write {number}; " + Hand(sandbox, dice).walk(1)
        case = Case(tally, f"seed {seed}: {done}", f"then {shops.difference(past[-1], shop)}")
        tally.seen[harness.converge(case, shop, catalog, sandbox)] += 1
    tally.close()


@harness.sampled(25)
def test_by_hand_between_plan_and_apply(count: int) -> None:
    """The saved plan is refused, or says truly what it did."""
    tally = Tally("changed by hand between plan and apply")
    for seed, dice in harness.dice_of(count, "between"):
        sandbox, past = harness.history(dice)
        catalog = engine.load(past[-1])[0]
        client = engine.client_of(sandbox.transport())
        made = engine.plan(catalog, client)
        if made.blocked or not engine.steps(made):
            continue
        number = dice.randint(0, len(engine.steps(made)))
        with contextlib.suppress(world.Killed):
            engine.apply(made, engine.client_of(world.killed_after(sandbox, number)))
        done = f"{number} writes, then " + Hand(sandbox, dice).walk(dice.choice((1, 1, 2)))
        case = Case(tally, f"seed {seed}: {done}")
        try:
            report = engine.apply(made, client)
        except engine.Refused:
            tally.seen["refused"] += 1
        else:
            mine = engine.touched(made)  # what somebody else does elsewhere, the saved plan does not look at
            left = [step for step in engine.steps(engine.plan(catalog, client)) if step.split()[1] in mine]
            tally.seen["complete" if report.complete else "incomplete"] += 1
            if report.complete and left:
                early = " (called already)" if set(left) & set(engine.already(report)) else ""
                case.found("complete, and the next plan is not empty" + early, left)
        tally.seen[
            f"{harness.converge(case.at('then the files again'), past[-1], catalog, sandbox)} after"
        ] += 1
    tally.close()
