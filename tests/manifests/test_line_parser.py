"""Manifests in the plain style are read line by line: the same values as libyaml gives, or none at all."""

# ruff: noqa: E501 (cases in one line)

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.catalogs import SHAPES
from catalogsync.core.canon import Json
from catalogsync.manifests import fast_parser, positioned_parser
from catalogsync.manifests.line_parser import Reader, Unsure
from catalogsync.manifests.source import SourceFile

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
PLAIN = ["a", "1", "1.50", "0.10", "-3", "USD", "Feature 1 of it", "$.v", "http://x/y?z=1", "a#b", "a:b", "x, y", "a]", "x # c", "~", "null", "true", "🙂", '"q # x"', "'a: b'", '"it\'s" # c', "''", "{type: flat, amount: 5}", "[a, b]", "{} # c", "[]", "[{a: 1}, {b: [2]}]", '"x\\n"', "'it''s'", "|\n                x", ">\n                x\n                y"]  # fmt: skip
ODD = ["yes", "0x10", "010", "12:30", "2024-01-01", "a: b", "a :b", "a:", "- a", "-", "- ", "-a", "? a", "?", "|", ">", "|\n  x", "{a: b", "{a: b}: c", '"a": b', '"a', '"a"b', "[a]b", "[a]: b", "[a,b]", "{a:b}", "{a: b }", "[ a ]", "{a: yes}", "[010, -a, -1]", "[1e5]", "{a: 'x', b: \"y\"}", "['a''b']", "{a: b c, d: -, }", "[a b, c  d]", "{a: b # c", "{a: 1} # '", "a # 'b", "[a, b] c", "{}}", "{a: b}}", "a\tb", "\ta", "a ", "a  b", "&x", "*x", "!t", "{a: &x 1}", "[!t 1]", "a & b", "#", "<<", "{a: 1, a: 2}", "%x", "@x", "`x", "...", "---", '"\\0"', '{a: "\\u0000"}', "a\x85b", "a\u2028b", "a\u00a0b", "a\x07", "é", "\n  more"]  # fmt: skip
NAMES = ["a", "b", "c", "kind", "key", '"a"', "'b'", '"a b"', "$x", "a.b"]
ODD_NAMES = ["1", "yes", "null", "<<", "é", "a b", "{a: 1}", "? a", "", '"a\\n"', "'it''s'", "- a", '""', "-a", ".a", "x" * 210]  # fmt: skip
WHOLE_LINES = ["", "  ", "# c", "  # c", "---", "---", "--- # c", "---x", "--- ", "...", "%YAML 1.2", "----", " ---", "--- a", "\t", "# \x07", "\r"]  # fmt: skip


def mostly(usual: list[str], odd: list[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), st.sampled_from([*usual, *odd]))


LINES = st.one_of(
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(["", "", "  ", "  ", "    ", " ", "      "]),
        st.sampled_from(["", "", "- ", "-  ", "- - "]),
        mostly(NAMES, ODD_NAMES),
        st.sampled_from([": ", ": ", ": ", ":  ", " : ", ":"]),
        st.one_of(st.just(""), mostly(PLAIN, ODD)),
    ),
    st.builds("{}- {}".format, st.sampled_from(["", "  ", "    "]), mostly(PLAIN, ODD)),
    st.sampled_from(WHOLE_LINES),
)
BREAKS = st.sampled_from(["\n", "\n", "\n", "\r\n"])


def blocks(depth: int = 0) -> st.SearchStrategy[list[str]]:
    """Well-formed blocks: members with values, with blocks below them, with lists in either indentation."""
    value = mostly(PLAIN, ODD).map(lambda text: [f" {text}"])
    if depth > 3:
        return st.dictionaries(st.sampled_from(NAMES), value, min_size=1, max_size=3).map(members)
    inner = blocks(depth + 1)
    below = st.builds(lambda lines, by: ["", *indented(lines, by)], inner, st.sampled_from([1, 2, 4]))
    entries = st.lists(st.one_of(inner, mostly(PLAIN, ODD).map(lambda text: [text])), min_size=1, max_size=3)
    listed = st.builds(
        lambda found, by: ["", *(line for one in found for line in indented(entry(one), by))],
        entries,
        st.sampled_from([0, 2]),
    )
    one = st.one_of(value, value, below, listed)
    return st.dictionaries(st.sampled_from(NAMES), one, min_size=1, max_size=3).map(members)


def members(found: dict[str, list[str]]) -> list[str]:
    return [line for name, said in found.items() for line in (f"{name}:{said[0]}", *said[1:])]


def indented(lines: list[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]


def entry(lines: list[str]) -> list[str]:
    return [f"- {lines[0]}", *indented(lines[1:], 2)]


def no_flow(text: str) -> Json:
    raise Unsure


def agree(text: str) -> None:
    """What is taken at all is what the careful reader reads without a complaint. (That one does not tell where an empty first document is.)"""
    built = fast_parser.Builder().build(text)
    if built is None:
        return
    read = positioned_parser.read(SourceFile("a", text))
    assert read.diagnostics == []
    assert [(repr(one.value), one.empty) for one in built] == [
        (repr(one.value), one.empty) for one in read.documents
    ]
    first = 1 if built and built[0].empty else 0
    assert [(one.start, one.line) for one in built[first:]] == [
        (one.start, one.line) for one in read.documents[first:]
    ]


@given(st.lists(LINES, max_size=7), BREAKS)
def test_any_lines_are_read_as_libyaml_reads_them(lines: list[str], line_break: str) -> None:
    agree(line_break.join(lines))


@given(st.lists(blocks(), min_size=1, max_size=3), BREAKS, st.data())
def test_documents_with_an_odd_line_are_read_as_libyaml_reads_them(
    documents: list[list[str]], line_break: str, data: st.DataObject
) -> None:
    lines = [line for one in documents for line in ("---", *one)]
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = data.draw(st.sampled_from([[], [f" {lines[at]}"], [lines[at]] * 2, ["# c"]]))
    agree(line_break.join(lines))


@given(st.text(alphabet="ab:-#\n {}[],'\"|>\t&*!?%0.1e\r", max_size=60))
def test_any_text_is_read_as_libyaml_reads_it(text: str) -> None:
    agree(text)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_style_of_manifests_is_read_line_by_line(tmp_path: Path, shape: str) -> None:
    SHAPES[shape](tmp_path, 100)
    texts = [path.read_text("utf-8") for path in (*tmp_path.rglob("*.yaml"), *EXAMPLES.rglob("*.yaml"))]
    documents = [one for text in texts for one in f"\n{text}".split("\n---\n") if one.strip()]
    reader = Reader(lambda text: text)
    assert all(reader.read(one) for one in documents)


TAKEN: dict[str, Json] = {
    "a: 1\nb: 'x'\n": {"a": 1, "b": "x"},
    "a:\n- 1\n- b: 2\n  c:\n  - 3\nd: e": {"a": [1, {"b": 2, "c": [3]}], "d": "e"},
    "# c\na: # c\n\n  b: x # c\n# c\n  'c d':\ne: ''": {"a": {"b": "x", "c d": None}, "e": ""},
    "a: http://x:8080/#y\r\nb: a, b\r\n": {"a": "http://x:8080/#y", "b": "a, b"},
    "a: {b: c d, e: -0.10,f: 'g, h', i: \"}\"}\nj: [a, 'b',  1, null]\nk: {l: $.m} # c": {
        "a": {"b": "c d", "e": Decimal("-0.10"), "f": "g, h", "i": "}"},
        "j": ["a", "b", 1, None],
        "k": {"l": "$.m"},
    },
    "a: b # it's\nc:  d   #e\n": {"a": "b", "c": "d"},
    "": {},
    "# nothing\n\n": {},
}


@pytest.mark.parametrize("text", TAKEN)
def test_what_is_taken(text: str) -> None:
    assert Reader(no_flow).read(text) == TAKEN[text]


LEFT = [
    "a: 1\na: 2", "a: 1\n  b: 2", "a: 1\n  more", "a:\n  b: 1\n c: 2", "- a", "a: 1\n- b", "a: b: c", "a: yes", "a: 010", "yes: a", " a: 1",
    "a: |\n  x", "a: - b", "a: - - b", "a:\n  -\n    b: 1", "? a", "a: &x 1", "a: *x", "a: !t x", "a:\tb", "a: \x07", "a: x\x85", "<<: a",
    "a : 1", "a", "1: a", "a: [[b]]", "a: {b: yes}", "a: {b: 1, b: 2}", "a: [b: c]", "a: [b,]", "a: [ b]", "a: {b: -}", "a: {b: c, d}", "a: \"\\n\"", f"{'x' * 300}: 1",
    "\n".join(f"{'  ' * n}a:" for n in range(60)),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT)
def test_what_is_left_to_libyaml(text: str) -> None:
    with pytest.raises(Unsure):
        Reader(no_flow).read(text)


def test_a_document_in_another_style_leaves_its_neighbours_to_the_lines() -> None:
    text = "a: 1\n---\nb: |\n  x\n---\nc: {d: 0.10}\n---\n---\n# nothing\n"
    built = fast_parser.Builder().build(text)
    assert built is not None
    assert [(repr(one.value), one.start, one.line, one.empty) for one in built] == [
        ("{'a': 1}", 0, 0, False),
        ("{'b': 'x\\n'}", 5, 1, False),
        ("{'c': {'d': Decimal('0.10')}}", 18, 4, False),
        ("None", 35, 6, True),
        ("None", 39, 7, True),
    ]
    agree(text)


SIGNS = [
    "a: |\n  * one & two\n  !\n  # no comment\n",
    "a: >\n  &x\n",
    'a: "one\n  &x *y"\n',
    "a: x\n  &y\n",
    "a: [b & c, d!]\n",
]


@pytest.mark.parametrize("text", SIGNS)
def test_texts_with_the_signs_of_anchors_aliases_and_tags_need_no_care(text: str) -> None:
    assert fast_parser.Builder().build(text) is not None
    agree(text)


@pytest.mark.parametrize(
    "said", ["&x b", "!t b", "&x {b: c}", "!t [b]", "[&x b]", "{!t b: c}", "&x |\n  b", "!\n  b"]
)
def test_anchors_and_tags_do(said: str) -> None:
    assert fast_parser.Builder().build(f"a: {said}\n") is None
    assert fast_parser.Builder().build(f"a: {said}\nb: *x\n") is None


def test_members_of_one_name_have_one_text_for_it() -> None:
    """However a document is written: else a catalog's names take more than what it says."""
    written = ["'n': 1\n", "n: |\n  x\n", '{"n": "x"}\n', "{n: x}\n"]
    built = fast_parser.Builder().build("---\n".join(["n: >\n  x\n", *written]))
    assert built is not None and len(built) == 5
    care = positioned_parser.read(SourceFile("a", "---\n".join(written[1:])))
    for documents in (built[2:], care.documents):
        names = {id(name) for one in documents if isinstance(one.value, dict) for name in one.value}
        assert len(names) == 1


def test_lines_that_begin_alike_are_told_apart() -> None:
    """A line whose beginning was met before is put together from it and its value."""
    text = "a: x\na2: y\nb:\n- a: x\n  b: y # c\n- a: z \n  b: 'q'\n- a: {c: [d]}\n  b: # c\n- a:  w\n  b: 1.50\n"
    assert Reader(lambda said: {"c": said}).read(text) == {
        "a": "x",
        "a2": "y",
        "b": [
            {"a": "x", "b": "y"},
            {"a": "z", "b": "q"},
            {"a": {"c": "{c: [d]}"}, "b": None},
            {"a": "w", "b": Decimal("1.50")},
        ],
    }
    with pytest.raises(Unsure):
        Reader(no_flow).read("a:\n  b: x\nc:\n  b:: y\n")


def test_many_lines_are_read_as_few_are() -> None:
    lines = [f"n{n}: {n}.50" for n in range(20_000)]
    reader = Reader(no_flow)
    for _ in range(2):
        assert len(reader.read("\n".join(lines))) == 20_000
    assert str(reader.read("n7: 7.50")["n7"]) == "7.50"
