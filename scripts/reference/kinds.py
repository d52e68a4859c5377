"""The page of a kind: an example, its members from the schema, and what becomes of a change of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds import KINDS, KindSpec
from catalogsync.openmeter.schemas import manifest_schema
from scripts.reference.markdown import DRAWN
from scripts.reference.schema_tables import tables

_CATALOG = Path(__file__).parents[2] / "examples" / "catalog"
_CHANGES = {
    "published": "A change of a published object becomes a new version; a draft is changed in place. Customers stay with the version they have: "
    "[versions](../../concepts/versions.md).",
    "fixed": "A change marked *never* is refused by `plan`: the object can only be removed and made again under its key, which "
    "`--recreate` allows, or made under a new key: [what cannot change](../../concepts/versions.md#what-cannot-change).",
}


def page_of(kind: Kind) -> Callable[[], str]:
    """What draws the page of a kind."""
    return partial(page, kind)


def page(kind: Kind) -> str:
    """docs/reference/kinds/KIND.md."""
    spec, schema = KINDS[kind], manifest_schema(kind)
    hints = [_CHANGES["published"]] if spec.versioned else []
    hints += [_CHANGES["fixed"]] if spec.fixed else []
    return "".join(
        [
            f"# {schema['title']}\n\n{DRAWN}\n{schema['description']}\n\n",
            f"Lifecycles: {', '.join(f'`{one}`' for one in spec.lifecycles)}. What holds for all kinds: [manifests](../manifests.md). ",
            f"The schema: [{kind}.schema.json](../../../schemas/{kind}.schema.json).\n\n",
            f"## Example\n\n```yaml\n{example(kind)}```\n\n## Members\n\n",
            "\n\n".join([*hints, ""]),
            "A *decimal* is a number or a text; its digits are kept. A *key* has small letters, digits and single underscores, 64 at most.\n",
            tables(schema, note=("a change is made", partial(_change, spec))),
        ]
    )


def example(kind: Kind) -> str:
    """The manifest of this kind in the example catalog that says most: the longest one."""
    found = [
        re.sub(r"(?m)^# yaml-language-server.*\n", "", document).strip("\n") + "\n"
        for file in sorted(_CATALOG.rglob("*.yaml"))
        for document in re.split(r"(?m)^---\n", file.read_text("utf-8"))
        if re.search(rf"(?m)^kind: {kind}$", document)
    ]
    if not found:
        raise SystemExit(f"examples/catalog has no {kind}, and its page shows one: add a manifest there")
    return max(found, key=len)


def _change(spec: KindSpec, member: str) -> str:
    if member in {"kind", spec.identity}:
        return "is another object"
    if member == "lifecycle":
        return ""
    if member in spec.fixed:
        return "never"
    return "as a new version" if spec.versioned else "in place"
