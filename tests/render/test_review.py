"""What a changed price means: by hand, in every format, offline; with the quantities and the customers that are asked about."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from engine_helpers import apply, client_of, planned, saved, written
from test_cards import PLAN

from catalogsync.app import usage_file
from catalogsync.app.diff import Difference, diff
from catalogsync.app.review import PriceChange, Review
from catalogsync.core.asked import Asked
from catalogsync.core.errors import UsageError
from catalogsync.core.plan import Plan
from catalogsync.render import difference_json, document, document_markdown, document_text, plan_json
from catalogsync.sandbox import Sandbox

FEE = (
    '      - {type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: "49"}}\n'
)
ADDON = """\
---
kind: addon
key: extra
name: Extra
currency: USD
instanceType: single
rateCards:
  - {type: flat_fee, key: extra_fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: "10"}}
"""

Changed = Callable[[str, str], Plan]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """The saved plan, read again, from one catalog to another."""

    def make(before: str, after: str) -> Plan:
        client = client_of(Sandbox(seed=1))
        assert apply(planned(written(tmp_path, before), client), client).complete
        plan = planned(written(tmp_path, after), client)
        return saved(plan, tmp_path / "plan.json")

    return make


def text(plan: Plan, asked: Asked) -> str:
    return document_text.render(document.of_plan(plan, review=Review.of(plan, asked)))


def change_of(plan: Plan, asked: Asked) -> PriceChange:
    (found,) = Review.of(plan, asked).price_changes
    return found


def test_a_dearer_tier_by_hand(changed: Changed) -> None:
    """1,000 free, then 0.01 USD becomes 0.02 USD: from 1,001 on the customer pays twice as much, 490.00 USD more at 50,000 calls."""
    plan = changed(PLAN + FEE, (PLAN + FEE).replace("unitPrice: 0.01", "unitPrice: 0.02"))
    asked = Asked(at={"calls": (Decimal(50000),)})
    said = text(plan, asked)
    assert "from 0 to 1,000: pays the same; from 1,001 on: pays more" in said
    assert "before rounding, at most +100 % at 1,001" in said
    rows = [line.split() for line in said.splitlines()]
    assert ["50,000", "490.00", "USD", "980.00", "USD", "+100", "%"] in rows
    assert ["50,000", "539.00", "USD", "1,029.00", "USD", "+90.91", "%"] in rows, "the phase as a whole"
    assert "rate card fee" not in said, "an unchanged neighbour is left out"
    body: Any = plan_json.to_json(plan, Review.of(plan, asked))["review"]
    (card,) = body[0]["phases"][0]["cards"]
    assert card["stretches"][1] == {"first": "1001", "last": None, "direction": "more", "throughout": True}
    assert card["rise"] == {"reach": "at", "percent": "100", "quantity": "1001"}
    assert {"quantity": "50000", "before": "490.00", "after": "980.00"} in card["points"]
    comment = document_markdown.render(document.of_plan(plan, review=Review.of(plan, asked)))
    assert "| 50,000 | 490.00 USD | 980.00 USD | +100 % |" in comment
    assert comment.index("rises: at most +100 %") < comment.index("| object |") < comment.index("<details>")


def test_one_line_for_every_quantity_is_of_what_no_quantity_changes(changed: Changed) -> None:
    """The fee rises by 10.00 USD: of the phase, 20.41 % more without a call, and less with each call that is paid for."""
    said = text(changed(PLAN + FEE, (PLAN + FEE).replace('"49"', '"59"')), Asked())
    assert said.count("at every quantity: 49.00 USD → 59.00 USD (+20.41 %)") == 1, "the rate card"
    whole = said[said.index("as a whole, as calls grows") :]
    assert "at every quantity: pays more\n" in whole
    assert "before rounding, at most +20.41 % at 0\n" in whole
    tiered = PLAN.replace(
        "{upToAmount: 1000, flatPrice: 0}, {unitPrice: 0.01}", "{flatPrice: 5, unitPrice: 1}"
    )
    said = text(changed(tiered, tiered.replace("flatPrice: 5", "flatPrice: 6")), Asked())
    assert "at every quantity: pays more\n" in said
    assert "at most +20 % at 0" in said


def test_a_change_too_small_for_two_decimals_keeps_its_sign(changed: Changed) -> None:
    dear = (PLAN + FEE).replace('"49"', '"200000"')
    for other, said in (('"200000.01"', "+ under 0.01 %"), ('"199999.99"', "- under 0.01 %")):
        assert said in text(changed(dear, dear.replace('"200000"', other)), Asked())


def test_a_card_that_comes_one_that_goes_and_a_new_phase(changed: Changed) -> None:
    trial = "  - key: trial\n    name: Trial\n    duration: P14D\n    rateCards: []\n"
    longer = PLAN.replace("phases:\n", "phases:\n" + trial)
    said = text(changed(PLAN, longer + FEE), Asked())
    assert "new: nothing → 49.00 USD every month, in advance" in said
    assert "at every quantity: 0.00 USD → 49.00 USD (from nothing)" in said
    plan = changed(PLAN + FEE, PLAN)
    assert "gone: 49.00 USD every month, in advance → nothing" in text(plan, Asked())
    assert not change_of(plan, Asked()).rises


def test_an_addon_is_told_as_well(changed: Changed) -> None:
    said = text(changed(PLAN + ADDON, PLAN + ADDON.replace('"10"', '"12.5"')), Asked())
    assert "at every quantity: 10.00 USD → 12.50 USD (+25 %)" in said


def test_what_is_granted_is_told_where_the_price_stays(changed: Changed) -> None:
    granted = "        entitlementTemplate: {type: metered, issueAfterReset: 1000}\n"
    plan = changed(PLAN + granted, PLAN + granted.replace("1000", "500"))
    assert "1,000 every month, then usage ends (hard limit) → entitlement: 500 every month" in text(
        plan, Asked()
    )
    assert not change_of(plan, Asked()).changed


def test_real_customers(changed: Changed, tmp_path: Path) -> None:
    """500 calls cost nothing before and after; 2,000 and 3,000 (in two rows) cost 10 and 20 USD, then twice as much."""
    file = tmp_path / "usage.csv"
    file.write_text(
        "feature,customer,quantity,note\ncalls,small,500,\ncalls,mid,2000,x\ncalls,big,1000,\ncalls,big,2000,\nseats,other,3,\n",
        "utf-8",
    )
    plan = changed(PLAN, PLAN.replace("unitPrice: 0.01", "unitPrice: 0.02"))
    asked = usage_file.asked((), file)
    said = text(plan, asked)
    assert "3 customers: 2 would pay more, 0 less, 1 the same" in said
    assert "together 30.00 USD → 60.00 USD (+100 %)" in said
    rows = [line.split() for line in said.splitlines()]
    assert rows.index(["big", "20.00", "USD", "40.00", "USD", "+100", "%"]) < rows.index(
        ["mid", "10.00", "USD", "20.00", "USD", "+100", "%"]
    )
    assert "rate card for seats" in said
    (one,) = change_of(plan, asked).changed
    assert [c.customer for c in change_of(plan, asked).customers[one.key]] == ["small", "mid", "big"]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("customer,feature\n", 1, "names no column `quantity`"),
        ("", 1, "names no column `customer`"),
        ("customer,feature,quantity\na,b,1\na,b,-1\n", 3, "`-1` is not a quantity"),
        ("customer,feature,quantity\na,b,1e3\n", 2, "`1e3` is not a quantity"),
        ('customer,feature,quantity\n"a\nb",c,1\n\na,b,"1,5"\n', 5, "`1,5` is not a quantity"),
        ("customer,feature,quantity\na,b\n", 2, "2 values in a row of 3 columns"),
        ("customer,feature,quantity\n,b,1\n", 2, "no customer"),
        ('customer,feature,quantity\na,b,"1\n', 2, "not CSV"),
        ("customer,feature,quantity\na,,1\na,b,x\na,b,y\n", 2, "no feature (wrong too: lines 3, 4)"),
    ],
)
def test_a_wrong_row_is_named(content: str, line: int, said: str, tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text(content, "utf-8")
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        usage_file.read(file)
    assert refused.value.code == "usage-file"
    assert refused.value.where is not None and refused.value.where.line == line


@pytest.mark.parametrize(
    "pair", ["calls", "=1", "calls=", "calls=1,", "calls=-1", "calls=1e3", "calls=NaN", "calls=1;2"]
)
def test_a_quantity_is_a_plain_decimal(pair: str) -> None:
    with pytest.raises(UsageError, match="FEATURE=N"):
        usage_file.quantities([pair])


def test_quantities_add_up_by_feature() -> None:
    assert usage_file.quantities(["a=1,2.5", "b=0", "a=7"]) == {
        "a": (Decimal(1), Decimal("2.5"), Decimal(7)),
        "b": (Decimal(0),),
    }


def test_a_draft_is_compared_with_itself_and_shown_whole_when_first_published(changed: Changed) -> None:
    draft = PLAN + "lifecycle: draft\n"
    dearer = text(changed(draft, draft.replace("unitPrice: 0.01", "unitPrice: 0.02")), Asked())
    assert "from 1,001 on: pays more" in dearer and "plan pro: NAME" not in dearer
    published = text(changed(draft, PLAN), Asked())
    assert "publish the draft" in published and "first 1,000 free, then 0.01 USD each" in published


def two(folder: Path, before: str, after: str) -> Difference:
    for name, content in (("before", before), ("after", after)):
        (folder / name).mkdir()
        (folder / name / "catalog.yaml").write_text(content, "utf-8")
    return diff(folder / "before", folder / "after", Asked(at={"calls": (Decimal(2000),)}))


def test_another_currency_is_not_called_more_or_less(tmp_path: Path) -> None:
    found = two(
        tmp_path, PLAN + FEE, (PLAN + FEE).replace("currency: USD", "currency: JPY").replace('"49"', '"4900"')
    )
    said = document_text.render(document.of_difference(found))
    assert "the currency changes from USD to JPY: which charge is higher cannot be known" in said
    rows = [line.split() for line in said.splitlines()]
    assert ["2,000", "10.00", "USD", "10", "JPY"] in rows and "pays" not in said
    body: Any = difference_json.to_json(found)["review"]
    (phase,) = body[0]["phases"]
    assert phase["totals"] == [] and {card["incomparable"] for card in phase["cards"]} == {"currency"}
    assert {"quantity": "0", "before": "49.00", "after": "4900"} in phase["cards"][-1]["points"]


def test_another_cadence_is_said(tmp_path: Path) -> None:
    said = document_text.render(
        document.of_difference(
            two(tmp_path, PLAN + FEE, PLAN + FEE.replace("P1M", "P1Y").replace('"49"', '"490"'))
        )
    )
    assert "49.00 USD every month, in advance → 490.00 USD every year, in advance" in said
    assert "the billing cadence changes" in said and "pays more" not in said


def test_what_is_said_of_whole_units_alone_says_so(changed: Changed) -> None:
    """At each whole unit a package of one costs what a unit costs; at half a unit it costs twice as much."""
    tiered = PLAN.partition("        price: ")[2]
    unit = PLAN.replace(tiered, "{type: unit, amount: 1}\n")
    packed = PLAN.replace(tiered, "{type: package, amount: 1, quantityPerPackage: 1}\n")
    said = text(changed(unit, packed), Asked(at={"calls": (Decimal("0.5"),)}))
    assert "at every quantity: pays the same (in whole units)" in said
    assert re.search(r"0\.5 +0\.50 USD +1\.00 USD +\+100 %", said)
