"""Every format of the table, of every kind of document: whole, readable by what it is for, and broken by no value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from engine_helpers import client_of, planned, written
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml
from sarif_kit import validation_errors as sarif_errors
from test_cards import PLAN
from test_comment import HOSTILE, check_comment, hostile
from test_html import Page

from catalogsync.app.diff import Difference
from catalogsync.app.review import Review
from catalogsync.codes import CODES
from catalogsync.core.plan import Plan
from catalogsync.core.report import Outcome, RunReport, Status
from catalogsync.render import document, results
from catalogsync.render.document import Document
from catalogsync.render.formats import FORMATS
from catalogsync.sandbox import Sandbox

TURNED = set("\u202e\u2066\u200f\u200b\xad\U000e0041\x1b\x07\r")


@pytest.fixture(scope="module")
def new_plan(tmp_path_factory: Any) -> Plan:
    return planned(written(tmp_path_factory.mktemp("c"), PLAN), client_of(Sandbox(seed=1)))


def of_plan(plan: Plan, value: str) -> Document:
    return document.of_plan(hostile(plan, value))


def of_run(plan: Plan, value: str) -> Document:
    """A run with every end that a step can have."""
    strange = hostile(plan, value)
    every = tuple(Status)
    fields = strange.changes[-1].fields
    outcomes = tuple(
        Outcome(step, every[number % len(every)], message=value, request_id=value, fields=fields)
        for number, step in enumerate(strange.steps * 2)
    )
    return document.of_run(RunReport(strange, outcomes, (("write", 3, 12),)))


def of_difference(plan: Plan, value: str) -> Document:
    strange = hostile(plan, value)
    return document.of_difference(Difference(strange.changes, Review.of(strange)))


def of_findings(plan: Plan, value: str) -> Document:
    return document.of_findings(hostile(plan, value).diagnostics)


DOCUMENTS: tuple[Callable[[Plan, str], Document], ...] = (of_plan, of_run, of_difference, of_findings)


def check_text(text: str, calm: str) -> None:
    assert text.count("\n") == calm.count("\n"), "a value stays on its line"
    assert not set(text) & TURNED


def check_json(text: str, calm: str) -> None:
    assert shape(json.loads(text)) == shape(json.loads(calm))


def shape(value: Any) -> Any:
    """What a value is made of, without the names and values of people."""
    if isinstance(value, dict):
        return {name for name in value if name.isidentifier() and name != "x"} or len(value)
    return [shape(one) for one in value] if isinstance(value, list) else type(value)


def check_markdown(text: str, calm: str) -> None:
    check_comment(text)


def check_html(text: str, calm: str) -> None:
    page = Page(text)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in Page(calm).elements]
    assert not set("".join(page.text)) & TURNED


def check_sarif(text: str, calm: str) -> None:
    log = json.loads(text)
    assert sarif_errors(log) == []
    told, plain = ([r["ruleId"] for r in one["runs"][0]["results"]] for one in (log, json.loads(calm)))
    assert told == plain
    assert not any(set(result["message"]["text"]) & TURNED for result in log["runs"][0]["results"])


def check_junit(text: str, calm: str) -> None:
    (told,), (plain,) = JUnitXml.fromstring(text.encode()), JUnitXml.fromstring(calm.encode())
    assert [type(case.result) for case in told] == [type(case.result) for case in plain]
    assert (told.tests, told.failures, told.skipped) == (plain.tests, plain.failures, plain.skipped)
    assert not set("".join(Xml.fromstring(text).itertext())) & TURNED


def check_github(text: str, calm: str) -> None:
    told, plain = text.splitlines(), calm.splitlines()
    assert [line.partition(" ")[0] for line in told] == [line.partition(" ")[0] for line in plain]
    assert all(re.match(r"::(error|warning|notice) [^:]*::", line) for line in told)
    assert not set(text) & TURNED


CHECKS: dict[str, Callable[[str, str], None]] = {
    "text": check_text,
    "json": check_json,
    "markdown": check_markdown,
    "html": check_html,
    "sarif": check_sarif,
    "junit": check_junit,
    "github": check_github,
}


def test_every_format_has_its_check() -> None:
    assert CHECKS.keys() == FORMATS.keys()


@pytest.mark.parametrize("make", DOCUMENTS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=20, deadline=None)
@given(value=HOSTILE.filter(bool))
def test_no_value_breaks_a_format(
    new_plan: Plan, make: Callable[[Plan, str], Document], name: str, value: str
) -> None:
    render = FORMATS[name].render
    CHECKS[name](render(make(new_plan, value), color=False), render(make(new_plan, "x"), color=False))


@pytest.mark.parametrize("make", DOCUMENTS, ids=lambda make: make.__name__)
def test_only_text_is_coloured_and_says_the_same(
    new_plan: Plan, make: Callable[[Plan, str], Document]
) -> None:
    told = make(new_plan, "x")
    for name, one in FORMATS.items():
        coloured, bare = (one.render(told, color=color) for color in (True, False))
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == bare
        assert (coloured != bare) == (name == "text")


@given(st.sampled_from(DOCUMENTS))
def test_every_result_has_a_code_that_is_explained(
    new_plan: Plan, make: Callable[[Plan, str], Document]
) -> None:
    found = results.of(make(new_plan, "x"))
    assert found and {one.code for one in found} <= CODES.keys()


def test_a_run_says_how_each_step_ended(new_plan: Plan) -> None:
    """done and already pass, skipped and not tried are skipped, all else fails."""
    (suite,) = JUnitXml.fromstring(FORMATS["junit"].render(of_run(new_plan, "x"), color=False).encode())
    ends: dict[str, set[str]] = {}
    for case in suite:
        kinds = {type(one).__name__ for one in case.result} or {"passed"}
        ends.setdefault(case.name.split()[0], set()).update(kinds)
    steps = {name: kinds for name, kinds in ends.items() if name.startswith("step-")}
    assert steps == {
        "step-done": {"passed"},
        "step-already": {"passed"},
        "step-different": {"Failure"},
        "step-failed": {"Failure"},
        "step-unknown": {"Failure"},
        "step-skipped": {"Skipped"},
        "step-not-tried": {"Skipped"},
    }
