"""What tests of counted cases print (marked `counted`) is shown at the end of a run, whichever process ran them."""

from __future__ import annotations

import pytest


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
