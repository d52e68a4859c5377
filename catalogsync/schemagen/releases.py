"""Draws what is needed of each known release from its own OpenAPI description.

    python -m catalogsync.schemagen.releases FOLDER

FOLDER holds `openapi-TAG.yaml` (or `.yaml.gz`) for every release of `openmeter/_releases/table.json`; for the newest one, which
`schemas/` is drawn from, the packaged description stands in where there is none. Written are the table's digests and missing members and,
for each older release, what its requests differ from the newest one's (a merge patch).
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import cast

import yaml

from catalogsync.openmeter import releases
from catalogsync.openmeter.description import Description
from catalogsync.openmeter.description_digest import digest
from catalogsync.openmeter.openapi_subset import draw_wire


def draw(folder: Path) -> dict[str, str]:
    """The files of `openmeter/_releases`, name and text. Raises OSError when a description is not there."""
    table = releases.read_table()
    newest = releases.description(releases.Release("", "", (), (), frozenset(), ""))
    files: dict[str, str] = {}
    for row in table["releases"]:
        whole = _read(folder, row["tag"])
        wire = newest if whole is None else draw_wire(whole)
        digests = [digest(wire)] if whole is None else [digest(whole), digest(wire)]
        row["digests"], row["missing"] = digests, list(releases.missing(wire))
        patch = releases.patch_between(_said(newest), _said(wire))
        if patch:
            files[f"{row['tag']}.json"] = json.dumps(patch, indent=1) + "\n"
    files[releases.TABLE] = json.dumps(table, indent=1) + "\n"
    return files


def _read(folder: Path, tag: str) -> Description | None:
    for path in (folder / f"openapi-{tag}.yaml", folder / f"openapi-{tag}.yaml.gz"):
        if path.exists():
            data = path.read_bytes()
            text = gzip.decompress(data) if path.suffix == ".gz" else data
            return cast("Description", yaml.load(text, Loader=yaml.CSafeLoader))
    if tag == releases.newest_tag():  # what `schemas/` is drawn from
        return None
    raise FileNotFoundError(f"{folder} holds no openapi-{tag}.yaml")


def _said(wire: Description) -> Description:
    return {"paths": wire["paths"], "components": wire["components"]}


if __name__ == "__main__":
    for name, text in draw(Path(sys.argv[1])).items():
        (releases.FOLDER / name).write_text(text, "utf-8")
