"""One catalog for many environments: time and memory for 125, 250 and 500 embedded servers, each in a process of its own.

Asked for: time grows as the number of environments does, memory does not grow with it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "catalog"
COUNTS = (125, 250, 500)

_RUN = """
import resource, sys, threading, time
from collections import Counter
from pathlib import Path
from catalogsync.app import many
from catalogsync.app.runtime import Runtime
from catalogsync.app.side_by_side import Wide
began = time.process_time()
wide = Wide("tenant-*", workers=4)
results = many.apply([Path(sys.argv[1])], wide, Runtime(), lambda one: None, threading.Event())
seconds = time.process_time() - began
assert Counter(str(one.ended) for one in results) == {"done": len(results)}, results
assert all(one.proven for one in results)
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measured(count: int) -> tuple[float, float]:
    """Seconds of the processor and the most memory (MB) of applying the example to so many environments, from nothing to proven."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(EXAMPLE, home / "catalog")
        lines = [f"  tenant-{n:03}: {{url: 'sandbox:'}}" for n in range(count)]
        (home / "catalogsync.yaml").write_text("\n".join(["environments:", *lines]) + "\n")
        told = subprocess.run(
            [sys.executable, "-c", _RUN, "catalog"], cwd=home, capture_output=True, text=True, check=True
        ).stdout
    seconds, megabytes = map(float, told.split())
    return seconds, megabytes


def main() -> None:
    """Prints a line a count, and what the largest is to the smallest."""
    found = {count: measured(count) for count in COUNTS}
    for count, (seconds, megabytes) in found.items():
        print(
            f"{count:4} environments: {seconds:6.1f} s, {1000 * seconds / count:5.0f} ms each, {megabytes:5.0f} MB at most"
        )
    (least_s, least_mb), (most_s, most_mb) = found[COUNTS[0]], found[COUNTS[-1]]
    per = (most_s / COUNTS[-1]) / (least_s / COUNTS[0])
    print(f"time for each: x {per:.2f} (1 is linear); memory: x {most_mb / least_mb:.2f} (1 is flat)")
