"""What both places of a run store keep to, held against a folder and a real S3 API."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.core.errors import UsageError
from catalogsync.store.runs.blobs import Blobs, StoreUnusable, part
from catalogsync.store.runs.directory import Directory
from catalogsync.store.runs.object_storage import ObjectStorage

Reopen = Callable[[], Blobs]


def test_nothing_is_there_at_first(blobs: Blobs) -> None:
    assert blobs.get("a/b.json") is None
    assert blobs.names("a") == []
    assert blobs.log("a/b") == b""


def test_a_new_blob_is_written_once(blobs: Blobs, reopen: Reopen) -> None:
    tag = blobs.put("a/b.json", b"one")
    assert tag
    assert reopen().put("a/b.json", b"two") is None
    found = reopen().get("a/b.json")
    assert found is not None
    assert (found.data, found.tag) == (b"one", tag)


def test_a_blob_is_replaced_only_over_what_was_read(blobs: Blobs, reopen: Reopen) -> None:
    first = blobs.put("a.json", b"one")
    assert first
    second = reopen().put("a.json", b"two", over=first)
    assert second and second != first
    assert blobs.put("a.json", b"three", over=first) is None
    found = blobs.get("a.json")
    assert found is not None and found.data == b"two"


def test_what_is_not_there_is_not_replaced(blobs: Blobs) -> None:
    tag = blobs.put("a.json", b"one")
    assert tag
    assert blobs.put("b.json", b"two", over=tag) is None
    assert blobs.get("b.json") is None


def test_names_are_those_directly_in_the_folder(blobs: Blobs) -> None:
    for name in ("runs/b.json", "runs/a.json", "runs/deep/c.json", "other.json"):
        assert blobs.put(name, b"{}")
    blobs.append("runs/journal", b"line\n")
    assert blobs.names("runs") == ["a.json", "b.json"]


def test_a_log_comes_back_in_order(blobs: Blobs, reopen: Reopen) -> None:
    for number in range(12):
        blobs.append("journals/a", b"%d\n" % number)
    reopen().append("journals/a", b"after\n")
    assert reopen().log("journals/a") == b"".join(b"%d\n" % n for n in range(12)) + b"after\n"


def test_of_many_that_write_at_once_one_does(blobs: Blobs) -> None:
    with ThreadPoolExecutor(4) as pool:
        tag = ""
        for turn in range(10):
            tags = list(
                pool.map(lambda n, t=turn, o=tag: blobs.put("one", b"%d %d" % (t, n), over=o), range(4))
            )
            won = [one for one in tags if one]
            assert len(won) == 1
            tag = won[0]


def test_any_bytes_of_text_come_back(blobs: Blobs) -> None:
    text = "Zürich ☃ \n{}".encode()
    blobs.put("a", text)
    found = blobs.get("a")
    assert found is not None and found.data == text


def test_a_claim_in_a_folder_is_one_processes_own(tmp_path: Path) -> None:
    first = Directory(tmp_path).claim("locks/a.1")
    assert first is not None
    assert Directory(tmp_path).claim("locks/a.1") is None
    first.close()
    again = Directory(tmp_path).claim("locks/a.1")
    assert again is not None
    again.close()
    assert list((tmp_path / "locks").iterdir()) == []


def test_a_claim_in_object_storage_proves_nothing(bucket: str) -> None:
    store = ObjectStorage(bucket, os.environ)
    assert not store.tells_the_dead
    assert store.claim("a") is not None and store.claim("a") is not None


def test_the_folder_hides_itself_from_git(tmp_path: Path) -> None:
    Directory(tmp_path / "store").put("a", b"")
    assert (tmp_path / "store" / ".gitignore").read_text().endswith("\n*\n")


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Directory(tmp_path / "file" / "store")
    for act in (lambda: store.put("a", b""), lambda: store.append("a", b""), lambda: store.claim("a")):
        with pytest.raises(StoreUnusable, match="file") as told:
            act()
        assert told.value.code == "run-store-unusable"


def test_a_storage_that_does_not_answer_is_named_without_its_keys(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreUnusable) as told:
        ObjectStorage("s3://catalogsync-not-there/x", os.environ).put("a", b"")
    assert told.value.message.startswith("the run store s3://catalogsync-not-there/x cannot be used: ")
    assert "test" not in told.value.message


@pytest.mark.parametrize("url", ["ftp://host/x", "http://host/x", "s3://", "memory://x"])
def test_a_url_of_no_known_storage_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="run store"):
        ObjectStorage(url, {})


@given(st.lists(st.text(min_size=1, max_size=12), min_size=2, max_size=2, unique=True))
def test_each_text_is_a_name_of_its_own(texts: list[str]) -> None:
    one, other = (part(text) for text in texts)
    assert one != other
    assert "/" not in one and not one.startswith(".") and "\\" not in one
