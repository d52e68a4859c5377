"""Every accepted request of the recordings and its answer have one normal form: what the real server shows differently is no difference."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogsync import normalize
from catalogsync.core import canon
from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds import KINDS, RULE

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
OPERATORS = {
    "$eq",
    "$ne",
    "$in",
    "$nin",
    "$like",
    "$nlike",
    "$ilike",
    "$nilike",
    "$gt",
    "$gte",
    "$lt",
    "$lte",
    "$and",
    "$or",
}
COLLECTIONS = {"/api/v1" + spec.collection: kind for kind, spec in KINDS.items()}

EXTRA = {"key", "slug", "meterGroupByFilters"}


def shape(kind: Kind, body: Any, key: str) -> Any:
    """The normal form of any body."""
    return KINDS[kind].normal(body, key, lambda _kind, text: text)


pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the packed recordings are not here")


def scenarios() -> Iterator[Any]:
    for file in sorted(RECORDINGS.glob("*.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield canon.loads(line)


def created() -> Iterator[tuple[str, Kind, str, dict[str, Any], dict[str, Any]]]:
    """Name, kind, key, request and answer of every creation that a manifest could have asked for."""
    for scenario in scenarios():
        for exchange in scenario["exchanges"]:
            request, response = exchange["request"], exchange["response"]
            kind = COLLECTIONS.get(request["path"])
            sent, got = request.get("body"), response.get("body")
            if request["method"] != "POST" or kind is None or response["status"] not in (200, 201):
                continue
            if isinstance(sent, dict) and isinstance(got, dict) and sayable(sent):
                known = {
                    name: value
                    for name, value in sent.items()
                    if name in set(KINDS[kind].put) | KINDS[kind].fixed | KINDS[kind].version_fixed | EXTRA
                }
                yield scenario["scenario"], kind, str(got.get("key") or got.get("slug") or ""), known, got


def sayable(body: dict[str, Any]) -> bool:
    """No unknown filter operators (schemas refuse them), and no instant that the recording has masked."""
    filters = body.get("advancedMeterGroupByFilters") or {}
    return "eventFrom" not in body and all(set(value) <= OPERATORS for value in filters.values())


def test_requests_and_answers_have_one_normal_form():
    counted: Counter[Kind] = Counter()
    for name, kind, key, sent, got in created():
        expected = shape(kind, sent, key)
        answered = normalize.align(kind, expected, shape(kind, got, key))
        assert answered == expected, name
        counted[kind] += 1
    assert set(counted) == set(Kind), "every kind is recorded"
    print({str(kind): number for kind, number in counted.items()})


def test_what_is_sent_for_a_manifest_means_what_was_recorded():
    for name, kind, key, sent, _ in created():
        if kind is not RULE:  # a rule's body names channels by placeholders
            body = KINDS[kind].request(shape(kind, sent, key), key)
            assert shape(kind, body, key) == shape(kind, sent, key), name


def test_answers_become_manifests_of_the_same_meaning():
    for name, kind, key, _, got in created():
        normal = shape(kind, got, key)
        again = shape(kind, KINDS[kind].manifest(normal, key), key)
        assert normalize.align(kind, again, normal) == again, name
