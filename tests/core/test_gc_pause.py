"""What a catalog is made of is not looked at by the collector, and no cycle of others is kept from it."""

from __future__ import annotations

import gc
import weakref

import pytest

from catalogsync.core import gc_pause


class Loop:
    """Holds itself: only the collector can take it away."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def settled() -> None:
    gc.unfreeze()
    gc.collect()


def test_what_is_made_is_not_looked_at_while_it_is_made() -> None:
    with gc_pause.paused():
        assert not gc.isenabled()
        gone = weakref.ref(Loop())
        _made = [[number] for number in range(5_000)]
        assert gone() is not None
    assert gc.isenabled()


def test_many_objects_are_never_looked_at_again() -> None:
    with gc_pause.paused():
        made = [[number] for number in range(200_000)]
    assert gc.get_freeze_count() > len(made)
    gc.unfreeze()


def test_a_cycle_is_taken_away_all_the_same() -> None:
    with gc_pause.paused():
        gone = weakref.ref(Loop())
    assert gone() is not None
    gc.collect()
    assert gone() is None


def test_what_others_keep_from_the_collector_stays_so() -> None:
    gc.freeze()
    kept = gc.get_freeze_count()
    with gc_pause.paused():
        pass
    assert gc.get_freeze_count() == pytest.approx(kept, rel=0.1)
    gc.unfreeze()


def test_who_switched_the_collector_off_finds_it_off() -> None:
    gc.disable()
    try:
        with gc_pause.paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
