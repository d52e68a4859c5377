"""Lists and look-ups by key do not slow down with the number of objects: kept orders that are never wrong, and few rows looked at."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.sandbox.domain.contract import Row, Store
from catalogsync.sandbox.embedded import Sandbox

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "commit", "rollback"]),
        st.sampled_from("abcdef"),
        st.integers(0, 3) | st.none(),
    ),
    max_size=40,
)


def key(row: Row) -> int | None:
    found: int | None = row["n"]
    return found


@given(STEPS, st.integers(0, 7), st.integers(0, 7), st.booleans())
def test_a_kept_order_is_the_order_of_the_rows_after_every_change(
    steps: list[tuple[str, str, int | None]], start: int, stop: int, descending: bool
) -> None:
    store = Store()
    store.view("t", "n", key)
    for what, id_, number in steps:
        if what == "put":
            store.put("t", {"id": id_, "n": number})
        elif what == "remove":
            store.remove("t", id_)
        else:
            getattr(store, what)()
        rows = [row for row in store.rows("t") if row["n"] is not None]
        rows.sort(key=lambda row: (row["n"], row["id"]), reverse=descending)
        view = store.view("t", "n", key, descending=descending)
        assert len(view) == len(rows)
        assert view[:] == rows
        assert view[start:stop] == rows[start:stop]


@pytest.mark.counted
@pytest.mark.unmeasured
def test_ten_times_the_objects_do_not_make_a_look_up_ten_times_as_slow() -> None:
    """The fastest of several tries each, so that a busy machine does not decide."""
    calls = {
        "feature by key": "/api/v1/features/feature_7",
        "page of features": "/api/v1/features?page=1&pageSize=20",
        "plan by key": "/api/v1/plans/plan_7",
        "plans filtered by key": "/api/v1/plans?key=plan_7",
        "page of plans": "/api/v1/plans?page=1&pageSize=20",
        "assignments of a plan": "/api/v1/plans/plan_7/addons",
    }
    few, many = filled(300), filled(3000)
    for name, path in calls.items():
        small, large = fastest(lambda path=path: few.get(path)), fastest(lambda path=path: many.get(path))
        print(f"{name}: {small * 1000:.2f} ms among 300, {large * 1000:.2f} ms among 3,000")
        assert large < 3 * small + 0.001


def filled(count: int) -> httpx.Client:
    client = httpx.Client(base_url="http://sandbox", transport=Sandbox().transport())
    card = {"type": "flat_fee", "key": "fee", "name": "Fee", "billingCadence": "P1M"}
    card["price"] = {"type": "flat", "amount": "1"}  # type: ignore[assignment]
    phase = {"key": "default", "name": "Default", "duration": None, "rateCards": [card]}
    for n in range(count):
        feature = {"key": f"feature_{n}", "name": "Feature"}
        assert client.post("/api/v1/features", json=feature).status_code == 201
        plan = {
            "key": f"plan_{n}",
            "name": "Plan",
            "currency": "USD",
            "billingCadence": "P1M",
            "phases": [phase],
        }
        made = client.post("/api/v1/plans", json=plan)
        assert made.status_code == 201
        if n == 7:
            assert client.post(f"/api/v1/plans/{made.json()['id']}/publish").status_code == 200
    return client


def fastest(call: Callable[[], httpx.Response]) -> float:
    assert call().status_code == 200
    found = []
    for _ in range(9):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)
