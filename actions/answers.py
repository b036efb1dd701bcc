"""Answers: made of facts and nothing else, in the order answer, warning, what to do now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from actions.mentions import mentioned
from actions.responses import ActionResult, Button, Reply, SourceShown
from actions.turn_context import Memory, TurnContext
from facts import notation
from facts.base import FactBase
from facts.model import CHECK_HOLDS, Fact, placeholders
from facts.wording import RenderedFact, Wording

#: Steps that an answer shows; further ones come first under "tell me more".
STEPS = 2
#: Facts of "tell me more" that are shown at a time.
PAGE = 3
#: How likely a question must be, given its topic, to be answered as the one that was asked.
SURE_OF_QUESTION = 0.4
#: Facts whose sources are shown at a time.
SOURCES_SHOWN = 4


class Answers:
    """Answers from one fact base."""

    def __init__(self, base: FactBase) -> None:
        self.base = base
        self.wording = Wording(base)

    # -- buttons ------------------------------------------------------------------------------------------------

    def button(self, key: str, payload: str, language: str) -> Button:
        """A button whose title stands in facts/texts."""
        return Button(self.wording.text(key, language), payload)

    def topic_button(self, topic: str, language: str) -> Button:
        """A button that asks for a topic."""
        return self.button(f"topic.{topic}", f"/{topic}", language)

    def common(self, *names: str, language: str) -> list[Button]:
        """Buttons that come back everywhere: source, human, menu, language."""
        payloads = {
            "source": "/show_source",
            "human": "/talk_to_human",
            "menu": "/menu",
            "language": "/change_language",
            "danger": "/emergency",
        }
        return [self.button(f"button.{name}", payloads[name], language) for name in names]

    # -- telling facts ------------------------------------------------------------------------------------------

    def tell(self, facts: Iterable[Fact], situation: TurnContext) -> list[RenderedFact]:
        """The facts that say something on the day, worded; each with the warning that its figures call for before it.

        The number of an authority is never told before what it can mean for someone without residence.
        """
        language, on = situation.language, situation.on
        lines: list[RenderedFact] = []
        for fact in facts:
            told = self.wording.tell(fact, language, on)
            if told is None or fact.id in {one.fact.id for one in lines}:
                continue
            if told.expired and told.text in {one.text for one in lines}:
                continue  # that a figure ended is said once
            for name in self._warnings_of(fact, situation):
                if name not in {one.fact.id for one in lines}:
                    warning = self.wording.tell(self.base.facts[name], language, on)
                    lines += [warning] if warning else []
            lines.append(told)
        return lines

    def _warnings_of(self, fact: Fact, situation: TurnContext) -> list[str]:
        phase = fact.on(situation.on)
        names = [name for name, _ in placeholders(phase.text)] if phase else []
        figures = [self.base.figures[name] for name in names]
        return [figure.warn_with for figure in figures if figure.warn_with]

    def line(self, told: RenderedFact, language: str) -> str:
        """A told fact as a line: what is not in force says so first; what is unsure says so last."""
        text = told.text
        if told.standing not in ("in_force", "observation"):
            label = self.wording.text(f"standing.{told.standing}", language)
            text = f"{label}. {text}"
        if told.fact.confidence == "low" and not told.says_unsure:
            text = f"{text} {self.wording.text('answer.unsure', language)}"
        return text

    def notices(self, told: Sequence[RenderedFact], situation: TurnContext) -> list[str]:
        """What has to be said about the answer itself: English parts, an old check, another language."""
        language = situation.language
        notices = []
        if language != "en" and any(one.language != language for one in told):
            notices.append(self.wording.text("answer.english", language))
        oldest = min((one.fact.checked_on for one in told), default=situation.on)
        if oldest + CHECK_HOLDS < situation.on:
            notices.append(self.wording.text("answer.checked", language, date=notation.day(oldest, language)))
        return notices

    def sources(self, told: Sequence[RenderedFact]) -> tuple[SourceShown, ...]:
        """The sources of told facts, for the record and for `ask --json`."""
        sources = self.base.sources
        return tuple(
            SourceShown(
                fact=one.fact.id,
                title=sources.title(source),
                url=sources.url(source),
                section=sources.section(source),
                quote=" ".join((source.quote or "").split()),
                checked_on=one.fact.checked_on.isoformat(),
            )
            for one in told
            for source in one.fact.sources
        )

    # -- answers ------------------------------------------------------------------------------------------------

    def answer(self, topic: str, situation: TurnContext) -> ActionResult:
        """The answer to a topic: its answers, warnings and steps, then buttons to source, more and related topics."""
        language, memory = situation.language, situation.memory
        told = self.tell(self._first(topic, situation), situation)
        until_steps = next((place for place, one in enumerate(told) if one.fact.role == "step"), len(told))
        parts = ["\n\n".join(self.line(one, language) for one in told[:until_steps])]
        steps = [f"• {self.line(one, language)}" for one in told[until_steps:]]
        if steps:
            parts.append("\n".join([self.wording.text("answer.steps", language), *steps]))
        closing = self.notices(told, situation)
        if situation.hint:
            closing.append(self.hint(situation))
        if not memory.disclaimed:
            closing.append(self.wording.text("answer.disclaimer", language))
        if closing:
            parts.append("\n".join(closing))
        buttons = self.common("source", language=language)
        if self._further(topic, situation):
            buttons.append(self.button("button.more", f'/show_more{{"topic": "{topic}"}}', language))
        related = [name for name in self.base.related(topic) if name != topic][:3]
        second = [name for name in situation.choices if self.offers(name) and name != topic][:1]
        if second:
            related = [*second, *(name for name in related if name not in second)][:3]
        if topic == "proof_of_hours":
            buttons.append(self.button("button.papers_letter", '/make_letter{"kind": "papers"}', language))
        buttons += [self.topic_button(name, language) for name in related]
        buttons += self.common("human", language=language)
        if second:
            also = self.wording.text("answer.also", language)
            parts.append(f"{also} {self.wording.text(f'topic.{second[0]}', language)}")
        return ActionResult(
            replies=(Reply("\n\n".join(part for part in parts if part), tuple(buttons)),),
            topic=topic,
            language=language,
            complete="partial",
            safety_hint=situation.hint,
            facts=tuple(one.fact.id for one in told),
            sources=self.sources(told),
            slots=remember(
                memory, topic=topic, told=tuple(one.fact.id for one in told), disclaimed=True, offered=tuple(second)
            ),
        )

    def offers(self, topic: str) -> bool:
        """Whether a topic has an overview that can be offered by its name."""
        return topic in self.base.files and self.base.topics[topic].kind != "elsewhere"

    def elsewhere(self, situation: TurnContext) -> ActionResult | None:
        """Who answers what Baken does not: a short true word of it, and where to go. None where it is not sure what."""
        language = situation.language
        likely = [name for name, share in situation.questions.items() if share >= SURE_OF_QUESTION]
        name = next((name for name in likely if name in self.base.questions), None)
        if name is None:
            return None
        told = self.tell((self.base.facts[fact] for fact in self.base.questions[name].facts), situation)
        if not told:
            return None
        closing = self.notices(told, situation)
        if situation.hint:
            closing.append(self.hint(situation))
        parts = [self.line(one, language) for one in told] + ["\n".join(closing)]
        buttons = self.common("source", "human", "menu", language=language)
        return ActionResult(
            replies=(Reply("\n\n".join(part for part in parts if part), tuple(buttons)),),
            topic="out_of_scope",
            language=language,
            questions=(name,),
            complete="elsewhere",
            safety_hint=situation.hint,
            facts=tuple(one.fact.id for one in told),
            sources=self.sources(told),
            slots=remember(situation.memory, told=tuple(one.fact.id for one in told)),
        )

    def _first(self, topic: str, situation: TurnContext) -> list[Fact]:
        """The facts of an answer: all its answers and warnings, and the first steps."""
        facts = [fact for fact in self.base.facts_of(topic) if fact.on(situation.on)]
        steps = [fact for fact in facts if fact.role == "step"][:STEPS]
        found = mentioned(situation.text)
        asked = [fact for fact in facts if fact.when in found]
        answers = [fact for fact in facts if fact.role == "answer"]
        # what stands before the first answer in its file takes the place of the rule for others, so it is read first
        ahead = [fact for fact in asked if answers and facts.index(fact) < facts.index(answers[0])]
        answers = ahead + answers[:1] + [fact for fact in asked if fact not in ahead] + answers[1:]
        warnings = [fact for fact in facts if fact.role == "warning"]
        first = topic in self.base.files and self.base.files[topic][1].warnings_first
        return (warnings + answers if first else answers + warnings) + steps

    def _further(self, topic: str, situation: TurnContext) -> list[Fact]:
        """The facts behind "tell me more": steps that the answer had no room for, then the rest."""
        facts = [fact for fact in self.base.facts_of(topic) if fact.on(situation.on)]
        steps = [fact for fact in facts if fact.role == "step"][STEPS:]
        return steps + [fact for fact in facts if fact.role == "more"]

    def hint(self, situation: TurnContext) -> str:
        """The quiet line under an answer whose question may have had a sign of danger in it."""
        phone = self.wording.figure("phone_emergency", situation.language, situation.on) or ""
        return self.wording.text("safety.hint", situation.language, phone=phone)

    def safety(self, topic: str, situation: TurnContext) -> ActionResult:
        """The fixed safety reply: whom to call, nothing asked, a human offered. Nothing else comes before it."""
        language = situation.language
        facts = [fact for fact in self.base.facts_of(topic) if fact.role in ("answer", "step", "warning")]
        # who thinks of suicide reads 113 first
        facts.sort(key=lambda fact: fact.when != situation.sign or not fact.when)
        # "may he keep my passport?" is answered too, right behind the number to call
        asked = [fact for fact in self.base.facts_of(topic) if fact.role == "more" and fact.when == situation.sign]
        facts[1:1] = asked if situation.sign else []
        told = self.tell(facts, situation)
        body = [self.line(one, language) for one in told if one.fact.role in ("answer", "more")]
        # A warning must not stand between a person in danger and the number to call: it follows the first words.
        body += [self.line(one, language) for one in told if one.fact.role == "warning"]
        steps = [f"• {self.line(one, language)}" for one in told if one.fact.role == "step"]
        parts = ["\n\n".join(body), "\n".join(steps), *self.notices(told, situation)]
        parts.append(self.wording.text("safety.human", language))
        buttons = [*self.common("human", language=language)]
        if topic == "exploitation":
            buttons += self.common("danger", language=language)
        buttons += self.common("source", language=language)
        related = [name for name in self.base.related(topic) if name != "emergency"]
        buttons += [self.topic_button(name, language) for name in related[:2]]
        return ActionResult(
            replies=(Reply("\n\n".join(part for part in parts if part), tuple(buttons)),),
            topic=topic,
            language=language,
            safety=True,
            facts=tuple(one.fact.id for one in told),
            sources=self.sources(told),
            slots=remember(
                situation.memory, topic=topic, told=tuple(one.fact.id for one in told), asked="human", offered=()
            ),
        )

    def source(self, situation: TurnContext) -> ActionResult:
        """Where the last answer comes from: title, article, the words themselves, what they mean, standing and date."""
        language, memory = situation.language, situation.memory
        facts = [self.base.facts[name] for name in memory.told if name in self.base.facts]
        told = [one for fact in facts if (one := self.wording.tell(fact, language, situation.on))]
        told.sort(key=lambda one: ("answer", "warning", "step", "more").index(one.fact.role))
        buttons = tuple(self.common("menu", "human", language=language))
        if not told:
            text = self.wording.text("source.none", language)
            return ActionResult(replies=(Reply(text, buttons),), topic="menu", language=language)
        replies = [Reply(self.wording.text("source.intro", language))]
        for one in told[:SOURCES_SHOWN]:
            lines = [self.wording.source(source, language) for source in one.fact.sources]
            lines.append(f"{self.wording.text('source.meaning', language)} {one.text}")
            lines.append(self._standing(one, language))
            if any(source.letter for source in one.fact.sources):
                letter = self.wording.figure("letter_date", language, situation.on) or ""
                lines.append(self.wording.text("source.letter", language, date=letter))
            replies.append(Reply("\n".join(lines)))
        last = replies.pop()
        return ActionResult(
            replies=(*replies, Reply(last.text, buttons)),
            topic=memory.topic or "menu",
            language=language,
            facts=tuple(one.fact.id for one in told),
            sources=self.sources(told),
            slots=remember(memory),
        )

    def _standing(self, told: RenderedFact, language: str) -> str:
        return self.wording.text(
            "source.standing",
            language,
            standing=self.wording.text(f"standing.{told.standing}", language),
            date=notation.day(told.fact.checked_on, language),
        )

    def more(self, topic: str, page: int, situation: TurnContext) -> ActionResult:
        """Further facts of a topic, a few at a time: law first, then what is only decided or planned."""
        language, memory = situation.language, situation.memory
        facts = self._further(topic, situation)
        shown = self.tell(facts[page * PAGE : (page + 1) * PAGE], situation)
        buttons = self.common("source", language=language) if shown else []
        if len(facts) > (page + 1) * PAGE:
            payload = f'/show_more{{"topic": "{topic}", "page": "{page + 1}"}}'
            buttons.append(self.button("button.more", payload, language))
        buttons += [self.topic_button(name, language) for name in self.base.related(topic)[:2]]
        buttons += self.common("menu", "human", language=language)
        head = self.wording.text("more.intro" if shown else "more.none", language)
        lines = [f"• {self.line(one, language)}" for one in shown]
        text = "\n".join([head, *lines, *self.notices(shown, situation)])
        return ActionResult(
            replies=(Reply(text, tuple(buttons)),),
            topic=topic,
            language=language,
            facts=tuple(one.fact.id for one in shown),
            sources=self.sources(shown),
            slots=remember(memory, topic=topic, told=tuple(one.fact.id for one in shown) or memory.told),
        )


def remember(memory: Memory, **changes: object) -> dict[str, object]:
    """The memory with changes, as the slot that keeps it. What a reply asked or offered holds for one turn only."""
    import msgspec

    fresh: dict[str, object] = {"not_understood": 0, "offered": (), "asked": ""}
    changed = msgspec.structs.replace(memory, **(fresh | changes))
    return {"memory": msgspec.to_builtins(changed)}
