"""What the sandbox emulates, read from its routes: the tables of `docs/tasks/sandbox.md`.

python -m catalogsync.sandbox.emulated docs/tasks/sandbox.md     writes them again between their markers
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from catalogsync.sandbox.descriptions import drawn, operations
from catalogsync.sandbox.domain.contract import Handler
from catalogsync.sandbox.v1.routes import HANDLERS as V1
from catalogsync.sandbox.v3.routes import HANDLERS as V3

_APIS: Mapping[str, Mapping[str, Handler]] = {"v1": V1, "v3": V3}


def table(version: str) -> str:
    """The emulated paths of "v1" (with v2's entitlements) or "v3" with their methods, as a Markdown table."""
    found: dict[str, list[str]] = {}
    for one in operations(drawn(version)):
        if one.name in _APIS[version]:
            found.setdefault(one.template, []).append(one.method)
    rows = [f"| `{path}` | {', '.join(methods)} |" for path, methods in sorted(found.items())]
    return "\n".join(["| path | methods |", "|---|---|", *rows])


def with_tables(page: str) -> str:
    """The page with its tables as they are now; each stands between `<!-- emulated VERSION -->` and `<!-- end -->`."""

    def fresh(match: re.Match[str]) -> str:
        return f"{match[1]}\n\n{table(match[2])}\n\n<!-- end -->"

    return re.sub(r"(<!-- emulated (\w+) -->)\n.*?<!-- end -->", fresh, page, flags=re.S)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(with_tables(path.read_text("utf-8")), "utf-8")
