"""The minimum wage against a second witness: the executable article 8 of the Wml in the government's law corpus."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from facts.base import FactBase

WITNESSES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "second_witness.yaml").read_text(encoding="utf-8")
)["witnesses"]
#: Wml 14(10): a month counts as four and a third weeks of 36 hours.
HOURS_A_MONTH = Decimal(156)


@pytest.mark.parametrize("witness", WITNESSES, ids=lambda one: str(one["from"]))
def test_the_hour_is_the_witness_s(witness: dict[str, Any]) -> None:
    period = FactBase().figures["wml_hourly"].on(witness["from"])
    assert period is not None and period.from_ == witness["from"]
    assert Decimal(period.value) == Decimal(witness["cents_an_hour"]) / 100


@pytest.mark.parametrize("witness", WITNESSES, ids=lambda one: str(one["from"]))
def test_the_hour_is_the_month_s_share_rounded_up_to_a_cent(witness: dict[str, Any]) -> None:
    month = Decimal(witness["cents_a_month"]) / 100
    hour = (month / HOURS_A_MONTH).quantize(Decimal("0.01"), rounding=ROUND_UP)
    period = FactBase().figures["wml_hourly"].on(witness["from"])
    assert period is not None and Decimal(period.value) == hour


def test_the_newest_amount_has_its_witness() -> None:
    newest = max(period.from_ or date.min for period in FactBase().figures["wml_hourly"].periods)
    assert newest in {witness["from"] for witness in WITNESSES}, "read the corpus again and add what it says"
