"""What the server takes and what still costs money: rules of pricing, and waivers for them. Pure.

findings   what rules get and give · ladders   tiers in order · slices   what part of a meter's usage a feature counts
unused, pricing, amounts, phases, delivery   the rules, a function each · rules   the table of them
waivers    comments that accept a finding for a while · engine   runs the rules
"""

from __future__ import annotations

from catalogsync.checks.lint.engine import lint
from catalogsync.checks.lint.findings import LintSettings
from catalogsync.checks.lint.rules import RULES

__all__ = ["RULES", "LintSettings", "lint"]
