"""How verbs become requests: one package for each API dialect (`v1`), behind one protocol. Nothing here decides what is to be done."""

from __future__ import annotations

from catalogsync.targets.protocol import Lookup, Request, Target, path_text

__all__ = ["Lookup", "Request", "Target", "path_text"]
