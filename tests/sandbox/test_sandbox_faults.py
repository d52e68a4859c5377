"""Each kind of fault does the same to a client in this process and over a real socket; the rules strike
whom they should.
"""

import contextlib
from collections.abc import Iterator

import httpx
import pytest

from catalogsync.sandbox import Fault, FaultError, Sandbox
from catalogsync.sandbox.transport.faults import KINDS, parse, text_of

FEATURE = {"key": "seats", "name": "Seats"}
MADE = "/api/v1/features"


@contextlib.contextmanager
def client_of(sandbox: Sandbox, mode: str) -> Iterator[httpx.Client]:
    if mode == "in-process":
        with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as client:
            yield client
        return
    with sandbox.serve() as url, httpx.Client(base_url=url, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture(params=["in-process", "served"])
def mode(request):
    return request.param


def made(sandbox: Sandbox) -> bool:
    return any(row["key"] == "seats" for row in sandbox.state().get("features", ()))


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "is_made"),
    [
        ("429", 429, "text/html", False),
        ("500-before", 500, "application/problem+json", False),
        ("500-after", 500, "application/problem+json", True),
        ("502-before", 502, "text/html", False),
        ("502-after", 502, "text/html", True),
        ("503-before", 503, "text/html", False),
        ("503-after", 503, "text/html", True),
        ("wrong-type", 201, "text/html", True),
        ("delay", 201, "application/json", True),
    ],
)
def test_a_fault_that_answers_has_its_status_and_its_effect(mode, kind, status, content_type, is_made):
    sandbox = Sandbox(faults=[Fault(kind, method="POST", seconds=0.01)])
    with client_of(sandbox, mode) as client:
        answer = client.post(MADE, json=FEATURE)
        assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
        assert "retry-after" not in answer.headers
        assert made(sandbox) is is_made
        assert client.get(MADE).status_code == 200


def test_a_429_can_say_when_to_come_back(mode):
    sandbox = Sandbox(faults=[Fault("429", retry_after=7)])
    with client_of(sandbox, mode) as client:
        assert client.get(MADE).headers["retry-after"] == "7"


@pytest.mark.parametrize(("kind", "is_made"), [("reset-before", False), ("reset-after", True)])
def test_a_reset_raises_in_the_client_before_or_after_the_change(mode, kind, is_made):
    sandbox = Sandbox(faults=[Fault(kind, method="POST")])
    with client_of(sandbox, mode) as client:
        with pytest.raises(httpx.ReadError):
            client.post(MADE, json=FEATURE)
        assert made(sandbox) is is_made
        assert client.get(MADE).status_code == 200


def test_an_answer_cut_short_raises_after_the_change(mode):
    sandbox = Sandbox(faults=[Fault("cut", method="POST")])
    with client_of(sandbox, mode) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(MADE, json=FEATURE)
        assert made(sandbox)
        assert client.get(MADE).status_code == 200


def test_malformed_json_comes_with_a_status_of_success(mode):
    sandbox = Sandbox(faults=[Fault("malformed", method="POST")])
    with client_of(sandbox, mode) as client:
        answer = client.post(MADE, json=FEATURE)
        assert answer.status_code == 201
        with pytest.raises(ValueError, match=r"line 1 column \d+"):
            answer.json()
        assert made(sandbox)


def test_a_delay_beyond_the_read_timeout_is_a_timeout_and_the_change_is_made(mode):
    sandbox = Sandbox(faults=[Fault("delay", method="POST", seconds=0.5)])
    with client_of(sandbox, mode) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(MADE, json=FEATURE, timeout=0.1)
        assert made(sandbox)


def keys_of_pages(client: httpx.Client) -> tuple[list[str], list[int]]:
    keys, totals = [], []
    for page in (1, 2):
        body = client.get("/api/v1/features", params={"page": page, "pageSize": 2}).json()
        keys += [item["key"] for item in body["items"]]
        totals.append(body["totalCount"])
    return keys, totals


@pytest.mark.parametrize(
    ("kind", "keys", "totals"),
    [
        ("page-repeats", ["f0", "f1", "f1", "f2"], [4, 5]),
        ("page-skips", ["f0", "f1", "f3"], [4, 3]),
    ],
)
def test_a_list_moves_between_two_reads_and_its_count_tells(mode, kind, keys, totals):
    sandbox = Sandbox(faults=[Fault(kind, path="/api/v1/features")])
    with client_of(sandbox, mode) as client:
        for n in range(4):
            assert client.post(MADE, json={"key": f"f{n}", "name": "F"}).status_code == 201
        assert keys_of_pages(client) == (keys, totals)
        assert keys_of_pages(client) == (["f0", "f1", "f2", "f3"], [4, 4])


def test_a_bare_list_moves_as_well(mode):
    sandbox = Sandbox(faults=[Fault("page-repeats")])
    with client_of(sandbox, mode) as client:
        for n in range(4):
            client.post(MADE, json={"key": f"f{n}", "name": "F"})
        items = client.get(MADE, params={"limit": 2, "offset": 2}).json()
        assert [item["key"] for item in items] == ["f1", "f2"]


def statuses(sandbox: Sandbox, requests: list[tuple[str, str]]) -> list[int]:
    with client_of(sandbox, "in-process") as client:
        return [client.request(method, path).status_code for method, path in requests]


@pytest.mark.parametrize(
    ("fault", "struck"),
    [
        (Fault("503-before"), [0]),
        (Fault("503-before", number=3), [2]),
        (Fault("503-before", number=2, times=2), [1, 2]),
        (Fault("503-before", times=None), [0, 1, 2, 3]),
        (Fault("503-before", method="put"), []),
        (Fault("503-before", path="/api/v1/plans*", number=2), [3]),
        (Fault("503-before", path="/api/v1/meters?pageSize=*"), []),
    ],
)
def test_number_times_method_and_path_choose_the_requests(fault, struck):
    requests = [("GET", f"/api/v1/{name}") for name in ("meters", "plans", "meters", "plans")]
    found = statuses(Sandbox(faults=[fault]), requests)
    assert [n for n, status in enumerate(found) if status == 503] == struck


def test_the_first_fault_wins_and_the_others_still_count():
    sandbox = Sandbox(faults=[Fault("503-before"), Fault("502-before"), Fault("500-before", number=3)])
    assert statuses(sandbox, [("GET", "/api/v1/meters")] * 4) == [503, 502, 500, 200]


def test_chance_is_the_same_for_the_same_seed():
    def run(seed: int) -> list[int]:
        fault = Fault("503-before", times=None, chance=0.5)
        return statuses(Sandbox(faults=[fault], seed=seed), [("GET", "/api/v1/meters")] * 30)

    assert run(1) == run(1) != run(2)
    assert 5 < run(1).count(503) < 25


def test_the_sandbox_s_own_doors_are_never_struck_and_faults_can_be_changed():
    sandbox = Sandbox(faults=[Fault("503-before", times=None)])
    assert statuses(sandbox, [("GET", "/sandbox/state"), ("GET", "/api/v1/meters")]) == [200, 503]
    sandbox.break_with()
    assert statuses(sandbox, [("GET", "/api/v1/meters")]) == [200]


def test_the_log_says_what_was_answered():
    sandbox = Sandbox(faults=[Fault("reset-before"), Fault("reset-after")])
    with client_of(sandbox, "in-process") as client:
        for _ in range(2):
            with pytest.raises(httpx.ReadError):
                client.post(MADE, json=FEATURE)
        client.post(MADE, json=FEATURE)
    assert [(one.method, one.path, one.status) for one in sandbox.requests] == [
        ("POST", MADE, 0),
        ("POST", MADE, 201),
        ("POST", MADE, 409),
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("cut", Fault("cut")),
        ("429:retry-after=2,times=all", Fault("429", retry_after=2, times=None)),
        (
            "reset-after:number=2,method=POST,path=/api/v1/plans*",
            Fault("reset-after", number=2, method="POST", path="/api/v1/plans*"),
        ),
        ("delay:seconds=0.5,chance=0.25", Fault("delay", seconds=0.5, chance=0.25)),
    ],
)
def test_a_fault_has_a_text_form_that_reads_back(text, fault):
    assert parse(text) == fault
    assert parse(text_of(fault)) == fault


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_written(kind):
    assert text_of(parse(kind)) == kind


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("boom", "unknown kind of fault 'boom'; known: delay, 429"),
        ("cut:when=now", "'when=now' is not one of number, method"),
        ("cut:number", "'number' is not one of"),
        ("cut:number=first", "number needs a number, not 'first'"),
        ("cut:number=0", "number counts from 1, not 0"),
        ("cut:times=0", "times counts from 1, not 0"),
        ("cut:chance=2", "chance lies above 0 and up to 1, not 2.0"),
        ("delay:seconds=-1", "cannot be negative"),
    ],
)
def test_a_wrong_text_says_what_is_wrong(text, message):
    with pytest.raises(FaultError) as raised:
        parse(text)
    assert repr(text) in str(raised.value)
    assert message in str(raised.value)
