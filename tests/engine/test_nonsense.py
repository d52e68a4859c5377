"""Answers that no OpenMeter gives: a clear error for each, never a traceback."""

from __future__ import annotations

import httpx
import pytest

from catalogsync.core.errors import TargetError
from catalogsync.core.model import Kind, LiveGroup, Ref
from catalogsync.openmeter.kinds import KINDS
from catalogsync.targets.v1 import Client, reader

ANSWERS = {
    "null": "null",
    "text": '"hello"',
    "number": "3",
    "bare object": "{}",
    "object of something else": '{"status":"ok"}',
    "list of nulls": "[null]",
    "list of texts": '["a"]',
    "rows without anything": "[{}]",
    "page without a count": '{"items":[],"page":1}',
    "page with a text as count": '{"items":[],"totalCount":"0"}',
    "page of nulls": '{"items":[null],"totalCount":1}',
    "page of empty rows": '{"items":[{}],"totalCount":1}',
    "page of rows with ids alone": '{"items":[{"id":"01"}],"totalCount":1}',
    "page with an object as items": '{"items":{},"totalCount":0}',
    "page with metadata that is a text": '{"items":[{"id":"01","metadata":"x","key":1}],"totalCount":1}',
}


def client_saying(text):
    answer = httpx.Response(200, content=text, headers={"content-type": "application/json"})
    return Client("http://localhost:1", transport=httpx.MockTransport(lambda _: answer), wait=lambda _: None)


@pytest.mark.parametrize("kind", list(Kind), ids=str)
@pytest.mark.parametrize("name", ANSWERS)
def test_a_list_that_makes_no_sense(kind, name):
    try:
        live = reader.read(client_saying(ANSWERS[name]), kinds=[kind])
    except TargetError as problem:
        assert problem.message and problem.exit_code == 1
    else:
        assert not live.groups, "nothing was said of any object"


@pytest.mark.parametrize("kind", [k for k in Kind if not KINDS[k].versioned], ids=str)
@pytest.mark.parametrize("name", [n for n in ANSWERS if not n.startswith("page")])
def test_an_object_that_makes_no_sense(kind, name):
    with pytest.raises(TargetError):
        reader.reread(client_saying(ANSWERS[name]), LiveGroup(Ref(kind, "x")), "01")
