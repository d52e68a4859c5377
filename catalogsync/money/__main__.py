"""`python -m catalogsync.money` reads case lines on stdin and prints each with what is computed for it (`catalogsync.money.cases`).

A line that is not a case is reported on stderr with its number, the others are answered all the same; the exit code is then 1.
"""

from __future__ import annotations

import os
import sys

from catalogsync.core.canon import dumps
from catalogsync.money.cases import BadLineError, answer


def main() -> int:
    """Answers every line of stdin; gives the exit code."""
    failed = False
    for position, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            sys.stdout.write(dumps(answer(line)) + "\n")
        except BadLineError as problem:
            sys.stderr.write(f"error: line {position}: {problem}\n")
            failed = True
    sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        code = main()
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
