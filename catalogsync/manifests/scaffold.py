"""The small catalog that `init` writes. Pure: file names and their text.

    DIR/catalogsync.yaml     where the catalog goes: an embedded OpenMeter to begin with
    DIR/catalog/…            an API product with a free and a paid plan
    DIR/schemas/…            the manifest schemas, for editors: each file's first line leads there

The schemas are copied next to the catalog (and not named by a URL) so that editors check it offline and
against the very schemas of the catalogsync that wrote it; `init` in a later version writes newer ones, and
nothing but editors reads them.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.core.model import Kind
from catalogsync.openmeter import schemas
from catalogsync.openmeter.kinds import FEATURE, METER, PLAN

_CONFIGURATION = """\
# yaml-language-server: $schema=schemas/catalogsync.schema.json
# Where this catalog goes: `catalogsync plan -e NAME`. Keys to servers are named here, never written.
default: sandbox
environments:
  # An embedded OpenMeter in a file: nothing to install.
  sandbox:
    url: sandbox:.catalogsync/sandbox.db
  # staging:
  #   url: {env: OPENMETER_STAGING_URL}       # from a variable, or written out
  #   api_key: {env: OPENMETER_STAGING_KEY}   # or {file: PATH}
  # production:
  #   url: https://openmeter.example.com
  #   api_key: {env: OPENMETER_PRODUCTION_KEY}
  #   overlays: [overlays/production]         # documents that say only what differs here
  #   protected: true                         # only a saved plan is applied here
  #   promoteFrom: staging                    # where a catalog is proven first
  #   concurrency: 4                          # requests at once, 16 if not said
  #   timeout: 30                             # seconds for one request, 60 if not said
# What overlays may say, and nothing else:
# allowDifferences:
#   plan/*: [metadata]
#   notification_channel/*: [url, signingSecret]
# lint:
#   severity:
#     price-double-billing: error
"""

_METER = """kind: meter
slug: api_requests
name: API requests
description: One event for each request that was answered
eventType: request
aggregation: COUNT
groupBy:
  route: $.route
"""

_FEATURES = """kind: feature
key: api_requests
name: API requests
meterSlug: api_requests
---
kind: feature
key: support
name: Support by e-mail
"""

_FREE = """kind: plan
key: free
name: Free
currency: USD
billingCadence: P1M
phases:
  - key: default
    name: Default
    rateCards:
      - type: usage_based
        key: api_requests
        name: API requests
        featureKey: api_requests
        billingCadence: P1M
        # Without a price usage is free; the hard limit ends it with the quota.
        entitlementTemplate: {type: metered, issueAfterReset: 1000, isSoftLimit: false}
"""

_PRO = """kind: plan
key: pro
name: Pro
description: A monthly fee, then by usage
currency: USD
billingCadence: P1M
phases:
  - key: default
    name: Default
    rateCards:
      - type: flat_fee
        key: support
        name: Base fee, with support
        featureKey: support
        billingCadence: P1M
        price: {type: flat, amount: 49, paymentTerm: in_advance}
        entitlementTemplate: {type: boolean}
      - type: usage_based
        key: api_requests
        name: API requests
        featureKey: api_requests
        billingCadence: P1M
        # The first hundred thousand come with the fee.
        price:
          type: tiered
          mode: graduated
          tiers:
            - {upToAmount: 100000, flatPrice: 0}
            - {unitPrice: 0.0004}
        entitlementTemplate: {type: metered, issueAfterReset: 100000, isSoftLimit: true}
"""

_MANIFESTS = {
    "meters/api_requests.yaml": (METER, _METER),
    "features/features.yaml": (FEATURE, _FEATURES),
    "plans/free.yaml": (PLAN, _FREE),
    "plans/pro.yaml": (PLAN, _PRO),
}


def modeline(kind: Kind, schemas: str) -> str:
    """The comment that tells a YAML language server which schema a file has; `schemas` is the folder's path
    as seen from the file.
    """
    return f"# yaml-language-server: $schema={schemas}/{kind}.schema.json\n"


def scaffold() -> Mapping[str, str]:
    """The files of a new catalog: their paths below its folder, and their text."""
    files = {"catalogsync.yaml": _CONFIGURATION}
    for name, (kind, text) in _MANIFESTS.items():
        files[f"catalog/{name}"] = modeline(kind, "../../schemas") + text
    for name in (*Kind, "catalogsync"):
        files[f"schemas/{name}.schema.json"] = schemas.text(f"{name}.schema.json")
    return files
