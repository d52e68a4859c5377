"""What to do about an add-on that a plan offers in another currency. Pure.

An add-on's amounts are in its currency: another code in it is another price in every plan that offers it, so that is said only where no plan
of its currency does.
"""

from __future__ import annotations

from catalogsync.checks.validate.findings import Findings
from catalogsync.core.model import Lifecycle, Resource
from catalogsync.openmeter.kinds import ADDON, PLAN
from catalogsync.openmeter.kinds.addon import as_addon
from catalogsync.openmeter.kinds.plan import as_plan

_GONE = (Lifecycle.ARCHIVED, Lifecycle.DELETED)
_MOST_NAMED = 3


def in_the_plans_currency(findings: Findings, addon: Resource) -> str:
    """The hint: the add-on of the plan's currency where there is one, else how to make one, or what may be wrong in this one."""
    plan_currency, currency = as_plan(findings.body)["currency"], as_addon(addon.body)["currency"]
    key = addon.ref.key
    own = _in_currency(findings, key, plan_currency)
    if own:
        return f"did you mean `addon: {own}`, which is in {plan_currency}?"
    new = f"{key}_{plan_currency.lower()}"
    copy = (
        f"copy the add-on under another key with prices in {plan_currency}"
        f" (`key: {new}`, `currency: {plan_currency}`), and write `addon: {new}` here"
    )
    sellers = _sellers(findings, key, currency)
    if sellers:
        return f"leave `{key}` as it is: {_and(sellers)} {'offer' if len(sellers) > 1 else 'offers'} it in {currency}; {copy}, or remove this entry"
    return f"write `currency: {plan_currency}` in the add-on if its amounts are in {plan_currency}; if they are in {currency}, {copy}"


def _in_currency(findings: Findings, key: str, currency: str) -> str:
    """The add-on in a currency whose key begins as another's; "" where there is none, or more than one."""
    found = [
        one.ref.key
        for one in findings.catalog.of(ADDON)
        if one.lifecycle not in _GONE
        and one.ref.key.startswith(f"{key}_")
        and as_addon(one.body)["currency"] == currency
    ]
    return found[0] if len(found) == 1 else ""


def _sellers(findings: Findings, key: str, currency: str) -> list[str]:
    """The plans that offer an add-on and are in its currency."""
    return [
        one.ref.key
        for one in findings.catalog.of(PLAN)
        if one.lifecycle not in _GONE
        and as_plan(one.body)["currency"] == currency
        and any(offer["addon"] == key for offer in as_plan(one.body).get("addons") or ())
    ]


def _and(keys: list[str]) -> str:
    named = [f"`{key}`" for key in keys[:_MOST_NAMED]]
    if len(keys) > _MOST_NAMED:
        named.append(f"{len(keys) - _MOST_NAMED} more")
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
