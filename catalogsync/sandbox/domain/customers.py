"""The customers room of v1: create, read, list with its filters, replace, delete.

Rows of table `customers` hold the API's own members plus `subjects`; what a customer shows of its
subscriptions is read from theirs. Source: semantics-meters-notifications-transport §5.1, recorded scenarios
`impact_customer_*` and `impact_count_*`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from catalogsync.sandbox.domain import entitlements
from catalogsync.sandbox.domain.contract import EMPTY, Answer, Call, Json, Problem, Route, Row, World
from catalogsync.sandbox.domain.customer_lookup import TABLE, counted, find, live
from catalogsync.sandbox.v1 import subscription_views
from catalogsync.sandbox.v1.paging import envelope, page_of

CONFLICT = "conflict error: "
INVALID = "validation error: "
_FREE_TEXT = ("name", "description", "primaryEmail", "currency", "key", "metadata", "billingAddress")
_KEPT_WHEN_ABSENT = ("primaryEmail", "currency")
_FILTERS = {"key": "key", "name": "name", "primaryEmail": "primary email", "planKey": "plan key"}
_FILTERS["subject"] = "usage attribution subject key"


def _create(world: World, call: Call) -> Answer:
    body = call.body
    _check(body, f"{INVALID}error creating customer: {INVALID}{INVALID}")
    _check_taken(world, body, None)
    now = world.clock.now()
    row: Row = {"id": world.ids.new(), "createdAt": now, "updatedAt": now, **_members(body)}
    _check_unique(world, row)
    world.store.put(TABLE, row)
    return Answer(201, shown(world, row, expand=False))


def _get(world: World, call: Call) -> Answer:
    row = find(world, call.path["customerIdOrKey"])
    return Answer(200, shown(world, row, expand=_expands(call)))


def _list(world: World, call: Call) -> Answer:
    query = call.query
    for name, said in _FILTERS.items():
        if query.get(name) == "":
            problem = f"invalid {said} filter: {INVALID}filter is invalid: format mismatch"
            raise Problem(400, f"{INVALID}{INVALID}{INVALID}{problem}")
    rows = [row for row in world.store.rows(TABLE) if _wanted(world, row, query)]
    order = {"id": _text("id"), "createdAt": _text("createdAt")}.get(query.get("orderBy", ""), _text("name"))
    rows.sort(key=order, reverse=query.get("order") == "DESC")
    page = page_of(query)
    items = [shown(world, row, expand=_expands(call)) for row in page.cut(rows)]
    total = len(rows) + counted(world, query.get("planKey"))
    return Answer(200, envelope(items, page, total))


def _put(world: World, call: Call) -> Answer:
    old = live(world, call.path["customerIdOrKey"])
    body = call.body
    _check(body, INVALID * 3)
    _check_subjects_may_change(world, old, body)
    _check_taken(world, body, old)
    row: Row = {name: old[name] for name in ("id", "createdAt")}
    row["updatedAt"] = world.clock.now()
    row |= {name: old[name] for name in _KEPT_WHEN_ABSENT if name in old}
    row |= _members(body)
    if "billingAddress" in row:
        row["billingAddress"] = {**old.get("billingAddress", {}), **row["billingAddress"]}
    _keep_subject_order(old, row)
    _check_unique(world, row)
    world.store.put(TABLE, row)
    return Answer(200, shown(world, row, expand=False))


def _delete(world: World, call: Call) -> Answer:
    row = live(world, call.path["customerIdOrKey"])
    now = world.clock.now()
    if entitlements.active_of_customer(world, row["id"], now):
        reason = "still has active entitlements, please remove them before deleting the customer"
        raise Problem(409, f"{CONFLICT}customer {row['id']} {reason}")
    reasons = []
    if subscription_views.active_of_customer(world, row["id"], now):
        wish = "still have active subscriptions, please cancel them before deleting the customer"
        reasons.append(f"customer {row['id']} {wish}")
    if invoice := subscription_views.open_invoice(world, row):
        reasons.append(f"invoice {invoice} is still in gathering state")
    if reasons:
        raise Problem(400, INVALID + "\n".join(reasons))
    world.store.put(TABLE, {**row, "deletedAt": now, "updatedAt": now})
    return Answer(204, EMPTY)


def shown(world: World, row: Row, *, expand: bool) -> Row:
    """A customer as v1 gives it; `expand` adds its running subscriptions."""
    body = {name: value for name, value in row.items() if name not in ("subjects", "invoiceId")}
    if row.get("subjects"):
        body["usageAttribution"] = {"subjectKeys": row["subjects"]}
    if not body.get("metadata"):
        body.pop("metadata", None)
    running = subscription_views.active_of_customer(world, row["id"], world.clock.now()) if expand else []
    if running:
        body["currentSubscriptionId"] = running[0]["id"]
        body["subscriptions"] = [subscription_views.brief(world, one) for one in running]
    return body


def _expands(call: Call) -> bool:
    return "subscriptions" in call.query.get("expand", ["subscriptions"])


def _text(name: str) -> Callable[[Row], bytes]:
    return lambda row: str(row.get(name, "")).encode()


def _members(body: Mapping[str, Json]) -> Row:
    members = {name: body[name] for name in _FREE_TEXT if body.get(name) is not None}
    subjects = (body.get("usageAttribution") or {}).get("subjectKeys") or []
    return {**members, "subjects": subjects} if subjects else members


def _keep_subject_order(old: Row, row: Row) -> None:
    """Subjects that stay keep their place; new ones follow."""
    wanted = row.get("subjects", [])
    kept = [one for one in old.get("subjects", []) if one in wanted]
    subjects = [*kept, *(one for one in wanted if one not in kept)]
    if subjects:
        row["subjects"] = subjects


def _check(body: Mapping[str, Json], prefix: str) -> None:
    if body.get("key") == "":
        raise Problem(400, f"{prefix}key cannot be empty")
    if not body["name"]:
        raise Problem(400, f"{prefix}name is required")
    if body.get("key") is None and not (body.get("usageAttribution") or {}).get("subjectKeys"):
        raise Problem(400, f"{prefix}either key or usageAttribution.subjectKeys must be provided")


def _check_subjects_may_change(world: World, old: Row, body: Mapping[str, Json]) -> None:
    subjects = (body.get("usageAttribution") or {}).get("subjectKeys")
    if subjects is None or subjects == old.get("subjects", []):
        return
    if subscription_views.active_of_customer(world, old["id"], world.clock.now()):
        raise Problem(400, f"{INVALID}cannot change subject keys for customer with active subscriptions")


def _check_taken(world: World, body: Mapping[str, Json], old: Row | None) -> None:
    """A key may be neither an id nor another customer's subject."""
    key = body.get("key")
    if key is None:
        return
    if world.store.get(TABLE, key) is not None:
        raise Problem(409, f"{CONFLICT}key {key} overlaps with id of another customer")
    for row in world.store.rows(TABLE):
        if row is not old and "deletedAt" not in row and key in row.get("subjects", []):
            raise Problem(409, f"{CONFLICT}key {key} overlaps with subject of another customer: {row['id']}")


def _check_unique(world: World, row: Row) -> None:
    others = [one for one in world.store.rows(TABLE) if "deletedAt" not in one and one["id"] != row["id"]]
    if any("key" in row and one.get("key") == row["key"] for one in others):
        taken = f'key "{row["key"]}" is already used by an another customer in the namespace default'
        raise Problem(409, CONFLICT + taken)
    subjects = row.get("subjects", [])
    if len(set(subjects)) < len(subjects) or any(set(subjects) & set(o.get("subjects", [])) for o in others):
        what = f"one or multiple subject keys of [{', '.join(subjects)}]"
        owner = "are already associated with an different customer in the namespace default"
        raise Problem(409, f"{CONFLICT}{what} {owner}")


def _wanted(world: World, row: Row, query: Mapping[str, Json]) -> bool:
    if "deletedAt" in row and not query.get("includeDeleted", False):
        return False
    for name in ("key", "name", "primaryEmail"):
        if name in query and query[name].lower() not in row.get(name, "").lower():
            return False
    if "subject" in query and not any(
        query["subject"].lower() in one.lower() for one in row.get("subjects", [])
    ):
        return False
    if "planKey" in query:
        running = subscription_views.active_of_customer(world, row["id"], world.clock.now())
        return any((one.get("plan") or {}).get("key") == query["planKey"] for one in running)
    return True


ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/v1/customers", _list),
    Route("POST", "/api/v1/customers", _create),
    Route("GET", "/api/v1/customers/{customerIdOrKey}", _get),
    Route("PUT", "/api/v1/customers/{customerIdOrKey}", _put),
    Route("DELETE", "/api/v1/customers/{customerIdOrKey}", _delete),
)
