"""A line in the wrong column: the message points at it, says which column the others have, and what it says to do makes the file right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from catalogsync.core.diagnostics import Diagnostic
from catalogsync.manifests import positioned_parser
from catalogsync.manifests.source import SourceFile

EXAMPLE = (Path(__file__).parents[2] / "examples" / "catalog" / "plans" / "pro.yaml").read_text("utf-8")
SMALL = """\
kind: plan
key: pro
phases:
  - key: trial
    name: Trial
    duration: P14D
  - key: one
    name: One
    rateCards:
      - type: flat_fee
        key: fee
        price:
          type: flat
          amount: 5
"""


def read(text: str) -> object:
    """What a text says; None where it is no YAML."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


TABLE = {
    "one space too few": (
        " 1:    name: Trial",
        "5:4 `name` begins in column 4, the members beside it in column 5",
    ),
    "one space too many": (
        "+1:    name: Trial",
        "5:6 `name` begins in column 6, the members beside it in column 5",
    ),
    "at the margin": ("+1:key: pro", "2:2 `key` begins in column 2, the members beside it in column 1"),
    "an entry": ("+1:  - key: one", "7:4 `- key` begins in column 4, the entries beside it in column 3"),
    "with what is below it": (
        " 1:        price:",
        "12:8 `price` begins in column 8, the members beside it in column 9",
    ),
}


def shifted(text: str, line: str, by: int) -> str:
    """A text with one of its lines moved to the right, or to the left."""
    return text.replace(f"{line}\n", f"{moved(line, by)}\n", 1)


def problems(text: str) -> list[Diagnostic]:
    return positioned_parser.read(SourceFile("a.yaml", text)).diagnostics


def followed(text: str, found: Diagnostic) -> list[str]:
    """What a text becomes when it is done what a hint says; one text for each way that it names."""
    assert found.where is not None
    lines = text.split("\n")
    if run := re.fullmatch(
        r"begin it in column \d+, and give lines (\d+) to (\d+) (\d+) spaces? (more|fewer)", found.hint
    ):
        by = int(run[3]) if run[4] == "more" else -int(run[3])
        return [
            "\n".join(
                moved(one, by) if int(run[1]) <= n <= int(run[2]) else one for n, one in enumerate(lines, 1)
            )
        ]
    ways = re.findall(r"begin (?:it|`[^`]*` on line (\d+)) in column (\d+)", found.hint)
    assert ways, found.hint
    results = []
    for number, column in ways:
        at = int(number or found.where.line) - 1
        results.append(
            "\n".join([*lines[:at], " " * (int(column) - 1) + lines[at].lstrip(), *lines[at + 1 :]])
        )
    return results


def moved(line: str, by: int) -> str:
    return " " * by + line if by > 0 else line[-by:]


@pytest.mark.parametrize("name", TABLE)
def test_the_message_points_at_the_line_and_names_the_column_of_the_others(name: str) -> None:
    move, said = TABLE[name]
    by, _, line = move.partition(":")
    (one,) = problems(shifted(SMALL, line, 1 if by == "+1" else -1))
    place, _, summary = said.partition(" ")
    assert one.where is not None and one.code == "yaml-syntax"
    assert (f"{one.where.line}:{one.where.column}", one.summary) == (place, f"not YAML: {summary}")


@pytest.mark.parametrize("text", [SMALL, EXAMPLE], ids=["small", "example"])
@pytest.mark.parametrize("by", [-2, -1, 1, 2])
def test_what_the_message_says_to_do_makes_the_file_as_it_was(text: str, by: int) -> None:
    said = 0
    for line in dict.fromkeys(text.split("\n")):
        if not line.strip() or line.lstrip().startswith("#") or (by < 0 and not line.startswith(" " * -by)):
            continue
        broken = shifted(text, line, by)
        found = problems(broken)
        if found and "begins in column" in found[0].summary:
            said += 1
            assert any(read(one) == read(text) for one in followed(broken, found[0])), line
    assert abs(by) == 2 or said > len(text.split("\n")) // 3


NOT_OF_A_COLUMN = {
    "a text with a colon": "description: This is\n  note: with one\n",
    "a value with a colon": "description: a: b\n",
    "an entry without its sign": "phases:\n  - key: a\n    name: A\n  key: b\n  name: B\n",
    "a name that is there already": "phases:\n  - key: trial\n    name: A\n   name: Trial\n",
}


@pytest.mark.parametrize("name", NOT_OF_A_COLUMN)
def test_no_column_is_named_where_another_mistake_is_likelier(name: str) -> None:
    (one,) = problems(NOT_OF_A_COLUMN[name])
    assert "column" not in one.summary


TABS = {
    "of a member": ("phases:\n  - key: a\n\tname: A\n", "write 4 spaces before `name`"),
    "of members below a name": ("price:\n\ttype: unit\n\tamount: 1\n", "write 2 spaces before `type`"),
    "of an entry": ("phases:\n  - key: a\n\t- key: b\n", "write 2 spaces before `- key`"),
    "behind spaces": ("phases:\n  - key: a\n  \tname: A\n", "write 4 spaces before `name`"),
}


@pytest.mark.parametrize("name", TABS)
def test_the_spaces_that_a_tab_stands_for_are_counted(name: str) -> None:
    text, hint = TABS[name]
    (one,) = problems(text)
    assert (one.code, one.hint) == ("yaml-tab", hint)
