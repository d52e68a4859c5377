"""How each kind is listed: its path, in an order that does not change while pages are read, disabled objects and all versions included."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, KINDS, METER, PLAN, RULE
from catalogsync.openmeter.openapi_subset import SERVED_V1
from catalogsync.targets.v1 import Client, reader

PAGE = {"page": "1", "pageSize": "1000", "order": "ASC"}
ASKED: dict[Kind, tuple[str, dict[str, str]]] = {
    METER: ("/api/v1/meters", {}),
    FEATURE: ("/api/v1/features", {**PAGE, "orderBy": "key"}),
    ADDON: ("/api/v1/addons", {**PAGE, "orderBy": "id"}),
    PLAN: ("/api/v1/plans", {**PAGE, "orderBy": "id"}),
    CHANNEL: ("/api/v1/notification/channels", {**PAGE, "orderBy": "id", "includeDisabled": "true"}),
    RULE: ("/api/v1/notification/rules", {**PAGE, "orderBy": "id", "includeDisabled": "true"}),
}


@pytest.fixture
def asked() -> Iterator[list[httpx.Request]]:
    yield []


@pytest.mark.parametrize("kind", ASKED)
def test_what_is_asked_for_to_read_a_kind(kind: Kind, asked: list[httpx.Request]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        empty = {"items": [], "totalCount": 0, "page": 1, "pageSize": 1000}
        return httpx.Response(200, json=[] if request.url.path.endswith("/meters") else empty)

    client = Client("http://x.invalid", transport=httpx.MockTransport(answer), wait=lambda _seconds: None)
    assert reader.read(client, kinds=[kind]).groups == {}
    said = {one.url.path: dict(one.url.params) for one in asked}
    path, query = ASKED[kind]
    assert said[path] == query and path == f"/api/v1{KINDS[kind].collection}"


def test_the_requests_of_every_kind_are_cut_from_a_description() -> None:
    assert [
        kind for kind, spec in KINDS.items() if not f"/api/v1{spec.collection}".startswith(SERVED_V1)
    ] == []


def test_where_an_export_puts_each_kind_and_what_it_is_called() -> None:
    said = {kind: (spec.title, spec.folder, spec.identity) for kind, spec in KINDS.items()}
    assert said == {
        METER: ("meter", "meters", "slug"),
        FEATURE: ("feature", "features", "key"),
        ADDON: ("add-on", "addons", "key"),
        PLAN: ("plan", "plans", "key"),
        CHANNEL: ("notification channel", "notifications/channels", "key"),
        RULE: ("notification rule", "notifications/rules", "key"),
    }
