"""A case at a glance: what the worker told already, so that nothing is asked twice."""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from actions.cases.case import ASKS, from_slot
from actions.situation import Situation
from bot.desk.room import Desk
from bot.desk.talk import Talk
from bot.log.model import Message

log = logging.getLogger(__name__)


class Glance(msgspec.Struct, frozen=True):
    """What stands beside the conversation."""

    topics: tuple[str, ...]  #: that came up, newest first
    danger: int  #: messages with signs of danger
    files: tuple[Message, ...]
    sums: str  #: the sum with what it rests on, in the staff's language or as Baken said it; empty where there is none
    shared: bool  #: the worker lets the advisor read what was said before


async def look(room: Desk, opened: Talk, messages: list[Message], language: str) -> Glance:
    """The case at a glance, of what the advisor may see."""
    topics = dict.fromkeys(
        one.topic for one in reversed(messages) if one.direction == "in" and one.topic in room.answers.base.files
    )
    shared = opened.case.share == "yes"
    return Glance(
        topics=tuple(topics),
        danger=sum(1 for one in messages if one.content.safety and one.direction == "out"),
        files=tuple(one for one in messages if one.content.document is not None),
        sums=(await _sums(room, opened.conversation.id, language) or _told(messages)) if shared else "",
        shared=shared,
    )


async def _sums(room: Desk, conversation: str, language: str) -> str:
    """The sum of the worker's case, worded anew in the staff's language from what the assistant keeps of it."""
    slot: Any = getattr(room.office.assistant, "slot", None)
    if slot is None:
        return ""
    try:
        case = from_slot(await slot(conversation, "case"))
        return worded(room, case, language) if case is not None else ""
    except Exception as error:  # the assistant may be away; the conversation itself is there
        log.warning("no sum at hand for a case: %s", type(error).__name__)
        return ""


def _told(messages: list[Message]) -> str:
    """The newest sum as Baken said it, where the assistant is not at hand."""
    said = (one.content.text for one in reversed(messages) if one.author == "bot" and one.topic in ASKS)
    return next((text for text in said if "€" in text and any(letter.isdigit() for letter in text)), "")


def worded(room: Desk, case: Any, language: str) -> str:
    """What a worker's case comes to, in a language."""
    from actions.cases.case import complete
    from actions.cases.talk import Cases

    if case.flow == "report_abuse" or not complete(case):
        return ""
    talk = Cases(room.answers, _never, lambda _: None)
    situation = Situation(intent=case.flow, language=language)
    return talk.result_text(situation, case, talk.sums.result(case, situation.on))


def _never(_heard: object) -> Any:
    raise AssertionError("a glance answers nothing")
