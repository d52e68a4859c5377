"""Prices in words, as comments above the prices of a manifest: what `export` writes, and what a comment says that stands there.

A comment must not say anything else than its price: `checks.lint.price_comments` holds both together.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import Path
from catalogsync.money import words
from catalogsync.money.card import NotRatedError, read

_WIDEST = 120
_PRICE = re.compile("price:")
_BEFORE_NAME = re.compile(r"[ \t]*(?:- +)?")


def prices(body: Body) -> Iterator[tuple[Path, str]]:
    """The place of each price of a plan or an add-on as a manifest writes it, and the price in words. A price that the server takes for none
    is left out.
    """
    currency = body.get("currency")
    for place, card in _cards(body):
        if card.get("price") is None or not isinstance(currency, str):
            continue
        try:
            price = read(card).price
        except NotRatedError:
            continue
        yield (*place, "price"), words.price(price, currency, words.cadence(card.get("billingCadence")))


def comments(body: Body) -> Mapping[Path, str]:
    """`prices` as comments, on as many lines as they need."""
    return {
        place: "\n".join(textwrap.wrap(said, _WIDEST, break_long_words=False, break_on_hyphens=False))
        for place, said in prices(body)
    }


def written(text: str) -> Iterator[str]:
    """The comments that stand right above prices, each as one text: cheap, and in no order that is known."""
    for found in _PRICE.finditer(text) if "# " in text else ():
        start = text.rfind("\n", 0, found.start()) + 1
        if _BEFORE_NAME.fullmatch(text, start, found.start()) and (lines := _comment_above(text, start)):
            yield _joined(lines)


def _comment_above(text: str, start: int) -> list[str]:
    """The lines of the comment that ends where a line starts, from their top."""
    lines: list[str] = []
    while start:
        before = text.rfind("\n", 0, start - 1) + 1
        line = text[before : start - 1]
        if not line.lstrip(" \t").startswith("# "):
            break
        lines.insert(0, line)
        start = before
    return lines


def above(lines: Sequence[str], line: int) -> str:
    """The comment that ends right above a line (from 0), as one text; "" for none."""
    end = line
    while line and lines[line - 1].lstrip().startswith("# "):
        line -= 1
    return _joined(lines[line:end])


def _joined(lines: Sequence[str]) -> str:
    return " ".join(line.strip()[2:].strip() for line in lines)


def _cards(body: Body) -> Iterator[tuple[Path, Body]]:
    holders: list[tuple[Path, object]] = [((), body)]
    phases = body.get("phases")
    if isinstance(phases, Sequence) and not isinstance(phases, str):
        holders += [(("phases", number), phase) for number, phase in enumerate(phases)]
    for place, holder in holders:
        cards = holder.get("rateCards") if isinstance(holder, Mapping) else None
        if isinstance(cards, Sequence) and not isinstance(cards, str):
            for number, card in enumerate(cards):
                if isinstance(card, Mapping):
                    yield (*place, "rateCards", number), card
