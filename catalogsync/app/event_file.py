"""Events from a file: one CloudEvent a line, or JSON lists of them. Read as a stream; memory is bounded by the largest event."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from catalogsync.app.event_problems import Problems
from catalogsync.core.diagnostics import SourceRef
from catalogsync.manifests.source import SourceFile
from catalogsync.metering import Event
from catalogsync.metering.cloudevents import NotAnEvent, event_of

LARGEST = 4 * 1024 * 1024
"""Bytes of one event."""
_CHUNK = 64 * 1024
_BLANKS = " \t\r\n"
_ONE_A_LINE = "write one event a line, or a list of events: [{…}, {…}]"

_GOES_ON = "write each event on one line (`jq -c .` does that), or all of them as one list: [{…}, {…}]; nothing after it is read"


class _Beyond(ValueError):
    """A value that is JSON and that the server cannot keep."""


def _double(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Beyond("a number is larger than the server can keep")
    return number


def _no_number(name: str) -> float:
    raise _Beyond(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_double, parse_int=_double, parse_constant=_no_number)


class EventFile:
    """The events of a stream, in its order. What cannot be read goes to `problems` with its line; the others are given. A file that begins
    with something else than JSON, such as a table, is another file: that is said once.
    """

    def __init__(self, stream: BinaryIO, name: str, problems: Problems, now: int) -> None:
        self._stream, self._name, self._problems, self._now = stream, name, problems, now
        self._begun = False

    def __iter__(self) -> Iterator[Event]:
        number = 0
        while line := self._stream.readline(LARGEST + 1):
            number += 1
            line = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            if line.lstrip().startswith(b"["):
                yield from self._listed(_Text(self._stream, line, number))
                return
            if len(line) > LARGEST:
                self._wrong(number, 1, "", "event-too-large", f"an event is larger than {LARGEST} bytes")
                self._skip(line)
            elif line.strip():
                yield from self._line(line, number)
                self._begun = True

    def _skip(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(LARGEST)

    def _skip_all(self) -> None:
        while self._stream.read(_CHUNK):
            pass

    def _line(self, line: bytes, number: int) -> Iterator[Event]:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        try:
            if "\ufffd" in text:
                line.decode("utf-8")
            value, end = _DECODER.raw_decode(text, len(text) - len(text.lstrip(_BLANKS)))
            if rest := text[end:].strip(_BLANKS):
                raise json.JSONDecodeError("more after the event", text, text.index(rest, end))
        except json.JSONDecodeError as problem:
            if problem.pos >= len(text.rstrip(_BLANKS)) and text.lstrip(_BLANKS).startswith("{"):
                self._wrong(
                    number, 1, text, "event-not-json", "this event does not end on its line", _GOES_ON
                )
                self._skip_all()
                return
            said = f"this is not JSON: {problem.msg[0].lower()}{problem.msg[1:]}"
            if self._begun or text.lstrip(_BLANKS).startswith("{"):
                self._wrong(number, problem.pos + 1, text, "event-not-json", said, _ONE_A_LINE)
                return
            self._wrong(
                number, 1, text, "event-not-json", "this is not a file of events: they are JSON", _ONE_A_LINE
            )
            self._skip_all()
        except UnicodeDecodeError:
            self._wrong(
                number,
                text.index("\ufffd") + 1,
                text,
                "event-not-json",
                "this is not UTF-8",
                "save it as UTF-8",
            )
        except (_Beyond, RecursionError) as problem:
            self._wrong(number, 1, text, "event-refused", _why(problem))
        else:
            yield from self._event(value, number, text)

    def _listed(self, text: _Text) -> Iterator[Event]:
        try:
            while text.take("["):
                if text.take("]"):
                    continue
                while True:
                    line, value = text.value()
                    yield from self._event(value, line, "")
                    if text.take("]"):
                        break
                    if not text.take(","):
                        raise json.JSONDecodeError("a comma or ] is missing", text.buffer, text.at)
                    if text.peek() == "]":
                        raise json.JSONDecodeError("a comma stands before ], remove it", text.buffer, text.at)
            if text.peek():
                raise json.JSONDecodeError("more after the list", text.buffer, text.at)
        except json.JSONDecodeError as problem:
            line = text.line + text.buffer.count("\n", text.at, problem.pos)
            column = problem.pos - text.buffer.rfind("\n", 0, problem.pos)
            said = f"this is not JSON: {problem.msg[0].lower()}{problem.msg[1:]}"
            self._wrong(
                line, column, "", "event-not-json", said, "nothing after it is read: fix it and run again"
            )
        except UnicodeDecodeError:
            self._wrong(text.line, 1, "", "event-not-json", "what follows is not UTF-8", "save it as UTF-8")
        except (_Beyond, RecursionError) as problem:
            self._wrong(text.line, 1, "", "event-refused", _why(problem), "nothing after it is read")

    def _event(self, value: object, line: int, text: str) -> Iterator[Event]:
        try:
            yield event_of(value, SourceRef(self._name, line, 1), self._now)
        except NotAnEvent as problem:
            self._wrong(line, 1, text, "event-refused", problem.summary, problem.hint)

    def _wrong(self, line: int, column: int, text: str, code: str, summary: str, hint: str = "") -> None:
        where = replace(SourceFile(self._name, text).ref(0, column - 1), line=line)
        self._problems.add(code, summary, where, hint)


def _why(problem: Exception) -> str:
    return str(problem) if isinstance(problem, _Beyond) else "the event is nested too deeply"


class _Text:
    """A window over the text of a stream: values are taken off its front; what was taken is forgotten."""

    def __init__(self, stream: BinaryIO, begun: bytes, line: int) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._ended = False
        self.buffer, self.at, self.line = self._decode(begun), 0, line

    def value(self) -> tuple[int, object]:
        """The next JSON value and its line. Raises JSONDecodeError."""
        self.peek()
        wanted = _CHUNK
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.at)
            except json.JSONDecodeError:
                if self._ended or len(self.buffer) - self.at > LARGEST:
                    raise
                self._fill(wanted)
                wanted *= 2
                continue
            line = self.line
            self._advance(end)
            return line, value

    def take(self, sign: str) -> bool:
        """Whether the next sign is this one; it is taken then."""
        found = self.peek() == sign
        if found:
            self._advance(self.at + 1)
        return found

    def peek(self) -> str:
        """The next character that is not a blank; empty at the end."""
        while True:
            end = self.at
            while end < len(self.buffer) and self.buffer[end] in _BLANKS:
                end += 1
            self._advance(end)
            if self.at < len(self.buffer) or self._ended:
                return self.buffer[self.at : self.at + 1]
            self._fill(_CHUNK)

    def _advance(self, end: int) -> None:
        self.line += self.buffer.count("\n", self.at, end)
        self.at = end

    def _fill(self, size: int) -> None:
        read = self._stream.read(size)
        self._ended = not read
        self.buffer = self.buffer[self.at :] + self._decode(read, not read)
        self.at = 0
