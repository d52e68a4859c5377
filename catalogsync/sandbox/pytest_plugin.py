"""A pytest fixture: `openmeter_sandbox`, a fresh embedded OpenMeter for each test."""

from __future__ import annotations

import pytest

from catalogsync.sandbox import Sandbox


@pytest.fixture
def openmeter_sandbox() -> Sandbox:
    """A fresh sandbox with the default profile."""
    return Sandbox()
