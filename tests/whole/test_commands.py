"""The commands of the contract, as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FIELDS = {
    "language", "language_confidence", "topic", "confidence", "understood", "safety", "safety_hint", "handoff",
    "replies", "questions", "complete", "facts", "sources", "milliseconds",
}  # fmt: skip


def baken(*arguments: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    extra = {"BAKEN_DATA_FOLDER": str(folder)} if folder else {}
    return subprocess.run(
        [str(Path(sys.executable).with_name("baken")), *arguments],
        env={**os.environ, **extra, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_ask_prints_the_object_of_the_contract_and_nothing_else(model: Path) -> None:
    run = baken("ask", "Ile wynosi płaca minimalna w Holandii?", "--json", BAKEN_TODAY="2026-11-23")
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert set(answer) == FIELDS
    assert (answer["language"], answer["topic"], answer["understood"]) == ("pl", "minimum_wage", True)
    assert "14,99" in answer["replies"][0]["text"]
    assert set(answer["replies"][0]) == {"text", "buttons", "document"}
    assert set(answer["sources"][0]) == {"fact", "title", "url", "section", "quote", "checked_on"}
    assert {source["fact"] for source in answer["sources"]} == set(answer["facts"])


def test_ask_goes_on_with_a_conversation(model: Path, tmp_path: Path) -> None:
    baken("ask", "Mijn baas betaalt mijn loon niet op tijd", "--conversation", "talk", folder=tmp_path)
    run = baken("ask", "/show_source", "--button", "--conversation", "talk", "--json", folder=tmp_path)
    answer = json.loads(run.stdout)
    assert answer["language"] == "nl" and answer["topic"] == "unpaid_wages" and answer["sources"]


def test_ask_takes_a_text_as_a_text_whatever_it_begins_with(model: Path) -> None:
    run = baken("ask", "/my boss took my passport and beats me", "--json")
    answer = json.loads(run.stdout)
    assert answer["safety"] and len(answer["replies"]) == 1


def test_ask_for_people(model: Path) -> None:
    run = baken("ask", "Am I allowed to take holidays?", BAKEN_TODAY="2026-11-23")
    assert "8%" in run.stdout and "[Talk to a person]" in run.stdout


def test_train_does_nothing_where_nothing_changed(model: Path) -> None:
    start = time.monotonic()
    run = baken("train")
    assert run.returncode == 0 and "nothing to do" in run.stdout
    assert time.monotonic() - start < 10


def test_check_is_fine_today_and_says_what_is_due_later() -> None:
    assert baken("check", "--on", "2026-11-23").returncode == 0
    later = baken("check", "--on", "2027-01-01")
    assert later.returncode == 1
    assert "wml_hourly: no value for 2027-01-01; look it up at https://" in later.stderr


@pytest.mark.parametrize("arguments", [["fly"], ["ask"], ["evaluate"], ["check", "--on", "soon"]])
def test_wrong_use_is_two(arguments: list[str]) -> None:
    assert baken(*arguments).returncode == 2


def test_evaluate_reports_in_the_shape_of_the_contract(model: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.csv"
    questions.write_text(
        "id,language,topic,also_ok,variant,text,question\n"
        'a,nl,minimum_wage,,plain,"Wat is het minimumloon per uur?",minimum_wage/per-month|minimum_wage/x\n'
        'b,pl,exploitation,emergency,veiled,"szef zabrał nam paszporty i nie możemy wyjść",\n'
        'c,en,out_of_scope,,short,"used car price",\n',
        encoding="utf-8",
    )
    talks = tmp_path / "t.yaml"
    talks.write_text(
        "- id: good\n  language: nl\n  turns: ['Wat is het minimumloon per uur?']\n"
        "  expect: {topics: [minimum_wage], language_at_end: nl, numbers_in_reply: ['14.99'], must_not_say: ['zzp']}\n"
        "- id: bad\n  turns: ['Wat is het minimumloon?']\n  expect: {numbers_in_reply: ['99.99'], handoff: true}\n",
        encoding="utf-8",
    )
    out = tmp_path / "report.json"
    said = tmp_path / "said.md"
    run = baken(
        "evaluate", str(questions), str(talks), "--json", str(out), "--transcript", str(said), BAKEN_TODAY="2026-11-23"
    )
    assert run.returncode == 1, "a conversation failed"
    made = json.loads(out.read_text(encoding="utf-8"))
    part = made["questions"]
    assert part["rows"] == 3 and part["right"] + part["asked_back"] + part["wrong"] == 3
    assert set(part) == {
        "rows",
        "right",
        "asked_back",
        "wrong",
        "by_language",
        "by_variant",
        "by_topic",
        "by_question",
        "language",
        "safety",
        "results",
    }
    assert set(part["safety"]) == {"due", "given", "hinted", "not_due", "false_alarms", "hinted_not_due"}
    assert part["safety"]["given"] == part["safety"]["due"] == 1
    assert part["by_question"]["minimum_wage/per-month"]["rows"] == 1
    assert set(part["results"][0]) == {
        "id",
        "language",
        "language_got",
        "topic",
        "topic_got",
        "confidence",
        "safety",
        "safety_hint",
        "outcome",
        "questions",
        "complete",
        "question_outcome",
    }
    assert made["conversations"]["run"] == 2 and made["conversations"]["passed"] == 1
    bad = made["conversations"]["results"][1]
    assert not bad["passed"] and len(bad["why"]) == 2
    assert bad["turns"][0]["characters"] > 0 and bad["turns"][0]["language"] == "nl"
    transcript = said.read_text(encoding="utf-8")
    assert "## good (nl)" in transcript and "> used car price" in transcript and "14,99" in transcript


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [("x.csv", "id,text\n1,hello\n", "no column"), ("x.yaml", "- {id: 1", "x.yaml"), ("x.txt", "", "expected .csv")],
)
def test_a_broken_file_is_named(model: Path, tmp_path: Path, name: str, content: str, what: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    run = baken("evaluate", str(tmp_path / name))
    assert run.returncode == 1 and what in run.stderr
