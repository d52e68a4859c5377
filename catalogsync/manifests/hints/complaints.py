"""What is said of YAML that can be read and must not be written so in a manifest: names twice, anchors, tags, numbers with a comma. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from catalogsync.core.diagnostics import Diagnostic, Path, Related, Severity
from catalogsync.manifests.hints import comma_numbers, number_fields, second_object
from catalogsync.manifests.masking import is_secret
from catalogsync.manifests.positioned import CarefulDocument, CarefulFile, Place
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.yaml_events import marks
from catalogsync.openmeter.credentials import names_a_secret

MOST_PROBLEMS = 100
"""After this many problems in one file reading stops: it is not a manifest."""


class Stop(Exception):
    """Reading cannot go on; a diagnostic says why."""


class Complaints:
    """Says what is wrong in a file, each at its place. `offset`: the line of the file at which the source begins; `document`: the one that is
    being read.
    """

    def __init__(self, source: SourceFile, result: CarefulFile, offset: int = 0) -> None:
        self.source = source
        self.result = result
        self.offset = offset
        self.document = CarefulDocument()
        self.cut = -1
        """Where the number begins that a comma was last found in."""

    def place(self, event: yaml.NodeEvent) -> Place:
        start, end = marks(event)
        flat = isinstance(event, yaml.ScalarEvent) and end.line == start.line
        return Place(start.line + self.offset, start.column, max(1, end.column - start.column if flat else 1))

    def say(
        self,
        event: yaml.NodeEvent,
        path: Path,
        code: str,
        summary: str,
        hint: str = "",
        *,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Notes a problem; what stands at a secret's place is not repeated."""
        place = self.place(event)
        where = self.source.ref(place.line - self.offset, place.column, place.width)
        if self.hides(path):
            summary, hint = (
                re.sub(r"`[^`]*`", "this value", summary),
                re.sub(r"`&[^`]*`", "it", re.sub(r"\".*", "it in quotes", hint)),
            )
        self.note(Diagnostic(code, Severity.ERROR, summary, where, hint=hint, related=related))

    def note(self, found: Diagnostic) -> None:
        """Notes a problem. Raises Stop where there are too many."""
        self.result.diagnostics.append(found)
        if len(self.result.diagnostics) >= MOST_PROBLEMS:
            raise Stop

    def hides(self, path: Path) -> bool:
        """Whether a secret may stand at a path."""
        return is_secret(path) or any(names_a_secret(step) for step in path if isinstance(step, str))

    def properties(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, path: Path) -> None:
        """Anchors and tags."""
        if event.anchor is not None:
            hint = f"take `&{event.anchor}` away and write the value out where it is needed"
            if f"*{event.anchor}" not in self.source.text:
                hint = (
                    f"take `&{event.anchor}` away; a text that begins with an ampersand is written in quotes"
                )
            summary = f"`&{event.anchor}` names a value to be repeated by reference"
            self.say(event, path, "yaml-anchor", summary, hint)
            self.document.trapped.add(path)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.say(
                event,
                path,
                "yaml-tag",
                f"`{tag}` gives a value a YAML tag",
                "take the tag away; quote a value that is text",
            )
            self.document.trapped.add(path)

    def duplicate(self, event: yaml.NodeEvent, path: Path, key: str) -> None:
        """A name that was met before; those that follow it at once have the same cause and are not reported."""
        in_list = bool(path) and isinstance(path[-1], int)
        first = self.document.keys[*path, key]
        where = self.source.ref(first.line - self.offset, first.column, first.width)
        hint = "keep one of them" + (", or begin a new entry of the list with `- `" if in_list else "")
        names = [str(one[0]) for one in self.document.keys if len(one) == 1]
        if not path and second_object.is_without_kind(self.source.text, index(event), names):
            line = self.place(event).line + 1
            hint += f"; if a second object begins here, write a line `---` and its `kind` above line {line}"
        related = (Related("first written here", where),)
        summary = f"`{key}` is written twice in one object"
        self.say(event, path, "yaml-duplicate-key", summary, hint, related=related)

    def other(self, event: yaml.NodeEvent, before: Place) -> Place:
        """Says that an object begins here, and where the one before it began."""
        place = self.place(event)
        where = self.source.ref(before.line - self.offset, before.column, before.width)
        self.say(
            event,
            (),
            "yaml-duplicate-key",
            "a second object begins here, and no line `---` parts it from the one before",
            f"write a line `---` above line {place.line + 1}",
            related=(Related("the one before", where),),
        )
        return place

    def is_cut(self, event: yaml.NodeEvent, begun_at: Callable[[], Path]) -> bool:
        """Whether a scalar is the rest of a number with a comma in it, whose beginning is at the path `begun_at`. Said once for each number."""
        found = comma_numbers.at(self.source.text, index(event))
        if found is None:
            return False
        before = begun_at()
        self.document.trapped.add(before)
        if found.start != self.cut:
            self.cut = found.start
            text, hint = f"`{found.text}`", found.hint
            if self.hides(before):
                text, hint = "this value", "put it in quotes"
            elif number_fields.is_text(before):
                hint = f'write "{found.text}", in quotes'
            summary = f"the comma in {text} ends the value: what follows is read as another one"
            where = self.source.ref_at(found.start, len(found.text))
            self.note(Diagnostic("yaml-comma", Severity.ERROR, summary, where, hint=hint))
        return True


def index(event: yaml.NodeEvent) -> int:
    """The character of the text at which an event begins."""
    return marks(event)[0].index
