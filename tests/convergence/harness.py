"""Seeds, counts and findings: what a run of many cases tells in a few lines, and the one question that all of them ask (`converge`)."""

from __future__ import annotations

import os
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import engine
import pytest
import shop as shops
import truth
import world

from catalogsync.sandbox import Sandbox

FIRST = int(os.environ.get("CATALOGSYNC_SEED", "0"))
"""The first seed."""
SEEDS = int(os.environ.get("CATALOGSYNC_SEEDS", "0"))
"""How many seeds; 0: as many as each test says."""
LONG = 200
"""How many seeds a test marked slow takes."""
SHOWN = 12

UNFORESEEN = frozenset({"channel-use-unseen", "addon-deletion-uncertain"})
"""Warnings by which a plan says itself that the server may refuse for reasons that cannot be read."""
BLOCKING = frozenset(
    {"addon-not-active", "channel-full", "duplicate-key", "immutable-field", "in-use", "managed-elsewhere", "undo-moved"}
)  # fmt: skip
"""Errors that may block a plan."""


def sampled(short: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test over seeds: `count` of them, few in the normal suite, many when it is marked slow or CATALOGSYNC_SEEDS says so."""

    def mark(function: Callable[..., None]) -> Callable[..., None]:
        cases = [
            pytest.param(SEEDS or short, id="sample"),
            pytest.param(SEEDS or LONG, id="long", marks=pytest.mark.slow),
        ]
        return pytest.mark.counted(pytest.mark.parametrize("count", cases)(function))

    return mark


def dice_of(count: int, what: str) -> Iterator[tuple[int, random.Random]]:
    """Each seed with its dice, of which another test has others."""
    for seed in range(FIRST, FIRST + count):
        yield seed, random.Random(f"{what} {seed}")


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise: which, and in what way; the rest tells how to see it again."""

    promise: str
    left: str
    where: str
    difference: str = ""

    @property
    def cause(self) -> str:
        """The finding without names, so that like ones count together."""
        return f"{self.promise}: " + re.sub(r"/[a-z_0-9]+|'[^']*'|[0-9]+", "", self.left)[:160]

    def __str__(self) -> str:
        return f"{self.where}\n    {self.difference}\n    {self.promise}: {self.left}"


@dataclass
class Tally:
    """What was tried and what was found."""

    what: str
    seen: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def found(self, promise: str, left: Iterable[str] | str, where: str, difference: str = "") -> None:
        text = left if isinstance(left, str) else "; ".join(left)
        self.findings.append(Finding(promise, text, where, difference))

    def close(self) -> None:
        """Prints the counts, and fails with the findings, grouped by cause, the most frequent first."""
        counts = ", ".join(f"{n} {name}" for name, n in sorted(self.seen.items()))
        print(f"{self.what} (first seed {FIRST}): {counts}")
        if not self.findings:
            return
        groups: dict[str, list[Finding]] = defaultdict(list)
        for one in self.findings:
            groups[one.cause].append(one)
        lines = [f"{len(self.findings)} findings in {len(groups)} groups; {self.what}: {counts}"]
        for cause, some in sorted(groups.items(), key=lambda item: -len(item[1])):
            lines.append(f"{len(some)} × {cause}")
            lines.append(f"  {min(some, key=lambda one: len(one.difference))}")
            if len(lines) > 2 * SHOWN:
                lines.append("…")
                break
        pytest.fail("\n".join(lines), pytrace=False)


@dataclass(frozen=True, slots=True)
class Case:
    """Where a case stands: for the report of what is found."""

    tally: Tally
    where: str
    difference: str = ""

    def found(self, promise: str, left: Iterable[str] | str) -> None:
        self.tally.found(promise, left, self.where, self.difference)

    def at(self, more: str) -> Case:
        return Case(self.tally, f"{self.where}, {more}", self.difference)


def converge(
    case: Case, shop: shops.Shop, catalog: engine.Catalog, sandbox: Sandbox, *, reachable: bool = False
) -> str:
    """Applies a catalog and asks that nothing is left: no step, nothing untrue that is not told, no word of success too early.

    Gives how it ended: empty, blocked or warned. `reachable`: a blocked plan is a finding, since the same catalog can be reached otherwise.
    Some go through the plan's file, some with several workers, which the catalog decides.
    """
    workers, by_file = random.Random(repr(shop)).choice(((1, False), (1, True), (4, True)))
    client = engine.client_of(sandbox.transport(), workers=workers)
    made = engine.plan(catalog, client)
    if made.blocked:
        return _blocked(case, made, client, sandbox, reachable)
    try:
        report = engine.apply(engine.reread(made) if by_file else made, client, workers=workers)
    except engine.Refused as refusal:
        case.found("a plan made this moment is refused", str(refusal.message))
        return "refused"
    after = engine.plan(catalog, client)
    left = engine.steps(after)
    if not report.complete:
        early = [step for step in engine.already(report) if step in left]
        if early:
            case.found("called already, and planned again", early)
        if UNFORESEEN & {code for codes in engine.subjects(made).values() for code in codes}:
            return "refused as warned"
        case.found("refused without a fault", engine.outcomes(report))
        return "incomplete"
    if left:
        _left(case, report, after, catalog, client)
        return "left"
    if after.blocked:
        case.found("complete, and the next plan is blocked", blocks(after))
        return "left"
    told = engine.subjects(after)
    wrong = {name: why for name, why in truth.untrue(shop, sandbox).items() if name not in told}
    if wrong:
        case.found("said to be equal, and is not", [f"{name} {why}" for name, why in wrong.items()])
        return "untrue"
    return "empty"


def _left(
    case: Case, report: engine.RunReport, after: engine.Plan, catalog: engine.Catalog, client: engine.Client
) -> None:
    """The run said that it is complete, and there is something left: is that ever done?"""
    left = engine.steps(after)
    early = " (called already)" if set(left) & set(engine.already(report)) else ""
    if not after.blocked:
        engine.apply(after, client)
    ever = engine.steps(engine.plan(catalog, client))
    promise = "complete, and no plan is ever empty" if ever else "complete, and the next plan is not empty"
    case.found(promise + early, ever or left)


def blocks(made: engine.Plan) -> list[str]:
    """The errors of a plan, in words."""
    return [f"{d.code} {d.subject}: {d.summary}" for d in made.diagnostics if d.is_error]


def _blocked(case: Case, made: engine.Plan, client: engine.Client, sandbox: Sandbox, reachable: bool) -> str:
    sent = world.writes(sandbox)
    try:
        engine.apply(made, client)
        case.found("a blocked plan was applied", blocks(made))
    except engine.Refused:
        pass
    if world.writes(sandbox) != sent:
        case.found("a blocked plan was refused, and something was sent", blocks(made))
    unknown = [text for text in blocks(made) if text.split()[0] not in BLOCKING]
    if unknown:
        case.found("blocked by an error that is not known here", unknown)
    if reachable:
        case.found("blocked from here, and not from elsewhere", blocks(made))
    return "blocked"


def settled(shop: shops.Shop, sandbox: Sandbox) -> bool:
    """Applies a catalog on the way to a case; whether all went well."""
    client = engine.client_of(sandbox.transport())
    catalog, errors = engine.load(shop)
    assert not errors, errors
    made = engine.plan(catalog, client)
    if made.blocked or not engine.apply(made, client).complete:
        return False
    return not engine.steps(engine.plan(catalog, client))


def history(dice: random.Random, part: str = "") -> tuple[Sandbox, list[shops.Shop]]:
    """A sandbox on which up to two catalogs were applied one after the other, and those catalogs."""
    for _ in range(20):
        sandbox, past = world.fresh(), []
        shop = shops.drawn(dice, part)
        for _ in range(dice.choice((0, 1, 1, 2))):
            if not settled(shop, sandbox):
                break
            past.append(shop)
            shop = shops.evolved(dice, shop)
        else:
            return sandbox, [*past, shop]
    raise AssertionError("no history could be made")
