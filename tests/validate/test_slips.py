"""Slips of the pen: what is said speaks of the slip, at its place, and the text is right when the help is followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Diagnostic

HEAD = "kind: addon\nkey: support\nname: Support\ncurrency: USD\ninstanceType: single\n"
CARDS = "rateCards:\n  - type: flat_fee\n    key: fee\n    name: Fee\n    billingCadence: P1M\n"
ADDON = HEAD + CARDS
FEATURE = "kind: feature\nkey: sso\nname: Single sign-on\n"


def errors(tmp_path: Path, text: str) -> list[Diagnostic]:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    return [one for one in check([tmp_path]).diagnostics if one.is_error]


def name(value: str) -> str:
    return ADDON.replace("name: Fee", f"name: {value}") + "    price: {type: flat, amount: 9}\n"


def price(text: str) -> str:
    return ADDON + f"    price: {text}\n"


NBSP, ZERO, WIDE = "\u00a0", "\u200b", "\uff1a"
SLIPS = [
    # characters that look like others
    (price("{type: flat, amount: 9}").replace("price: ", f"price:{NBSP}"), "yaml-syntax", (11, 11), "U+00A0 (no-break space)", "a plain space"),
    (ADDON.replace("    key: fee", f"   {NBSP}key: fee") + "    price: {type: flat, amount: 9}\n", "yaml-syntax", (8, 4), "U+00A0", "a plain space"),
    (price("{type: flat, amount: 9}").replace("flat,", "flat\uff0c"), "yaml-syntax", (11, 23), "U+FF0C", "a plain `,`"),
    (FEATURE.replace("name: ", f"name{WIDE}"), "yaml-syntax", (3, 5), "U+FF1A", "a plain `:` in its place, and a space"),
    (name("“Fee: monthly”"), "yaml-syntax", (9, 11), "U+201C", 'a plain `"`'),
    # comments of other languages
    (price("{type: flat, amount: 9} // agreed"), "yaml-syntax", (11, 36), "`//` does not begin a comment", "write `# agreed`"),
    (price("{type: flat, amount: 9} -- agreed"), "yaml-syntax", (11, 36), "`--` does not begin a comment", "write `# agreed`"),
    (FEATURE + "/* the fee */\n", "yaml-syntax", (4, 1), "`/*` does not begin a comment", "write `# the fee`"),
    ("// features\n" + FEATURE, "yaml-syntax", (1, 1), "`//` does not begin a comment", "write `# features`"),
    # quotation marks within others
    (name("'It's bought often'"), "yaml-syntax", (9, 14), "this apostrophe ends the text", "`\"It's bought often\"`"),
    (name("'The users' seats'"), "yaml-syntax", (9, 21), "this apostrophe ends the text", "`\"The users' seats\"`"),
    (price("{type: flat, amount: 9}") + "    metadata: {note: 'It's', b: c}\n", "yaml-syntax", (12, 25), "this apostrophe", "twice (`''`)"),
    (name('"The "big" pack"'), "yaml-syntax", (9, 16), "this quotation mark ends", "`'The \"big\" pack'`"),
    # texts that need quotes
    (name("Onboarding: once"), "yaml-syntax", (9, 21), "with `: ` in it needs quotes", '`"Onboarding: once"`'),
    (name("*new* Pack"), "yaml-syntax", (9, 11), "begins with `*` needs quotes", '`"*new* Pack"`'),
    (name("[beta] Pack"), "yaml-syntax", (9, 11), "begins with `[` needs quotes", '`"[beta] Pack"`'),
    (name("@home"), "yaml-syntax", (9, 11), "begins with `@` needs quotes", '`"@home"`'),
    (name("20 %, or: nothing"), "yaml-syntax", (9, 19), "with `: ` in it needs quotes", '`"20 %, or: nothing"`'),
    (price("{type: flat, amount: 9}") + "    metadata: {note: see: above}\n", "yaml-syntax", (12, 25), "with `: ` in it", '`"see: above"`'),
    (name("*new"), "yaml-alias", (9, 11), "`*new`", 'write "*new"'),
    (name("&co"), "yaml-anchor", (9, 11), "`&co`", "in quotes"),
    # what stands between names, values and members
    (FEATURE.replace("name: ", "name:"), "yaml-syntax", (3, 5), "no space between `name:` and its value", "`name: …`"),
    ("kind:feature\nkey: a\nname: A\n", "yaml-syntax", (1, 5), "no space between `kind:`", "`kind: …`"),
    (FEATURE.replace("name: ", "name = "), "yaml-syntax", (3, 6), "`=` does not give `name` a value", "`name: …`"),
    (price("{type: flat; amount: 9}"), "yaml-syntax", (11, 23), "`;` does not part two members", "write a comma"),
    (price("{type: flat\n      amount: 9}"), "yaml-syntax", (11, 22), "no comma parts this member", "write a comma"),
    (price("{type: flat, amount: 9} agreed"), "yaml-syntax", (11, 36), "text follows the `}`", "comment with ` #`"),
    (FEATURE + "----\n" + FEATURE.replace("sso", "audit"), "yaml-syntax", (4, 1), "`----` does not part", "write `---`"),
    ('{"kind": "feature",\n "key": "sso",,\n "name": "A"}\n', "yaml-syntax", (2, 15), "two commas", "remove one of them"),
    (FEATURE + "metadata:\n  note: a text\nof two lines\n", "yaml-syntax", (6, 1), "not part of the text above it", "indent it to column 5"),
    (FEATURE + "metadata:\n  note: |\n  of two lines\n", "yaml-syntax", (6, 3), "not part of the text above it", "indent it to column 5"),
    (f"- {FEATURE}".replace("\nk", "\n  k").replace("\nn", "\n  n"), "manifest-not-object", (1, 1), "not a list", "a line `---` between"),
    (FEATURE + "metadata:\n  a: 'one\n  b: two\n  c: 'three'\n", "yaml-syntax", (5, 6), "has no other", "`'` at the end of the text, or remove"),
    (price("{type: flat, amount: 9}'"), "yaml-syntax", (11, 35), "has no other", "remove it"),
    (FEATURE.replace("sso", '"sso'), "yaml-syntax", (2, 6), "has no other", '`"` at the end of the text'),
    (price("{type: flat, amount: 9}").replace("  - type", f"  {NBSP}- type"), "yaml-syntax", (7, 3), "U+00A0", "delete it"),
    (price("{type: flat amount: 9}"), "yaml-syntax", (11, 24), "nothing parts them", "write a comma before `amount`, or put the whole"),
    (FEATURE.replace("\nname", " name"), "yaml-syntax", (2, 10), "nothing parts them", "write `name` on a line of its own, or put"),
    (ADDON.replace("rateCards:\n  - type", "rateCards: - type"), "yaml-syntax", (6, 12), "not YAML", "start the list on the line after the name"),
    (FEATURE + "-- -\n" + FEATURE.replace("sso", "b"), "yaml-syntax", (4, 1), "does not part two objects", "write `---`"),
    # what belongs to other tools
    (
        ADDON + "<<<<<<< HEAD\n    price: {type: flat, amount: 9}\n=======\n    price: {type: flat, amount: 8}\n>>>>>>> raise\n",
        "yaml-conflict", (11, 1), "a merge that is not finished", "`<<<<<<<`, `=======` and `>>>>>>>`",
    ),
    ("<<<<<<< HEAD\n" + FEATURE + "=======\n" + FEATURE + ">>>>>>> x\n", "yaml-conflict", (1, 1), "a merge", "keep the lines of one side"),
    (price("{type: flat, amount: {{ .Values.fee }}}"), "yaml-template", (11, 33), "`{{` belongs to a template", "write the value itself"),
    (name("{{ .Values.name }} pack"), "yaml-template", (9, 11), "`{{` belongs to a template", "write the value itself"),
    ("{{- if .Values.sso }}\n" + FEATURE + "{{- end }}\n", "yaml-template", (1, 1), "`{{` belongs to a template", "remove it"),
    ("{% if sso %}\n" + FEATURE + "{% endif %}\n", "yaml-template", (1, 1), "`{%` belongs to a template", "remove it"),
    (price("{type: flat, amount: ${FEE}}"), "yaml-template", (11, 33), "`${` belongs to a template", "write the value itself"),
    (price('{type: flat, amount: "{{ fee }}"}'), "manifest-wrong-form", (11, 33), "is not a decimal number", "write the value itself"),
    ("```yaml\n" + FEATURE + "```\n", "yaml-syntax", (1, 1), "a mark of Markdown", "remove it"),
    (FEATURE + "```\n", "yaml-syntax", (4, 1), "a mark of Markdown", "remove it"),
    # a second object
    (FEATURE + FEATURE.replace("sso", "audit"), "yaml-duplicate-key", (4, 1), "a second object begins here", "write a line `---` above line 4"),
    (
        FEATURE + "kind: meter\nslug: a\nname: A\neventType: a\naggregation: COUNT\n",
        "yaml-duplicate-key", (4, 1), "a second object begins here", "above line 4",
    ),
    ("key: a\nkind: feature\nname: A\nkey: b\nkind: feature\nname: B\n", "yaml-duplicate-key", (4, 1), "a second object", "above line 4"),
    (FEATURE + "key: b\nname: B\n", "yaml-duplicate-key", (4, 1), "`key` is written twice", "write a line `---` and its `kind` above line 4"),
    (FEATURE + "name: B\n", "yaml-duplicate-key", (4, 1), "`name` is written twice", "keep one of them"),
    (FEATURE + "kind: feature\n", "yaml-duplicate-key", (4, 1), "`kind` is written twice", "keep one of them"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "place", "summary", "hint"), SLIPS, ids=lambda value: repr(value)[-40:]
)
def test_a_slip_is_named_where_it_is(
    text: str, code: str, place: tuple[int, int], summary: str, hint: str, tmp_path: Path
) -> None:
    (one,) = errors(tmp_path, text)
    assert (one.code, one.where and (one.where.line, one.where.column)) == (code, place), one
    assert summary in one.summary and hint in one.hint, one


UNSEEN = [
    (FEATURE.replace("name", "n\u0430me"), (3, 2), "U+0430 (cyrillic small letter a)", "a plain `a`"),
    (FEATURE.replace("feature", "f\u0435ature"), (1, 8), "U+0435", "a plain `e`"),
    (FEATURE.replace("key: sso", f"key: sso{ZERO}"), (2, 9), "U+200B (zero width space)", "delete it"),
    (ZERO + FEATURE, (1, 1), "U+200B", "delete it"),
    (FEATURE.replace("key: sso", f"{NBSP}key: sso").replace("name: Single sign-on", "name: A"), (2, 1), "U+00A0", "delete it"),
    (name("Fee").replace("USD", "“USD”"), (4, 11), "U+201C", 'a plain `"`'),
    (name("Fee").replace("P1M", f"P1M{NBSP}"), (10, 24), "U+00A0", "delete it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "character", "hint"), UNSEEN, ids=lambda value: repr(value)[-40:])
def test_a_character_that_makes_a_text_another_is_named(
    text: str, place: tuple[int, int], character: str, hint: str, tmp_path: Path
) -> None:
    said = [
        one
        for one in errors(tmp_path, text)
        if one.detail.startswith(character) and f"column {place[1]}" in one.detail
    ]
    assert [one.where and one.where.line for one in said] == [place[0]] and hint in said[0].hint


def test_each_of_many_objects_without_a_line_between_is_told(tmp_path: Path) -> None:
    found = errors(tmp_path, FEATURE + FEATURE.replace("sso", "b") + FEATURE.replace("sso", "c"))
    assert [one.where and one.where.line for one in found] == [4, 7]


@pytest.mark.parametrize(
    "text",
    ["A\u00a0B", "It’s “new”", "'It''s'", '"a \\"b\\" c"', "a//b", "C -- D", "a; b", '"{{ x }}"', "'a: b'", "50 % off", "a ${B} c"],
)  # fmt: skip
def test_what_is_meant_as_it_stands_is_left_alone(text: str, tmp_path: Path) -> None:
    assert errors(tmp_path, name(text)) == []


def test_a_secret_is_not_shown_by_a_help(tmp_path: Path) -> None:
    text = (
        "kind: notification_channel\nkey: a\ntype: WEBHOOK\nname: A\nurl: https://example.com\n"
        "signingSecret: 'whsec_it's_secret'\n"
    )
    found = errors(tmp_path, text)
    assert found
    for one in found:
        assert "whsec" not in f"{one.summary}{one.hint}{one.detail}{one.where and one.where.text}"
