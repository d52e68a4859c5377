"""What cannot be read of a body that passed the validator, in Go's words. Pure.

Source: docs/server/transport.md#decoder.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogsync.sandbox.domain.contract import Json

_WORDS = {bool: "bool", str: "string", list: "array"}


class Undecodable(ValueError):
    """A value of another type than its member's. `inside` names the members around it from the innermost on."""

    def __init__(self, value: Json, wanted: str) -> None:
        super().__init__()
        self._kind, self._wanted = _kind(value, wanted), wanted
        self._struct: str | None = None
        self._path: list[str] = []

    def inside(self, struct: str, member: str) -> Undecodable:
        """The same, one member further out."""
        self._struct = struct if self._struct is None else self._struct
        self._path.insert(0, member)
        return self

    def __str__(self) -> str:
        where = f"field {self._struct}.{'.'.join(self._path)} of type" if self._path else "value of type"
        lead = "Go struct " if self._path else "Go "
        return f"json: cannot unmarshal {self._kind} into {lead}{where} {self._wanted}"


def _kind(value: Json, wanted: str) -> str:
    if isinstance(value, dict):
        return "object"
    if word := _WORDS.get(type(value)):
        return word
    shown = f"{value}".lower().replace("+", "")
    return f"number {shown}" if wanted in ("int", "uint8", "uint32", "int32", "float64") else "number"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One of several shapes that cannot be read; whoever needs it says what that means. `said`: what its discriminator says, None where
    that cannot be read; `branch`: the shape it names, "" for none; `fault`: Go's words.
    """

    said: str | None
    branch: str
    fault: str
