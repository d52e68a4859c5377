"""Draws docs/images/report.png: the HTML report of a changed price in the example catalog, as the README shows it.

python tests/render/screenshot.py
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from browsers import chromium
from engine_helpers import EXAMPLE, apply, catalog_of, client_of

from catalogsync.app import places
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.planner import make_plan
from catalogsync.render import document, document_html
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGE = Path(__file__).parents[2] / "docs" / "images" / "report.png"
LARGEST = 300_000
TARGET = TargetIdentity("https://openmeter.example.com", environment="production")
CHANGES = (
    ("upToAmount: 100000,", "upToAmount: 50000,"),
    ("0.0004}", "0.0005}"),
    ("0.00025}", "0.00005}"),
)
"""Fewer requests are free and the next ones dearer, the many after them cheaper: who pays more?"""


def changed_plan(folder: Path) -> Plan:
    """The plan for the example once these prices are in it."""
    client = client_of(Sandbox(seed=1))
    first = catalog_of(EXAMPLE)
    assert apply(make_plan(first, reader.read(client), TARGET), client).complete
    for path in sorted(EXAMPLE.rglob("*.yaml")):
        text = path.read_text("utf-8")
        if path.name == "pro.yaml":
            for old, new in CHANGES:
                assert old in text, old
                text = text.replace(old, new)
        target = folder / "catalog" / path.relative_to(EXAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    catalog = catalog_of(folder / "catalog")
    plan = make_plan(catalog, reader.read(client), TARGET)
    placed = places.placed(plan.changes, catalog)
    moved = Plan(plan.target, placed, plan.steps, plan.preconditions, plan.diagnostics)
    return places.seen_by(moved, lambda file: Path(file).relative_to(folder).as_posix())


def _pictured(page: Page) -> bytes:
    """The page as PNG. A browser on a busy machine may miss the first frame: it is asked once more then."""
    from playwright.sync_api import Error

    try:
        return page.screenshot()
    except Error:
        return page.screenshot()


def draw(browser: Browser, image: Path = IMAGE) -> None:
    """Writes the picture. Raises AssertionError for one that is too large for a README."""
    with TemporaryDirectory() as name:
        path = Path(name) / "report.html"
        path.write_text(document_html.render(document.of_plan(changed_plan(Path(name)))), "utf-8")
        page = browser.new_page(viewport={"width": 1100, "height": 1500}, color_scheme="light")
        page.goto(path.as_uri())
        picture = _pictured(page)
    assert len(picture) <= LARGEST, len(picture)
    image.parent.mkdir(exist_ok=True)
    image.write_bytes(picture)


if __name__ == "__main__":
    with chromium() as found:
        draw(found)
