"""A duration in words: what to write in its place."""

from __future__ import annotations

import pytest

from catalogsync.openmeter import durations

WORDS = {
    "monthly": "P1M",
    "Monthly": "P1M",
    "every month": "P1M",
    "month": "P1M",
    "1 month": "P1M",
    "daily": "P1D",
    "weekly": "P1W",
    "quarterly": "P3M",
    "yearly": "P1Y",
    "annually": "P1Y",
    "annual": "P1Y",
    "14 days": "P14D",
    "14_days": "P14D",
    "2 weeks": "P2W",
    "12 hours": "PT12H",
    "p1m": "P1M",
    " P1M ": "P1M",
    # nothing is guessed
    "0 days": "",
    "14d": "",
    "1m": "",
    "P": "",
    "pt": "",
    "": "",
    "soon": "",
    "1 monthly": "",
}


@pytest.mark.parametrize("text", WORDS)
def test_what_words_say(text: str) -> None:
    said = durations.in_words(text)
    assert said == WORDS[text]
    assert not said or durations.canonical(said) == said
