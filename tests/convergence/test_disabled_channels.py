"""Rules and channels, some of them disabled: reads of rules hide disabled channels, and nothing that was not done is called done."""

from __future__ import annotations

import engine
import harness
import shop as shops
from harness import Case, Tally
from moves import Hand, disable, enable, reroute, unkey

CHANGES = (shops.switch, shops.switch, shops.reroute, shops.reroute, shops.add, shops.drop, shops.relife, shops.rename)  # fmt: skip


@harness.sampled(35)
def test_rules_with_channels_that_come_go_and_are_disabled(count: int) -> None:
    tally = Tally("rules and disabled channels")
    for seed, dice in harness.dice_of(count, "channels"):
        sandbox, past = harness.history(dice, "notifications")
        shop, done = past[-1], []
        for number in range(dice.randint(2, 4)):
            if dice.random() < 0.25:
                done.append(Hand(sandbox, dice).move(disable, enable, reroute, unkey))
            following = shops.evolved(dice, shop, among=CHANGES)
            done.append(shops.difference(shop, following))
            shop = following
            case = Case(tally, f"seed {seed}, catalog {number + 1}: {' | '.join(filter(None, done))}")
            ended = harness.converge(case, shop, engine.load(shop)[0], sandbox)
            tally.seen[ended] += 1
            if ended != "empty":
                break
    tally.close()
