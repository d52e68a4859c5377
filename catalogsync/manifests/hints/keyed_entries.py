"""What is advised where an overlay writes the entries of a keyed list in another form. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalogsync.core.canon import Json
from catalogsync.manifests.hints import suggestions

MOST_LISTED = 50
"""Keys that a message lists."""


def there_are(known: Sequence[str]) -> str:
    """The keys that there are, as the end of a hint."""
    listed = ", ".join(f"`{one}`" for one in known[:MOST_LISTED])
    return f"; there are: {listed}" if known else ""


def as_entry(said: Json, by: str, known: Sequence[str], inner: Json = None) -> str:
    """How an entry is written that says the key of one alone, or what stands below such a key."""
    rest = "its other members" if inner else "what differs"
    if isinstance(said, str) and (key := said if said in known else suggestions.nearest_name(said, known)):
        return f"write `- {by}: {key}`, and {rest} in the column of `{by}`"
    return f"write `- {by}: …`, and {rest} in the column of `{by}`{there_are(known)}"


def as_entries(said: Mapping[str, Json], by: str, known: Sequence[str]) -> str:
    """How the entries of a list are written that stand as members of an object."""
    if by in said:
        return as_entry(said[by], by, known, dict(said))
    meant = [name if name in known else suggestions.nearest_name(name, known) for name in said]
    lead = f"write a list, each entry with its `{by}` and the other members below it"
    if not meant or not all(meant):
        return f"{lead}: `- {by}: …`{there_are(known)}"
    return f"{lead}: {', '.join(f'`- {by}: {key}`' for key in meant[:MOST_LISTED])}"
