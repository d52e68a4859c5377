"""`sandbox seed` copies a served catalog into a new file, only reads, and leaves nothing behind when it fails."""

import httpx
import pytest
from click.testing import CliRunner

from catalogsync.cli.sandbox import command
from catalogsync.core.errors import TargetError, UsageError
from catalogsync.sandbox import Fault, Sandbox

FEATURE = {"key": "seats", "name": "Seats"}


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("OPENMETER_API_KEY", raising=False)


def run(*words):
    return CliRunner().invoke(command, ["seed", *map(str, words)])


def test_a_served_catalog_is_copied_into_a_file(tmp_path):
    live, file = Sandbox(), tmp_path / "twin.db"
    with live.serve() as url:
        made = httpx.post(f"{url}/api/v1/features", json=FEATURE).json()
        result = run("--from", url, "--data", file)
    assert (result.exit_code, "features          1" in result.stdout) == (0, True)
    twin = Sandbox(data=file)
    with httpx.Client(base_url="http://sandbox", transport=twin.transport()) as client:
        assert client.get("/api/v1/features").json() == [made]
    twin.close()
    assert [path.name for path in tmp_path.iterdir()] == ["twin.db"]


def test_a_failure_leaves_no_file(tmp_path):
    live = Sandbox(faults=[Fault("503-before", path="/api/v1/plans")])
    with live.serve() as url:
        result = run("--from", url, "--data", tmp_path / "twin.db")
    assert isinstance(result.exception, TargetError)
    assert "GET /api/v1/plans answered 503" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_refused_and_kept(tmp_path):
    file = tmp_path / "twin.db"
    file.write_bytes(b"mine")
    result = run("--from", "http://127.0.0.1:1", "--data", file)
    assert isinstance(result.exception, UsageError)
    assert file.read_bytes() == b"mine"


@pytest.mark.parametrize("source", ["nowhere", "ftp://example.test"])
def test_what_is_neither_url_nor_folder_is_refused(tmp_path, source):
    result = run("--from", source, "--data", tmp_path / "twin.db")
    assert isinstance(result.exception, UsageError)


def test_a_key_is_not_sent_over_plain_http(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENMETER_API_KEY", "om_very_secret")
    result = run("--from", "http://openmeter.example.test", "--data", tmp_path / "twin.db")
    assert isinstance(result.exception, UsageError)
    assert "om_very_secret" not in str(result.exception)
    assert list(tmp_path.iterdir()) == []
