"""The sample payloads of a rule's test: what the real server makes up for each type of rule.

The names and amounts are recorded (`rules_test_balance`, `rules_test_reset`, `rules_test_invoice_created`);
the instants are made of the test's own, since recordings tell only which of them are equal.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogsync.sandbox.domain.contract import Json, Row, World

_CUSTOMER = "01J4ZT5E9JX4F2QZ7M3K8B6C1D"
_FEATURE = "01J4ZT5E9KX4F2QZ7M3K8B6C1E"
_ENTITLEMENT = "01J4ZT5E9MX4F2QZ7M3K8B6C1F"
_SUBJECT = "01J4ZT5E9NX4F2QZ7M3K8B6C1G"
_APP = "01J4ZT5E9PX4F2QZ7M3K8B6C1H"
_PROFILE = "01J4ZT5E9QX4F2QZ7M3K8B6C1J"
"""The samples' ids are the same in every test of a server."""

_UNSET = "0001-01-01T00:00:00Z"
_NOTE = {"test-metadata-key": "test-metadata-value"}
_ATTRIBUTION = {"subjectKeys": ["test-subject-1"]}


def data(world: World, rule_type: str, now: str) -> Row:
    """The sample `data` for a rule of the type, at the instant of the test."""
    if rule_type.startswith("invoice."):
        return _invoice(world, now)
    sample = _balance(now)
    if rule_type == "entitlements.balance.threshold":
        sample["threshold"] = {"type": "PERCENT", "value": 50}
    return sample


def _moved(now: str, **by: float) -> str:
    return (datetime.fromisoformat(now) + timedelta(**by)).isoformat().replace("+00:00", "Z")


def _balance(now: str) -> Row:
    created, updated = _moved(now, days=-1), _moved(now, hours=-12)
    stamps = {"createdAt": created, "updatedAt": updated}
    return {
        "customer": {
            **stamps,
            "id": _CUSTOMER,
            "key": "test-customer-1",
            "name": "Test Customer 1",
            "usageAttribution": _ATTRIBUTION,
        },
        "entitlement": _entitlement(stamps),
        "feature": {
            **stamps,
            "id": _FEATURE,
            "key": "test-feature-1",
            "metadata": _NOTE,
            "meterSlug": "test-meter-1",
            "name": "test-meter-1",
        },
        "subject": {
            "createdAt": _UNSET,
            "currentPeriodEnd": created,
            "currentPeriodStart": updated,
            "displayName": "Test Subject 1",
            "id": _SUBJECT,
            "key": "test-subject-1",
            "metadata": _NOTE,
            "stripeCustomerId": _CUSTOMER,
            "updatedAt": _UNSET,
        },
        "value": {"balance": 10000, "hasAccess": True, "overage": 99, "usage": 5001},
    }


def _entitlement(stamps: dict[str, str]) -> Row:
    return {
        **stamps,
        "activeFrom": _UNSET,
        "currentUsagePeriod": {"from": stamps["createdAt"], "to": stamps["updatedAt"]},
        "featureId": _FEATURE,
        "featureKey": "test-feature-1",
        "id": _ENTITLEMENT,
        "isSoftLimit": False,
        "isUnlimited": True,
        "issueAfterReset": 10,
        "issueAfterResetPriority": 5,
        "lastReset": _UNSET,
        "measureUsageFrom": _UNSET,
        "metadata": _NOTE,
        "preserveOverageAtReset": True,
        "subjectKey": "test-subject-1",
        "type": "metered",
        "usagePeriod": {"anchor": stamps["createdAt"], "interval": "DAY", "intervalISO": "P1D"},
    }


def _totals() -> dict[str, str]:
    names = ("charges", "credits", "discounts", "taxesExclusive", "taxesInclusive")
    zeros = {f"{name}Total": "0" for name in names}
    return {"amount": "1000", **zeros, "taxesTotal": "0", "total": "1000"}


def _invoice(world: World, now: str) -> Row:
    """A simulated invoice of one flat fee, billed by the default billing profile."""
    invoice_id = world.ids.new()
    period = {"from": _moved(now, days=-30), "to": now}
    return {
        "collectionAt": now,
        "createdAt": now,
        "currency": "USD",
        "customer": {
            "id": _CUSTOMER,
            "key": "test-customer-1",
            "name": "Test Customer",
            "usageAttribution": _ATTRIBUTION,
        },
        "draftUntil": now,
        "dueAt": _moved(now, days=30),
        "id": invoice_id,
        "lines": [_line(world.ids.new(), invoice_id, period, now)],
        "number": "TEST-INV-1",
        "period": period,
        "status": "draft",
        "statusDetails": {
            "availableActions": {},
            "extendedStatus": "draft.created",
            "failed": False,
            "immutable": False,
        },
        "supplier": {"addresses": [{"country": "US"}], "name": "OpenMeter"},
        "totals": _totals(),
        "type": "standard",
        "updatedAt": now,
        "workflow": _workflow(now),
    }


def _line(line_id: str, invoice_id: str, period: Row, now: str) -> Row:
    price = {"amount": "1000", "paymentTerm": "in_advance", "type": "flat"}
    common: Row = {
        "currency": "USD",
        "invoice": {"id": invoice_id},
        "invoiceAt": period["to"],
        "name": "test flat fee",
        "period": period,
        "totals": _totals(),
    }
    child = {
        **common,
        "category": "regular",
        "createdAt": _UNSET,
        "id": "",
        "managedBy": "system",
        "paymentTerm": "in_advance",
        "perUnitAmount": "1000",
        "quantity": "1",
        "rateCard": {"price": price, "quantity": "1"},
        "status": "detailed",
        "type": "flat_fee",
        "updatedAt": _UNSET,
    }
    return {
        **common,
        "children": [child],
        "createdAt": now,
        "id": line_id,
        "managedBy": "manual",
        "price": price,
        "rateCard": {"price": price},
        "status": "valid",
        "type": "usage_based",
        "updatedAt": now,
    }


def _workflow(now: str) -> Row:
    app = _app(now)
    return {
        "apps": {"invoicing": app, "payment": app, "tax": app},
        "sourceBillingProfileId": _PROFILE,
        "workflow": {
            "collection": {"alignment": {"type": "subscription"}, "interval": "PT1H"},
            "invoicing": {
                "autoAdvance": True,
                "draftPeriod": "P0D",
                "dueAfter": "P30D",
                "progressiveBilling": True,
                "subscriptionEndProrationMode": "bill_actual_period",
            },
            "payment": {"collectionMethod": "charge_automatically"},
            "tax": {"enabled": True, "enforced": False},
        },
    }


def _app(now: str) -> dict[str, Json]:
    capabilities = (
        ("Process payments", "sandbox_collect_payment", "Payment", "collectPayments"),
        ("Calculate tax for a payment", "sandbox_calculate_tax", "Calculate Tax", "calculateTax"),
        ("Invoice a customer", "sandbox_invoice_customer", "Invoice Customer", "invoiceCustomers"),
    )
    return {
        "createdAt": _moved(now, days=-1),
        "id": _APP,
        "listing": {
            "capabilities": [
                {"description": what, "key": key, "name": name, "type": kind}
                for what, key, name, kind in capabilities
            ],
            "description": "Sandbox can be used to test OpenMeter without external connections.",
            "installMethods": ["no_credentials_required"],
            "name": "Sandbox",
            "type": "sandbox",
        },
        "name": "Sandbox",
        "status": "ready",
        "type": "sandbox",
        "updatedAt": _moved(now, days=-1),
    }
