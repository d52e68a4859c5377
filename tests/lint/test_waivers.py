"""Waivers: comments that put up with a finding for a while and for a reason."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalogsync.app import check
from catalogsync.checks.lint import LintSettings
from catalogsync.core.diagnostics import Diagnostic

DAY = datetime.date(2026, 11, 25)
METER = "kind: meter\nslug: calls\neventType: call\naggregation: COUNT\n"
OTHER = METER.replace("calls", "other")


def waiver(
    code: str = "meter-unused",
    until: str = "2026-12-31",
    reason: str = "the feature comes with the next release",
) -> str:
    return f"# catalogsync: waive {code} until {until} because {reason}"


def told(folder: Path, text: str, overlay: str = "") -> list[Diagnostic]:
    (folder / "catalog").mkdir()
    (folder / "catalog" / "meters.yaml").write_text(text, "utf-8")
    overlays = []
    if overlay:
        (folder / "production.yaml").write_text(overlay, "utf-8")
        overlays = [folder / "production.yaml"]
    return list(
        check.check([folder / "catalog"], overlays=overlays, settings=LintSettings(today=DAY)).diagnostics
    )


PLACES = {
    "above the document": waiver() + "\n" + METER,
    "inside, on a line of its own": METER.replace("eventType", waiver() + "\neventType"),
    "at the end of a line": METER.replace("slug: calls", "slug: calls " + waiver()),
    "at the end of the document": METER + waiver() + "\n",
    "with Windows line ends": (waiver() + "\n" + METER).replace("\n", "\r\n"),
    "on its last day": waiver(until="2026-11-25") + "\n" + METER,
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_a_waiver_covers_its_object(text: str, tmp_path: Path) -> None:
    assert told(tmp_path, text) == []


@pytest.mark.parametrize(
    "text",
    [
        METER + "---\n" + waiver() + "\n" + OTHER,
        waiver() + "\n---\n" + OTHER + "---\n" + METER,
        METER + "---\n" + OTHER + waiver() + "\n",
    ],
    ids=["after the line between two", "before the first line between", "at the end"],
)
def test_a_waiver_covers_no_other_object(text: str, tmp_path: Path) -> None:
    assert [one.subject for one in told(tmp_path, text)] == ["meter/calls"]


def test_a_waiver_in_an_overlay(tmp_path: Path) -> None:
    assert (
        told(
            tmp_path,
            METER,
            "kind: meter\nslug: calls\nname: Calls # catalogsync: waive meter-unused until 2027-01-01 because planned\n",
        )
        == []
    )


def test_an_expired_waiver_is_an_error_and_says_what_it_covered(tmp_path: Path) -> None:
    (one,) = told(tmp_path, waiver(until="2026-11-24") + "\n" + METER)
    assert one.code == "waiver-expired" and one.is_error
    assert "no feature of this catalog uses meter `calls`" in one.summary
    assert one.where is not None and (one.where.line, one.where.column) == (1, 1)


def test_a_waiver_of_nothing_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, waiver("price-tier-cliff") + "\n" + METER)
    assert [one.code for one in found] == ["waiver-unused", "meter-unused"]


def test_a_waiver_in_a_file_that_stops_to_be_yaml_is_not_read(tmp_path: Path) -> None:
    found = told(tmp_path, waiver() + "\n" + METER + "---\n" + OTHER + "  name: Other\n")
    assert [one.code for one in found if one.is_error] == ["yaml-syntax"]


@pytest.mark.parametrize(
    ("comment", "hint"),
    [
        (waiver("meter-unsued"), "did you mean meter-unused?"),
        (waiver("plan_phase_duplicated_key"), "what the server refuses cannot"),
        (waiver(until="2026-13-01"), "# catalogsync: waive CODE"),
        (waiver(reason=""), "# catalogsync: waive CODE"),
        ("# catalogsync: ignore meter-unused", "# catalogsync: waive CODE"),
    ],
)
def test_what_is_no_waiver_is_an_error(comment: str, hint: str, tmp_path: Path) -> None:
    found = told(tmp_path, comment + "\n" + METER)
    assert [one.code for one in found] == ["waiver-malformed", "meter-unused"]
    assert found[0].is_error and hint in found[0].hint


def test_a_text_that_looks_like_a_waiver_is_none(tmp_path: Path) -> None:
    found = told(tmp_path, METER + f"description: |\n  {waiver()}\n")
    assert [one.code for one in found] == ["meter-unused"]
