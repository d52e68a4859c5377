"""What of a plan can be done while the server's lists are awaited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from catalogsync.app.server import Introduction
from catalogsync.core.canon import Body
from catalogsync.core.model import Catalog, Ref
from catalogsync.planner import normal_forms
from catalogsync.targets.v1 import support

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A catalog as a server can hold it, and the normal forms of that: what a plan needs and no live object tells."""

    held: support.Held
    forms: Mapping[Ref, Body]


def prepared(catalog: Catalog, said: Callable[[], Introduction]) -> Prepared:
    """Prepares a catalog. `said` waits for what the server says of itself."""
    forms = normal_forms(catalog)
    held = support.held(catalog, said().server)
    return Prepared(held, forms if held.catalog is catalog else normal_forms(held.catalog))


def prepared_with(
    work: Callable[[], T], catalog: Catalog, said: Callable[[], Introduction]
) -> tuple[Prepared, T]:
    """The same with what `work` gives, which waits for another program."""
    with ThreadPoolExecutor(1) as beside:
        found = beside.submit(work)
        return prepared(catalog, said), found.result()
