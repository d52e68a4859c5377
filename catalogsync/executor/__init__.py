"""Carries out a plan: its steps and nothing else, each compared with what it was to make; what cannot be known is looked up, never guessed.

resume       where each object stands on its way through the plan, and what moved off it
live_view    what is known of the live objects while the run lasts; special values become plain here
postchecks   what no state shows: secrets that were not kept, add-ons that do not fit
step_runner  one step: send, compare, judge · run   all of them, side by side where nothing hinders, and one more look at the end
"""

from __future__ import annotations

from catalogsync.executor.run import Seen, apply

__all__ = ["Seen", "apply"]
