"""Right, asked back or wrong: the rules of docs/contract.md."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import msgspec

from bot.engine.turn import Turn
from bot.evaluation.files import TestConversation, TestQuestion
from bot.evaluation.numbers import values

QUESTION_MARKS = "?؟"
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
    questions: tuple[str, ...] = ()  #: that the reply answers
    complete: str = "complete"
    question_outcome: str = ""  #: right, asked_back or wrong; empty where the row names no question


class TurnResult(msgspec.Struct, frozen=True):
    """What the report says of a turn."""

    topic: str
    questions: tuple[str, ...]
    complete: str
    language: str
    safety: bool
    safety_hint: bool
    handoff: bool
    characters: int


class ConversationResult(msgspec.Struct, frozen=True):
    """How a conversation went; `why` says what was missing."""

    id: str
    passed: bool
    why: list[str]
    turns: list[TurnResult] = []
    asked_again: int = 0  #: turns whose last line is a question, the same as the turn's before
    calm: bool = True  #: it expects no safety reply


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
        questions=turn.questions,
        complete=turn.complete,
        question_outcome=_question_outcome(asked, turn),
    )


def _question_outcome(asked: TestQuestion, turn: Turn) -> str:
    if not asked.questions:
        return ""
    if not turn.understood:
        return "asked_back"
    return "right" if set(asked.questions) & set(turn.questions) else "wrong"


def conversation(talk: TestConversation, turns: Sequence[Turn]) -> ConversationResult:
    """Judge a whole conversation."""
    expect, why = talk.expect, []
    if not turns:
        return ConversationResult(talk.id, False, ["no turns"])
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
    return ConversationResult(
        talk.id,
        not why,
        why,
        [_turn(turn) for turn in turns],
        sum(_asked(now) and _last_line(now) == _last_line(before) for before, now in pairwise(turns)),
        not set(SAFETY) & set(expect.topics),
    )


def text_of(turn: Turn) -> str:
    """All replies of a turn, as one text."""
    return "\n\n".join(reply.text for reply in turn.replies)


def _turn(turn: Turn) -> TurnResult:
    return TurnResult(
        turn.topic,
        turn.questions,
        turn.complete,
        turn.language,
        turn.safety,
        turn.safety_hint,
        turn.handoff,
        len(text_of(turn)),
    )


def _last_line(turn: Turn) -> str:
    return text_of(turn).strip().rpartition("\n")[2]


def _asked(turn: Turn) -> bool:
    return any(mark in _last_line(turn) for mark in QUESTION_MARKS)
