"""What of a plan can be done while the server's answers are awaited."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from catalogsync.app.server import Awaited
from catalogsync.core.model import Catalog
from catalogsync.planner import Forms
from catalogsync.targets.v1 import support

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A catalog as a server can hold it, and the normal forms of that and of what the lists tell: what a plan needs and no offer tells."""

    held: support.Held
    forms: Forms


def prepared(catalog: Catalog, awaited: Awaited) -> Prepared:
    """Prepares a catalog as far as the answers are there."""
    forms = Forms.of(catalog)
    held = support.held(catalog, awaited.said().server)
    if held.catalog is not catalog:
        forms = Forms.of(held.catalog)
    return Prepared(held, forms.beside(awaited.lists()))


def prepared_with(work: Callable[[], T], catalog: Catalog, awaited: Awaited) -> tuple[Prepared, T]:
    """The same with what `work` gives, which waits for another program."""
    with ThreadPoolExecutor(1) as beside:
        found = beside.submit(work)
        return prepared(catalog, awaited), found.result()
