"""Python's garbage collector, kept still while a catalog is read and looked at."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 100_000
"""Objects whose look-over takes long enough to be felt."""


@contextmanager
def paused() -> Iterator[None]:
    """No collection inside. What is made there are trees without cycles that stay until the end; looking at all of them over and over
    costs up to half the time. Where they are many, no later collection looks at them either: they go when nobody holds them, and only the few
    cycles among them (answers of the HTTP client) stay until the process ends.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_count()[0] > _MANY:
                gc.freeze()
            gc.enable()
