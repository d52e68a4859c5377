"""Rollback plans of whole and of half-done plans: afterwards the next rollback plan is empty, and what was is there again or it is told."""

from __future__ import annotations

import contextlib

import engine
import harness
import shop as shops
import truth
import world
from harness import Case, Tally
from test_interrupted import moments

from catalogsync.sandbox import Sandbox


def undone(
    case: Case,
    made: engine.Plan,
    sandbox: Sandbox,
    before: dict[str, str],
    past: list[shops.Shop],
    back: engine.Plan | None,
) -> str:
    """Rolls a plan back and asks that nothing is left. `back`: a rollback plan that was interrupted, to be applied again."""
    client = engine.client_of(sandbox.transport())
    back = back or engine.undoing(made, client)
    if back.blocked:
        case.found("the rollback of one's own plan is blocked", harness.blocks(back))
        return "blocked"
    report = engine.apply(back, client)
    again = engine.undoing(made, client)
    if not report.complete:
        if harness.UNFORESEEN & {code for codes in engine.subjects(back).values() for code in codes}:
            return "refused as warned"
        case.found("a rollback is refused without a fault", engine.outcomes(report))
        return "incomplete"
    if again.blocked:
        case.found("rolled back, and the next rollback is blocked", harness.blocks(again))
        return "blocked"
    if engine.steps(again):
        case.found("rolled back, and the next rollback is not empty", engine.steps(again))
        return "left"
    told = engine.subjects(back).keys() | engine.subjects(again).keys()
    wrong = {n: why for n, why in _differing(before, past, sandbox).items() if n not in told}
    if wrong:
        case.found("rolled back, and not as it was", [f"{n} {why}" for n, why in wrong.items()])
        return "untrue"
    return "empty"


def _differing(before: dict[str, str], past: list[shops.Shop], sandbox: Sandbox) -> dict[str, str]:
    """What the catalog before says and is no longer so, though it was before the plan."""
    now = truth.untrue(past[-2], sandbox) if len(past) > 1 else {}
    return {name: why for name, why in now.items() if name not in before}


@harness.sampled(8)
def test_a_plan_stopped_after_every_write_and_rolled_back(count: int) -> None:
    tally = Tally("stopped after every write, then rolled back")
    for seed, dice in harness.dice_of(count, "undone"):
        base, past = harness.history(dice)
        made, stops = moments(engine.load(past[-1])[0], base)
        if made.blocked:
            continue
        before = truth.untrue(past[-2], base) if len(past) > 1 else {}
        for number, stopped in enumerate(stops):
            sandbox = stopped.copy()
            where = f"seed {seed}, after write {number} of {len(stops) - 1}: {'; '.join(engine.steps(made))}"
            case = Case(tally, where)
            back = None
            if dice.random() < 0.3:
                killed = dice.randint(0, 4)
                client = engine.client_of(world.killed_after(sandbox, killed))
                back = engine.undoing(made, client)
                with contextlib.suppress(world.Killed, engine.Refused):
                    engine.apply(back, client)
                case = case.at(f"the rollback killed after write {killed} and applied again")
            tally.seen[undone(case, made, sandbox, before, past, back)] += 1
    tally.close()
