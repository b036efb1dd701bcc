"""The documentation says what is there."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
import yaml

from bot.commands.settings_page import page
from bot.settings import Settings
from tests.pointers import leads_somewhere, pointers, pointers_in

ROOT = Path(__file__).parent.parent


def test_the_page_of_settings_is_that_of_the_code() -> None:
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == page()


def test_every_setting_has_a_description() -> None:
    text = page()
    for field in msgspec.structs.fields(Settings):
        line = next(line for line in text.splitlines() if f"`BAKEN_{field.name.upper()}`" in line)
        assert len(line.split("|")[3].strip()) > 10


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = 0
    for document in documents:
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                links += 1
                assert (document.parent / target).exists(), (document.name, target)
    assert links > 20


def test_every_path_in_a_comment_a_docstring_or_a_page_leads_somewhere() -> None:
    named = list(pointers())
    assert [str(one) for one in named if not leads_somewhere(one.path)] == []
    assert len(named) > 300


@pytest.mark.parametrize(
    ("name", "text", "path"),
    [
        ("a.py", "# see docs/nowhere.md", "docs/nowhere.md"),
        ("a.py", '"""The rules of nowhere.md."""', "nowhere.md"),
        ("a.md", "The folder `tests/nowhere` holds it.", "tests/nowhere"),
        ("a.md", "`uv run python -m bench.nowhere`", "bench/nowhere.py"),
        ("a.yaml", "key: 1  # facts/<language>/nowhere.po", "facts/<language>/nowhere.po"),
        ("a.js", "let a = 1; /* as\nnowhere.js does */", "nowhere.js"),
    ],
)
def test_a_path_that_leads_nowhere_is_found(name: str, text: str, path: str) -> None:
    found = list(pointers_in(Path(name), text))
    assert [one.path for one in found] == [path]
    assert not leads_somewhere(path)


@pytest.mark.parametrize(
    "text", ["see https://example.org/docs/nowhere.md", "3.1/2.5 hours", "e.g. this or that/those"]
)
def test_an_address_or_a_number_is_no_path(text: str) -> None:
    assert list(pointers_in(Path("a.md"), text)) == []


def test_rules_name_every_intent_and_every_action() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    rules = yaml.safe_load((ROOT / "data/rules.yml").read_text())["rules"]
    steps = [step for rule in rules for step in rule["steps"]]
    assert {step["intent"] for step in steps if "intent" in step} == set(domain["intents"])
    called_by_the_form = {"validate_case_form", "action_ask_result"}
    known = {*domain["actions"], *domain["forms"]} - called_by_the_form
    assert {step["action"] for step in steps if "action" in step} == known


def test_a_question_in_the_middle_of_a_case_gets_the_reply_that_the_rules_give_it() -> None:
    """actions/intent_handlers.py answers within a case what the rules answer outside of one: they stay the same."""
    from actions.intake.policy import FLOWS
    from actions.intent_handlers import ACTION_OF

    rules = yaml.safe_load((ROOT / "data/rules.yml").read_text())["rules"]
    for rule in rules:
        intent = next((step["intent"] for step in rule["steps"] if "intent" in step), None)
        action = next(step["action"] for step in rule["steps"] if "action" in step)
        if intent and intent not in FLOWS and intent != "make_letter":
            assert ACTION_OF.get(intent, "action_answer") == action, intent


def test_every_topic_is_an_intent() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())
    topics = yaml.safe_load((ROOT / "facts/topics.yaml").read_text())["topics"]
    assert set(topics) <= set(domain["intents"])
