"""`python -m benchmarks [PART [ARGUMENT…]]`: what is claimed about speed, as ratios within one run. All parts without a name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from benchmarks import latency, many, rivals, sandbox, scale, startup

PARTS: Mapping[str, Callable[..., None]] = {
    "scale": scale.main,
    "latency": latency.main,
    "rivals": rivals.main,
    "sandbox": sandbox.main,
    "startup": startup.main,
    "many": many.main,
}


def main() -> None:
    """Runs the part named with its arguments, all without a name."""
    name, *arguments = sys.argv[1:] or [""]
    for part in [name] if name else list(PARTS):
        print(f"\n== {part}", flush=True)
        PARTS[part](*arguments)


main()
