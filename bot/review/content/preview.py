"""How a drafted fact or figure is told: in every language, and the whole answer in each channel."""

from __future__ import annotations

import msgspec

from actions.answers import Answers
from actions.responses import Reply
from actions.turn_context import TurnContext
from bot.conversations.channel import Channel, RenderedMessage
from bot.review.playground.explain import on_channel
from facts import clock, notation
from facts.base import FactBase
from facts.languages import NAMES, RIGHT_TO_LEFT, SOURCE
from facts.model import Fact, Figure, placeholders


class RenderedPreview(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in one language."""

    language: str
    right_to_left: bool
    text: str
    stale: bool  #: shown in English, because the translation is missing or of an older English
    reviewed: str
    standing: str
    replies: tuple[Reply, ...] = ()  #: the whole answer, as the web page shows it
    whatsapp: tuple[RenderedMessage, ...] = ()


def preview(base: FactBase, entry: Fact | Figure, whatsapp: Channel) -> list[RenderedPreview]:
    """The entry in all languages, for today (or, where it says nothing today, for the first day on which it does)."""
    return [
        _figure(base, entry, one) if isinstance(entry, Figure) else _fact(base, entry, one, whatsapp) for one in NAMES
    ]


def _fact(base: FactBase, fact: Fact, language: str, whatsapp: Channel) -> RenderedPreview:
    answers = Answers(base)
    wording = answers.wording
    today = clock.today()
    days = sorted(phase.from_ for phase in fact.says if phase.from_ is not None)
    on = today if fact.on(today) is not None or not days else days[0]
    told, phase = wording.tell(fact, language, on), fact.on(on)
    topic = base.topic_of[fact.id]
    situation = TurnContext(intent=topic, language=language, on=on, sign=fact.when or "")
    kind = base.topics[topic].kind
    if fact.role == "more":
        outcome = answers.more(topic, 0, situation)
    else:
        outcome = answers.safety(topic, situation) if kind == "safety" else answers.answer(topic, situation)
    said = wording.raw(fact.key(phase), phase.text.strip(), language) if phase else None
    return RenderedPreview(
        language=language,
        right_to_left=language in RIGHT_TO_LEFT,
        text=answers.line(told, language) if told else "",
        stale=bool(said and language != SOURCE and said.language == SOURCE),
        reviewed=said.reviewed if said else "",
        standing=told.standing if told else "",
        replies=outcome.replies,
        whatsapp=on_channel(whatsapp, outcome.replies, language),
    )


def _figure(base: FactBase, figure: Figure, language: str) -> RenderedPreview:
    wording = Answers(base).wording
    said = wording.raw(f"figure:{figure.id}", figure.about.strip(), language)
    lines = [said.text]
    for period in figure.periods:
        days = [notation.day(day, language) if day else "" for day in (period.from_, period.until)]
        ages = "; ".join(
            f"{age}: {notation.written(value, figure.unit, language)}" for age, value in period.by_age.items()
        )
        value = notation.written(period.value, figure.unit, language)
        lines.append(f"{' – '.join(days)}: {value}{f' ({ages})' if ages else ''}" if any(days) else value)
    return RenderedPreview(
        language=language,
        right_to_left=language in RIGHT_TO_LEFT,
        text="\n".join(lines),
        stale=language != SOURCE and said.language == SOURCE,
        reviewed=said.reviewed,
        standing="",
    )


def used_by(base: FactBase, figure: str) -> list[str]:
    """Facts whose text has a figure in it."""
    return [
        fact.id
        for fact in base.facts.values()
        if any(name == figure for phase in fact.says for name, _ in placeholders(phase.text))
    ]
