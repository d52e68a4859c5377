"""The pages of docs/reference that are drawn from the product: `python -m scripts.reference` writes them, a test holds them up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from catalogsync.codes.page import page as codes
from catalogsync.openmeter import compatibility
from catalogsync.openmeter.kinds import KINDS
from scripts.reference import cli, configuration, exit_codes, kinds, outputs

_HERE = PurePosixPath("docs/reference")
PAGES: Mapping[PurePosixPath, Callable[[], str]] = {
    _HERE / "cli.md": cli.page,
    _HERE / "codes.md": codes,
    _HERE / "compatibility.md": compatibility.page,
    _HERE / "configuration.md": configuration.page,
    _HERE / "exit-codes.md": exit_codes.page,
    _HERE / "outputs.md": outputs.page,
    **{_HERE / "kinds" / f"{kind}.md": kinds.page_of(kind) for kind in KINDS},
}
"""Every drawn page, by its path from the root of the repository."""
