"""Names from the API's other version and from other tools, and what they are called here. Pure."""

from __future__ import annotations

import re

ELSEWHERE = {
    "labels": ("metadata",), "dimensions": ("groupBy",), "cadence": ("billingCadence",), "limit": ("issueAfterReset",),
    "entitlement": ("entitlementTemplate",), "tax": ("taxConfig",), "filters": ("advancedMeterGroupByFilters",), "meter": ("meterSlug",),
    "feature": ("featureKey",), "addonId": ("addon",), "headers": ("customHeaders",), "secret": ("signingSecret",), "webhook": ("url",),
    "phase": ("fromPlanPhase",), "key": ("addon", "slug"), "slug": ("key",), "name": ("key",), "interval": ("billingCadence", "usagePeriod"),
    "period": ("billingCadence", "usagePeriod", "duration"), "frequency": ("billingCadence",), "billingperiod": ("billingCadence",),
    "billinginterval": ("billingCadence",), "billingcycle": ("billingCadence",), "trialdays": ("duration",), "trialperioddays": ("duration",),
    "length": ("duration",), "proratingenabled": ("proRatingConfig",), "prorating": ("proRatingConfig",), "prepaid": ("in_advance",),
    "upfront": ("in_advance",), "postpaid": ("in_arrears",), "title": ("name",), "displayname": ("name",), "label": ("name",),
    "prices": ("rateCards",), "items": ("rateCards",), "charges": ("rateCards",), "unitamount": ("unitPrice", "amount"),
    "unitcost": ("unitPrice",), "to": ("upToAmount",), "upto": ("upToAmount",), "until": ("upToAmount",), "tovalue": ("upToAmount",),
    "lastunit": ("upToAmount",), "minamountcents": ("minimumAmount", "price"), "flatamount": ("flatPrice",), "flatfee": ("flatPrice",),
    "average": ("AVG",), "mean": ("AVG",), "distinct": ("UNIQUE_COUNT",), "maximum": ("MAX",), "minimum": ("MIN",), "last": ("LATEST",),
    "fixed": ("flat", "flat_fee"), "equals": ("$eq",), "equal": ("$eq",), "is": ("$eq",), "not": ("$ne",),
    "=": ("$eq",), "==": ("$eq",), "!=": ("$ne",), "<>": ("$ne",), ">": ("$gt",), ">=": ("$gte",), "<": ("$lt",), "<=": ("$lte",),
    "notin": ("$nin",), "contains": ("$like",), "regex": ("$like",), "code": ("key", "slug"),
    "amountcurrency": ("currency",), "currencycode": ("currency",), "packagesize": ("quantityPerPackage",),
    "perunitamount": ("unitPrice", "amount"), "aggregationtype": ("aggregation",), "fieldname": ("valueProperty",),
    "aggregationkey": ("valueProperty",), "groupkeys": ("groupBy",), "eventname": ("eventType",),
    "eventtypefilter": ("eventType",), "periodunit": ("billingCadence",), "externalname": ("name",), "invoicedisplayname": ("name",),
    "endingunit": ("upToAmount",), "maximumunits": ("upToAmount",), "unitprice": ("unitPrice", "amount"), "feetype": ("type",), "token": ("api_key",),
    "apitoken": ("api_key",), "bearer": ("api_key",), "accesskey": ("api_key",), "variable": ("env",), "var": ("env",), "envvar": ("env",),
    "environmentvariable": ("env",), "path": ("file",), "server": ("url",), "endpoint": ("url",), "host": ("url",), "baseurl": ("url",),
    "overlay": ("overlays",), "patches": ("overlays",), "promotefrom": ("promoteFrom",), "statestore": ("runStore",), "backend": ("runStore",),
    "readonly": ("protected",), "locked": ("protected",), "protect": ("protected",),
}  # fmt: skip
"""Names and choices, and what may be meant by each; in small letters without what parts words, but for those of OpenMeter itself."""


def plain_name(name: str) -> str:
    """A name without what parts its words, in small letters: by that, names of other tools are compared."""
    return re.sub(r"[-_\s]", "", name).lower()
