"""Ways on which plans stayed unempty, or success was told too early, each as small as it can be."""

from __future__ import annotations

import random
from collections.abc import Callable

import engine
import harness
import pytest
import shop as shops
import truth
import world
from harness import Case, Tally
from moves import Hand, archive_addon, draft, like_version, there_and_back, unkey
from test_interrupted import moments
from world import Rows

from catalogsync.sandbox import Sandbox

DICE = random.Random(0)


def shop(
    amount: int = 5, currency: str = "USD", lifecycle: str = "published", offered: bool = True
) -> shops.Shop:
    """A plan that offers an add-on."""
    addon = {
        "kind": "addon", "key": "pack", "name": "pack", "currency": currency, "instanceType": "single",
        "rateCards": [shops.fee("extra", amount)],
    }  # fmt: skip
    plan = {
        "kind": "plan", "key": "pro", "name": "pro", "currency": currency, "billingCadence": "P1M", "lifecycle": lifecycle,
        "phases": [{"key": "main", "name": "Main", "rateCards": [shops.fee("base", 49)]}],
        "addons": [{"addon": "pack", "fromPlanPhase": "main"}] if offered else [],
    }  # fmt: skip
    return shops.ordered([addon, plan])


def bell(*rule: str, disabled: str = "", there: str = "ops sales") -> shops.Shop:
    """Channels, and a rule that goes to some of them; no rule where none is named."""
    found = [{**shops.channel(key), "disabled": key in disabled.split()} for key in there.split()]
    return shops.ordered([*found, *([shops.rule(DICE, "billed", rule)] if rule else [])])


def ends(wanted: shops.Shop, sandbox: Sandbox, where: str = "") -> None:
    tally = Tally("as seen")
    harness.converge(Case(tally, where), wanted, engine.load(wanted)[0], sandbox, reachable=True)
    tally.close()


HANDS: dict[str, tuple[Callable[[Hand, Rows], str | None], ...]] = {
    "an add-on is archived that a plan offers": (archive_addon,),
    "a new version says the same": (like_version,),
    "another version, and back": (there_and_back,),
    "a draft, and then the add-on is archived": (draft, archive_addon),
}


@pytest.mark.parametrize("lifecycle", ("published", "draft"))
@pytest.mark.parametrize("hands", HANDS)
def test_by_hand(hands: str, lifecycle: str) -> None:
    sandbox = world.fresh()
    assert harness.settled(shop(lifecycle=lifecycle), sandbox)
    for move in HANDS[hands]:
        rows = Rows(sandbox)
        rows.tables["plans"] = []
        assert move(Hand(sandbox, random.Random(1)), rows)
    ends(shop(lifecycle=lifecycle), sandbox)


@pytest.mark.parametrize("lifecycle", ("published", "draft"))
@pytest.mark.parametrize("other", ("price", "currency"))
def test_there_interrupted_and_back(other: str, lifecycle: str) -> None:
    """The files change, the run stops after each of its writes, the files change back."""
    base = world.fresh()
    first = shop(lifecycle=lifecycle)
    assert harness.settled(first, base)
    second = (
        shop(amount=6, lifecycle=lifecycle) if other == "price" else shop(currency="EUR", lifecycle=lifecycle)
    )
    for number, stopped in enumerate(moments(engine.load(second)[0], base)[1]):
        ends(first, stopped, f"after write {number}")


@pytest.mark.parametrize("lifecycle", ("published", "draft"))
def test_there_and_back_twice_interrupted(lifecycle: str) -> None:
    base = world.fresh()
    one, two = shop(lifecycle=lifecycle), shop(amount=6, lifecycle=lifecycle)
    assert harness.settled(one, base)
    for first in moments(engine.load(two)[0], base)[1]:
        for number, second in enumerate(moments(engine.load(one)[0], first)[1]):
            ends(two, second, f"after write {number} on the way back")


DISABLED = {
    "the channel leaves the rule": (bell("ops", "sales", disabled="sales"), bell("ops", disabled="sales")),
    "the channel joins the rule": (bell("ops", disabled="sales"), bell("ops", "sales", disabled="sales")),
    "the channel leaves the files": (bell("ops", "sales", disabled="sales"), bell("ops", there="ops")),
    "the channel leaves the files, is not in the rule any more, and comes back": (
        bell("ops", "sales", disabled="sales"), bell("ops", there="ops"), bell("ops", disabled="sales"),
    ),
    "two rules' worth of channels change places": (
        bell("ops", "night", disabled="night sales", there="ops sales night"),
        bell("ops", "sales", disabled="night sales", there="ops sales night"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", DISABLED)
def test_a_rule_on_a_disabled_channel(way: str) -> None:
    sandbox = world.fresh()
    before = tuple({**one, "disabled": False} for one in DISABLED[way][0])
    assert harness.settled(before, sandbox)  # a rule is given its channels while they are enabled
    for wanted in DISABLED[way]:
        ends(wanted, sandbox, shops.difference(before, wanted))


def test_a_channel_without_its_key_and_a_rule_that_names_it() -> None:
    """Somebody took the key from a channel; the rule is to leave it."""
    sandbox = world.fresh()
    assert harness.settled(bell("ops", "sales"), sandbox)
    rows = Rows(sandbox)
    rows.tables["channels"] = rows.keyed("channels", "ops")
    assert unkey(Hand(sandbox, DICE), rows)
    ends(bell("sales"), sandbox)


def test_a_rollback_of_half_a_plan_is_not_blocked_by_the_plan_itself() -> None:
    """The plan's assignment has metadata, which a second call sets: in between the draft is the plan's own work."""
    first = shop(offered=False)
    offer = {"addon": "pack", "fromPlanPhase": "main", "metadata": {"shelf": "a"}}
    second = tuple({**one, "addons": [offer]} if one["kind"] == "plan" else one for one in first)
    base = world.fresh()
    made, stops = moments(engine.load(second)[0], base)
    for number, stopped in enumerate(stops):
        client = engine.client_of(stopped.transport())
        back = engine.undoing(made, client)
        assert not back.blocked, (number, harness.blocks(back))
        assert engine.apply(back, client).complete, number
        assert engine.steps(engine.undoing(made, client)) == [], number


def test_an_add_on_rolled_back_is_offered_in_the_version_that_is_published() -> None:
    base = world.fresh()
    assert harness.settled(shop(), base)
    made, stops = moments(engine.load(shop(amount=6))[0], base)
    for number, stopped in enumerate(stops):
        client = engine.client_of(stopped.transport())
        back = engine.undoing(made, client)
        assert engine.apply(back, client).complete, number
        told = engine.subjects(back)
        wrong = {name: why for name, why in truth.untrue(shop(), stopped).items() if name not in told}
        assert not wrong, (number, engine.steps(back), wrong)
