"""A pytest plugin, found by pytest wherever the package is installed: the fixture `openmeter_sandbox`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from catalogsync.sandbox import Sandbox


@pytest.fixture
def openmeter_sandbox() -> Sandbox:
    """An embedded OpenMeter of the test's own: empty, with webhook delivery, no faults."""
    from catalogsync.sandbox import Sandbox  # test runs that do not use the fixture do not load it

    return Sandbox()
