"""The places of a run store, for every test that takes `blobs`: a folder, a bucket of moto's S3 server, a container of Azurite, and a bucket of a
stand-in for Google Cloud Storage.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import hashlib
import hmac
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from catalogsync.store.runs.blobs import Blobs
from catalogsync.store.runs.directory import Directory
from catalogsync.store.runs.object_storage import ObjectStorage

BUCKET = "catalogsync-runs"
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""Azurite's own, the same everywhere."""
MODULES = Path(__file__).parents[2] / "node_modules" / ".bin"


@contextlib.contextmanager
def served(script: str) -> Iterator[str]:
    """The URL of a server in a process of its own."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name(script))], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture(scope="session")
def s3_variables() -> Iterator[dict[str, str]]:
    """The variables by which obstore finds the S3 server, which has the bucket."""
    with served("s3_server.py") as url:
        httpx.put(f"{url}/{BUCKET}", timeout=30).raise_for_status()
        yield {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }


@pytest.fixture(scope="session")
def gs_variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables by which obstore finds the stand-in for Google Cloud Storage."""
    account = tmp_path_factory.mktemp("gcs") / "account.json"
    with served("gcs_server.py") as url:
        nobody = dict.fromkeys(("client_email", "private_key", "private_key_id"), "")
        account.write_text(json.dumps({**nobody, "disable_oauth": True, "gcs_base_url": url}))
        yield {"GOOGLE_SERVICE_ACCOUNT": str(account), "GOOGLE_BASE_URL": url}


@pytest.fixture(scope="session")
def az_variables() -> Iterator[dict[str, str]]:
    """The variables by which obstore finds Azurite, which has the container."""
    program = shutil.which("azurite-blob", path=f"{MODULES}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        pytest.skip("NOT TESTED on Azure: Azurite is not there (npm install azurite)")
    port = free_port()
    words = [program, "--blobPort", str(port), "--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    words.append("--inMemoryPersistence")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}/{ACCOUNT}"
        make_container(url)
        yield {
            "AZURE_STORAGE_ENDPOINT": url,
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY,
        }
        process.kill()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
    return number


def make_container(url: str) -> None:
    """Signed as Azure asks for it; tried until Azurite is up."""
    now = f"{datetime.datetime.now(datetime.UTC):%a, %d %b %Y %H:%M:%S GMT}"
    headers = {"x-ms-date": now, "x-ms-version": "2021-08-06"}
    named = "\n".join(f"{name}:{value}" for name, value in headers.items())
    text = f"PUT{chr(10) * 12}{named}\n/{ACCOUNT}/{ACCOUNT}/{BUCKET}\nrestype:container"
    signed = hmac.new(base64.b64decode(ACCOUNT_KEY), text.encode(), hashlib.sha256).digest()
    headers["authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(signed).decode()}"
    for _ in range(300):
        with contextlib.suppress(httpx.TransportError):
            httpx.put(f"{url}/{BUCKET}?restype=container", headers=headers, timeout=30).raise_for_status()
            return
        time.sleep(0.2)
    raise AssertionError("Azurite does not answer")


@pytest.fixture
def bucket(s3_variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a fresh place in the bucket."""
    return fresh("s3", s3_variables, monkeypatch)


def fresh(scheme: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return f"{scheme}://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture(params=["directory", "s3"])
def usual_place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh place of the two sorts that whole runs are tried with, as `runStore` names it."""
    return placed(request, tmp_path)


@pytest.fixture(params=["directory", "s3", "gs", "az"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh place of each sort, as `runStore` names it."""
    return placed(request, tmp_path)


def placed(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "directory":
        return str(tmp_path / "store")
    variables = request.getfixturevalue(f"{request.param}_variables")
    return fresh(request.param, variables, request.getfixturevalue("monkeypatch"))


@pytest.fixture
def reopen(place: str) -> Callable[[], Blobs]:
    """Opens the place as another process would."""
    return lambda: ObjectStorage(place, os.environ) if "://" in place else Directory(Path(place))


@pytest.fixture
def blobs(reopen: Callable[[], Blobs]) -> Blobs:
    return reopen()
