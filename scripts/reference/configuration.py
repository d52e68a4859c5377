"""The page of catalogsync.yaml, from its schema."""

from __future__ import annotations

from catalogsync.openmeter.schemas import schema
from scripts.reference.markdown import DRAWN
from scripts.reference.schema_tables import tables

_HEAD = """# catalogsync.yaml

{drawn}
Where a catalog goes, and how grave each finding is; found upwards from the catalog. What the members are for:
[environments](../tasks/environments.md). The schema: [catalogsync.schema.json](../../schemas/catalogsync.schema.json).
"""


def page() -> str:
    """docs/reference/configuration.md."""
    return _HEAD.format(drawn=DRAWN) + tables(schema("catalogsync.schema.json"), level=2)
