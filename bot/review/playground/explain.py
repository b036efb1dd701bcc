"""What happened inside when a question was tried: nothing of it is stored.

A try is a conversation of the assistant under an id that no worker can have; it is forgotten when a new one begins.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from actions.amounts.extract import extract
from actions.amounts.model import Extracted
from actions.responses import Reply
from actions.turn_context import DeskStatus, Preview
from bot.conversations.channel import Channel, RenderedMessage
from bot.conversations.models import Content, FileRef
from bot.delivery.ports import AssistantPort
from bot.engine.turn import Turn, TurnRequest
from facts import clock, notation
from facts.base import FactBase
from facts.model import placeholders
from facts.wording import Wording

#: Longest question that is tried, in characters.
LONGEST: Final = 4000
_SHOWN_TOPICS: Final = 6
_ID: Final = re.compile(r"room-(\d{1,9})-[0-9a-f]{24}")


class Ranked(msgspec.Struct, frozen=True):
    """A topic and how likely it is, 0 to 1."""

    topic: str
    confidence: float


class FigureUsed(msgspec.Struct, frozen=True):
    """A figure in the answer, with the days it holds for."""

    id: str
    about: str
    value: str
    from_: date | None
    until: date | None
    checked_on: date | None


class SourceUsed(msgspec.Struct, frozen=True):
    """Where a fact stands."""

    title: str
    section: str
    quote: str
    url: str


class FactUsed(msgspec.Struct, frozen=True):
    """A fact that the answer is made of."""

    id: str
    text: str
    standing: str
    checked_on: date
    confidence: str
    language: str
    reviewed: str
    sources: tuple[SourceUsed, ...]
    figures: tuple[FigureUsed, ...]


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that happened with one message."""

    conversation: str
    text: str
    turn: Turn
    wrote: str  #: language that the message seems to be in
    sure: float
    asked_for: str  #: language that it asks for by name
    ranked: tuple[Ranked, ...]
    score: float | None  #: of the danger detector; None where a button was pressed
    rule: str
    hint: bool
    choices: tuple[str, ...]
    readings: tuple[tuple[str, str], ...]  #: kind and value of what was read out of the text
    facts: tuple[FactUsed, ...]
    whatsapp: tuple[RenderedMessage, ...]


def new_id(staff: int) -> str:
    """A try of a member of staff. No conversation of a worker has such an id."""
    return f"room-{staff}-{secrets.token_hex(12)}"


def belongs(conversation: str, staff: int) -> bool:
    """Whether this is the id of a try of this member of staff."""
    match = _ID.fullmatch(conversation)
    return match is not None and int(match[1]) == staff


async def look(
    assistant: AssistantPort,
    whatsapp: Channel,
    base: FactBase,
    conversation: str,
    text: str,
    *,
    payload: str = "",
    language: str | None = None,
    draft: str = "",
) -> Inside:
    """Ask as a worker would, and tell everything that the assistant made of it.

    Args:
        payload: of the button that was pressed, where it was one and no text.
        base: the content that is answered from (of the draft, where one is tried).
        language: the guess from outside, like a browser's language.
        draft: name of a draft of the content to answer from.
    """
    text = text[:LONGEST]
    parsed: dict[str, Any] = {} if payload else await assistant.parse(text)
    request = TurnRequest(conversation=conversation, text=text, payload=payload, language_hint=language)
    if draft:
        request = msgspec.structs.replace(request, desk=DeskStatus(), preview=Preview(content=draft))
    turn = await assistant.reply(request)
    found = parsed.get("language") or {}
    danger = parsed.get("danger") or {}
    today = clock.today()
    wording = Wording(base)
    return Inside(
        conversation=conversation,
        text=payload or text,
        turn=turn,
        wrote=str(found.get("language") or turn.language),
        sure=float(found.get("confidence") or turn.language_confidence),
        asked_for=str(found.get("asked") or ""),
        ranked=tuple(
            Ranked(one["name"], float(one["confidence"]))
            for one in (parsed.get("intent_ranking") or [])[:_SHOWN_TOPICS]
        ),
        score=float(danger["score"]) if "score" in danger else None,
        rule=str(danger.get("rule") or ""),
        hint=bool(danger.get("hint")),
        choices=tuple(parsed.get("choices") or ()),
        readings=() if payload else readings(text, turn.language, str(found.get("language") or ""), today),
        facts=tuple(_fact(wording, name, turn.language, today) for name in turn.facts if name in base.facts),
        whatsapp=on_channel(whatsapp, turn.replies, turn.language),
    )


def readings(text: str, language: str, wrote: str, today: date) -> tuple[tuple[str, str], ...]:
    """What was read out of a text, in its order: kind and what it says."""
    return tuple(_reading(one) for one in extract(text, language, today, wrote=wrote))


def _reading(one: Extracted) -> tuple[str, str]:
    values = msgspec.to_builtins(one)
    kind = str(values.pop("type"))
    values.pop("at", None)
    return kind, ", ".join(f"{name} {value}" for name, value in values.items() if value not in ("", None))


def _fact(wording: Wording, name: str, language: str, on: date) -> FactUsed:
    base = wording.base
    fact = base.facts[name]
    told = wording.tell(fact, language, on)
    phase = fact.on(on)
    said = wording.raw(fact.key(phase), phase.text.strip(), language) if phase else None
    sources = base.sources
    return FactUsed(
        id=name,
        text=told.text if told else "",
        standing=told.standing if told else "",
        checked_on=fact.checked_on,
        confidence=fact.confidence,
        language=told.language if told else language,
        reviewed=said.reviewed if said else "",
        sources=tuple(
            SourceUsed(sources.title(one), sources.section(one), " ".join((one.quote or "").split()), sources.url(one))
            for one in fact.sources
        ),
        figures=tuple(_figure(wording, one, language, on) for one, _ in placeholders(phase.text)) if phase else (),
    )


def _figure(wording: Wording, name: str, language: str, on: date) -> FigureUsed:
    figure = wording.base.figures[name]
    period = figure.on(on) or figure.last_before(on)
    return FigureUsed(
        id=name,
        about=wording.label(figure, language),
        value=notation.written(period.value, figure.unit, language) if period else "",
        from_=period.from_ if period else None,
        until=period.until if period else None,
        checked_on=period.checked_on if period else None,
    )


def on_channel(channel: Channel, replies: Sequence[Reply], language: str) -> tuple[RenderedMessage, ...]:
    """The replies as the messages that a person on a channel would get."""
    messages: list[RenderedMessage] = []
    for reply in replies:
        document = FileRef(reply.document.filename, reply.document.media_type) if reply.document else None
        messages += channel.preview(Content(text=reply.text, buttons=reply.buttons, document=document), language)
    return tuple(messages)
