"""All rooms of the sandbox: the routes they serve and what a fresh server holds."""

from __future__ import annotations

from catalogsync.sandbox.domain import (
    addons,
    channels,
    currencies,
    customers,
    events,
    features,
    meters,
    planaddons,
    plans,
    rules,
    subscriptions,
    taxcodes,
)
from catalogsync.sandbox.domain.contract import Route, World
from catalogsync.sandbox.v1 import entitlements, subject_entitlements, subscription_addons
from catalogsync.sandbox.v3 import addons as v3_addons
from catalogsync.sandbox.v3 import currencies as v3_currencies
from catalogsync.sandbox.v3 import features as v3_features
from catalogsync.sandbox.v3 import meters as v3_meters
from catalogsync.sandbox.v3 import planaddons as v3_planaddons
from catalogsync.sandbox.v3 import plans as v3_plans
from catalogsync.sandbox.v3 import subscriptions as v3_subscriptions
from catalogsync.sandbox.v3 import taxcodes as v3_taxcodes

V1: tuple[Route, ...] = (
    *meters.ROUTES,
    *features.ROUTES,
    *plans.ROUTES,
    *addons.ROUTES,
    *planaddons.ROUTES,
    *channels.ROUTES,
    *rules.ROUTES,
    *events.ROUTES,
    *customers.ROUTES,
    *subscriptions.ROUTES,
    *subscription_addons.ROUTES,
    *entitlements.ROUTES,
    *subject_entitlements.ROUTES,
    *currencies.ROUTES,
)
V3: tuple[Route, ...] = (
    *v3_meters.ROUTES,
    *v3_features.ROUTES,
    *v3_plans.ROUTES,
    *v3_addons.ROUTES,
    *v3_planaddons.ROUTES,
    *v3_subscriptions.ROUTES,
    *v3_currencies.ROUTES,
    *v3_taxcodes.ROUTES,
)


def furnish(world: World) -> None:
    """Puts into an empty store what a fresh server holds: the meters of its config file and its seeded tax codes."""
    taxcodes.seed(world)
    meters.seed(world)
    world.store.commit()
