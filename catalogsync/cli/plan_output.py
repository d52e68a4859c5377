"""A plan in the formats that `plan` and `show` print."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.app.review import Asked, Review
from catalogsync.cli import options
from catalogsync.core.canon import dumps
from catalogsync.core.plan import Plan
from catalogsync.render import plan_html, plan_json, plan_markdown, plan_text
from catalogsync.targets.v1.encoder import encode

FORMATS = ("text", "json", "markdown", "html")


def show_plan(plan: Plan, formats: Sequence[str], asked: Asked) -> None:
    """The plan in every format asked for, with what a reviewer asked about."""
    review = Review.of(plan, asked)
    options.write_outputs(
        formats,
        {
            "text": lambda color: plan_text.render_plan(plan, encode, color=color, review=review),
            "json": lambda _color: dumps(plan_json.to_json(plan, encode, review), indent=2) + "\n",
            "markdown": lambda _color: plan_markdown.render(plan, encode, review),
            "html": lambda _color: plan_html.render(plan, encode, review),
        },
    )
