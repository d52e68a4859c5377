"""`python -m benchmarks [PART [ARGUMENT…]]`: what is claimed about speed, as ratios within one run.

Without a name all parts but `many`, and at the end what the README says of them, ready to be pasted.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from benchmarks import latency, many, readme, rivals, sandbox, scale, startup

PARTS: Mapping[str, Callable[..., object]] = {
    "scale": scale.main,
    "latency": latency.main,
    "rivals": rivals.main,
    "sandbox": sandbox.main,
    "startup": startup.main,
    "many": many.main,
}
T = TypeVar("T")


def main() -> None:
    """Runs the part named with its arguments, all without a name."""
    name, *arguments = sys.argv[1:] or [""]
    if name and name not in PARTS:
        sys.exit(f"there is no part {name}: {', '.join(PARTS)}")
    if name:
        PARTS[name](*arguments)
        return
    began = time.monotonic()
    found = readme.Found(
        _part("startup", startup.main),
        _part("scale", scale.main),
        _part("latency", latency.main),
        _part("rivals", rivals.main),
        _part("sandbox", sandbox.main),
    )
    print(f"\n== for the README, after {(time.monotonic() - began) / 60:.0f} minutes\n\n{readme.text(found)}")


def _part(name: str, measure: Callable[[], T]) -> T:
    print(f"\n== {name}", flush=True)
    return measure()


main()
