"""A real headless Chromium for the HTML report: the system's own, driven by playwright. No other browser is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = (
    "NO BROWSER: the HTML report was not looked at. Install chromium (apt-get install chromium) and the project's dev dependencies, "
    "or name a browser in CATALOGSYNC_BROWSER"
)


def executable() -> str | None:
    """Chromium or Chrome on this machine; None without one, or without its driver."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return None
    named = os.environ.get("CATALOGSYNC_BROWSER")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, closed at the end. Raises RuntimeError without one."""
    from playwright.sync_api import sync_playwright

    path = executable()
    if path is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()
