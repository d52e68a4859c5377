"""The codes as a page of documentation."""

from __future__ import annotations

from catalogsync.codes import FAMILIES


def page() -> str:
    """Markdown: a section for each family, a row for each code."""
    parts = [
        "# Codes\n\nWritten by `python -m catalogsync.codes`; the same words as `catalogsync explain CODE`.\n"
    ]
    for family, codes in FAMILIES.items():
        rows = "\n".join(f"| `{c.name}` | {c.title} | {c.why} | {c.instead} |" for c in codes)
        parts.append(f"## {family}\n\n| code | what | why | instead |\n|---|---|---|---|\n{rows}\n")
    return "\n".join(parts)
