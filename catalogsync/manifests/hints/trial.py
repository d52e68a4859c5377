"""Whether a text that is not YAML can be read further once a line of it is written otherwise. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import yaml
from yaml._yaml import CParser

_UNENDED = "unexpected end of stream"
"""Said at the last line of what is never closed, wherever that begins."""


def reads_beyond(lines: Sequence[str], last: int) -> bool:
    """Whether nothing is wrong up to the line `last`, from 0."""
    parser = CParser("\n".join(lines) + "\n")
    try:
        while not isinstance(parser.get_event(), yaml.StreamEndEvent):
            pass
    except yaml.YAMLError as problem:
        begun = getattr(problem, "context_mark", None) if _UNENDED in str(problem) else None
        mark = begun or getattr(problem, "problem_mark", None)
        return mark is not None and mark.line > last
    return True
