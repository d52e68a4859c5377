"""`python -m catalogsync.codes` writes docs/codes.md."""

from pathlib import Path

from catalogsync.codes.page import page

Path("docs/codes.md").write_text(page(), "utf-8")
