"""The two places of a run store, for every test that takes `blobs`: a folder, and a bucket of moto's S3 server."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from catalogsync.store.runs.blobs import Blobs
from catalogsync.store.runs.directory import Directory
from catalogsync.store.runs.object_storage import ObjectStorage

BUCKET = "catalogsync-runs"


@pytest.fixture(scope="session")
def s3_variables() -> Iterator[dict[str, str]]:
    """The variables by which obstore finds the S3 server, which has the bucket."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("s3_server.py"))], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        httpx.put(f"{url}/{BUCKET}", timeout=30).raise_for_status()
        yield {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }
        process.kill()


@pytest.fixture
def bucket(s3_variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a fresh place in the bucket."""
    for name, value in s3_variables.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture(params=["directory", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh place of each sort, as `runStore` names it."""
    if request.param == "directory":
        return str(tmp_path / "store")
    found: str = request.getfixturevalue("bucket")
    return found


@pytest.fixture
def reopen(place: str) -> Callable[[], Blobs]:
    """Opens the place as another process would."""
    return lambda: ObjectStorage(place, os.environ) if "://" in place else Directory(Path(place))


@pytest.fixture
def blobs(reopen: Callable[[], Blobs]) -> Blobs:
    return reopen()
