"""How requests reach a server and answers come back: one of two wires, below retries, pace and the meaning of answers (docs/adr/0010).

sockets         straight to the server over kept connections, plain or with TLS: what nearly every run uses
through_httpx   by httpx: through a proxy, within this process, and for addresses that need more than plain text
"""

from __future__ import annotations

from catalogsync.targets.transport.opening import opened
from catalogsync.targets.transport.wire import Answer, Line, Trouble, Wire

__all__ = ["Answer", "Line", "Trouble", "Wire", "opened"]
