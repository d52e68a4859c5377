"""Who an object is: in the order of creation, by key within a kind, whichever way it is asked."""

from __future__ import annotations

import copy
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from catalogsync.core.model import Kind, Ref
from catalogsync.openmeter.kinds import FEATURE, METER

REFS = st.builds(Ref, st.sampled_from(list(Kind)), st.text("ab", min_size=1, max_size=2))


@given(st.lists(REFS, min_size=2))
def test_the_order_is_that_of_creation(refs: list[Ref]) -> None:
    for one, other in pairwise(sorted(refs)):
        assert (one.kind.rank, one.key) <= (other.kind.rank, other.key)
        assert one <= other and other >= one and not one > other and not other < one
        assert (one < other) == (other > one) == (one != other)
    assert max(refs) == sorted(refs)[-1]


def test_a_meter_comes_before_a_feature_though_its_name_does_not() -> None:
    assert Ref(METER, "a") < Ref(FEATURE, "a") and Ref(FEATURE, "a") > Ref(METER, "b")
    assert Ref(METER, "a") <= Ref(FEATURE, "a") and not Ref(METER, "a") >= Ref(FEATURE, "a")


def test_it_is_the_same_wherever_it_comes_from() -> None:
    ref = Ref(METER, "calls")
    same = Ref.parse(str(ref))
    assert same == ref and hash(same) == hash(ref) and ref != Ref(FEATURE, "calls")
    assert copy.deepcopy(ref) == ref
    assert repr(ref) == "Ref(kind='meter', key='calls')" and f"{ref}" == "meter/calls"
