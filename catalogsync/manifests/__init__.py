"""Manifests: YAML files in and out.

`load` reads, checks by the schemas and merges overlays; `to_yaml` writes one document in the house style;
`expand` turns shorthand into the full form. Files are opened here only (and by the verbs that write them).
"""

from __future__ import annotations

from catalogsync.manifests.load import Loaded, load
from catalogsync.manifests.shorthand import contract, expand
from catalogsync.manifests.write import to_yaml

__all__ = ["Loaded", "contract", "expand", "load", "to_yaml"]
