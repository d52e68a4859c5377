"""Every code that `catalogsync` says, with its story. `explain`, `docs/reference/codes.md` and the tests read this and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from catalogsync.codes import fuses, lint, manifests, metering, reports, running, server, values

__all__ = ["CODES", "FAMILIES", "FUSES", "LINT", "Code"]


class Code(NamedTuple):
    """One code: what it says in a line, why it matters, what to write or do instead. A finding of lint has a severity of its own, which
    `catalogsync.yaml` may change; `at_least` is the mildest severity that may be set, of a finding that cannot be turned off or waived.
    """

    name: str
    title: str
    why: str
    instead: str
    severity: str = ""
    at_least: str = ""

    @property
    def example(self) -> str:
        """What a finding of lint finds fault with: whole manifests, or what a rate card of the metered feature `calls` says; "" for other codes.
        Read when it is asked for. A test puts each into a small catalog and holds that lint speaks of it.
        """
        if not self.severity:
            return ""
        folder = os.path.dirname(__file__)  # noqa: PTH120  # pathlib is slow to load
        with open(f"{folder}/examples/{self.name}.yaml", encoding="utf-8") as file:  # noqa: PTH123
            return file.read()


def _rows(text: str) -> Iterator[list[str]]:
    return ([part.strip() for part in line.split(" | ")] for line in text.strip().splitlines())


def _read(text: str) -> tuple[Code, ...]:
    """`code | title | why | instead`, one a line."""
    return tuple(Code(*row) for row in _rows(text))


def _lint_code(name: str, severities: str, title: str, why: str, instead: str) -> Code:
    severity, _, at_least = severities.partition(", at least ")
    return Code(name, title, why, instead, severity, at_least)


LINT = tuple(_lint_code(*row) for row in _rows(lint.TABLE))
"""The findings of lint: those that have a severity to set and can be waived."""

_FUSES = _read(fuses.TABLE)
FUSES = tuple(code for code in _FUSES if code.name.startswith("fuse-"))
"""What stops a plan although it could be carried out, and can be waived."""

FAMILIES: Mapping[str, tuple[Code, ...]] = {
    "Files and YAML": _read(manifests.TABLE),
    "The server's own rules": _read(server.TABLE),
    "Values that the server refuses, drops or misreads": _read(values.TABLE),
    "Lint: what the server takes and what still costs money": LINT,
    "Fuses: what stops a plan that could be carried out": _FUSES,
    "Waivers": _read(lint.WAIVERS),
    "Planning, applying, talking to a server": _read(running.TABLE),
    "Changes, dangers and steps, as SARIF, JUnit and annotations tell them": _read(reports.TABLE),
    "Trying meters on events": _read(metering.TABLE),
}
"""Codes by what they are about, in the order of the documentation."""

CODES: Mapping[str, Code] = {code.name: code for family in FAMILIES.values() for code in family}
