"""`python -m scripts.reference`, from the root of the repository, writes the drawn pages."""

from __future__ import annotations

from pathlib import Path

from scripts.reference import PAGES

for path, page in PAGES.items():
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(), "utf-8")
