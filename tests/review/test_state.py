"""The state of the content on a day: what is stale, ends, was not checked, or lies near."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from bot.review.content.state import state
from bot.review.suites.charts import Bar, bars
from facts.base import FOLDER, FactBase
from facts.languages import NAMES, TRANSLATED


def entries(dues: object) -> dict[str, bool]:
    return {due.entry: due.late for due in dues}  # type: ignore[attr-defined]


def test_a_figure_that_ends_is_told_before_and_after(base: FactBase) -> None:
    assert "figure:wml_hourly" not in entries(state(base, date(2026, 9, 1)).figures)
    assert entries(state(base, date(2026, 11, 23)).figures)["figure:wml_hourly"] is False
    assert entries(state(base, date(2027, 1, 5)).figures)["figure:wml_hourly"] is True


def test_what_nobody_checked_for_a_year_is_told_from_two_months_before(base: FactBase) -> None:
    assert state(base, date(2026, 11, 23)).checks == ()
    soon = entries(state(base, date(2027, 10, 15)).checks)
    assert soon["fact:housing-max-25"] is False
    late = entries(state(base, date(2027, 11, 30)).checks)
    assert late["fact:housing-max-25"] is True and late["figure:housing_max_share"] is True


def test_a_plan_is_told_when_its_date_is_near_and_not_a_year_before(base: FactBase) -> None:
    far, near = (entries(state(base, day).plans) for day in (date(2026, 6, 1), date(2026, 12, 1)))
    assert len(near) > len([name for name in far if name in near])
    for due in state(base, date(2026, 12, 1)).plans:
        fact = base.facts[due.entry.removeprefix("fact:")]
        phase = fact.on(date(2026, 12, 1))
        assert phase is not None and phase.standing in ("adopted", "bill", "planned", "explored", "recommended")


def test_a_changed_text_is_stale_in_eleven_languages_and_its_topic_not_whole(tmp_path: Path) -> None:
    for part in ("sources", "figures", "topics", "texts", "locales"):
        shutil.copytree(FOLDER / part, tmp_path / part)
    shutil.copy(FOLDER / "topics.yaml", tmp_path)
    before = state(FactBase(tmp_path), date(2026, 11, 23))
    path = tmp_path / "topics/housing_deduction.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("From the minimum wage", "Out of the minimum wage", 1))
    after = state(FactBase(tmp_path), date(2026, 11, 23))
    for was, now in zip(before.languages, after.languages, strict=True):
        assert (now.stale, now.current) == (was.stale + 1, was.current - 1)
    covered = {one.topic: one for one in after.coverage}
    assert set(covered["housing_deduction"].percent) == set(NAMES)
    assert all(covered["housing_deduction"].percent[code] < 100 for code in TRANSLATED)
    assert all(covered["dismissal"].percent[code] == 100 for code in NAMES)


def test_a_chart_takes_nothing_of_a_label_for_markup() -> None:
    chart = bars([Bar("<script>x</script>", (("right", 1), ("wrong", 1)), 2, 1, '"><b>')], 'a "title" <i>')
    assert "<script" not in chart and "<b>" not in chart and "<i>" not in chart
    assert chart.count("<rect") == 3 and "bar-was" in chart
    assert "<rect" in bars([Bar("nothing", (), 0)], "empty")
