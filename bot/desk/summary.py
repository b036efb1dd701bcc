"""A case at a glance: what the worker told already and what it comes to, so that nothing is asked twice."""

from __future__ import annotations

import logging

import msgspec

from actions.answers import Answers
from actions.intake.rendering import told, understood
from actions.intake.results import BASIS, Sums
from actions.intake.state import ASKS, Intake, complete, from_slot
from actions.turn_context import TurnContext
from bot.conversations.models import Message
from bot.desk.context import DeskContext
from bot.desk.transcript import Talk

log = logging.getLogger(__name__)


class CaseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker told Baken, in the staff's language; or the sum as Baken said it (`said`)."""

    known: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    rests_on: tuple[tuple[str, str], ...] = ()  #: title and address of each source
    said: str = ""


class Glance(msgspec.Struct, frozen=True):
    """What stands beside the conversation."""

    topics: tuple[str, ...]  #: that came up, newest first
    danger: bool  #: a message had signs of danger
    files: tuple[Message, ...]
    told: CaseSummary | None
    shared: bool  #: the worker lets the advisor read what was said before


async def look(room: DeskContext, opened: Talk, messages: list[Message], language: str) -> Glance:
    """The case at a glance, of what the advisor may see."""
    topics = dict.fromkeys(
        one.topic for one in reversed(messages) if one.direction == "in" and one.topic in room.answers.base.files
    )
    shared = opened.case.share == "yes"
    return Glance(
        topics=tuple(topics),
        danger=any(one.content.safety for one in messages if one.direction == "out"),
        files=tuple(one for one in messages if one.content.document is not None),
        told=(await _told(room, opened.conversation.id, language) or _as_said(messages)) if shared else None,
        shared=shared,
    )


async def _told(room: DeskContext, conversation: str, language: str) -> CaseSummary | None:
    """From what the assistant keeps of the worker's case; None where it keeps none or can't be reached."""
    try:
        case = from_slot(await room.office.assistant.slot(conversation, "case"))
        return worded(room.answers, case, language) if case is not None else None
    except Exception as error:  # the assistant may be away; the conversation itself is there
        log.warning("no sum at hand for a case: %s", type(error).__name__)
        return None


def worded(answers: Answers, case: Intake, language: str) -> CaseSummary:
    """A worker's case in a language: what is known, what it comes to, and the sources of that."""
    wording, situation = answers.wording, TurnContext(intent=case.flow, language=language)
    lines: list[str] = []
    if case.flow != "report_abuse" and complete(case):
        result = Sums(answers.base).result(case, situation.on)
        lines = [told(line, wording, language, situation.on) for line in result.lines]
    facts = [answers.base.facts[name] for name in BASIS.get(case.flow, ())] if lines else []
    shown = answers.sources(answers.tell(facts, situation))
    return CaseSummary(
        known=tuple(understood(case, wording, language, situation.on)),
        sums=tuple(lines),
        rests_on=tuple(dict.fromkeys((f"{one.title} {one.section}".strip(), one.url) for one in shown)),
    )


def _as_said(messages: list[Message]) -> CaseSummary | None:
    """The newest sum as Baken said it, where the assistant is not at hand."""
    said = (one.content.text for one in reversed(messages) if one.author == "bot" and one.topic in ASKS)
    text = next((text for text in said if "€" in text and any(letter.isdigit() for letter in text)), "")
    return CaseSummary(said=text) if text else None
