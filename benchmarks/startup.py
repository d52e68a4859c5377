"""How long `catalogsync --help` takes, against importing click alone. Whole processes, medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 9


def _median(*command: str) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> float:
    """Prints both and their ratio (asked for: 1.2 at most)."""
    floor = _median(sys.executable, "-c", "import click")
    ours = _median(sys.executable, "-m", "catalogsync", "--help")
    print(
        f"import click {floor * 1000:.0f} ms · catalogsync --help {ours * 1000:.0f} ms · ratio {ours / floor:.2f} (asked: ≤ 1.2)"
    )
    return ours / floor
