"""A plan as a comment: it fits, says what it left out, shows what is dangerous first, and no value breaks it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_helpers import apply, client_of, planned, written
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cards import PLAN

from catalogsync.app.diff import diff
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import Kind, Ref
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.render import document, document_markdown, document_text, markdown
from catalogsync.sandbox import Sandbox

HOSTILE = st.one_of(
    st.text(
        alphabet=st.sampled_from(
            "<>|`*_[]()!&~$@#=+-.:/1\u202e\u2066\u200f\u200b\xad\U000e0041\x1b\x07\r\n\t\\ ab\U0001f600"
        ),
        max_size=40,
    ),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "</details>",
            "a | b",
            "```",
            "# x",
            "- x",
            "1. x",
            "@team",
            "https://x.example/",
            "--- x",
            "x" * 10_000,
            "\U0001f600" * 10_000,
        ]
    ),
)


@pytest.fixture(scope="module")
def new_plan(tmp_path_factory: Any) -> Plan:
    return planned(written(tmp_path_factory.mktemp("c"), PLAN), client_of(Sandbox(seed=1)))


def hostile(plan: Plan, value: str) -> Plan:
    """The same plan with a value wherever a person may write one."""
    said = {"name": value, "description": value, "metadata": {value or "x": value}}
    steps = tuple(
        replace(step, body=step.body and {**step.body, **said}, cause=value)
        if "name" in (step.body or {})
        else step
        for step in plan.steps
    )
    strange = Change(Action.UPDATE, Ref(Kind("meter"), value), (FieldChange(value, value, [value]),), value)
    changes = (*(replace(change, reason=value) for change in plan.changes), strange)
    found = Diagnostic("matched-by-name", Severity.WARNING, value, hint=value)
    return replace(plan, steps=steps, changes=changes, diagnostics=(found,))


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_no_value_breaks_a_format(new_plan: Plan, value: str) -> None:
    plan = hostile(new_plan, value)
    said = document_text.render(document.of_plan(plan))
    plain = document_text.render(document.of_plan(hostile(new_plan, "x")))
    turned = [
        line
        for line in said.splitlines()
        if set(line) & set("\u202e\u2066\u200f\u200b\xad\U000e0041\x1b\x07\r\t")
    ]
    assert not turned
    assert said.count("\n") == plain.count("\n") or not value, "a value stays on its line"
    assert value not in ("x" * 10_000,) or said.count(value) >= 8, "and is never cut"
    check_comment(document_markdown.render(document.of_plan(plan)))


def check_comment(comment: str) -> None:
    """It fits, its folds are closed, its rows have as many cells as their head, and outside code nothing is markup of a value."""
    assert markdown.size(comment) <= markdown.LONGEST
    assert not set(comment) & set("\u202e\u2066\u200f\u200b\xad\U000e0041\x1b\x07\r\t")
    prose = re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "CODE", comment)
    assert prose.count("<details>") == prose.count("</details>")
    tags = set(re.findall(r"<[^>]*>", prose))
    assert tags <= {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<!-- -->"}
    assert not re.search(r"@\w|https?://", re.sub("<code>.*?</code>", "CODE", prose)), (
        "what is in code is no link"
    )
    for line in comment.splitlines():
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) - 1
            assert cells == 4, line
        assert re.match(r"$|[|<*]|### |- |\s+- |\d+\. |Target: |Note: ", line), line


def many(count: int, size: int) -> Plan:
    """Changed objects with `size` characters to tell of each; the last one is deleted."""
    fields = (FieldChange("description", "old " * (size // 8), "new " * (size // 8)),)
    changes = [
        Change(Action.UPDATE, Ref(Kind("feature"), f"feature_{number}"), fields, "its description differs")
        for number in range(count)
    ]
    changes.append(Change(Action.DELETE, Ref(Kind("meter"), "precious"), (), "no file describes it"))
    return Plan(TargetIdentity("https://x.example"), tuple(changes), (), ())


@pytest.mark.parametrize(("count", "size"), [(320, 400), (320, 40), (3000, 100), (2, 100_000)])
def test_the_comment_fits_and_says_what_it_left_out(count: int, size: int) -> None:
    plan = many(count, size)
    comment = document_markdown.render(document.of_plan(plan))
    assert markdown.size(comment) <= markdown.LONGEST
    folds = comment.count("<details>")
    left = re.search(rf"the details of (\d+) of {count} objects", comment)
    assert folds + (int(left[1]) if left else 0) == count
    if left:
        assert "`catalogsync show PLANFILE`" in comment and "feature/feature_" in comment.split("Left out")[1]
    assert comment.index("meter/precious") < comment.index("feature/feature_0")
    assert "…" not in comment
    rows = len(re.findall(r"^\| [~-] \|", comment, re.M))
    gone = re.search(rf"(\d+) of {count + 1} objects in the table", comment)
    assert rows + (int(gone[1]) if gone else 0) == count + 1


def test_a_small_plan_is_told_whole() -> None:
    assert "Left out" not in document_markdown.render(document.of_plan(many(20, 400)))


def test_what_a_reviewer_looks_at_comes_first_and_names_itself(tmp_path: Path) -> None:
    """The environment beside the URL; a price that rises before what is not proven; notes behind a fold; each call by its object."""
    fee = '      - {type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: "49"}}\n'
    client = client_of(Sandbox(seed=1))
    assert apply(planned(written(tmp_path, PLAN + fee), client), client).complete
    plan = planned(written(tmp_path, (PLAN + fee).replace('"49"', '"59"')), client)
    found = [
        Diagnostic("not-promoted", Severity.WARNING, f"plan/{name} is not proven", hint="prove it")
        for name in ("pro", "team")
    ]
    found += [
        Diagnostic("feature-unused", Severity.WARNING, "unused"),
        Diagnostic("live-only", Severity.NOTE, "two"),
    ]
    target = replace(plan.target, url="https://x.example", environment="production", releases=("7e57a39",))
    plan = replace(plan, target=target, diagnostics=tuple(found))
    comment = document_markdown.render(document.of_plan(plan))
    check_comment(comment)
    assert "\nTarget: environment `production` (`https://x.example`; OpenMeter 7e57a39)\n" in comment
    assert "environment production (https://x.example; OpenMeter 7e57a39)\n" in document_text.render(
        document.of_plan(plan)
    )
    rise = comment.index("- `plan/pro`: price of fee in phase main rises: 49.00 USD → 59.00 USD (+20.41 %)\n")
    assert (
        rise
        < comment.index("plan/pro is not proven *prove it*\n")
        < comment.index("plan/team is not proven\n")
    )
    assert comment.index("| object |") < comment.index("<details><summary>1 warning, 1 note</summary>")
    assert "\n1. `create draft plan/pro`: `POST /plans` " in comment


def priced(number: int, amount: str) -> str:
    """A plan of three rate cards."""
    card = "      - {{type: usage_based, key: {key}, name: {key}, billingCadence: P1M, price: {{type: unit, amount: {amount}}}, featureKey: {key}}}\n"
    head = PLAN.split("---\n")[2].replace("key: pro", f"key: pro_{number}").split("      - type")[0]
    return head + "".join(card.format(key=f"calls_{at}", amount=amount) for at in range(3))


def test_320_prices_that_move_fit_into_a_comment(tmp_path: Path) -> None:
    """Every third rises: all of these are named as dangers, before anything else; what has no room is counted, and said where it is."""
    for name, amounts in (("a.yaml", ("10",) * 3), ("b.yaml", ("20", "5", "9"))):
        text = "---\n".join(priced(number, amounts[number % 3]) for number in range(320))
        (tmp_path / name).write_text(text, "utf-8")
    found = document.of_difference(diff(tmp_path / "a.yaml", tmp_path / "b.yaml"))
    comment = document_markdown.render(found)
    check_comment(comment)
    assert comment.startswith("### 320 differences\n")
    rising = re.findall(
        r"^- `plan/pro_(\d+)`: price of calls\\_\d in phase main rises: at most \+100 %", comment, re.M
    )
    assert sorted(map(int, rising)) == [number for number in range(320) if number % 3 == 0]
    assert comment.index("**Dangers**") < comment.index("| object |") < comment.index("<details>")
    rows, folds = len(re.findall(r"^\| \^ \|", comment, re.M)), comment.count("<details>")
    cut = comment.split("Left out")[1]
    left_rows = re.search(r"(\d+) of 320 objects in the table", cut)
    left_folds = re.search(r"the details of (\d+) of 320 objects", cut)
    assert rows + (int(left_rows[1]) if left_rows else 0) == 320
    assert left_folds and folds + int(left_folds[1]) == 320
    assert "`catalogsync diff A B` shows all of it." in cut
    text = document_text.render(found)
    assert "plan/pro_" in text and text.count("rate card calls_") == 960
