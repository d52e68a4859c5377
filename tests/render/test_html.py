"""The report as one file: whole, well-formed, nothing from elsewhere, values are text, curves that stand where the prices say."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from engine_helpers import apply, client_of, planned, written
from hypothesis import given, settings
from test_cards import PLAN
from test_comment import HOSTILE, hostile

from catalogsync.cli import run
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.plan import Plan
from catalogsync.render import document, document_html
from catalogsync.sandbox import Sandbox
from catalogsync.store import planfile

VOID = {"meta", "line", "polyline"}


class Page(HTMLParser):
    """Every element with its attributes, the text, and whether each element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: Any) -> tuple[Plan, Plan]:
    """A new catalog, and a price that rises up to 11,000 calls and falls beyond: 0.01 USD from 1,001 on becomes 100.00 USD in any case."""
    folder, client = tmp_path_factory.mktemp("c"), client_of(Sandbox(seed=1))
    first = planned(written(folder, PLAN), client)
    assert apply(first, client).complete
    flat = PLAN.replace("{upToAmount: 1000, flatPrice: 0}, {unitPrice: 0.01}", "{flatPrice: 100}")
    return first, planned(written(folder, flat), client)


def test_a_report_is_whole_and_stands_alone(plans: tuple[Plan, Plan]) -> None:
    for plan in plans:
        page = Page(document_html.render(document.of_plan(plan)))
        tags = {tag for tag, _ in page.elements}
        assert not tags & {"script", "link", "img", "iframe", "object"}
        ids = [values["id"] for _, values in page.elements if "id" in values]
        assert len(ids) == len(set(ids))
        for _, values in page.elements:
            assert not {"src", "style", "onclick"} & values.keys()
            assert str(values.get("href", "#")).removeprefix("#") in ["", *ids]
        said = "".join(page.text)
        assert all(str(change.ref) in said for change in plan.changes)
        assert all(step.cause in said for step in plan.steps)
    assert "first 1,000 free, then 0.01 USD each" in document_html.render(document.of_plan(plans[0]))


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_the_curves_cross_where_the_prices_do(plans: tuple[Plan, Plan]) -> None:
    """10,000 calls beyond the free ones cost 100.00 USD: at 11,000 (and while rounding hides the rest) both pay the same."""
    text = document_html.render(document.of_plan(plans[1]))
    page = Page(text)
    (new,) = [
        values["points"] for tag, values in page.elements if tag == "polyline" and values["class"] == "new"
    ]
    assert new is not None and len({point.split(",")[1] for point in new.split()}) == 1, (
        "the new price is level"
    )
    marks = [values for tag, values in page.elements if tag == "circle"]
    (axes,) = re.findall(r"Quantity from 0 to ([0-9,]+), charge from 0 to ([0-9.]+) USD", "".join(page.text))
    reach, highest = axes
    crossings = [
        int(found.replace(",", "")) for found in re.findall(r"<title>from ([0-9,]+) on</title>", text)
    ]
    assert crossings == [11000, 11001]
    for mark, quantity in zip(marks, crossings, strict=True):
        assert mark["cx"] and mark["cy"]
        assert float(mark["cx"][:-1]) == pytest.approx(100 * quantity / number(reach), abs=0.01)
        assert 100 - float(mark["cy"][:-1]) == pytest.approx(100 * 100 / number(highest), abs=0.01)
    assert "2 crossing points: 11,000, 11,001." in "".join(page.text)
    bands = [values for tag, values in page.elements if tag == "rect"]
    assert [str(values["class"]) for values in bands] == ["band more", "band same", "band less"]
    assert sum(float(str(values["width"])[:-1]) for values in bands) == pytest.approx(100, abs=0.05)


def test_tiers_stand_side_by_side(plans: tuple[Plan, Plan]) -> None:
    said = " ".join(Page(document_html.render(document.of_plan(plans[1]))).text)
    assert re.search(r"up to 1,000\s+free\s+100.00 USD flat", said)
    assert re.search(r"above 1,000\s+0.01 USD each\s+100.00 USD flat", said)


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_no_value_breaks_the_page(plans: tuple[Plan, Plan], value: str) -> None:
    calm, strange = (
        Page(document_html.render(document.of_plan(hostile(plans[0], one)))) for one in ("x", value)
    )
    if value:
        assert [tag for tag, _ in calm.elements] == [tag for tag, _ in strange.elements]
    assert not set("".join(strange.text)) & set("\u202e\u2066\u200f\u200b\xad\U000e0041\x1b\x07\r\t")


def test_it_is_written_by_show(plans: tuple[Plan, Plan], tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(planfile.to_text(plans[1]), "utf-8")
    assert run(["show", str(tmp_path / "plan.json"), "--format", f"html={tmp_path / 'plan.html'}"]) == 0
    assert "11,000" in (tmp_path / "plan.html").read_text("utf-8")


def test_a_finding_names_its_object_once(plans: tuple[Plan, Plan]) -> None:
    found = Diagnostic(
        "not-promoted", Severity.WARNING, "plan/pro is not proven on staging", subject="plan/pro"
    )
    page = document_html.render(document.of_plan(replace(plans[1], diagnostics=(found,))))
    assert re.search(r"<a [^>]*><code>plan/pro</code></a> is not proven on staging</p>", page)
    assert "plan/pro plan/pro" not in re.sub("<[^>]*>", "", page)
