"""An embedded OpenMeter: a catalog server that answers what the real one answers, for tests, rehearsals and
a first try.

    from catalogsync.sandbox import Sandbox

    sandbox = Sandbox()
    client = httpx.Client(base_url="http://sandbox", transport=sandbox.transport())   # in this process
    with sandbox.serve() as url: ...                                                  # over a socket

It is written from what the real server does and shares no code with the engine that it is there to judge.
`domain` holds rules and rows, `v1` and `v3` representation and routes, `transport` the ways in and the faults.
Importing this package loads none of them: each name is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogsync.sandbox.embedded import Sandbox
    from catalogsync.sandbox.seeding import Seeded
    from catalogsync.sandbox.seedread import SeedError
    from catalogsync.sandbox.service import Logged, check_description
    from catalogsync.sandbox.transport.faults import Fault, FaultError
    from catalogsync.sandbox.transport.faults import parse as parse_fault

__all__ = [
    "Fault",
    "FaultError",
    "Logged",
    "Sandbox",
    "SeedError",
    "Seeded",
    "check_description",
    "parse_fault",
]

_HOMES = {
    "Fault": ("transport.faults", "Fault"),
    "FaultError": ("transport.faults", "FaultError"),
    "Logged": ("service", "Logged"),
    "Sandbox": ("embedded", "Sandbox"),
    "SeedError": ("seedread", "SeedError"),
    "check_description": ("service", "check_description"),
    "Seeded": ("seeding", "Seeded"),
    "parse_fault": ("transport.faults", "parse"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, own = _HOMES[name]
    return getattr(import_module(f"{__name__}.{module}"), own)
