"""`python -m benchmarks [engine|sandbox|startup|many]`: what is claimed about speed, as ratios within one run."""

from __future__ import annotations

import sys

from benchmarks import engine, many, sandbox, startup

PARTS = {"engine": engine.main, "sandbox": sandbox.main, "startup": startup.main, "many": many.main}


def main() -> None:
    """Runs the parts named, all without names."""
    for name in sys.argv[1:] or list(PARTS):
        print(f"\n== {name}")
        PARTS[name]()


main()
