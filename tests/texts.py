"""Manifests that tests of several rooms begin with."""

CALLS = """\
kind: meter
slug: calls
eventType: call
aggregation: COUNT
---
kind: feature
key: calls
name: Calls
meterSlug: calls
"""
"""A meter, and the feature that it meters."""

PRO = """\
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
phases:
  - key: default
    name: Default
    rateCards:
"""
"""A plan of one phase; its rate cards follow."""
