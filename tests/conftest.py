"""No test reaches another machine or the home folder. What tests of counted cases print (marked `counted`) is shown at the end of a run,
whichever process ran them.
"""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

_usual = hypothesis.settings()
# That a machine is slow is no fault of a test.
hypothesis.settings.register_profile(
    "any machine",
    _usual,
    deadline=None,
    suppress_health_check=[*_usual.suppress_health_check, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")

_HERE = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True, scope="session")
def _this_machine_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Connections to other machines fail at once, and the home folder is an empty one."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(_HERE):
            raise OSError(f"a test connects to {address[0]}")
        connect(self, address)

    patch.setattr(socket.socket, "connect", only_here)
    home: Path = tmp_path_factory.mktemp("home")
    patch.setenv("HOME", str(home))
    patch.setenv("XDG_CONFIG_HOME", str(home))
    yield
    patch.undo()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests wait for other processes a third of their time."""
    return (os.cpu_count() or 1) + 1


# Modules and tests live as long as the process: nothing of them is looked through for garbage.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests begin first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("long", "unmeasured")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = {
        report.nodeid: report.capstdout
        for report in terminalreporter.getreports("passed")
        if "counted" in report.keywords and report.capstdout
    }
    if told:
        terminalreporter.section("counted cases")
        for _, text in sorted(told.items()):
            terminalreporter.write(text)
