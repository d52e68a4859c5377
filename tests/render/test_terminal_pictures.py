"""The pictures of the terminal in the documents are what the product shows today: `make images` draws them again."""

from __future__ import annotations

import terminal_pictures


def test_the_pictures_are_in_step() -> None:
    for name, text in terminal_pictures.pictures().items():
        assert (terminal_pictures.FOLDER / name).read_text("utf-8") == text, "make images"
