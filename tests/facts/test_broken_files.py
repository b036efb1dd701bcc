"""A broken content file is refused, naming file, line and fact."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from facts.base import FOLDER, FactBase
from facts.catalogue import Catalogues, Entry, Text
from facts.check import check, wrong_in_translation
from facts.read import BrokenFile

TODAY = date(2026, 11, 23)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content that a test may break."""
    for name in ("sources", "figures", "topics", "texts", "questions", "locales"):
        shutil.copytree(FOLDER / name, tmp_path / name)
    shutil.copy(FOLDER / "topics.yaml", tmp_path)
    return tmp_path


def change(path: Path, old: str, new: str) -> int:
    """Replace the first `old`; gives its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return line


def found(folder: Path, on: date = TODAY) -> list[str]:
    return [str(problem) for problem in check(FactBase(folder), on)]


def test_a_figure_typed_in_a_text(folder: Path) -> None:
    change(folder / "topics/housing_deduction.yaml", "{housing_max_share}", "25%")
    assert any("housing-max-25: figure typed in the text: 25%" in problem for problem in found(folder))


def test_a_form_of_the_european_union_is_named_as_everybody_names_it(folder: Path) -> None:
    before = set(found(folder))
    change(folder / "topics/housing_deduction.yaml", "text: >-\n", "text: >-\n          Ask for the A1 or the U2.\n")
    new = [problem for problem in set(found(folder)) - before if "(due)" not in problem and "stale" not in problem]
    assert not [problem for problem in new if "figure typed" in problem]
    change(folder / "topics/housing_deduction.yaml", "the U2", "the U27")
    assert any("figure typed in the text: U27" in problem for problem in found(folder))


def test_a_question_names_facts_and_questions_that_there_are(folder: Path) -> None:
    path = folder / "questions/sick_pay.yaml"
    line = change(path, "    facts: [", "    facts: [sick-no-such-fact, ")
    problems = [problem for problem in found(folder) if "unknown fact sick-no-such-fact" in problem]
    assert len(problems) == 1 and "sick_pay.yaml" in problems[0] and line
    change(path, "not_to_confuse: [", "not_to_confuse: [sick_pay/no-such-question, ")
    assert any("unknown question sick_pay/no-such-question" in problem for problem in found(folder))


def test_a_translation_may_name_figures_whose_names_begin_alike_with_and_without_their_unit() -> None:
    text = Text("a", "From {months} to {months_long}.", "facts", "a.yaml:1", "")
    entry = Entry(text.text, "Od {months:number} do {months_long}.", False, "", 1)
    assert list(wrong_in_translation(text, entry, "pl")) == []


def test_the_same_translation_of_a_changed_english_text_is_taken(tmp_path: Path) -> None:
    text = Text("a", "The first sentence.", "facts", "a.yaml:1", "")
    catalogues = Catalogues(tmp_path)
    catalogues.put("pl", [text], {"a": "Zdanie."})
    changed = Text("a", "The first sentence, mended.", "facts", "a.yaml:1", "")
    catalogues.update("pl", [changed])
    assert catalogues.entries("pl")["a"].fuzzy
    catalogues.put("pl", [changed], {"a": "Zdanie."})
    assert catalogues.entries("pl")["a"] == Entry(
        changed.text, "Zdanie.", False, "", catalogues.entries("pl")["a"].line
    )


def test_a_quote_that_does_not_stand_in_the_law(folder: Path) -> None:
    path = folder / "topics/minimum_wage.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index('quote: "') + len('quote: "')
    path.write_text(text[:start] + "Verzonnen " + text[start:], encoding="utf-8")
    problems = [problem for problem in found(folder) if "does not stand word for word" in problem]
    assert len(problems) == 1 and "minimum_wage.yaml" in problems[0]


def test_an_unknown_topic(folder: Path) -> None:
    path = folder / "topics/dutch_lessons.yaml"
    change(path, "topic: dutch_lessons", "topic: dutch_lesson")
    with pytest.raises(BrokenFile, match=r"dutch_lessons\.yaml"):
        FactBase(folder)


def test_overlapping_dates_of_a_figure(folder: Path) -> None:
    change(folder / "figures/wml.yaml", "until: 2026-06-30", "until: 2026-07-15")
    assert any("wml_hourly: dates overlap" in problem for problem in found(folder))


def test_a_missing_translation(folder: Path) -> None:
    path = folder / "locales/pl/texts.po"
    text = path.read_text(encoding="utf-8")
    start = text.index('msgctxt "goodbye"')
    where = text.index('msgstr "', start)
    end = text.index("\n", where)
    path.write_text(text[:where] + 'msgstr ""' + text[end:], encoding="utf-8")
    assert any("locales/pl/texts.po" in problem and "goodbye: not translated" in problem for problem in found(folder))


def test_a_stale_translation_is_due_and_the_english_is_shown_saying_so(folder: Path) -> None:
    from actions.answers import Answers
    from actions.turn_context import TurnContext

    change(folder / "topics/housing_deduction.yaml", "From the minimum wage", "Out of the minimum wage")
    assert any("housing-max-25: stale" in problem for problem in found(folder))
    answers = Answers(FactBase(folder))
    text = answers.answer("housing_deduction", TurnContext(intent="housing_deduction", language="pl", on=TODAY))
    assert "Out of the minimum wage" in text.replies[0].text
    assert answers.wording.text("answer.english", "pl") in text.replies[0].text


def test_an_expired_check(folder: Path) -> None:
    assert any("last checked on" in problem for problem in found(folder, date(2028, 1, 1)))


def test_no_yaml(folder: Path) -> None:
    path = folder / "topics/sick_pay.yaml"
    path.write_text("topic: sick_pay\nfacts: [", encoding="utf-8")
    with pytest.raises(BrokenFile, match=r"sick_pay\.yaml:3: not YAML"):
        FactBase(folder)


def test_a_fact_of_the_wrong_shape_names_its_line_and_id(folder: Path) -> None:
    path = folder / "topics/sick_pay.yaml"
    line = change(path, "role: answer", "role: anser")
    with pytest.raises(BrokenFile, match=rf"sick_pay\.yaml:{line - 1}: sick-"):
        FactBase(folder)


def test_a_fact_given_twice(folder: Path) -> None:
    path = folder / "topics/sick_pay.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("  - id: ", text.index("facts:"))
    end = text.index("  - id: ", start + 5)
    path.write_text(text + "\n" + text[start:end], encoding="utf-8")
    with pytest.raises(BrokenFile, match="fact given twice"):
        FactBase(folder)
