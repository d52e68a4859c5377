"""What lies in a catalog's folder: read once and in a fixed order, or refused with a reason; never a hang."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalogsync.manifests import load
from catalogsync.store import output

FEATURE = "kind: feature\nkey: {key}\nname: A\n"


def write(folder: Path, name: str, key: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(FEATURE.format(key=key), encoding="utf-8")
    return file


def codes(*paths: Path) -> list[tuple[str, str]]:
    return [(d.code, Path(d.where.file).name) for d in load(paths).diagnostics]


def test_any_depth_any_suffix_hidden_files_and_the_configuration_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "a")
    write(tmp_path, "deep/er/b.yml", "b")
    json_file = write(tmp_path, "c.json", "c")
    write(tmp_path, ".hidden/d.yaml", "d")
    write(tmp_path, ".e.yaml", "e")
    (tmp_path / "catalogsync.yaml").write_text("default: local\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no: [manifest", encoding="utf-8")
    assert [resource.ref.key for resource in load([tmp_path]).catalog] == ["a", "b"]
    loaded = load([tmp_path, json_file])
    assert [resource.ref.key for resource in loaded.catalog] == ["a", "b", "c"]
    assert loaded.diagnostics == ()
    assert [Path(name).name for name in loaded.files] == ["a.yaml", "c.json", "b.yml"]


def test_the_order_and_repetition_of_paths_change_nothing(tmp_path: Path) -> None:
    first, second = write(tmp_path, "b/one.yaml", "one"), write(tmp_path, "a/two.yaml", "two")
    write(tmp_path, "a/broken.yaml", "No")
    one = load([tmp_path])
    other = load([second, tmp_path / "b", first, tmp_path / "a", tmp_path])
    assert (one.catalog, one.diagnostics, one.files) == (other.catalog, other.diagnostics, other.files)


def test_a_missing_path_an_empty_folder_and_no_manifest_are_told(tmp_path: Path) -> None:
    assert codes(tmp_path / "none") == [("file-not-found", "none")]
    assert codes(tmp_path) == [("catalog-empty", tmp_path.name)]
    assert codes(Path("with\0nul")) == [("file-unreadable", "with\0nul")]


def test_pipes_and_folders_named_like_manifests_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    write(tmp_path / "folder.yaml", "a.yaml", "a")
    assert codes(tmp_path) == [("file-not-regular", "pipe.yaml")]
    assert codes(tmp_path / "pipe.yaml") == [("file-not-regular", "pipe.yaml")]
    assert codes(Path("/dev/null")) == [("file-not-regular", "null")]


def test_links_inside_are_read_once_and_loops_end(tmp_path: Path) -> None:
    write(tmp_path, "a/one.yaml", "one")
    (tmp_path / "a" / "again.yaml").symlink_to("one.yaml")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "up").symlink_to("..", target_is_directory=True)
    loaded = load([tmp_path])
    assert ([r.ref.key for r in loaded.catalog], loaded.diagnostics) == (["one"], ())


def test_links_that_lead_outside_nowhere_or_to_themselves_are_refused(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside/a.yaml", "a")
    catalog = tmp_path / "catalog"
    write(catalog, "b.yaml", "b")
    (catalog / "escape.yaml").symlink_to(outside)
    (catalog / "folder").symlink_to(outside.parent, target_is_directory=True)
    (catalog / "gone.yaml").symlink_to("nothing.yaml")
    (catalog / "self.yaml").symlink_to("self.yaml")
    assert codes(catalog) == [
        ("file-outside-catalog", "escape.yaml"),
        ("file-outside-catalog", "folder"),
        ("file-not-found", "gone.yaml"),
        ("file-unreadable", "self.yaml"),
    ]
    assert load([catalog]).gaps.files


def test_a_mounted_folder_of_links_into_a_hidden_one_is_read(tmp_path: Path) -> None:
    write(tmp_path, "..2026/a.yaml", "a")
    (tmp_path / "..data").symlink_to("..2026", target_is_directory=True)
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    loaded = load([tmp_path])
    assert ([r.ref.key for r in loaded.catalog], loaded.diagnostics) == (["a"], ())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "a").chmod(0)
    assert codes(tmp_path) == [("file-unreadable", "a.yaml")]


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as stream:
        stream.write(b"kind: feature\nkey: a\nname: ")
        stream.truncate(100 * 1024 * 1024)
    assert codes(tmp_path) == [("file-too-large", "a.yaml")]


def test_a_name_that_is_no_utf8_can_be_printed(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.yaml"))
    file.write_text("kind: featur\n", encoding="utf-8")
    (found,) = load([tmp_path]).diagnostics
    assert found.where.file.encode().endswith("caf\ufffd.yaml".encode())


def test_writing_keeps_links_and_permissions_and_leaves_nothing_behind(tmp_path: Path) -> None:
    file = write(tmp_path, "a.yaml", "a")
    file.chmod(0o600)
    (tmp_path / "link.yaml").symlink_to("a.yaml")
    output.write(tmp_path / "link.yaml", "new\n")
    assert (file.read_text(encoding="utf-8"), file.stat().st_mode & 0o777) == ("new\n", 0o600)
    assert (tmp_path / "link.yaml").is_symlink()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.yaml", "link.yaml"]


def test_what_is_no_text_and_a_link_to_nothing_are_told_as_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "picture.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    (tmp_path / "link.yaml").symlink_to("nothing.yaml")
    link, picture = load([tmp_path]).diagnostics
    assert link.summary.endswith("link.yaml is a link to nothing.yaml, which does not exist")
    assert picture.code == "yaml-encoding" and picture.summary.endswith("picture.yaml is not a text file")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Zähler\n".encode("latin-1"))
    assert load([latin]).diagnostics[0].summary == "the byte 0xe4 is not UTF-8"
