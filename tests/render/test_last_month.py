"""`--usage-from`: last month's usage, from a stand-in that knows nothing but what a real server was recorded to answer."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.app import apply, plan
from catalogsync.app.diff import Difference, diff
from catalogsync.app.environments import Target
from catalogsync.app.last_month import Month
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.runtime import Runtime
from catalogsync.core.asked import Asked
from catalogsync.core.errors import UsageError
from catalogsync.render import difference_json

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "usage" / "queries.json").read_text("utf-8"))
NOVEMBER = datetime.datetime(2026, 11, 28, 8, tzinfo=datetime.UTC)
CATALOG = """\
kind: meter
slug: tokens
eventType: prompt
aggregation: SUM
valueProperty: $.n
groupBy: {{type: $.type}}
---
kind: feature
key: {feature}
name: Feature
meterSlug: tokens
advancedMeterGroupByFilters: {filters}
---
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: {cadence}
phases:
  - key: main
    name: Main
    rateCards:
      - type: usage_based
        key: {feature}
        name: Usage
        featureKey: {feature}
        billingCadence: {cadence}
        price: {{type: unit, amount: "{price}"}}
"""


class Recorded(ThreadingHTTPServer):
    """Answers recorded requests, and those of `refused` paths with 403. `asked`: the paths of all requests, in their order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.refused: tuple[str, ...] = ()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Recorded

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = parts.path.removeprefix("/api/v1"), dict(parse_qsl(parts.query))
        self.server.asked.append(path)
        found = [one for one in RECORDED if one["path"] == path and one["query"] == query]
        status, body = (found[0]["status"], found[0]["body"]) if found else (500, {"detail": "not recorded"})
        if path.startswith(self.server.refused or "?"):
            status, body = 403, {"status": 403, "title": "Forbidden"}
        self._answer(status, json.dumps(body).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def server() -> Iterator[Recorded]:
    with Recorded() as recorded:
        thread = threading.Thread(target=recorded.serve_forever, args=(0.05,))
        thread.start()
        yield recorded
        recorded.shutdown()
        thread.join()


def difference(
    folder: Path,
    server: Recorded,
    asked: Asked | None = None,
    *,
    feature: str = "input",
    filters: str = "{type: {$in: [input]}}",
    cadence: str = "P1M",
    after: str = "0.02",
) -> Difference:
    for name, price in (("a", "0.01"), ("b", after)):
        text = CATALOG.format(feature=feature, filters=filters, cadence=cadence, price=price)
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    runtime = Runtime(clock=lambda: NOVEMBER)
    return diff(folder / "a.yaml", folder / "b.yaml", asked or Asked(), (), runtime, server.url)


def charges(found: Difference) -> dict[str, tuple[Decimal, Decimal]]:
    """Before and after, by customer."""
    return {
        one.customer: (one.old, one.new)
        for change in found.review.price_changes
        for charged in change.customers.values()
        for one in charged
    }


def said(found: Difference) -> list[str]:
    return [one.summary for one in found.notes if one.code == "usage-unread"]


@given(st.dates(datetime.date(1, 2, 1)))
def test_the_last_whole_month_ends_where_this_one_begins(day: datetime.date) -> None:
    month = Month.before(day)
    since, until = (
        datetime.datetime.fromisoformat(one).replace(tzinfo=None) for one in (month.since, month.until)
    )
    assert until.date() == day.replace(day=1)
    assert since.day == 1 and (until - since).days in (28, 29, 30, 31)
    assert month.since.startswith(month.name)


def test_a_features_filters_go_with_the_question_and_subjects_are_customers(
    tmp_path: Path, server: Recorded
) -> None:
    found = difference(tmp_path, server)
    assert charges(found) == {
        "acme": (Decimal("10.20"), Decimal("20.41")),
        "zeta": (Decimal("5000"), Decimal("10000")),
    }
    assert server.asked == ["/features", "/meters/tokens/query"]
    assert found.review.asked.source == f"{server.url} in 2026-10 (each subject as a customer)"
    assert said(found) == ["last month's usage of input is below 0 for neg: left out"]


def test_a_feature_that_the_server_does_not_have_counts_as_the_files_say(
    tmp_path: Path, server: Recorded
) -> None:
    found = difference(tmp_path, server, feature="fresh", filters="{type: {$eq: output}}")
    assert charges(found)["huge"] == (Decimal("1E19"), Decimal("2E19"))
    assert charges(found)["acme"] == (Decimal("0.03"), Decimal("0.06"))


def test_a_feature_without_filters_counts_all(tmp_path: Path, server: Recorded) -> None:
    assert charges(difference(tmp_path, server, feature="all"))["acme"] == (
        Decimal("10.23"),
        Decimal("20.47"),
    )


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"feature": "lost"}, "the server does not have its meter (404)"),
        (
            {"feature": "fresh", "filters": "{nope: {$eq: a}}"},
            "the server refuses its filters for its meter (400)",
        ),
        ({"feature": "fresh", "filters": "{type: {$eq: unrecorded}}"}, "the server refused (500)"),
    ],
)
def test_what_is_not_answered_is_said_and_charged_to_nobody(
    tmp_path: Path, server: Recorded, case: dict[str, Any], reason: str
) -> None:
    found = difference(tmp_path, server, **case)
    assert charges(found) == {}
    assert said(found) == [
        f"last month's usage of {case['feature']} is not known: {reason}; the figures take it as 0"
    ]


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        ("/features", "the features of {url} cannot be read: no permission (403)"),
        (
            "/meters",
            "last month's usage of input is not known: no permission (403); the figures take it as 0",
        ),
    ],
)
def test_a_missing_permission_is_said(tmp_path: Path, server: Recorded, refused: str, sentence: str) -> None:
    server.refused = (refused,)
    found = difference(tmp_path, server)
    assert charges(found) == {}
    assert said(found) == [sentence.format(url=server.url)]
    assert sentence.format(url=server.url) in str(difference_json.to_json(found)["diagnostics"])


def test_a_plan_that_is_billed_in_another_rhythm_is_left_out(tmp_path: Path, server: Recorded) -> None:
    found = difference(tmp_path, server, cadence="P1Y")
    assert charges(found) == {} and server.asked == []
    assert said(found) == [
        "plan/pro is not billed every month: one month's usage does not tell what its customers pay"
    ]


def test_without_a_changed_price_nothing_is_asked(tmp_path: Path, server: Recorded) -> None:
    found = difference(tmp_path, server, after="0.01")
    assert not found.changes and server.asked == [] and said(found) == []


def test_usage_of_a_file_and_of_a_server_do_not_mix(tmp_path: Path, server: Recorded) -> None:
    with pytest.raises(UsageError, match="--usage and --usage-from"):
        difference(tmp_path, server, Asked(customers={"acme": {"input": Decimal(1)}}))
    assert server.asked == []


def test_fuses_of_a_plan_see_the_usage_and_a_saved_plan_says_what_is_not_known(
    tmp_path: Path, server: Recorded
) -> None:
    difference(tmp_path, server)
    server.asked.clear()
    target, runtime = Target(url=f"sandbox:{tmp_path / 'live.db'}"), Runtime(clock=lambda: NOVEMBER)
    with apply.ready_files([tmp_path / "a.yaml"], target, runtime) as ready:
        assert ready.carry_out().complete
    made = plan.propose([tmp_path / "b.yaml"], target, runtime, PlanRequest(usage_from=server.url))
    told = {one.code: one.summary for one in made.plan.diagnostics}
    assert told["usage-unread"] == "last month's usage of input is below 0 for neg: left out"
    assert "1 customer" in told["fuse-customer-move"] or "2 customers" in told["fuse-customer-move"]
    assert server.asked == ["/features", "/meters/tokens/query"]
    shown = plan.with_usage(ready.plan, server.url, runtime)
    assert shown.diagnostics == ready.plan.diagnostics
    assert not shown.asked.customers, "a new plan has no price before"
