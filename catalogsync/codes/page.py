"""The codes as a page of documentation."""

from __future__ import annotations

from catalogsync.codes import FAMILIES, LINT, Code


def page() -> str:
    """Markdown: a section for each family, a row for each code, an example for each finding of lint."""
    parts = [
        "# Codes\n\nWritten by `python -m catalogsync.codes`; the same words as `catalogsync explain CODE`.\n"
    ]
    for family, codes in FAMILIES.items():
        rows = "\n".join(f"| `{c.name}` | {c.title} | {c.why} | {c.instead} |" for c in codes)
        parts.append(f"## {family}\n\n| code | what | why | instead |\n|---|---|---|---|\n{rows}\n")
        if codes is LINT:
            parts += [_example(code) for code in codes]
    return "\n".join(parts)


def _example(code: Code) -> str:
    least = f" (at least a {code.at_least})" if code.at_least else ""
    return f"### {code.name}\n\n{code.severity}{least}: {code.title}\n\n```yaml\n{code.example}```\n"
