"""A sandbox in a process of its own, so that its computing waits for nobody: `python -m benchmarks.served SECONDS` prints its URL and serves until
its input ends. Each answer waits for so many seconds.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from catalogsync.sandbox import Fault, Sandbox


@contextlib.contextmanager
def served(latency: float) -> Iterator[str]:
    """The URL of a new one."""
    command = [sys.executable, "-m", "benchmarks.served", str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def main() -> None:
    """Serves."""
    seconds = float(sys.argv[1])
    faults = [Fault("delay", times=None, seconds=seconds)] if seconds else []
    with Sandbox(faults=faults).serve() as url:
        print(url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
