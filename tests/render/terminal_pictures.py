"""Draws docs/images/terminal-*.svg: what a terminal of 80 columns shows of a plan and of a running apply, from the product's own renderers.

python tests/render/terminal_pictures.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pyte
from engine_helpers import EXAMPLE, catalog_of, client_of
from pyte.screens import Char
from screenshot import TARGET, changed_plan

from catalogsync.core.plan import Plan
from catalogsync.core.report import Outcome, Status
from catalogsync.planner import make_plan
from catalogsync.render import document, document_text
from catalogsync.render.apply_view import ApplyView
from catalogsync.render.fitted import fitted
from catalogsync.render.paint import Paint
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import reader
from catalogsync.targets.v1.slots import Pace

FOLDER = Path(__file__).parents[2] / "docs" / "images"
COLUMNS = 80
_ULID = re.compile("01[0-9A-HJKMNP-TV-Z]{24}")
_AN_ID = "01KDVDNA00YPRPA8JAB2VS3WFB"
_WIDE, _HIGH, _EDGE = 8.4, 18, 14
_COLORS = {
    "default": "#d5dae3", "red": "#ff7b72", "green": "#7ee787", "brown": "#e3b341", "blue": "#79c0ff",
    "magenta": "#d2a8ff", "cyan": "#76e3ea",
}  # fmt: skip
"""pyte calls the terminal's yellow brown."""


def pictures() -> Mapping[str, str]:
    """The text of each picture by its name."""
    with TemporaryDirectory() as folder:
        changed = changed_plan(Path(folder))
    return {
        "terminal-plan.svg": svg("catalogsync plan", _plan(changed)),
        "terminal-apply.svg": svg("catalogsync apply", _apply(_first_plan())),
    }


def _first_plan() -> Plan:
    return make_plan(catalog_of(EXAMPLE), reader.read(client_of(Sandbox(seed=1))), TARGET)


def _plan(plan: Plan) -> str:
    text = document_text.render(document.of_plan(plan), paint=Paint(True))
    return fitted(_ULID.sub(_AN_ID, text), COLUMNS)  # two writes at a time get their ids in either order


def _apply(plan: Plan) -> str:
    """The moment after so many recorded events."""
    times = iter([0.0])
    now = 0.0

    def clock() -> float:
        return next(times, now)

    view = ApplyView(TARGET.url, plan.steps, clock)
    for step in plan.steps[:21]:
        now += 0.6
        view.note("begun", step=step.number)
        view.called(201, 180 + step.number * 7 % 60)
        view.ended(Outcome(step, Status.DONE))
    view.called(429, 41)
    for step in plan.steps[21:23]:
        view.note("begun", step=step.number)
        now += 0.4
    paint = Paint(True)
    lines = view.lines(COLUMNS - 1, Pace(6, 1, 1.6))
    return "\n".join(paint(one.text, *one.style.split()) for one in lines) + "\n"


def svg(title: str, text: str) -> str:
    """What a terminal makes of a text, as a picture that is text still: it can be searched and read aloud."""
    screen = pyte.Screen(COLUMNS, text.count("\n"))
    pyte.Stream(screen).feed(text.rstrip("\n").replace("\n", "\r\n"))
    width, height = COLUMNS * _WIDE + 2 * _EDGE, screen.lines * _HIGH + 2 * _EDGE
    rows = "".join(_row(screen, at) for at in range(screen.lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">\n<title>{escape(title)}</title>\n'
        f'<rect width="100%" height="100%" rx="8" fill="#161b22"/>\n'
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">\n'
        f"{rows}</g>\n</svg>\n"
    )


def _row(screen: pyte.Screen, at: int) -> str:
    cells = [(column, screen.buffer[at][column]) for column in range(screen.columns)]
    spans = "".join(_spans(cells))
    return f'<text y="{_EDGE + (at + 1) * _HIGH - 5}">{spans}</text>\n' if spans else ""


def _spans(cells: list[tuple[int, Char]]) -> Iterator[str]:
    for (color, bold), group in groupby(cells, lambda cell: (cell[1].fg, cell[1].bold)):
        run = list(group)
        words = "".join(cell.data for _, cell in run)
        if not words.strip():
            continue
        x = f"{_EDGE + (run[0][0] + len(words) - len(words.lstrip())) * _WIDE:g}"
        words = words.strip().replace(" ", "\u00a0")  # blanks that no viewer draws together
        weight = ' font-weight="bold"' if bold else ""
        length = f' textLength="{len(words) * _WIDE:g}"'
        yield f'<tspan x="{x}" fill="{_COLORS[color]}"{weight}{length}>{escape(words)}</tspan>'


def main() -> None:
    for name, text in pictures().items():
        (FOLDER / name).write_text(text, "utf-8")
        print(FOLDER / name)


if __name__ == "__main__":
    main()
