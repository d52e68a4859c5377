"""Which function answers which operation of v3, by the description's `operationId` (method and path where it has none).

An operation that is not in this table is answered 501.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain.contract import Handler
from catalogsync.sandbox.v3 import (
    addons,
    currencies,
    features,
    meters,
    planaddons,
    plans,
    subscriptions,
    taxcodes,
)

HANDLERS: Mapping[str, Handler] = {
    "list-meters": meters.list_all,
    "create-meter": meters.post,
    "get-meter": meters.get,
    "update-meter": meters.put,
    "delete-meter": meters.delete,
    "list-features": features.list_all,
    "create-feature": features.post,
    "get-feature": features.get,
    "update-feature": features.patch,
    "delete-feature": features.delete,
    "list-plans": plans.list_all,
    "create-plan": plans.post,
    "get-plan": plans.get,
    "update-plan": plans.put,
    "delete-plan": plans.delete,
    "publish-plan": plans.publish,
    "archive-plan": plans.archive,
    "list-addons": addons.list_all,
    "create-addon": addons.post,
    "get-addon": addons.get,
    "update-addon": addons.put,
    "delete-addon": addons.delete,
    "publish-addon": addons.publish,
    "archive-addon": addons.archive,
    "list-plan-addons": planaddons.list_all,
    "create-plan-addon": planaddons.post,
    "get-plan-addon": planaddons.get,
    "update-plan-addon": planaddons.put,
    "delete-plan-addon": planaddons.delete,
    "list-subscriptions": subscriptions.list_all,
    "create-subscription": subscriptions.post,
    "get-subscription": subscriptions.get,
    "cancel-subscription": subscriptions.cancel,
    "change-subscription": subscriptions.change,
    "unschedule-cancelation": subscriptions.unschedule_cancelation,
    "list-currencies": currencies.list_all,
    "create-custom-currency": currencies.post,
    "get-custom-currency": currencies.get,
    "list-cost-bases": currencies.list_cost_bases,
    "create-cost-basis": currencies.post_cost_basis,
    "list-tax-codes": taxcodes.list_all,
    "create-tax-code": taxcodes.post,
    "upsert-tax-code": taxcodes.put,
    "get-tax-code": taxcodes.get,
    "delete-tax-code": taxcodes.delete,
    "GET /api/v3/openmeter/defaults/tax-codes": taxcodes.get_defaults,
}
