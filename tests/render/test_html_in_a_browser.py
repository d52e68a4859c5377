"""The HTML report in a real Chromium: no error, nothing loaded from elsewhere, nothing wider than the page, readable in light, in dark and on
paper, by keyboard and by screen reader (axe-core).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import browsers
import pytest
import screenshot
from engine_helpers import EXAMPLE, apply, catalog_of, client_of, planned, written
from test_cards import PLAN
from test_formats import of_difference, of_findings, of_plan, of_run

from catalogsync.app.review import Review
from catalogsync.core.asked import Asked
from catalogsync.core.plan import Plan
from catalogsync.render import document, document_html
from catalogsync.render.document import Document
from catalogsync.sandbox import Sandbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(browsers.executable() is None, reason=browsers.MISSING),
]

SEEN = ((360, "light"), (1440, "dark"))
"""Views that axe-core looks at: each width and each scheme. `-m slow`: each width in each scheme."""
ALL_SEEN = (
    *SEEN,
    *(pytest.param(360, "dark", marks=pytest.mark.slow), pytest.param(1440, "light", marks=pytest.mark.slow)),
)
HOSTILE = "<script>alert(1)</script>|`**`\u202e\n" + "x" * 10_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsers.chromium() as found:
        yield found


def a_new_catalog(plans: tuple[Plan, Plan]) -> Document:
    """The example, whole."""
    return document.of_plan(planned(catalog_of(EXAMPLE), client_of(Sandbox(seed=1))))


def a_price_that_moves(plans: tuple[Plan, Plan]) -> Document:
    """Curves with crossing points, tiers, customers."""
    asked = Asked(customers={"acme": {"calls": 20_000}, "zeta": {"calls": 5}}, source="usage.csv")  # type: ignore[dict-item]
    return document.of_plan(plans[1], review=Review.of(plans[1], asked))


def a_run(plans: tuple[Plan, Plan]) -> Document:
    """Every end that a step can have."""
    return of_run(plans[0], "said")


def a_difference(plans: tuple[Plan, Plan]) -> Document:
    return of_difference(plans[1], "said")


def findings(plans: tuple[Plan, Plan]) -> Document:
    return of_findings(plans[0], "said")


def hostile_names(plans: tuple[Plan, Plan]) -> Document:
    return of_plan(plans[0], HOSTILE)


def nothing_to_do(plans: tuple[Plan, Plan]) -> Document:
    return document.of_plan(Plan(plans[0].target, (), (), ()))


DOCUMENTS = (
    a_new_catalog,
    a_price_that_moves,
    a_run,
    a_difference,
    findings,
    hostile_names,
    nothing_to_do,
)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: Any) -> tuple[Plan, Plan]:
    """A new catalog, and a price that rises up to 11,000 calls and falls beyond."""
    folder, client = tmp_path_factory.mktemp("c"), client_of(Sandbox(seed=1))
    first = planned(written(folder, PLAN), client)
    assert apply(first, client).complete
    flat = PLAN.replace("{upToAmount: 1000, flatPrice: 0}, {unitPrice: 0.01}", "{flatPrice: 100}")
    return first, planned(written(folder, flat), client)


@pytest.fixture(scope="module", params=DOCUMENTS, ids=lambda make: make.__name__)
def report(request: Any, plans: tuple[Plan, Plan], tmp_path_factory: Any) -> Path:
    """The file of a document."""
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(document_html.render(request.param(plans)), "utf-8")
    return path


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Tab:
    """One tab for every report: to open another takes longer than to look at most of them."""
    return Tab(browser.new_page())


class Tab:
    """A page of the browser, and all that it complains of or asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heard: list[str] = []
        page.on("console", lambda said: self.heard.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        page.on("request", lambda asked: self.heard.append(f"asks for {asked.url}"))

    def opened(self, report: Path, width: int, scheme: Any) -> Page:
        """The report on a screen; what was heard begins with it."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(media="screen", color_scheme=scheme)
        self.page.goto("about:blank")
        self.heard.clear()
        self.page.goto(report.as_uri())
        return self.page


def violations(page: Page) -> list[str]:
    """What axe-core finds: a rule, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("width", "scheme"), ALL_SEEN)
def test_it_can_be_read(tab: Tab, report: Path, width: int, scheme: Any) -> None:
    page = tab.opened(report, width, scheme)
    assert violations(page) == []
    for kind in ("light", "dark"):
        page.emulate_media(color_scheme=kind)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        lightness = page.evaluate(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        )
        assert (sum(lightness) > 600) == (kind == "light")
    assert tab.heard == [f"asks for {report.as_uri()}"]


def test_it_prints(tab: Tab, report: Path) -> None:
    """On white, without what only a screen needs, nothing hidden behind a scroll bar."""
    page = tab.opened(report, 794, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("nav").is_hidden()
    assert page.evaluate(
        "[...document.querySelectorAll('.wide')].every(e => getComputedStyle(e).overflowX === 'visible')"
    )
    assert violations(page) == []
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")


def test_it_is_used_by_keyboard(tab: Tab, report: Path) -> None:
    """The first stop leads past the head, and every stop can be seen where it is."""
    page = tab.opened(report, 1440, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"
    for _ in range(5):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(e => e === document.body || e.matches('main') || getComputedStyle(e).outlineStyle !== 'none')(document.activeElement)"
        )
        assert seen


def test_a_curve_is_told_to_who_cannot_see_it(tab: Tab, plans: tuple[Plan, Plan], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(document_html.render(a_price_that_moves(plans)), "utf-8")
    page = tab.opened(path, 360, "light")
    told = page.get_by_role("img").first.get_attribute("aria-label") or ""
    assert "rate card calls in phase main" in told and "2 crossing points: 11,000, 11,001" in told
    marks = page.locator("circle.mark")
    assert marks.count() == 2
    box, curve = marks.first.bounding_box(), page.locator("svg.curve").first.bounding_box()
    assert box and curve and box["width"] == pytest.approx(box["height"], abs=0.5), "a mark stays round"
    assert curve["x"] <= box["x"] and box["x"] + box["width"] <= 360


def test_the_picture_of_the_readme_can_be_drawn(browser: Browser, tmp_path: Path) -> None:
    screenshot.draw(browser, tmp_path / "images" / "report.png")
    assert (tmp_path / "images" / "report.png").read_bytes().startswith(b"\x89PNG")
