"""The documentation says what is there."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import yaml

from bot.commands.settings_page import page
from bot.settings import Settings

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
