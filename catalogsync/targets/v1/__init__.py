"""The v1 API of OpenMeter as a target: `client` speaks HTTP, `reader` reads whole catalogs, `encoder` says verbs as requests."""

from __future__ import annotations

from catalogsync.targets.v1.client import Call, Client
from catalogsync.targets.v1.encoder import encode
from catalogsync.targets.v1.target import V1

__all__ = ["V1", "Call", "Client", "encode"]
