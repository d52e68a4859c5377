"""A catalog is applied and interrupted at every request; then another one is applied, perhaps interrupted too. Nothing is left in the end."""

from __future__ import annotations

import random

import engine
import harness
import shop as shops
import world
from harness import Case, Tally

from catalogsync.sandbox import Fault, Sandbox

FAULTS = ("reset-before", "reset-after", "500-before", "500-after", "cut", "malformed", "502-after")


def moments(catalog: engine.Catalog, base: Sandbox) -> tuple[engine.Plan, list[Sandbox]]:
    """The plan of a catalog and the sandbox after each of its writes, the first as it was before."""
    running, found = base.copy(), [base]
    client = engine.client_of(world.recorded(running, found))
    made = engine.plan(catalog, client)
    if not made.blocked:
        engine.apply(made, client)
    return made, found


def reaches(catalog: engine.Catalog, sandbox: Sandbox) -> bool:
    """Whether a catalog's plan is not blocked there."""
    return not engine.plan(catalog, engine.client_of(sandbox.transport())).blocked


def follow(case: Case, dice: random.Random, stopped: Sandbox, then: list[shops.Shop], reachable: bool) -> str:
    """The next catalog, interrupted once more where the dice say so, and after that the last one."""
    catalog = engine.load(then[0])[0]
    if len(then) > 1 and dice.random() < 0.5:
        number = dice.randint(0, 6)
        client = engine.client_of(world.killed_after(stopped, number))
        made = engine.plan(catalog, client)
        if not made.blocked:
            try:
                engine.apply(made, client)
            except world.Killed:
                case = case.at(f"then after write {number} of B, then [{shops.difference(then[0], then[1])}]")
            return harness.converge(case, then[1], engine.load(then[1])[0], stopped)
    return harness.converge(case, then[0], catalog, stopped, reachable=reachable)


@harness.sampled(16)
def test_another_catalog_after_every_write(count: int) -> None:
    tally = Tally("interrupted after every write, then another catalog")
    for seed, dice in harness.dice_of(count, "interrupted"):
        base, past = harness.history(dice)
        first = past[-1]
        if len(past) == 1 and dice.random() < 0.5:
            first = shops.evolved(dice, past[-1])
        made, stops = moments(engine.load(first)[0], base)
        if made.blocked:
            tally.seen["blocked at once"] += 1
            continue
        back = past[-2] if len(past) > 1 else past[0]
        other = shops.evolved(dice, first)
        then = dice.choice(([other], [other, first], [other, back], [back], [back], [back, first], [first]))
        catalog = engine.load(then[0])[0]
        reachable = reaches(catalog, base) and reaches(catalog, stops[-1])
        for number, stopped in enumerate(stops):
            difference = f"A→B: {shops.difference(first, then[0])}"
            case = Case(tally, f"seed {seed}, after write {number} of {len(stops) - 1}", difference)
            tally.seen[follow(case, dice, stopped.copy(), then, reachable)] += 1
    tally.close()


@harness.sampled(3)
def test_the_same_plan_again_after_every_write(count: int) -> None:
    """The saved plan itself is applied again; a refusal is in order, a false success is not."""
    tally = Tally("interrupted after every write, then the same plan again")
    for seed, dice in harness.dice_of(count, "resumed"):
        base, past = harness.history(dice)
        catalog = engine.load(past[-1])[0]
        made, stops = moments(catalog, base)
        for number, stopped in enumerate(stops if not made.blocked else ()):
            sandbox = stopped.copy()
            client = engine.client_of(sandbox.transport())
            case = Case(tally, f"seed {seed}, after write {number} of {len(stops) - 1}")
            report = engine.apply(made, client)
            left = engine.steps(engine.plan(catalog, client))
            tally.seen["complete" if report.complete else "incomplete"] += 1
            if not report.complete:
                case.found("the same plan does not finish", engine.outcomes(report))
            elif left:
                case.found("complete, and the next plan is not empty", left)
    tally.close()


@harness.sampled(3)
def test_another_catalog_after_a_broken_connection(count: int) -> None:
    """One request, read or write, goes wrong before or after its effect; the run goes on as it likes; then the same catalog or another."""
    tally = Tally("one broken request, then a catalog")
    for seed, dice in harness.dice_of(count, "broken"):
        base, past = harness.history(dice)
        first = past[-1]
        catalog = engine.load(first)[0]
        counted = base.copy()
        made = engine.plan(catalog, engine.client_of(counted.transport()))
        if made.blocked:
            continue
        engine.apply(made, engine.client_of(counted.transport()))
        other = dice.choice((first, shops.evolved(dice, first), past[0]))
        reading = base.copy()
        engine.plan(catalog, engine.client_of(reading.transport()))
        for number in range(1, len(counted.requests) - len(reading.requests) + 1):
            sandbox, fault = base.copy(), dice.choice(FAULTS)
            client = engine.client_of(sandbox.transport())
            made = engine.plan(catalog, client)
            sandbox.break_with(Fault(fault, number=number))
            case = Case(tally, f"seed {seed}, {fault} at request {number}", shops.difference(first, other))
            try:
                complete = engine.apply(made, client).complete
            except engine.CatalogsyncError:
                complete = False
            sandbox.break_with()
            left = engine.steps(engine.plan(catalog, client))
            if complete and left:
                case.found("complete, and the next plan is not empty", left)
            tally.seen[harness.converge(case, other, engine.load(other)[0], sandbox)] += 1
    tally.close()
