"""Entries of the fact files are written so that reading gives the same, and nothing else in the file moves."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.review.content import blocks
from facts.base import FactBase
from facts.model import Fact, Figure, Phase, Source


def test_every_fact_and_figure_is_written_as_it_is_read(base: FactBase) -> None:
    for entry in (*base.facts.values(), *base.figures.values()):
        again = blocks.parse_blocks(blocks.write(entry), type(entry))
        assert blocks.same(again, entry), entry.id


def test_every_entry_is_found_in_its_file(base: FactBase) -> None:
    for fact in base.facts.values():
        text = base.where[fact.id].read_text(encoding="utf-8")
        start, _ = blocks.find(text, fact.id)
        assert start + 1 == fact.line
        assert blocks.same(blocks.parse_blocks(blocks.block(text, fact.id), Fact), fact)
    for figure in base.figures.values():
        text = base.where[f"figure:{figure.id}"].read_text(encoding="utf-8")
        assert blocks.same(blocks.parse_blocks(blocks.block(text, figure.id), Figure), figure)


def test_only_the_lines_of_the_entry_change(base: FactBase) -> None:
    text = base.where["housing-max-25"].read_text(encoding="utf-8")
    old = blocks.block(text, "housing-max-25")
    new = blocks.replaced(text, "housing-max-25", old.replace("confidence: high", "confidence: low"))
    assert [pair for pair in zip(text.splitlines(), new.splitlines(), strict=True) if pair[0] != pair[1]] == [
        ("    confidence: high", "    confidence: low")
    ]
    with pytest.raises(blocks.NoEntry):
        blocks.find(text, "housing-max")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=300).filter(str.strip))
@settings(max_examples=200)
def test_no_text_breaks_out_of_its_place(text: str) -> None:
    """Tags, colons, quotes, hashes, braces: whatever is typed comes back as text."""
    text = " ".join(text.split())
    fact = Fact(
        id="a-fact",
        role="answer",
        says=[Phase(text=text, standing="in_force", until=date(2026, 12, 31))],
        sources=[Source(page=text, url="https://example.org", quote=text)],
        checked_on=date(2026, 11, 23),
        confidence="high",
        note=text,
    )
    again = blocks.parse_blocks(blocks.write(fact), Fact)
    assert isinstance(again, Fact)
    assert again.says[0].text == text and again.sources[0].quote == text and again.note == text
    assert again.sources[0].page == text and again.says[0].until == date(2026, 12, 31)


def test_a_tag_in_a_block_makes_nothing(base: FactBase) -> None:
    with pytest.raises(ValueError, match=r"constructor"):
        blocks.parse_blocks("- !!python/object/apply:os.system ['true']\n", Fact)
    changed = msgspec.structs.replace(base.facts["housing-max-25"], note="!!python/object/apply:os.system ['true']")
    again = blocks.parse_blocks(blocks.write(changed), Fact)
    assert isinstance(again, Fact) and again.note == changed.note


def test_what_did_not_change_keeps_its_lines(base: FactBase) -> None:
    for fact in base.facts.values():
        old = blocks.block(base.where[fact.id].read_text(encoding="utf-8"), fact.id)
        sure = "low" if fact.confidence == "high" else "high"
        new = blocks.rewritten(old, fact, msgspec.structs.replace(fact, confidence=sure))
        changed = [pair for pair in zip(old.splitlines(), new.splitlines(), strict=True) if pair[0] != pair[1]]
        assert changed == [(f"    confidence: {fact.confidence}", f"    confidence: {sure}")], fact.id
        noted = msgspec.structs.replace(fact, note="a note")
        assert blocks.same(blocks.parse_blocks(blocks.rewritten(old, fact, noted), Fact), noted)
