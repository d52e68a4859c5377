"""The reference cases that OpenMeter's own rating code made: each total, each line, each discount, to the last digit."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from catalogsync.core.canon import dumps
from catalogsync.money.cases import answer

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data" / "rating"
ANSWERS = {
    "cases": {"total", "billed_quantity", "lines"},
    "proration_cases": {
        "total", "prorated", "charge_amount", "ratio", "full_service_period", "service_period",
    },
    "progressive_cases": {"total", "total_unsplit", "parts"},
    "refused_cases": {"refused_at"},
}  # fmt: skip


def lines(name: str) -> list[str]:
    return gzip.decompress((DATA / f"{name}.jsonl.gz").read_bytes()).decode().splitlines()


@pytest.mark.parametrize("name", ANSWERS)
def test_every_case_comes_out_as_openmeter_computed_it(name: str) -> None:
    """Whatever the line says to expect is taken away or spoiled first, so that nothing can be an echo."""
    wrong = []
    for line in lines(name):
        case = json.loads(line, parse_float=Decimal)
        asked = {member: value for member, value in case.items() if member not in ANSWERS[name]}
        if "parts" in case:
            asked["parts"] = [{"quantity": part["quantity"], "total": "spoiled"} for part in case["parts"]]
        answered = answer(dumps({**asked, "total": "spoiled"}))
        if any(answered[member] != case[member] for member in ANSWERS[name]):
            wrong.append(case["id"])
    assert not wrong


def test_the_module_answers_lines_on_stdin() -> None:
    some = lines("cases")[::97] + lines("refused_cases")[:2]
    result = subprocess.run(
        [sys.executable, "-m", "catalogsync.money"],
        input="\n".join(some) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert (result.returncode, result.stderr) == (0, "")
    answered = [json.loads(line) for line in result.stdout.splitlines()]
    expected = [json.loads(line) for line in some]
    assert [one["total"] for one in answered[:-2]] == [one["total"] for one in expected[:-2]]
    assert [one["total"] for one in answered[-2:]] == [None, None]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "not a line of JSON"),
        ("[1]", "a case is a JSON object"),
        ("{}", "`currency` must be text"),
        ('{"currency": "USD", "price": null}', "needs `quantity`, `parts` or `billing_anchor`"),
        ('{"currency": "USD", "quantity": "1"}', "needs `price`"),
        ('{"currency": "USD", "quantity": NaN}', "not a line of JSON"),
        ('{"currency": "USD", "price": null, "parts": [1]}', "`parts` must be a list of objects"),
        ('{"currency": "USD", "price": null, "billing_anchor": "x"}', "`item` must be an object"),
        (
            '{"currency": "USD", "price": null, "billing_anchor": "x", "item": {"from": "x"}}',
            "`billing_anchor` must be an instant",
        ),
        ("[" * 100_000, "not a line of JSON"),
    ],
)
def test_a_line_that_is_no_case_is_told_and_the_others_are_answered(line: str, said: str) -> None:
    good = '{"currency": "JPY", "price": {"type": "unit", "amount": "1.5"}, "quantity": "1"}'
    result = subprocess.run(
        [sys.executable, "-m", "catalogsync.money"],
        input=f"{line}\n\n{good}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("error: line 1: ") and said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert json.loads(result.stdout)["total"] == "2"


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": 5},
        {"price": {"type": "unit", "amount": 1}},
        {"price": {"type": "unit", "amount": "1", "minimumAmount": None}},
        {"price": {"type": "tiered", "mode": "graduated", "tiers": [{"unitPrice": {"type": "unit", "amount": "1"}}]}},
        {"price": {"type": "tiered", "mode": "volume", "tiers": [{"unitPrice": "1", "flatPrice": None}]}},
        {"price": {"type": "flat", "amount": "1", "paymentTerm": "later"}},
        {"discounts": {"percentage": {"percentage": "10"}}},
        {"discounts": {"usage": {}}},
        {"discounts": []},
    ],
)  # fmt: skip
def test_what_a_request_could_not_say_is_refused(change: dict[str, object]) -> None:
    case = {"currency": "USD", "price": {"type": "unit", "amount": "1"}, "quantity": "5", **change}
    answered = answer(json.dumps(case))
    assert (answered["total"], answered["refused_at"]) == (None, "request")
