"""The hands: the only package that speaks to a server.

client   one connection pool, retries of what is safe to repeat · errors   what went wrong, in words · reader   complete reads
"""

from __future__ import annotations

from catalogsync.targets.v1.client import Call, Client

__all__ = ["Call", "Client"]
"""`Call` is what is told of each request."""
