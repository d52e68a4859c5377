"""What a plan says, whole: its steps with their causes, its changes with their fields, what it relies on, its diagnostics with their places. A
table of situations (`*_cases.py`) beside the lines that are to be told of each (`told.yaml`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from dependency_cases import DEPENDENCIES
from unversioned_cases import UNVERSIONED
from version_cases import VERSIONS
from worlds import Case, channel, files, live, planned, stranger, told

from catalogsync.core.model import Ref
from catalogsync.core.plan import Verb
from catalogsync.core.values import hidden
from catalogsync.openmeter.kinds import CHANNEL, METER
from catalogsync.planner import order, transitions
from catalogsync.planner.context import listing
from catalogsync.planner.intent import Sketch

CASES: dict[str, Case] = {**UNVERSIONED, **VERSIONS, **DEPENDENCIES}
TOLD: dict[str, str] = yaml.safe_load((Path(__file__).parent / "told.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_what_is_told(name: str) -> None:
    state, resources, options = CASES[name]
    assert told(planned(files(*resources), state, options)) == (TOLD[name] or "").splitlines()


def test_every_situation_is_told() -> None:
    assert list(TOLD) == list(CASES)


def test_what_a_manifest_keeps_as_a_secret_is_in_no_plan() -> None:
    state, (hook,), options = CASES["secrets that are others"]
    made = planned(files(hook), state, options)
    read = made.preconditions[0].state["active"] or {}
    assert read["customHeaders"] == {"X-A": hidden("1")} and read["url"] == hidden("https://a.example/x")
    assert read["signingSecret"] == hidden("s")
    plain = planned(files(replace(hook, body={**hook.body, "url": "https://b.example"})), state, options)
    read = plain.preconditions[0].state["active"] or {}
    assert read["url"] == "https://a.example/x"


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["a"], "a"), (("a", "b"), "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_in_a_row(words: list[str], said: str) -> None:
    assert listing(words) == said


def test_what_was_found_by_its_name_is_found_so_again() -> None:
    def wanted(name: str) -> dict[str, str]:
        state, resources, options = CASES[name]
        made = planned(files(*resources), state, options)
        return {str(ref): called for ref, called in transitions.wanted_names(made).items()}

    assert wanted("found by its name and changed") == {"notification_channel/ops": "ops"}
    assert wanted("a rule leaves a channel that was found by its name") == {
        "notification_channel/b": "b", "notification_channel/ops": "ops", "notification_rule/billed": "billed",
    }  # fmt: skip
    assert wanted("a channel is new") == wanted("two fields change") == wanted("a new version") == {}


def test_steps_that_wait_for_each_other_are_named() -> None:
    first, second, third = (Sketch(Verb.CREATE, Ref(METER, key), None, "") for key in "abc")
    first.needs.add(second)
    second.needs.add(first)
    with pytest.raises(ValueError, match="steps that wait for each other: ") as circle:
        order.in_order([first, second, third])
    assert [f"create meter/{key}" in str(circle.value) for key in "abc"] == [True, True, False]
    first.needs.add(Sketch(Verb.CREATE, Ref(METER, "nobody"), None, ""))
    second.needs.clear()
    assert [(step.ref.key, step.needs) for step in order.in_order([first, second, third])] == [
        ("b", ()), ("a", (1,)), ("c", ()),
    ]  # fmt: skip


def test_needs_that_others_imply_are_left_out() -> None:
    chain = [Sketch(Verb.CREATE, Ref(METER, f"m{n}"), None, "") for n in range(5)]
    for n, sketch in enumerate(chain):
        sketch.needs.update(chain[:n])
    assert [step.needs for step in order.in_order(chain[::-1])] == [(), (1,), (2,), (3,), (4,)]


def test_what_is_kept_has_to_be_in_the_place_of_something() -> None:
    state = live(stranger(channel(), "C1", "ops"))
    assert transitions.keep(state, {Ref(CHANNEL, "ops"): "C1"}) == state
