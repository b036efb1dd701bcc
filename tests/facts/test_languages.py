"""A thirteenth language is one command and data; and no text escapes translation."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from actions.answers import Answers
from actions.responses import ActionResult
from actions.smalltalk import GROUPS, Dialogue
from actions.turn_context import Memory, TurnContext
from facts.base import FOLDER, FactBase
from facts.catalogue import Catalogues, Entry
from facts.languages import NAMES

TODAY = date(2026, 11, 23)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "facts", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.slow
def test_a_thirteenth_language_is_one_command_and_data(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "facts")
    before = run(tmp_path, "check", "--on", TODAY.isoformat()).stderr.count("\n")
    made = run(tmp_path, "add-language", "lt", "--name", "Lietuvių")
    assert made.returncode == 0, made.stderr
    missing = run(tmp_path, "check", "--on", TODAY.isoformat())
    assert missing.returncode == 1
    assert "locales/lt/facts.po" in missing.stderr and "hours: no word in lt" in missing.stderr

    wanted = yaml.safe_load(run(tmp_path, "export", "lt").stdout)
    data = {key: text if key.startswith(("button.", "topic.")) else f"Žodžiai: {text}" for key, text in wanted.items()}
    (tmp_path / "lt.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    assert run(tmp_path, "import", "lt", "lt.yaml").returncode == 0
    units = yaml.safe_load((tmp_path / "facts/units.yaml").read_text(encoding="utf-8"))
    for words in units.values():
        words["lt"] = {"other": "# vnt."}
    (tmp_path / "facts/units.yaml").write_text(yaml.safe_dump(units, allow_unicode=True), encoding="utf-8")

    after = run(tmp_path, "check", "--on", TODAY.isoformat())
    assert [line for line in after.stderr.splitlines() if "/lt/" in line or " lt" in line] == []
    assert after.stderr.count("\n") == before
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            "from facts.base import FactBase; from facts.wording import Wording; from datetime import date; "
            "w = Wording(FactBase()); print(w.tell(w.base.facts['wml-amount'], 'lt', date(2026, 11, 23)).text)",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert shown.startswith("Žodžiai: ") and "14,99" in shown


def test_a_language_that_is_there_is_not_added_again(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "facts")
    again = run(tmp_path, "add-language", "pl", "--name", "Polski")
    assert again.returncode == 1 and "pl exists already" in again.stderr


class Pseudo(Catalogues):
    """A language in which every text stands between marks."""

    def __init__(self, base: FactBase) -> None:
        super().__init__(base.folder / "locales")
        self._entries = {text.key: Entry(text.text, f"⟦{text.text}⟧", False, "", 1) for text in base.source_texts()}

    def entries(self, language: str) -> dict[str, Entry]:
        return self._entries


@pytest.fixture(scope="module")
def pseudo() -> Dialogue:
    base = FactBase()
    base.catalogues = Pseudo(base)
    return Dialogue(Answers(base))


def outside(text: str) -> str:
    """What stands outside the marks, letters only; official titles, quotes and addresses are not translated."""
    text = re.sub(r"«.*?»|https?://[^\s⟧]+", " ", text, flags=re.DOTALL)
    while "⟦" in text:
        smaller = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        if smaller == text:
            break
        text = smaller
    return "".join(letter for letter in text if letter.isalpha())


def everything(pseudo: Dialogue) -> Iterator[tuple[str, ActionResult]]:
    answers = pseudo.answers

    def now(intent: str, **more: object) -> TurnContext:
        return TurnContext(intent=intent, language="pl", before="pl", on=TODAY, **more)  # type: ignore[arg-type]

    for topic in answers.base.files:
        yield topic, answers.answer(topic, now(topic, hint=True, choices=("dismissal",)))
        yield topic, answers.safety(topic, now(topic))
        for page in range(10):
            yield topic, answers.more(topic, page, now("show_more"))
        yield topic, answers.answer(topic, TurnContext(intent=topic, language="pl", on=date(2028, 6, 1)))
    for intent in ("greet", "goodbye", "thanks", "affirm", "deny", "menu", "cancel", "bot_challenge", "privacy"):
        yield intent, pseudo.talk(now(intent))
    for group in GROUPS:
        yield group, pseudo.group(now("show_group", values={"group": group}))
    for intent in ("delete_my_data", "confirm_delete", "keep_data"):
        yield intent, pseudo.delete(now(intent))
    yield "human", pseudo.human(now("talk_to_human"))
    yield "out", pseudo.talk(now("out_of_scope"))
    for times in range(3):
        yield "back", pseudo.ask_back(now("ask_back", memory=Memory(not_understood=times), hint=True))
        yield "back", pseudo.ask_back(now("ask_back", choices=("dismissal", "sick_pay")))


def test_no_text_escapes_translation(pseudo: Dialogue) -> None:
    count = 0
    for name, outcome in everything(pseudo):
        for reply in outcome.replies:
            count += 1
            assert outside(reply.text) == "", (name, reply.text)
            for button in reply.buttons:
                assert outside(button.title) == "" or button.title in NAMES.values(), (name, button.title)
    assert count > 150


def test_official_names_are_the_only_thing_outside_a_source(pseudo: Dialogue) -> None:
    base = pseudo.answers.base
    for topic in ("minimum_wage", "housing_deduction"):
        answer = pseudo.answers.answer(topic, TurnContext(intent=topic, language="pl", on=TODAY))
        memory = Memory(topic=topic, told=answer.facts)
        shown = pseudo.answers.source(TurnContext(intent="show_source", language="pl", memory=memory, on=TODAY))
        text = "\n".join(reply.text for reply in shown.replies)
        for fact in answer.facts[:4]:
            for source in base.facts[fact].sources:
                text = text.replace(base.sources.title(source), "").replace(base.sources.section(source), "")
        assert outside(text) == ""


@pytest.mark.parametrize("language", NAMES)
def test_the_same_topic_gives_the_same_facts_sources_and_buttons_in_every_language(
    answers: Answers, language: str
) -> None:
    for topic in answers.base.files:
        ours = answers.answer(topic, TurnContext(intent=topic, language=language, on=TODAY))
        english = answers.answer(topic, TurnContext(intent=topic, language="en", on=TODAY))
        assert ours.facts == english.facts
        assert ours.sources == english.sources
        payloads = [[button.payload for button in reply.buttons] for reply in ours.replies]
        assert payloads == [[button.payload for button in reply.buttons] for reply in english.replies]
        assert all(len(button.title) <= 20 for reply in ours.replies for button in reply.buttons)
