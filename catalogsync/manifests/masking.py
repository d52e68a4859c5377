"""Which characters of a manifest file must not be shown. Pure.

The places are those that the kinds declare (`KindSpec.secrets`), and members whose name says so, whatever holds them. Where a text is no
YAML, its lines are looked at instead: too much is hidden rather than too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml
from yaml._yaml import CParser

from catalogsync.manifests.yaml_events import marks
from catalogsync.openmeter.credentials import (
    is_credential,
    is_variable,
    masked,
    may_name_a_secret,
    names_a_secret,
)
from catalogsync.openmeter.kinds import ANY, KINDS

DECLARED = tuple(dict.fromkeys(secret.path for spec in KINDS.values() for secret in spec.secrets))
"""Paths in a document at which a secret may stand."""

_HEADS = frozenset(path[0] for path in DECLARED)
_REFERENCES = ("env", "file")
_MAY_HIDE = re.compile(rf"\b(?:{'|'.join(sorted(_HEADS))})\b")
_ADDRESSES = (("url",),)
"""Declared places whose host may be shown."""
_NAMED_LINE = re.compile(
    r"^([ \t-]*)([\"']?)([^\s\"':{}\[\],#][^:{}\[\],]*?)\2[ \t]*:(?=\s|$)|[{,][ \t]*[\"']?([A-Za-z_][\w.-]*)[\"']?[ \t]*:"
)
_ADDRESS = re.compile(r"([\"']?[A-Za-z][A-Za-z0-9+.-]*://)([^/?#\s\"'@]*@)?([^/?#\s\"'@\\]*)/?")

VALUE_HIDDEN = "(value hidden)"

Spans = Mapping[int, int]
"""By line, from 0, the first column from which on nothing is shown."""


def is_secret(path: Sequence[str | int]) -> bool:
    """Whether what stands at a path of a document may be a secret, or hold one."""
    return bool(path) and any(_covers(declared[: len(path)], path) for declared in DECLARED)


def _covers(declared: Sequence[str], path: Sequence[str | int]) -> bool:
    return len(path) >= len(declared) and all(
        name in (ANY, step) for name, step in zip(declared, path, strict=False)
    )


def is_reference_member(path: Sequence[str | int]) -> bool:
    """Whether a path leads to the name in a reference to a secret, which is not a secret."""
    return path[-1] in _REFERENCES and any(
        len(path) == len(one) + 1 and _covers(one, path) for one in DECLARED
    )


def may_hold(text: str) -> bool:
    """Whether a text may hold a secret in a place for it: a quick look."""
    return may_name_a_secret(text) or _MAY_HIDE.search(text) is not None


def may_hide(names: Sequence[str]) -> bool:
    """Whether a secret may be the value of a member; all names that lead to it, from its document's on."""
    return (bool(names) and names[0] in _HEADS) or any(map(names_a_secret, names))


def first_hidden(text: str, lines: Sequence[str]) -> Spans:
    """Where each line of a file begins to hold a secret."""
    if not may_hold(text):
        return {}
    walk = _Walk(lines)
    if not re.search("[\x85\u2028\u2029\ufeff]", text):  # libyaml ends lines there
        try:
            walk.run(CParser(text))
        except (yaml.YAMLError, ValueError):
            pass
        else:
            return walk.hidden
    _by_lines(lines, walk.last, walk.hidden)
    return walk.hidden


@dataclass(slots=True)
class _Level:
    """A mapping or list that is being read: the path to it, and the name that waits for its value."""

    path: tuple[str | int, ...]
    mapping: bool
    secret: bool
    name: str | None = None
    count: int = 0


@dataclass(slots=True)
class _Walk:
    """Goes over a file's events and notes where secrets stand. `last`: the line up to which it came."""

    lines: Sequence[str]
    hidden: dict[int, int] = field(default_factory=dict)
    last: int = 0
    levels: list[_Level] = field(default_factory=list)

    def run(self, parser: CParser) -> None:
        while (event := parser.get_event()) is not None and not isinstance(event, yaml.StreamEndEvent):
            self.last = marks(event)[1].line
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self.levels.pop()
            elif isinstance(event, yaml.NodeEvent):
                self.node(event)

    def node(self, event: yaml.NodeEvent) -> None:
        top = self.levels[-1] if self.levels else None
        if top is not None and top.mapping and top.name is None:
            top.name = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                self.levels.append(_Level(top.path, isinstance(event, yaml.MappingStartEvent), True))
            return
        path, secret = self.place(top, event)
        if not isinstance(event, yaml.CollectionStartEvent):
            if secret and not _is_reference(path, event):
                self.hide(event, is_address=path in _ADDRESSES)
            return
        if secret and (event.anchor or event.tag):
            start, _ = marks(event)
            self.hide_from(start.line, start.column)
        self.levels.append(_Level(path, isinstance(event, yaml.MappingStartEvent), secret))

    def place(self, top: _Level | None, event: yaml.NodeEvent) -> tuple[tuple[str | int, ...], bool]:
        """The path of the value that begins, and whether it is a secret."""
        if top is None:
            return (), isinstance(
                event, yaml.ScalarEvent
            )  # a document that is no manifest: it may be a secret kept beside the catalog
        if top.mapping:
            path: tuple[str | int, ...] = (*top.path, top.name or "")
            named = names_a_secret(top.name or "")
            top.name = None
        else:
            path, named = (*top.path, top.count), False
            top.count += 1
        return path, top.secret or named or is_secret(path)

    def hide(self, event: yaml.NodeEvent, *, is_address: bool) -> None:
        first, last = marks(event)
        if is_address and first.line == last.line:
            start = _after_host(self.lines[first.line][first.column : last.column])
            if start is not None:
                self.hide_from(first.line, first.column + start)
            return
        if last.index > first.index:
            self.hide_from(first.line, first.column)
            for line in range(first.line + 1, last.line + (1 if last.column else 0)):
                self.hide_from(line, 0)

    def hide_from(self, line: int, column: int) -> None:
        self.hidden[line] = min(column, self.hidden.get(line, column))


def _is_reference(path: Sequence[str | int], event: yaml.NodeEvent) -> bool:
    """Whether a scalar names where a secret is kept. A secret that was written in place of the name is hidden."""
    if not path or not is_reference_member(path) or not isinstance(event, yaml.ScalarEvent):
        return False
    return is_variable(event.value) if path[-1] == "env" else not is_credential(event.value)


def _after_host(address: str) -> int | None:
    """Where an address begins to tell more than its host; None when it does not."""
    match = _ADDRESS.match(address)
    if match is None:
        return 0
    if match[2]:
        return match.start(2)
    rest = address[match.end() :].rstrip("\"'")
    return match.end() if rest else None


def _by_lines(lines: Sequence[str], first: int, hidden: dict[int, int]) -> None:
    """Hides what follows the names of secrets, and what is indented below them, from a line on."""
    below: int | None = None
    for number in range(first, len(lines)):
        line = lines[number]
        indent = len(line) - len(line.lstrip(" \t"))
        if below is not None and (not line.strip() or indent > below):
            hidden[number] = min(indent, hidden.get(number, indent))
            continue
        below = None
        for start, name in _names(line):
            if name in _HEADS or names_a_secret(name):
                hidden[number] = min(start, hidden.get(number, start))
                below = indent
                break


def _names(line: str) -> Iterator[tuple[int, str]]:
    for match in _NAMED_LINE.finditer(line):
        yield match.end(), (match[3] or match[4] or "").strip()


def shown(line: str, hidden: int | None) -> str:
    """A line without its secrets. A value that is hidden as a whole says so: a mark alone looks like what stands in the file."""
    if hidden is None or not line[hidden:].strip():
        return masked(line)
    return masked(line[:hidden] + (VALUE_HIDDEN if line[:hidden][-1:] in ("", *" \t-:,[{") else "…"))
