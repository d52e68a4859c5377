"""`python -m catalogsync.codes` writes docs/reference/codes.md."""

from pathlib import Path

from catalogsync.codes.page import page

Path("docs/reference/codes.md").write_text(page(), "utf-8")
