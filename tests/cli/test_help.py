"""`catalogsync help` says what the documents say, and the page of variables names those that are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogsync.app import topics
from catalogsync.app.topics import TOPICS, Topic
from catalogsync.cli import VERBS, run

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_READ = re.compile(r"environ(?:\.get\(|\[)\s*\"([A-Z][A-Z_]+)\"")


def plain(markdown: str) -> str:
    """A text without its links and anchors."""
    return re.sub(
        r"\[([^\]]+)\]\((?!http)[^)]+\)", r"\1", re.sub(r"(<a id=.*></a>|<!--.*-->)\n", "", markdown)
    )


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_is_a_part_of_a_page(name: str) -> None:
    topic, said = TOPICS[name], topics.text(TOPICS[name])
    page = plain((DOCS / topic.page).read_text("utf-8"))
    assert said.strip() in page
    if topic.heading:
        assert re.match(rf"##? {re.escape(topic.heading)}\n", said)
        assert re.match(r"\s*(##? |\Z)", page[page.index(said.strip()) + len(said.strip()) :])
    else:
        assert said.strip() == page.strip()


@pytest.mark.parametrize("name", TOPICS)
def test_each_word_of_a_topic_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", name]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown and max(map(len, shown.splitlines())) <= 100
    words = set(re.findall(r"[A-Za-z][a-z]{2,12}\b", topics.text(TOPICS[name])))
    assert len(words) > 20
    lost = {word for word in words - {"console", "yaml", "json", "toml"} if word not in shown}
    assert not lost


def test_a_heading_within_code_ends_no_section() -> None:
    assert "```" in topics.text(TOPICS["environments"]) and "fuses" in topics.text(TOPICS["environments"])


def test_the_list_names_every_topic(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help"]) == 0
    shown = capsys.readouterr().out
    for name, topic in TOPICS.items():
        assert re.search(rf"(?m)^  {re.escape(name)} +{re.escape(topic.title)}$", shown)


@pytest.mark.parametrize("verb", ["quote", "try", "schema"])
def test_the_help_of_a_verb_is_the_one_that_it_gives_itself(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["help", verb]) == 0
    shown = capsys.readouterr().out
    assert run([verb, "--help"]) == 0
    assert shown == capsys.readouterr().out


def test_no_topic_hides_a_verb() -> None:
    assert not TOPICS.keys() & VERBS.keys()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("exit-code", "did you mean `exit-codes`?"),
        ("qoute", "did you mean `quote`?"),
        ("zzz", "catalogsync help"),
    ],
)
def test_what_is_no_topic_leads_to_one(asked: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", asked]) == 64
    assert said in capsys.readouterr().err


def test_colour_is_given_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["help", "overlays"]) == 0
    assert "\x1b[" in capsys.readouterr().out
    assert run(["help", "overlays", "--no-color"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_an_installation_without_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(TOPICS, "json", Topic("Gone.", "tasks/gone.md"))  # type: ignore[arg-type]
    assert run(["help", "json"]) == 1
    assert "error[installation-incomplete]" in capsys.readouterr().err


def test_every_variable_that_is_read_is_on_the_page() -> None:
    read = {
        name
        for path in (ROOT / "catalogsync").rglob("*.py")
        if "sandbox" not in path.relative_to(ROOT / "catalogsync").parts
        for name in _READ.findall(path.read_text("utf-8"))
    }
    assert {"OPENMETER_URL", "OPENMETER_API_KEY", "NO_COLOR", "TERM", "GITHUB_ACTIONS"} <= read
    said = topics.text(TOPICS["variables"])
    assert [name for name in read if name not in said and not name.startswith("AWS_")] == []
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY"):
        assert f"`{name}`" in said
