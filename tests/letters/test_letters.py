"""The letters: what stands in them, every script set right (approved pictures), made in time, gone in time.

After a wanted change, look at the new pictures and approve them: `uv run python tests/letters/test_letters.py`.
"""

from __future__ import annotations

import io
import logging
import os
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from actions.amounts.model import Money
from actions.answers import Answers
from actions.intake.results import Sums
from actions.intake.state import Intake
from actions.letters import store
from actions.letters.letter import Letters
from facts.base import FactBase
from facts.languages import NAMES

TODAY = date(2026, 11, 23)
APPROVED = Path(__file__).parent / "approved"
SEEN = ("nl", "ar", "bg", "hu", "tr")
CASES = {
    "permit": Intake(
        flow="back_pay_without_permit", hours=Decimal(50), paid=Decimal(1000), age=34, last=date(2026, 10, 31)
    ),
    "wages": Intake(
        flow="unpaid_wages", hours=Decimal(40), pay=Money(Decimal(16), "hour", "gross"), first=date(2026, 9, 1),
        last=date(2026, 9, 30), paid=Decimal(400), adult=True,
    ),
    "wage_minimum": Intake(
        flow="check_my_pay", hours=Decimal(45), pay=Money(Decimal("11.50"), "hour", "gross"), first=date(2026, 3, 1),
        last=TODAY, age=27,
    ),
    "housing": Intake(
        flow="housing_deduction", hours=Decimal(38), deduction=Money(Decimal(150), "week"), abroad="no", signed="yes",
        adult=True,
    ),
}  # fmt: skip


def made(answers: Answers, kind: str, language: str) -> bytes:
    """The PDF of one of the cases."""
    result = Sums(answers.base).result(CASES[kind], TODAY)
    assert result.letter == kind
    return Letters(answers).pdf(CASES[kind], result, result.letter, language, TODAY)


def pictures(pdf: bytes) -> list[Image.Image]:
    """Its pages, 100 pixels an inch, in grey."""
    return [page.render(scale=100 / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]


def words(pdf: bytes) -> str:
    """Its text, white space squeezed."""
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)).split())


@pytest.mark.parametrize("language", SEEN)
def test_the_letter_looks_as_it_was_approved(answers: Answers, language: str) -> None:
    seen = pictures(made(answers, "permit", language))
    approved = sorted(APPROVED.glob(f"{language}-*.png"))
    assert len(seen) == len(approved)
    for picture, path in zip(seen, approved, strict=True):
        before = np.asarray(Image.open(path), dtype=int)
        now = np.asarray(picture, dtype=int)
        assert now.shape == before.shape
        assert (np.abs(now - before) > 64).mean() < 0.0005, f"{path.name} differs"


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("language", NAMES)
def test_every_letter_is_made_in_every_language_with_every_letter_of_it(
    answers: Answers, kind: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    start = time.process_time()  # a machine that does other things too is no reason to fail
    with caplog.at_level(logging.WARNING):
        pdf = made(answers, kind, language)
    assert time.process_time() - start < 2
    assert not [record for record in caplog.records if "glyph" in record.getMessage().lower()]
    text = words(pdf)
    assert "Hoogachtend" in text  # Dutch for the employer
    assert "{" not in text and "figure:" not in text


def test_the_sum_and_its_basis_stand_in_the_letter(answers: Answers) -> None:
    """September at 40 hours and 16 euro: 30 / 7 x 40 x 16 = 2742.86; less 400: 2342.86; 8 %: 187.43; 2530.29."""
    text = words(made(answers, "wages", "nl"))
    for amount in ("2.742,86", "2.342,86", "187,43", "2.530,29"):
        assert amount in text
    assert "Burgerlijk Wetboek" in text and "616" in text


def test_what_is_meant_for_the_worker_alone_is_not_in_the_letter(answers: Answers, base: FactBase) -> None:
    text = words(made(answers, "permit", "nl"))
    assert "rechter kan" not in text and "Teken niet" not in text and "Onderteken niet" not in text


def test_a_letter_is_handed_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_place", tmp_path)
    path = store.store_letter(b"%PDF-1")
    assert path.stat().st_mode & 0o077 == 0  # nobody else on the machine can read it
    assert store.load_letter(path.name) == b"%PDF-1"
    assert store.load_letter(path.name) is None


def test_a_letter_that_nobody_fetches_is_gone_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_place", tmp_path)
    old, new = store.store_letter(b"old"), store.store_letter(b"new")
    os.utime(old, (time.time() - store.KEPT - 1,) * 2)
    assert store.purge() == 1
    assert not old.exists() and new.exists()


@pytest.mark.parametrize("name", ["../rasa.db", "..%2frasa.db", "x.pdf", "", "a" * 32 + ".pdf/../x", "A" * 32 + ".pdf"])
def test_nothing_else_can_be_fetched(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_place", tmp_path / "letters")
    (tmp_path / "rasa.db").write_text("secret")
    assert store.load_letter(name) is None
    assert (tmp_path / "rasa.db").exists()


def approve() -> None:
    """Write today's pictures as the approved ones."""
    answers = Answers(FactBase())
    for path in APPROVED.glob("*.png"):
        path.unlink()
    for language in SEEN:
        for number, picture in enumerate(pictures(made(answers, "permit", language))):
            content = io.BytesIO()
            picture.save(content, "PNG", optimize=True)
            (APPROVED / f"{language}-{number + 1}.png").write_bytes(content.getvalue())


if __name__ == "__main__":
    approve()
