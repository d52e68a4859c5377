"""Calls side by side: the same results and the same failure as one after the other, on no more threads than are allowed."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from engine_helpers import client_of
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import reader
from catalogsync.targets.v1.side_by_side import begun, side_by_side


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 6), st.sets(st.integers(0, 9), max_size=2))
def test_it_is_map(items, at_once, bad):
    """With any number of threads, calls of any length, and failures anywhere."""

    def call(item):
        time.sleep(item / 20_000)
        if item in bad:
            raise ValueError(item)
        return item, threading.get_ident()

    first = next((item for item in items if item in bad), None)
    with ThreadPoolExecutor(6) as pool:
        if first is None:
            found = side_by_side(pool, lambda: at_once, call, iter(items))
            assert [item for item, _ in found] == items
            assert len({thread for _, thread in found}) <= at_once
        else:
            with pytest.raises(ValueError, match=str(first)):
                side_by_side(pool, lambda: at_once, call, iter(items))


def test_more_threads_take_part_as_more_are_allowed():
    """The second and third call end only when all three are under way, and the first when more are allowed."""
    allowed = itertools.chain([1, 3], itertools.repeat(3))
    meet = threading.Barrier(3)
    with ThreadPoolExecutor(8) as pool:
        found = side_by_side(pool, lambda: next(allowed), lambda _: meet.wait(5), range(3))
    assert sorted(found) == [0, 1, 2]


def test_nothing_is_begun_behind_a_failure():
    begun = []

    def call(item):
        begun.append(item)
        if item == 3:
            raise KeyboardInterrupt
        return item

    with ThreadPoolExecutor(1) as pool, pytest.raises(KeyboardInterrupt):
        side_by_side(pool, lambda: 1, call, range(100))
    assert begun == [0, 1, 2, 3]


def test_who_has_something_else_to_do_asks_for_the_results_later():
    under_way = threading.Event()
    with (
        ThreadPoolExecutor(2) as pool,
        begun(pool, lambda: 2, lambda item: under_way.set() or item, range(5)) as crew,
    ):
        assert under_way.wait(5)
        assert crew.results() == [0, 1, 2, 3, 4]


def test_nothing_is_begun_once_nobody_waits_for_the_results():
    items = []

    def call(item):
        items.append(item)
        time.sleep(0.05)

    with ThreadPoolExecutor(2) as pool, pytest.raises(LookupError), begun(pool, lambda: 2, call, range(50)):
        raise LookupError
    assert len(items) < 50


class Interrupted(ThreadPoolExecutor):
    """Threads whose caller is interrupted as it waits for them."""

    def submit(self, fn, /, *args, **kwargs):
        super().submit(fn, *args, **kwargs)
        waited_for: Future = Future()
        waited_for.set_exception(KeyboardInterrupt())
        return waited_for


def test_nothing_is_begun_after_an_interrupt():
    begun = []

    def call(item):
        begun.append(item)
        time.sleep(0.1)

    with Interrupted(2) as pool, pytest.raises(KeyboardInterrupt):
        side_by_side(pool, lambda: 2, call, range(50))
    assert len(begun) < 50


def test_a_failure_of_hiring_ends_it():
    asked = itertools.count()

    def allowed():
        if next(asked) > 2:
            raise OSError("can't start new thread")
        return 1

    with ThreadPoolExecutor(1) as pool, pytest.raises(OSError, match="thread"):
        side_by_side(pool, allowed, lambda item: item, range(100))


def test_a_server_that_is_asked_one_call_at_a_time_is_asked_in_this_thread():
    """Its pool does at once what it is given (`reader`)."""
    client = client_of(Sandbox(), workers=1)
    with reader._threads(client) as pool:
        found = side_by_side(pool, lambda: client.at_once, lambda _: threading.get_ident(), range(9))
    assert set(found) == {threading.get_ident()}
