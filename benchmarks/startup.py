"""How long `catalogsync --help`, `--version` and `explain` take, against importing click alone. Whole processes, medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 9
EXAMPLE = Path(__file__).parents[1] / "examples" / "catalog"


def _median(*command: str) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> float:
    """Prints them and their ratios (asked for: 1.2 at most), and how long `validate` of the example takes (0.25 s). Gives the highest ratio."""
    floor = _median(sys.executable, "-c", "import click")
    print(f"import click {floor * 1000:.0f} ms")
    ratios = []
    for words in (("--help",), ("--version",), ("explain", "yaml-empty")):
        ours = _median(sys.executable, "-m", "catalogsync", *words)
        ratios.append(ours / floor)
        print(f"catalogsync {' '.join(words)} {ours * 1000:.0f} ms · ratio {ratios[-1]:.2f} (asked: ≤ 1.2)")
    valid = _median(sys.executable, "-m", "catalogsync", "validate", str(EXAMPLE))
    print(f"catalogsync validate of the example {valid * 1000:.0f} ms (asked: ≤ 250)")
    return max(ratios)
