"""What an answer holds: JSON, nothing, or something that is not OpenMeter's; and when the server asks to be asked again. Pure."""

from __future__ import annotations

import datetime
import email.utils
import re
from dataclasses import dataclass

from catalogsync.core import canon
from catalogsync.core.canon import Json
from catalogsync.targets.transport import Answer

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""The escape of half a character: alone it cannot be written again as text."""


@dataclass(frozen=True, slots=True)
class Garbled:
    """A body that is not JSON. `page`: it is a web page."""

    page: bool

    @property
    def words(self) -> str:
        """What it is."""
        if self.page:
            return "this is a web page, not OpenMeter's API: is a proxy or a wrong URL in between?"
        return "the answer is not JSON"


def decoded(answer: Answer) -> Json | Garbled:
    """The body, None where there is none."""
    if not answer.content:
        return None
    kind = answer.headers.get("content-type", "")
    if "json" in kind:
        try:
            found = canon.loads(answer.content)
            if _HALF.search(answer.content):
                canon.dumps(found).encode()
            return found
        except (ValueError, RecursionError):
            pass
    return Garbled("html" in kind or answer.content.lstrip()[:9].lower() in (b"<!doctype", b"<html>"))


def retry_after(answer: Answer, now: float) -> float | None:
    """The seconds that the server asks to wait, as a number or until a date (RFC 9110 §10.2.3); 0 for a past date, None for anything else."""
    text = answer.headers.get("retry-after", "")
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    if until.tzinfo is None:  # the form of asctime names no zone and means GMT
        until = until.replace(tzinfo=datetime.UTC)
    return max(0.0, until.timestamp() - now)
