"""Right, asked back or wrong: the rules of docs/contract.md."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from bot.engine.turn import Turn
from bot.evaluation.files import TestConversation, TestQuestion
from bot.evaluation.numbers import values

SAFETY = ("exploitation", "emergency")


class QuestionResult(msgspec.Struct, frozen=True):
    """How a question was answered."""

    id: str
    language: str
    language_got: str
    topic: str
    topic_got: str
    confidence: float
    safety: bool
    safety_hint: bool
    outcome: str  #: right, asked_back or wrong


class Passed(msgspec.Struct, frozen=True):
    """How a conversation went; `why` says what was missing."""

    id: str
    passed: bool
    why: list[str]


def question(asked: TestQuestion, turn: Turn, kinds: dict[str, str]) -> QuestionResult:
    """Judge one answer. `kinds` gives the kind of every topic."""
    wanted = (asked.topic, *asked.also_ok)
    helpless = not turn.understood or kinds.get(turn.topic) == "dialogue"
    if asked.topic == "out_of_scope" and turn.topic not in asked.also_ok:
        outcome = "right" if helpless else "wrong"
    elif not turn.understood:
        outcome = "asked_back"
    else:
        outcome = "right" if turn.topic in wanted else "wrong"
    return QuestionResult(
        id=asked.id,
        language=asked.language,
        language_got=turn.language,
        topic=asked.topic,
        topic_got=turn.topic if turn.understood else "ask_back",
        confidence=turn.confidence,
        safety=turn.safety,
        safety_hint=turn.safety_hint,
        outcome=outcome,
    )


def conversation(talk: TestConversation, turns: Sequence[Turn]) -> Passed:
    """Judge a whole conversation."""
    expect, why = talk.expect, []
    if not turns:
        return Passed(talk.id, False, ["no turns"])
    came_up = iter([turn.topic for turn in turns])
    missing = [topic for topic in expect.topics if not any(got == topic for got in came_up)]
    if missing:
        why.append(f"topics {expect.topics} expected in this order, got {[turn.topic for turn in turns]}")
    if expect.language_at_end and turns[-1].language != expect.language_at_end:
        why.append(f"language {expect.language_at_end} expected at the end, got {turns[-1].language}")
    told = set().union(*(values(reply.text) for turn in turns for reply in turn.replies))
    for number in expect.numbers_in_reply:
        if Decimal(number) not in told:
            why.append(f"number {number} is in no reply")
    last = "\n".join(reply.text for reply in turns[-1].replies).casefold()
    why += [f"says {words!r}" for words in expect.must_not_say if words.casefold() in last]
    if expect.handoff is not None and turns[-1].handoff != expect.handoff:
        why.append(f"handoff {expect.handoff} expected, got {turns[-1].handoff}")
    return Passed(talk.id, not why, why)
