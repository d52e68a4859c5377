"""Text in the columns of a terminal: nothing is lost, nothing is wider, colours and links take no room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.core.changes import Action, Change
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.core.model import Ref
from catalogsync.render import findings_text, summary_table
from catalogsync.render.fitted import columns, fitted, plain
from catalogsync.render.paint import Paint, painter

LINE = (
    "warning[possible-rename]: meter/llm_tokens is new and says nearly what meter/tokens_total says, "
    "which stays live, and no file describes it"
)
GOLDEN = {
    60: (
        "warning[possible-rename]: meter/llm_tokens is new and says\n"
        "  nearly what meter/tokens_total says, which stays live, and\n"
        "  no file describes it"
    ),
    80: (
        "warning[possible-rename]: meter/llm_tokens is new and says nearly what\n"
        "  meter/tokens_total says, which stays live, and no file describes it"
    ),
    120: (
        "warning[possible-rename]: meter/llm_tokens is new and says nearly what meter/tokens_total says, which stays live, and no\n"
        "  file describes it"
    ),
}


@pytest.mark.parametrize("width", GOLDEN)
def test_a_long_line_is_broken_at_blanks(width: int) -> None:
    assert fitted(LINE, width) == GOLDEN[width]
    assert fitted(GOLDEN[width], width) == GOLDEN[width]


@pytest.mark.parametrize("width", GOLDEN)
def test_colour_and_links_take_no_column(width: int) -> None:
    paint = Paint(True, lambda where: f"file:///{'x' * 90}#{where.line}")
    words = LINE.split(" ")
    styled = " ".join(
        [
            paint(words[0], "red", "bold"),
            *(paint.link(paint(one, "dim"), SourceRef("f", 1, 1)) for one in words[1:]),
        ]
    )
    assert plain(fitted(styled, width)) == GOLDEN[width]


SIGNS = st.sampled_from(
    [
        "a",
        "bb",
        " ",
        "  ",
        "\n",
        "資",
        "e\u0301",
        "\x1b[1m",
        "\x1b[0m",
        "\x1b]8;;file:///x\x1b\\",
        "\x1b]8;;\x1b\\",
        "1 |",
    ]
)


@given(st.lists(SIGNS, max_size=60).map("".join), st.integers(20, 130))
def test_nothing_but_blanks_is_lost_and_nothing_is_wider(text: str, width: int) -> None:
    out = fitted(text, width)
    assert [s for s in out if s not in " \n"] == [s for s in text if s not in " \n"]
    for line in out.split("\n"):
        assert columns(line) <= width or "|" in line


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_line_of_a_file_is_cut_around_its_caret(width: int) -> None:
    text = f"        {'a' * 100}: wrong{'b' * 100}"
    where = SourceRef("catalog/x.yaml", 72, text.index("wrong") + 1, text, 5)
    one = Diagnostic("x", Severity.ERROR, "no", where)
    shown = findings_text.render([one], paint=Paint(False, None, width - 8))
    _, excerpt, caret, *_ = [line for line in shown.split("\n") if " " in line][1:]
    assert columns(excerpt) <= width and excerpt[caret.index("^") : caret.rindex("^") + 1] == "wrong"
    assert fitted(shown, width) == shown


def changes(text: str) -> list[Change]:
    return [
        Change(Action(action), Ref.parse(f"{kind}/k{number}"))
        for kind, action, count in (part.split() for part in text.split(";"))
        for number in range(int(count))
    ]


def test_the_summary_is_a_table_of_kinds_and_what_happens() -> None:
    found = changes("meter create 5;feature create 10;plan new_version 12;feature archive 1")
    assert list(summary_table.lines(found, painter(False))) == [
        "           create  new version  archive",
        "  meter         5            ·        ·",
        "  feature      10            ·        1",
        "  plan          ·           12        ·",
        "  all          15           12        1",
    ]


def test_one_kind_needs_no_table() -> None:
    assert list(summary_table.lines(changes("meter create 5;meter update 1"), painter(False))) == []


def test_without_room_for_the_columns_each_kind_has_a_line() -> None:
    every = ";".join(f"{kind} {action} 2" for kind in ("plan", "notification_channel") for action in Action)
    found = list(summary_table.lines(changes(every), painter(False)))
    assert found == [
        "  plan: 2 to create, 2 to update in place, 2 new versions, 2",
        "      to publish the draft, 2 to archive, 2 to delete, 2 to",
        "      re-create, 2 impossible",
        "  notification_channel: 2 to create, 2 to update in place, 2",
        "      new versions, 2 to publish the draft, 2 to archive, 2",
        "      to delete, 2 to re-create, 2 impossible",
    ]
    assert all(len(line) <= 60 for line in found)
