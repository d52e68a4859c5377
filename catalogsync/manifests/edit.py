"""Changes single values of a manifest and nothing else: comments, order and quoting stay. Pure: text in, text out.

A place is found in the document's YAML nodes, and what stands there is replaced by its characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import yaml

from catalogsync.manifests.write import entry_lines, flow, member_lines, quoted_like, scalar

Node: TypeAlias = "yaml.ScalarNode | yaml.CollectionNode"
Step: TypeAlias = "str | int | Named"
"""One step on the way to a value: a member's name, a position from 0, or the entry of a list that a member tells apart."""


@dataclass(frozen=True, slots=True)
class Named:
    """The entry of a list whose member `by` says `key`."""

    by: str
    key: str


Steps: TypeAlias = "tuple[Step, ...]"


@dataclass(frozen=True, slots=True)
class Splice:
    """Characters `start` to `end` of a text become `text`."""

    start: int
    end: int
    text: str


class Document:
    """One YAML document of a file: `text` is the whole file, the document begins at character `start` and ends before `end`."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.root = cast("Node", yaml.compose(text[start:end], Loader=yaml.CSafeLoader))
        self._break = "\r\n" if "\r\n" in text else "\n"

    def depth(self, steps: Steps) -> int:
        """How many of the steps lead to something that stands in this document."""
        return len(self._way(steps)) - 1

    def put(self, steps: Steps, whole: Sequence[object]) -> Splice:
        """Says a value at a place. `whole`: what is to stand after each number of steps (the last is the value itself), for places that the
        document does not go into as deep.
        """
        way = self._way(steps)
        node, at = way[-1], len(way) - 1
        if at == len(steps) or isinstance(node, yaml.ScalarNode):
            return self._replaced(node, way[-2] if at else None, whole[at])
        return self._added(node, steps[at], whole[at + 1])

    def remove(self, steps: Steps) -> Splice | None:
        """Takes a member or an entry away; nothing where the document does not have it."""
        way = self._way(steps)
        if len(way) - 1 < len(steps) or not steps:
            return None
        parent, node = way[-2], way[-1]
        pieces = list(self._pieces(parent))
        place = next(n for n, piece in enumerate(pieces) if piece.value is node)
        if len(pieces) == 1:
            empty = "{}" if isinstance(parent, yaml.MappingNode) else "[]"
            return self._replaced_text(parent, way[-3] if len(way) > 2 else None, empty)
        if _is_flow(parent):
            return self._taken_from_flow(pieces, place)
        return self._taken_from_block(pieces, place)

    # Finding

    def _way(self, steps: Steps) -> list[Node]:
        way = [self.root]
        for step in steps:
            found = _below(way[-1], step)
            if found is None:
                break
            way.append(found)
        return way

    def _pieces(self, parent: Node) -> Iterator[_Piece]:
        if isinstance(parent, yaml.MappingNode):
            yield from (_Piece(key.start_mark.index, value) for key, value in parent.value)
        else:
            for value in parent.value:
                start = value.start_mark.index
                if not _is_flow(parent):  # the dash before it
                    start = self._local.rindex("-", 0, start)
                yield _Piece(start, value)

    @property
    def _local(self) -> str:
        return self.text[self.start : self.end]

    # Changing

    def _replaced(self, node: Node, parent: Node | None, value: object) -> Splice:
        inside = parent is not None and _is_flow(parent)
        if isinstance(node, yaml.ScalarNode) and not isinstance(value, Mapping | list | tuple):
            return self._replaced_text(node, parent, quoted_like(value, node.style, inside=inside))
        if not inside and not _is_flow(node) and isinstance(node, yaml.CollectionNode) and value:
            return self._replaced_block(node, value)
        return self._replaced_text(node, parent, flow(value))

    def _replaced_text(self, node: Node, parent: Node | None, said: str) -> Splice:
        start, end = node.start_mark.index, _end(node, self._local)
        if start == end:  # `name:` with nothing after it
            said = f" {said}"
        elif isinstance(node, yaml.CollectionNode) and not _is_flow(node):
            before = self._local[:start].rstrip(" \r\n")
            said, start = f" {said}", len(before)  # on the line of its name or dash
            if self._local[start : node.start_mark.index].lstrip(" ").startswith("#"):
                raise ValueError("a comment stands before the value")
        return self._splice(start, end, said)

    def _replaced_block(self, node: Node, value: object) -> Splice:
        column = node.start_mark.column
        if isinstance(value, Mapping):
            lines = [line for name, one in value.items() for line in member_lines(name, one, column)]
        else:
            assert isinstance(value, list | tuple)
            lines = [line for one in value for line in entry_lines(one, column)]
        return self._splice(node.start_mark.index, _end(node, self._local), self._joined(lines)[column:])

    def _added(self, node: Node, step: Step, value: object) -> Splice:
        end = _end(node, self._local)
        if _is_flow(node) or not node.value:
            said = f"{scalar(step, inside=True)}: {flow(value)}" if isinstance(step, str) else flow(value)
            return self._splice(end - 1, end - 1, f", {said}" if node.value else said)
        column = node.start_mark.column
        lines = member_lines(step, value, column) if isinstance(step, str) else entry_lines(value, column)
        line_end = self._local.find("\n", end)
        if line_end < 0:
            return self._splice(len(self._local), len(self._local), self._break + self._joined(lines))
        return self._splice(line_end + 1, line_end + 1, self._joined(lines) + self._break)

    def _taken_from_flow(self, pieces: Sequence[_Piece], place: int) -> Splice:
        if place + 1 < len(pieces):
            return self._splice(pieces[place].start, pieces[place + 1].start, "")
        return self._splice(
            _end(pieces[place - 1].value, self._local), _end(pieces[place].value, self._local), ""
        )

    def _taken_from_block(self, pieces: Sequence[_Piece], place: int) -> Splice:
        if place == 0:  # what comes next moves up: a dash may stand before it
            return self._splice(pieces[0].start, pieces[1].start, "")
        start = self._local.rindex("\n", 0, pieces[place].start) + 1
        line_end = self._local.find("\n", _end(pieces[place].value, self._local))
        return self._splice(start, line_end + 1 if line_end >= 0 else len(self._local), "")

    def _joined(self, lines: Sequence[str]) -> str:
        return self._break.join(lines)

    def _splice(self, start: int, end: int, text: str) -> Splice:
        return Splice(self.start + start, self.start + end, text)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A member with its name, or an entry with its dash: where it begins in the document, and its value."""

    start: int
    value: Node


def _below(node: Node, step: Step) -> Node | None:
    if isinstance(node, yaml.MappingNode) and isinstance(step, str):
        return next((cast("Node", value) for key, value in node.value if key.value == step), None)
    if not isinstance(node, yaml.SequenceNode) or isinstance(step, str):
        return None
    if isinstance(step, int):
        return cast("Node", node.value[step]) if step < len(node.value) else None
    for entry in cast("list[Node]", node.value):
        said = _below(entry, step.by)
        if isinstance(said, yaml.ScalarNode) and said.value == step.key:
            return entry
    return None


def _is_flow(node: Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _end(node: Node, text: str) -> int:
    """Where the last character of a value stands, and one: a block's own end is where the next thing begins."""
    if isinstance(node, yaml.ScalarNode):
        end: int = node.end_mark.index
        return len(text[:end].rstrip()) if node.style in ("|", ">") else end
    if _is_flow(node) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last, text)
