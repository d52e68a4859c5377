"""What meters count: definitions and events in, totals, groups and findings out, as the server's own query answers them. Pure; no I/O."""

from catalogsync.metering.model import (
    Event,
    Example,
    Finding,
    Group,
    MeterDefinition,
    MeterTrial,
    Problem,
)
from catalogsync.metering.trial import trial

__all__ = ["Event", "Example", "Finding", "Group", "MeterDefinition", "MeterTrial", "Problem", "trial"]
