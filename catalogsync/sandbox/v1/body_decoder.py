"""A body that was checked, with the members that the handlers know, read as Go's decoder reads it. Pure.

Source: docs/server/transport.md#decoder; recorded `transport_duplicate_json_keys`, `transport_json_key_case_*`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from catalogsync.sandbox.domain.contract import Json
from catalogsync.sandbox.domain.durations import is_too_large
from catalogsync.sandbox.domain.instants import exists
from catalogsync.sandbox.v1.go_types import GoType, Kind, Member, Types, folded, zero
from catalogsync.sandbox.v1.gojson import Repeated
from catalogsync.sandbox.v1.undecodable import Undecodable, Unreadable


class _Slice(list[Json]):
    """What was read into a slice; `behind` it the elements of a longer one before, which Go reads the next one over."""

    __slots__ = ("behind",)

    def __init__(self, items: Iterable[Json], behind: list[Json]) -> None:
        super().__init__(items)
        self.behind = behind


class Decoder:
    """Brings a checked body into the members that the handlers know: other letter cases of a name are taken for it, unknown members
    are dropped, and what is read a second time is read over what is there: the last text or number wins, objects, maps and arrays
    are merged. The validator looks at the last of the members in the description's own spelling; what else is read is judged here.
    """

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._types = Types(schemas)

    def decode(self, schema: Mapping[str, Any], value: Json) -> Json:
        """The value as a handler gets it, an Unreadable in the place of each of several shapes that cannot be read. Raises
        Undecodable.
        """
        return _checked(self._types.of(schema), value)


def _checked(type_: GoType, value: Json) -> Json:
    """A value that the validator has passed. Raises Undecodable."""
    kind = type_.kind
    if value is None or type_.plain:
        return value
    if kind is Kind.SLICE and type_.item is not None:
        item = type_.item
        return value if item.plain else [_checked(item, one) for one in value]
    if kind in (Kind.INT, Kind.TIME) or not isinstance(value, dict):
        return _read(type_, value, None)
    if kind is Kind.UNION:
        return _union(type_, value, checked=True)
    if kind is Kind.MAP and type_.item is not None:
        if isinstance(value, Repeated):
            return _map(type_.item, value, None)
        item = type_.item
        return value if item.plain else {name: _checked(item, one) for name, one in value.items()}
    if type(value) is not dict or not value.keys() <= type_.members.keys():
        return _struct(type_, value, {}, checked=True)
    read, members = dict(value), type_.members
    for name, one in value.items():
        member = members[name]
        if not member.type.plain:
            try:
                read[name] = _checked(member.type, one)
            except Undecodable as fault:
                raise fault.inside(type_.struct, name) from None
    return read


def _read(type_: GoType, value: Json, before: Json) -> Json:
    """A value, not null, at which nothing has looked, read over what is there. Raises Undecodable."""
    kind = type_.kind
    if kind in (Kind.RAW, Kind.ANY):
        return value
    if kind is Kind.UNION:
        return _union(type_, value, checked=False)
    if kind is Kind.LOOSE:
        return _struct(type_, value, before or {}, checked=False) if isinstance(value, dict) else value
    if not _fits(type_, value):
        raise Undecodable(value, type_.name)
    if kind is Kind.SLICE and type_.item is not None:
        return _slice(type_.item, value, before)
    if kind is Kind.MAP and type_.item is not None:
        return _map(type_.item, value, before)
    if kind is Kind.STRUCT:
        return _struct(type_, value, before or {}, checked=False)
    return int(value) if kind is Kind.INT else value


def _fits(type_: GoType, value: Json) -> bool:
    match type_.kind:
        case Kind.STRING:
            return isinstance(value, str)
        case Kind.TIME:
            return isinstance(value, str) and exists(value)
        case Kind.BOOL:
            return isinstance(value, bool)
        case Kind.INT:
            return (type(value) is int and type_.least <= value < type_.below) or (
                value == 0 and str(value) == "-0"
            )
        case Kind.FLOAT:
            return type(value) in (int, Decimal) and not is_too_large(value)
        case Kind.SLICE:
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


def _slice(item: GoType, value: list[Json], before: Json) -> list[Json]:
    """Go reads each element over the one that lies there, also over those behind the end."""
    there = [*before, *getattr(before, "behind", ())] if before else []
    if not value:
        return []
    items = []
    for n, one in enumerate(value):
        old = there[n] if n < len(there) else zero(item)
        items.append(_nothing(item, old) if one is None else _read(item, one, old))
    return _Slice(items, there[len(items) :])


def _map(item: GoType, value: dict[str, Json], before: Json) -> dict[str, Json]:
    read = {
        name: _nothing(item, zero(item)) if one is None else _read(item, one, None)
        for name, one in _pairs(value)
    }
    return {**(before or {}), **read}


def _nothing(type_: GoType, old: Json) -> Json:
    """What null leaves of a plain value."""
    if type_.kind in (Kind.SLICE, Kind.MAP, Kind.RAW, Kind.ANY):
        return zero(type_)
    return Unreadable("", "", "") if type_.kind is Kind.UNION else old


def _struct(
    type_: GoType, value: dict[str, Json], before: Mapping[str, Json], *, checked: bool
) -> dict[str, Json]:
    read = dict(before)
    for name, one in _pairs(value):
        member = type_.members.get(name) or type_.folded.get(folded(name))
        if member is None:
            continue
        if one is None:
            _take_null(read, member)
            continue
        seen = checked and name == member.name and value[name] is one and member.name not in read
        try:
            read[member.name] = (
                _checked(member.type, one) if seen else _read(member.type, one, read.get(member.name))
            )
        except Undecodable as fault:
            raise fault.inside(type_.struct, member.name) from None
    for member in type_.required:
        if member.name not in read:
            read[member.name] = None if member.pointer else zero(member.type)
    return read


def _take_null(read: dict[str, Json], member: Member) -> None:
    if member.nullable:
        read[member.name] = None
    elif member.pointer:
        read.pop(member.name, None)
    else:
        old = read[member.name] if member.name in read else zero(member.type)
        read[member.name] = _nothing(member.type, old)


def _union(type_: GoType, value: Json, *, checked: bool) -> Json:
    """One of several shapes, by what its discriminator says, in whatever letter case; the last one wins."""
    if not isinstance(value, dict):
        wanted = f'struct {{ Discriminator string "json:\\"{type_.discriminator}\\"" }}'
        return Unreadable(None, "", str(Undecodable(value, wanted)))
    said = ""
    for name, one in _pairs(value):
        if folded(name) != folded(type_.discriminator) or one is None:
            continue
        if not isinstance(one, str):
            return Unreadable(None, "", str(Undecodable(one, "string").inside("", type_.discriminator)))
        said = one
    branch = type_.branches.get(said)
    if branch is None:
        return Unreadable(said, "", "")
    try:
        if checked and said == value.get(type_.discriminator):
            return _checked(branch, value)
        return _struct(branch, value, {}, checked=False)
    except Undecodable as fault:
        return Unreadable(said, branch.struct, str(fault))


def _pairs(value: dict[str, Json]) -> Iterable[tuple[str, Json]]:
    return value.pairs if isinstance(value, Repeated) else value.items()
