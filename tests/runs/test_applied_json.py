"""What is kept of a catalog comes back as it was, whatever its members are called: a name that looks like a tag is data."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.core.model import Kind, Ref
from catalogsync.core.values import Hidden, SecretRef
from catalogsync.store.runs import applied_json
from catalogsync.store.runs.applied import Applied, AppliedObject, Content, MadeOf

NAMES = st.one_of(
    st.sampled_from(["$", "$$", "$a", 'x"$":', '$"b', "$\\", "a$"]), st.text('ab$"\\:{ ', max_size=5)
)
SECRETS = st.sampled_from(
    [SecretRef("env", "HOOK"), SecretRef("file", "a/b"), Hidden("sha256:1", "https://…")]
)
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), NAMES, st.sampled_from([Decimal("0.10"), Decimal("1E+3")])
)


def bodies(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    values = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
        max_leaves=5,
    )
    return st.dictionaries(NAMES, values, max_size=3)


@given(bodies(PLAIN), bodies(st.one_of(PLAIN, SECRETS)))
def test_it_comes_back_as_it_was(base: dict[str, object], resolved: dict[str, object]) -> None:
    ref = Ref(Kind("notification_channel"), "ops")
    content = Content(base, resolved, "catalog/a.yaml")
    made_of = MadeOf({ref: content}, False, ("catalog",))
    assert applied_json.contents_from_bytes(applied_json.contents_to_bytes(made_of)) == made_of
    one = {ref: AppliedObject(content, "2026-11-28T00:00:00Z", "abc", "run")}
    proven = Applied("live", "2026-11-28T00:00:00Z", "run", "abc", "sha256:2", one, one)
    assert applied_json.from_bytes(applied_json.to_bytes(proven)) == proven


def test_a_tag_that_nobody_writes_is_refused() -> None:
    content = Content({}, {"a": "b"})
    said = applied_json.contents_to_bytes(MadeOf({Ref(Kind("meter"), "m"): content}))
    with pytest.raises(ValueError, match="not a tagged value"):
        applied_json.contents_from_bytes(said.replace(b'"b"', b'{"$": ["other"]}'))
