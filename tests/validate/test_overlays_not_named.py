"""Overlays that no environment names are told, with what to write; what is no overlay is left alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catalogsync.app import check, environments
from catalogsync.app.runtime import Runtime
from catalogsync.core.diagnostics import Diagnostic

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
OVERLAY = "kind: plan\nkey: pro\nname: Pro (live)\n"
PLAIN = "environments:\n  staging: {url: 'sandbox:'}\n  production: {url: 'sandbox:'}\n"
ONE = PLAIN.replace("  production: {", "  production: {overlays: [overlays/production], ")


def found(tmp_path: Path, files: dict[str, str], env: str | None = None) -> list[Diagnostic]:
    shutil.copytree(EXAMPLE, tmp_path / "catalog", dirs_exist_ok=True)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    chosen = environments.choose_catalog([tmp_path / "catalog"], env)
    return list(check.check_views(chosen, Runtime()).diagnostics)


TOLD = {
    "a folder beside the catalog": (
        {"catalogsync.yaml": PLAIN, "overlays/production/pro.yaml": OVERLAY},
        "write `overlays: [overlays/production]` in environment `production`",
    ),
    "a file": (
        {"catalogsync.yaml": PLAIN, "overlays/prod.yaml": OVERLAY},
        "write `overlays: [overlays/prod.yaml]` in environment `production`",
    ),
    "beside one that is named": (
        {"catalogsync.yaml": ONE, "overlays/production/a.yaml": OVERLAY, "overlays/staging/a.yaml": OVERLAY},
        "write `overlays: [overlays/staging]` in environment `staging`",
    ),
    "for an environment that has others": (
        {"catalogsync.yaml": ONE, "overlays/production/a.yaml": OVERLAY, "overlays/production_eu/a.yaml": OVERLAY},
        "add `overlays/production_eu` to the `overlays` of environment `production`",
    ),
    "for nobody knows which": (
        {"catalogsync.yaml": PLAIN, "overlays/x9/a.yaml": OVERLAY},
        "add `overlays/x9` to the `overlays` of the environment that they are for",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_it_is_said_where_to_name_it(case: str, tmp_path: Path) -> None:
    files, hint = TOLD[case]
    (one,) = found(tmp_path, files)
    assert (one.code, one.is_error) == ("overlay-not-named", False) and one.hint.startswith(hint), one
    assert found(tmp_path, files, "staging")[0].code == "overlay-not-named"


QUIET = {
    "an overlay that is named": {"catalogsync.yaml": ONE, "overlays/production/pro.yaml": OVERLAY},
    "a folder above is named": {
        "catalogsync.yaml": ONE.replace("overlays/production", "overlays"),
        "overlays/production/pro.yaml": OVERLAY,
    },
    "whole objects to copy from": {
        "catalogsync.yaml": PLAIN,
        "overlays/base/a.yaml": "{kind: feature, key: sso, name: Base}\n",
    },
    "a catalog of its own": {
        "catalogsync.yaml": PLAIN,
        "environments/team/a.yaml": "{kind: feature, key: x, name: X}\n",
    },
    "parts of objects of another catalog": {
        "catalogsync.yaml": PLAIN,
        "overlays/other/a.yaml": OVERLAY.replace("pro", "other"),
    },
    "no configuration": {"overlays/production/pro.yaml": OVERLAY},
}


@pytest.mark.parametrize("case", QUIET)
def test_what_is_meant_as_it_stands_is_left_alone(case: str, tmp_path: Path) -> None:
    assert found(tmp_path, QUIET[case]) == []


def test_a_path_that_is_misspelt_is_the_one_cause(tmp_path: Path) -> None:
    files = {
        "catalogsync.yaml": ONE.replace("overlays/production", "overlay/production"),
        "overlays/production/pro.yaml": OVERLAY,
    }
    (one,) = found(tmp_path, files)
    assert one.code == "file-not-found" and one.hint.endswith("overlays/production?"), one


def test_an_overlay_among_the_manifests_is_one_mistake(tmp_path: Path) -> None:
    (one,) = found(tmp_path, {"catalogsync.yaml": PLAIN, "catalog/overlays/production/pro.yaml": OVERLAY})
    assert one.code == "manifest-duplicate" and one.where is not None
    assert one.where.file.endswith("overlays/production/pro.yaml") and one.where.line == 2
    assert "overlays: [" in one.hint and "catalog/overlays/production]" in one.hint
