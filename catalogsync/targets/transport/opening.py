"""Which wire a line needs."""

from __future__ import annotations

import re

from catalogsync.targets.transport.wire import Line, Wire

_PLAIN = re.compile(r"(?i:https?)://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9/._~!$&'()*+,;=:@%-]*)?")
"""URLs whose letters go into a request as they are. A name in other letters, a network zone and a user's name are left to httpx."""


def opened(line: Line) -> Wire:
    """The wire of a line. Nothing is connected yet. Raises ValueError for a URL, a header or a proxy that cannot be used, ImportError for a
    proxy that needs a package which is not installed.
    """
    if line.proxy is None and line.transport is None and _PLAIN.fullmatch(line.root):
        from catalogsync.targets.transport.sockets import Sockets

        return Sockets(line)
    from catalogsync.targets.transport.through_httpx import ThroughHttpx, Within

    return ThroughHttpx(line) if line.transport is None else Within(line, line.transport)
