"""Numbers and names as sentences say them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def counted(number: int, noun: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def grouped(number: int, noun: str) -> str:
    """The same for what may be many: `1 customer`, `12,000 customers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint for a word that is none of those known: the nearest of them, else what is given."""
    import difflib  # loaded where a word is not known

    near = difflib.get_close_matches(word, list(known), 1)
    return f"did you mean `{near[0]}`?" if near else otherwise


def first_few(names: Sequence[object], most: int) -> str:
    """`a, b and 3 more`: at most so many by name, then how many are left."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more
