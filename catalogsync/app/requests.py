"""The request that a step is, for showing it where no server is at hand: said as the target says it that `app.server` makes."""

from __future__ import annotations

from catalogsync.targets.v1.encoder import encode as describe

__all__ = ["describe"]
