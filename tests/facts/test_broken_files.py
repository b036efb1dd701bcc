"""A broken content file is refused, naming file, line and fact."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from facts.base import FOLDER, FactBase
from facts.check import check
from facts.read import BrokenFile

TODAY = date(2026, 11, 23)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content that a test may break."""
    for name in ("sources", "figures", "topics", "texts", "locales"):
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
