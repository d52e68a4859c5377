"""Writes a catalog as one YAML file: overlays merged, a comment for each object that names the files it came from. Pure."""

from __future__ import annotations

from catalogsync.core.canon import JsonObject
from catalogsync.core.model import Catalog, Resource
from catalogsync.manifests.source_map import DocumentOrigin, MergedOrigin
from catalogsync.manifests.write import to_yaml
from catalogsync.openmeter.kinds import KINDS


def sources(resource: Resource) -> tuple[str, ...]:
    """The files that say an object, the manifest first, then its overlays in their order."""
    origin = resource.origin
    layers = origin.layers if isinstance(origin, MergedOrigin) else (origin,)
    return tuple(one.source.name for one in layers if isinstance(one, DocumentOrigin))


def text(catalog: Catalog) -> str:
    """The objects in their order, in the house style. Loaded again it is the same catalog."""
    return "---\n".join(_document(one) for one in catalog)


def _document(resource: Resource) -> str:
    manifest, *overlays = sources(resource)
    said = f"from {manifest}" + (f"; overlays: {', '.join(overlays)}" if overlays else "")
    body = {name: value for name, value in resource.body.items() if name != KINDS[resource.ref.kind].identity}
    return to_yaml(
        body, resource.ref.kind, resource.ref.key, lifecycle=resource.lifecycle, comments={(): said}
    )


def to_json(catalog: Catalog) -> JsonObject:
    """`{"objects": [{"kind", "key", "lifecycle", "files", "body"}]}`."""
    return {
        "objects": [
            {
                "kind": str(one.ref.kind),
                "key": one.ref.key,
                "lifecycle": str(one.lifecycle),
                "files": list(sources(one)),
                "body": one.body,
            }
            for one in catalog
        ]
    }
