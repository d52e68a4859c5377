"""Every way in which YAML says something else than it seems to: one clear diagnostic at the place, never a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.manifests import load

FEATURE = "kind: feature\nkey: a\nname: A\n"


def diagnose(tmp_path: Path, text: str | bytes) -> list[tuple[str, str, int, int]]:
    """Severity, code, line and column of all that is said about a file with this text."""
    file = tmp_path / "a.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return [(d.severity.value, d.code, d.where.line, d.where.column) for d in load([tmp_path]).diagnostics]


def named(value: str) -> str:
    return f"kind: feature\nkey: a\nname: {value}\n"


TRAPS = [
    *[(named(word), "yaml-boolean-word", 3, 7) for word in ("no", "No", "NO", "yes", "on", "off", "Off")],
    (named("010"), "yaml-leading-zero", 3, 7),
    (named("-007.5"), "yaml-leading-zero", 3, 7),
    (named("0x1f"), "yaml-radix", 3, 7),
    (named("0o17"), "yaml-radix", 3, 7),
    (named("0b11"), "yaml-radix", 3, 7),
    (named("1_000"), "yaml-underscore", 3, 7),
    (named("12:30"), "yaml-sexagesimal", 3, 7),
    (named("190:20:30.15"), "yaml-sexagesimal", 3, 7),
    (named("2024-01-01"), "yaml-date", 3, 7),
    (named("2024-01-01T00:00:00Z"), "yaml-date", 3, 7),
    (named("2024-1-1 12:30:00 +1"), "yaml-date", 3, 7),
    (named("1e3"), "yaml-exponent", 3, 7),
    (named("1.5E-3"), "yaml-exponent", 3, 7),
    (named(".5"), "yaml-bare-point", 3, 7),
    (named("5."), "yaml-bare-point", 3, 7),
    (named(".inf"), "yaml-infinity", 3, 7),
    (named("-.INF"), "yaml-infinity", 3, 7),
    (named(".NaN"), "yaml-infinity", 3, 7),
    (named("+5"), "yaml-plus-sign", 3, 7),
    (named("1" * 500), "yaml-long-number", 3, 7),
    (FEATURE + "metadata: {on: x}\n", "yaml-boolean-word", 4, 12),
    (FEATURE + "metadata: {010: x}\n", "yaml-leading-zero", 4, 12),
    (FEATURE + "metadata: {1: x}\n", "yaml-key-not-text", 4, 12),
    (FEATURE + "metadata: {true: x}\n", "yaml-key-not-text", 4, 12),
    (FEATURE + "metadata: {~: x}\n", "yaml-key-not-text", 4, 12),
    (FEATURE + "metadata: {? [a] : x}\n", "yaml-key-not-text", 4, 14),
    (FEATURE + "name: B\n", "yaml-duplicate-key", 4, 1),
    (FEATURE + "name: B\nkey: b\n", "yaml-duplicate-key", 4, 1),
    (FEATURE + 'metadata: {cents: "250",00}\n', "yaml-leading-zero", 4, 25),
    (FEATURE + 'metadata: {a: x, "a": y}\n', "yaml-duplicate-key", 4, 18),
    (FEATURE + "<<: {description: x}\n", "yaml-merge-key", 4, 1),
    (FEATURE + "metadata: {a: *x}\n", "yaml-alias", 4, 15),
    (named("&x A"), "yaml-anchor", 3, 7),
    (named("!!str A"), "yaml-tag", 3, 7),
    (named("!local A"), "yaml-tag", 3, 7),
    (named("!!python/object/apply:os.system [x]"), "yaml-tag", 3, 7),
    (FEATURE + "metadata:\n\ta: x\n", "yaml-tab", 5, 1),
    (named("A\x07"), "yaml-control-character", 3, 8),
    (named("A\x00"), "yaml-nul", 3, 8),
    (named('"A\\0"'), "yaml-nul", 3, 7),
    (named('"A\\x00"'), "yaml-nul", 3, 7),
    (FEATURE + 'metadata: {"a\\0": x}\n', "yaml-nul", 4, 12),
    (named("A\x85B"), "yaml-line-separator", 3, 8),
    (named("A\u2028B"), "yaml-line-separator", 3, 8),
    (FEATURE + "---\n\ufeff" + FEATURE, "yaml-bom", 5, 1),
    (FEATURE.encode("utf-16"), "yaml-encoding", 1, 1),
    (FEATURE.encode("utf-16-be"), "yaml-nul", 1, 1),
    (FEATURE.encode() + b"description: caf\xe9\n", "yaml-encoding", 4, 17),
    (FEATURE + "x: " + "[" * 10_000, "yaml-too-deep", 4, 1003),
    (FEATURE + "x:\n" + "".join(f"{' ' * i}a:\n" for i in range(1, 2_000)), "yaml-too-deep", 104, 101),
    (FEATURE + "x: " + "- " * 10_000, "yaml-syntax", 4, 4),
    (named("a: b"), "yaml-syntax", 3, 8),
    (named('"A'), "yaml-syntax", 3, 7),
    (FEATURE + "loose\n", "yaml-syntax", 4, 1),
    (FEATURE + " indented: x\n", "yaml-syntax", 4, 2),
    (FEATURE + "metadata: {a: b\n", "yaml-syntax", 4, 11),
    (FEATURE + "metadata: @a\n", "yaml-syntax", 4, 11),
    (FEATURE + 'description: "\\q"\n', "yaml-syntax", 4, 15),
    (FEATURE + "%YAML 1.2\n", "yaml-syntax", 5, 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line", "column"), TRAPS, ids=lambda value: repr(value)[:40])
def test_each_trap_is_one_error_at_its_place(
    tmp_path: Path, text: str | bytes, code: str, line: int, column: int
) -> None:
    assert diagnose(tmp_path, text) == [("error", code, line, column)]


HARMLESS = [
    (named("north"), "north"), (named("Norway"), "Norway"), (named("1.2.3"), "1.2.3"), (named("10%"), "10%"),
    (named("v1e3"), "v1e3"), (named('"no"'), "no"), (named("'010'"), "010"), (named("y"), "y"), (named("n"), "n"),
    (named("a*b & c!"), "a*b & c!"), (named("12:61"), "12:61"), (named("2024-01"), "2024-01"), (named("-"), None),
    (named("Grün"), "Grün"), (named("'{{ x }}'"), "{{ x }}"), (named("0x"), "0x"), (named("1,5"), "1,5"), (named("e3"), "e3"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), HARMLESS)
def test_what_every_reader_takes_for_text_is_text(tmp_path: Path, text: str, name: str | None) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    loaded = load([tmp_path])
    if name is not None:
        assert [resource.body["name"] for resource in loaded.catalog] == [name]
        assert loaded.diagnostics == ()


def test_a_byte_order_mark_at_the_start_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    assert diagnose(tmp_path, ("\ufeff" + FEATURE.replace("\n", "\r\n")).encode()) == []


def test_the_other_place_of_a_duplicate_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FEATURE + "name: B\n", encoding="utf-8")
    (found,) = load([tmp_path]).diagnostics
    assert [(related.where.line, related.where.column) for related in found.related] == [(3, 1)]


def test_several_documents_in_a_file_are_several_objects(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        f"---\n{FEATURE}---\nkind: meter\nslug: a\naggregation: COUNT\neventType: x\n...\n", encoding="utf-8"
    )
    loaded = load([tmp_path])
    assert [str(resource.ref) for resource in loaded.catalog] == ["meter/a", "feature/a"]
    assert loaded.diagnostics == ()


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "---\n---\n", "...\n"])
def test_files_and_documents_without_content_are_warned_of(tmp_path: Path, text: str) -> None:
    found = diagnose(tmp_path, text)
    assert found
    assert {(severity, code) for severity, code, _, _ in found} <= {
        ("warning", "yaml-empty"),
        ("error", "yaml-syntax"),
    }


@pytest.mark.parametrize(
    ("value", "warned"),
    [
        ("Pro #1", True),
        ("Pro   #1\nmetadata: {}", True),
        ("'Pro #1'", False),
        ("Pro # 1", False),
        ("'Pro' #1", False),
    ],
)
def test_a_comment_that_may_have_swallowed_the_end_of_a_value_is_warned_of(
    tmp_path: Path, value: str, warned: bool
) -> None:
    found = [
        (severity, code)
        for severity, code, _, _ in diagnose(tmp_path, named(value) + "description: |\n  a #b\n")
    ]
    assert [("warning", "yaml-comment-in-value")] * warned == [one for one in found if "comment" in one[1]]


def test_an_alias_bomb_is_refused_at_its_first_anchor_without_being_built(tmp_path: Path) -> None:
    lines = ["kind: feature", "key: a", "name: A", "a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    found = diagnose(tmp_path, "\n".join(lines))
    assert found[0] == ("error", "yaml-anchor", 4, 5)
    assert len(found) <= 100


def test_a_broken_document_leaves_the_others_of_the_catalog_whole(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        FEATURE + "---\nkind: feature\nkey: b\nname: no\n---\nkind: feature\nkey: c\nname: C\n",
        encoding="utf-8",
    )
    loaded = load([tmp_path])
    assert [resource.ref.key for resource in loaded.catalog] == ["a", "c"]
    assert [ref.key for ref in loaded.gaps.refs] == ["b"]
    assert not loaded.gaps.files


def test_no_secret_shows_in_a_message_or_in_the_line_of_a_diagnostic(tmp_path: Path) -> None:
    secret = "whsec_" + "c2VjcmV0" * 6
    channel = "kind: notification_channel\nkey: a\ntype: WEBHOOK\nname: A\nurl: https://example.com\n"
    texts = [
        f"{channel}signingSecret: {secret}!\n", f"{channel}signingSecret: &x {secret}\n", f"{channel}signingSecret: [{secret}]\n",
        f"{channel}customHeaders: {{Authorization: !x Bearer {secret}}}\n", f"{channel}customHeaders:\n  X-Password: &x {secret}\n",
        f"{channel}signingSecret: {secret}: x\n", f"{channel}signingSecret: 0x5ec12e7\n", f"{channel}customHeaders: {{X-Pin: 5123412}}\n",
    ]  # fmt: skip
    for text in texts:
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
        found = load([tmp_path]).diagnostics
        assert found, text
        for hidden in ("c2VjcmV0", "5ec12e7", "5123412"):
            assert hidden not in repr(found), text
