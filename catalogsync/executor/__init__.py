"""Carries out a plan: its steps and nothing else, each read back and compared; what cannot be told is looked up, never guessed.

standing   where each object stands on its way through the plan, and what moved off it
view       what is known of the live objects while the run lasts; placeholders become ids here
hindsight  what no state shows: secrets that were not kept, add-ons that do not fit
stepping   one step: send, read back, judge · run   all of them, side by side where nothing hinders
"""

from __future__ import annotations

from catalogsync.executor.run import apply

__all__ = ["apply"]
