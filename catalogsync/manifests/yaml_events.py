"""libyaml's events as they are read here: where one starts and ends, and what a scalar says. Types, and one look at a position."""

from __future__ import annotations

from typing import Protocol

import yaml


class Mark(Protocol):
    """A position in a text: index, line and column from 0, all in characters."""

    index: int
    line: int
    column: int


class Scalar(Protocol):
    """A scalar's event: its text, and how it is quoted ("" or None for plain text)."""

    value: str
    style: str | None


def marks(event: yaml.Event) -> tuple[Mark, Mark]:
    """Where an event's text starts and where it ends: of libyaml's events both are known."""
    start, end = event.start_mark, event.end_mark
    assert start is not None and end is not None
    return start, end
