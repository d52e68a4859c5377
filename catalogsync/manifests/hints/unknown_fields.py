"""Words for members that an object has and its schema does not know: misspelt, of another type, or in the wrong place. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Kind
from catalogsync.manifests.hints import (
    fitting_types,
    other_prices,
    other_words,
    places,
    structures,
    suggestions,
)
from catalogsync.manifests.hints.missing_fields import members_of
from catalogsync.manifests.hints.schema_messages import Refusal
from catalogsync.manifests.source_map import MergedOrigin, Origin
from catalogsync.openmeter.description import Schema


def diagnostics(
    kind: Kind,
    error: Refusal,
    origin: Origin,
    subject: str,
    meant: set[tuple[Path, str]],
    takes: Callable[[Schema, Json], bool],
) -> Iterator[Diagnostic]:
    """A diagnostic for each member that the schema does not know. `takes`: whether a schema takes a value."""
    path: Path = tuple(error.absolute_path)
    known: Sequence[str] = list(error.schema.get("properties", {}))
    instance = members_of(error)
    below = _left_below(kind, known, instance, path, origin)
    if below:
        yield _left_behind(below, instance, path, origin, subject)
    for name in instance:
        if name in known or name in below or (path, name) in meant:
            continue
        free = [other for other in known if other not in instance]
        document = origin.value if isinstance(origin.value, Mapping) else {}
        told, said = other_words.words(other_words.Member(name, instance[name], known, instance, document))
        guess = "" if told and not said else said or suggestions.nearest_name(name, free)
        if guess:
            meant.add((path, guess))
        where = origin.locate((*path, name), key=True)
        summary = f"`{name}` is not a field of {suggestions.named(path, instance)}"
        hint = (
            structures.lacks_colon(name, instance[name], known)
            or _one_currency(name, path, instance, origin)
            or told
            or _further_out(kind, name, path, origin)
            or ("" if guess else places.around(kind, name, path, origin.value, takes))
            or _further_in(kind, name, guess, error.schema)
            or places.dotted(kind, name, instance[name], path, takes)
            or ("" if guess or name in suggestions.READ_ONLY else places.of_another_kind(kind, name, path))
            or suggestions.unknown_field(kind, name, guess, known, instance)
        )
        yield Diagnostic(
            "manifest-unknown-field",
            Severity.ERROR,
            summary,
            where,
            "the server would drop it without a word",
            hint,
            subject,
        )


def _left_below(
    kind: Kind, known: Sequence[str], instance: Mapping[str, Json], path: Path, origin: Origin
) -> list[str]:
    """Members of another type that an overlay left as the layer below says them, while it changed the type."""
    if not isinstance(origin, MergedOrigin) or "type" not in instance:
        return []
    overlay = origin.locate((*path, "type")).file
    return [
        name
        for name in instance
        if name not in known
        and suggestions.owners(kind, name)
        and origin.locate((*path, name), key=True).file != overlay
    ]


def _left_behind(
    names: Sequence[str], instance: Mapping[str, Json], path: Path, origin: Origin, subject: str
) -> Diagnostic:
    listed = ", ".join(f"`{name}`" for name in names)
    what = "is not a field" if len(names) == 1 else "are not fields"
    gone = ", ".join(f"{name}: null" for name in names)
    return Diagnostic(
        "manifest-unknown-field",
        Severity.ERROR,
        f"this overlay changes the type, and {listed} of the manifest below {what} of {suggestions.named(path, instance)}",
        origin.locate((*path, "type"), key=True),
        "an overlay changes what it names and leaves the rest as it is",
        f"write `{gone}` beside this `type`",
        subject,
    )


def _one_currency(name: str, path: Path, instance: Mapping[str, Json], origin: Origin) -> str:
    """What to do about a currency beside an amount: that of the whole object holds for all its amounts."""
    around = origin.value.get("currency") if isinstance(origin.value, Mapping) else None
    if name != "currency" or not path or not isinstance(around, str):
        return ""
    if str(instance[name]).upper() == around:
        return f"remove it: all amounts here are in {around}, the `currency` of the whole object"
    return f"all amounts here are in {around}, the `currency` of the whole object: write amounts in {around}, or make an object for each currency"


def _further_in(kind: Kind, name: str, guess: str, schema: Schema) -> str:
    """Where a member belongs that stands too far out: in one of the members that this object may have; "" for any other."""
    several = suggestions.among_several(name, schema.get("properties", {}))
    types = [] if guess or several else suggestions.owners(kind, name)
    for member, described in schema.get("properties", {}).items():
        choices = described.get("properties", {}).get("type", {}).get("enum", ())
        inside = [one for one in types if one in choices]
        if inside:
            of = "" if len(inside) == 1 else f", with a type of {', '.join(inside)}"
            shown = inside[0] if len(inside) == 1 else "…"
            return f"it belongs into `{member}`{of}: `{member}: {{type: {shown}, {name}: …}}`"
    return ""


def _further_out(kind: Kind, name: str, path: Path, origin: Origin) -> str:
    """Where a member belongs that stands too deep: in an object around this one that may have it; "" for any other."""
    types = suggestions.owners(kind, name)
    around: list[Json] = [origin.value]
    for step in path[:-1]:
        inner = around[-1]
        around.append(inner[step] if isinstance(inner, Mapping | list) else None)  # type: ignore[index]
    for depth in range(len(path) - 1, -1, -1):
        owner = around[depth]
        if isinstance(owner, Mapping) and owner.get("type") in types and name not in owner:
            return f"it belongs into {suggestions.named(path[:depth], owner)}, beside `{path[depth]}`"
    return ""


def of_another_tool(
    kind: Kind,
    errors: Sequence[Refusal],
    origin: Origin,
    subject: str,
    meant: set[tuple[Path, str]],
) -> Iterator[tuple[Path, Diagnostic]]:
    """Rate cards that say their price in the words of another tool, each said once: with what is explained by it in `meant`, and the place of
    a price of which nothing else need be said.
    """
    for error in errors:
        path, members = tuple(error.absolute_path), members_of(error)
        if path[-1:] == ("price",) and isinstance(path[-2], int):
            path, members = path[:-1], _at(origin.value, path[:-1])
            known: Sequence[str] = ("price",)
        elif error.validator == "additionalProperties" and "price" in error.schema.get("properties", {}):
            known = list(error.schema["properties"])
        else:
            continue
        found = other_prices.of_card(members, known)
        if found is None or (path, found.names[0]) in meant:
            continue
        meant.update((path, name) for name in found.names)
        listed = ", ".join(f"`{name}`" for name in found.names)
        summary = f"{suggestions.named(path, members)} says its price as another billing tool does: {listed}"
        open_ones = "" if found.is_whole else " (amounts in whole units of the currency)"
        where = origin.locate((*path, found.names[0]), key=True)
        instead = "" if found.names == ("price",) else f" in place of {listed}"
        hint = f"write {found.text}{open_ones}{instead}"
        one = Diagnostic("manifest-unknown-field", Severity.ERROR, summary, where, hint=hint, subject=subject)
        yield (*path, "price"), one


def _at(value: Json, path: Path) -> Mapping[str, Json]:
    """The object at a path; an empty one where there is none."""
    for step in path:
        if isinstance(value, Mapping) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return {}
    return value if isinstance(value, Mapping) else {}


def of_another_type(
    kind: Kind,
    value: Mapping[str, Json],
    errors: Sequence[Refusal],
    judge: fitting_types.Judge,
    origin: Origin,
    subject: str,
) -> Iterator[tuple[Path, Diagnostic]]:
    """Objects that lack what their type asks for and have all that another one does: the type is the slip. Each with its place."""
    if isinstance(origin, MergedOrigin):  # what an overlay leaves of another type has a message of its own
        return
    for error in errors:
        path, members = tuple(error.absolute_path), members_of(error)
        if error.validator != "additionalProperties" or not isinstance(members.get("type"), str):
            continue
        strange = [name for name in members if name not in error.schema.get("properties", {})]
        meant = set.intersection(*(set(suggestions.owners(kind, name)) for name in strange))
        lacks = any(one.validator == "required" and tuple(one.absolute_path) == path for one in errors)
        if len(meant) != 1 or not lacks:
            continue
        other = meant.pop()
        if fitting_types.fits(dict(value), path, other, judge):
            listed = " and ".join(f"`{name}`" for name in strange)
            summary = f"{suggestions.named(path, members)} has {listed} of type {other}"
            where = origin.locate((*path, "type"))
            hint = f"write `type: {other}`"
            yield (
                path,
                Diagnostic(
                    "manifest-unknown-value", Severity.ERROR, summary, where, hint=hint, subject=subject
                ),
            )
