"""A quote for people: the lines of each rhythm with their prices in words, and its total."""

from __future__ import annotations

from collections.abc import Iterator

from catalogsync.app.quote import Quote, QuoteLine
from catalogsync.money import words
from catalogsync.render.paint import painter


def render(quote: Quote, *, color: bool) -> str:
    """Text with a line break at the end."""
    paint = painter(color)
    title = f"{quote.plan}{f' ({quote.name})' if quote.name else ''}, phase {quote.phase}"
    parts = [
        f"{paint(title, 'bold')}: one full billing period ({words.cadence(quote.cadence)}), without taxes"
    ]
    width = max([len(_label(line)) for line in quote.lines] + [5])
    sums = [words.amount(one.total, quote.currency) for one in quote.totals]
    figures = max(len(text) for text in sums)
    for one, figure in zip(quote.totals, sums, strict=True):
        parts += ["", words.cadence(one.cadence)]
        for line in (line for line in quote.lines if line.cadence == one.cadence):
            charge = words.amount(line.charge.total, quote.currency)
            parts.append(f"  {_label(line):{width}}  {charge:>{figures}}")
            parts.append(paint(f"    {line.price}", "dim"))
        parts.append(paint(f"  {'total':{width}}  {figure:>{figures}}", "bold"))
    notes = [f"note: {note}" for note in quote.notes]
    return "\n".join([*parts, *(["", *notes] if notes else [])]) + "\n"


def _label(line: QuoteLine) -> str:
    return ", ".join(_label_parts(line))


def _label_parts(line: QuoteLine) -> Iterator[str]:
    yield line.name or line.key
    if line.quantity is not None:
        yield words.quantity(line.quantity)
    if line.addons:
        bought = " and ".join(f"{count} × {key}" for key, count in line.addons)
        yield f"with {bought}" if line.plan else bought
