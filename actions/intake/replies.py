"""What is said in a case: the next question, the result, a letter, or the answer to a question in between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from actions.answers import Answers, remember
from actions.intake import prompts
from actions.intake.context import in_context
from actions.intake.policy import DANGER
from actions.intake.rendering import told, understood
from actions.intake.report import Reports
from actions.intake.results import ADVICE, BASIS, PAPERS, IntakeResult, Sums
from actions.intake.state import Field, Intake, complete, next_question, to_slot, with_changes
from actions.letters import store
from actions.letters.letter import Letters
from actions.responses import ActionResult, Button, Document, Reply
from actions.tracker_state import Heard
from actions.turn_context import TurnContext
from facts.wording import RenderedFact


class Speaking:
    """Speaks with the facts, sums and texts of one fact base."""

    def __init__(self, answers: Answers, sums: Sums, respond: Callable[[Heard], ActionResult]) -> None:
        self.answers, self.sums, self.respond = answers, sums, respond
        self.wording = answers.wording
        self.reports, self.letters = Reports(answers.wording), Letters(answers)

    def speak(self, heard: Heard, case: Intake) -> ActionResult:
        """The reply of a turn in a case. Its slots hold the case as it then is."""
        situation = heard.situation
        if case.event == "danger":
            topic = situation.intent if situation.intent in DANGER else "exploitation"
            return _keeping(self.answers.safety(topic, situation), case)
        if case.event == "letter":
            papers = situation.values.get("kind") == "papers"
            return self.papers(heard, case) if papers else self._letter(situation, case)
        if case.event == "aside":
            return self._aside(heard, case)
        if case.event == "started" and case.stage == "offered":
            return self._offer(situation, case)
        field = next_question(case)
        if field is None:
            return self._done(situation, case)
        return self._ask(situation, case, field)

    def leave(self, heard: Heard, case: Intake | None) -> ActionResult:
        """The reply to the message with which a case was left."""
        if case is not None and case.event == "stopped":
            situation = heard.situation
            text = self.wording.text("case.stopped", situation.language)
            buttons = tuple(self.answers.common("menu", "human", language=situation.language))
            slots = {**remember(situation.memory), "case": None}
            store.forget(case.files)
            return ActionResult(
                replies=(Reply(text, buttons),), topic="cancel", language=situation.language, slots=slots
            )
        outcome = self.respond(heard)
        kept = (
            None
            if case is None
            else with_changes(case, stage="left", asked="", where="", account="", proof="", what=())
        )
        return msgspec.structs.replace(outcome, slots={**outcome.slots, "case": to_slot(kept)})

    def _offer(self, situation: TurnContext, case: Intake) -> ActionResult:
        """The rule first, then the offer to work it out, with the first question."""
        language = situation.language
        outcome = self.answers.answer(case.flow, situation)
        field = next_question(case)
        if field is None:
            return _keeping(outcome, case)
        stage = "open" if case.flow == "report_abuse" else case.stage  # its first question can be answered in any words
        case = with_changes(case, asked=field, questions=1, stage=stage)
        offer = "case.offer_report" if case.flow == "report_abuse" else "case.offer"
        parts = [outcome.replies[0].text, self.wording.text(offer, language)]
        if case.flow == "back_pay_without_permit":
            parts.insert(1, self.wording.text("case.no_residence_asked", language))
        parts[-1] = f"{parts[-1]}\n{prompts.question(case, field, self.wording, language, situation.on)}"
        choices = [one for one in self._choices(case, field, situation) if one.payload != "/cancel"]
        open_field = [one for one in choices if '"unknown"' not in one.payload]
        return _keeping(outcome, case, "\n\n".join(parts), (*open_field, *outcome.replies[0].buttons))

    def _ask(self, situation: TurnContext, case: Intake, field: Field) -> ActionResult:
        language = situation.language
        parts = []
        if case.event == "started":
            parts += [self.answers.line(one, language) for one in self._basis(case, situation)[:1]]
            if case.flow == "back_pay_without_permit":
                parts.append(self.wording.text("case.no_residence_asked", language))
        if case.foreign:
            parts.append(self.wording.text("case.currency", language, currency=case.foreign))
        if case.event == "missed":
            parts.append(self.wording.text("case.again", language))
        parts.append(prompts.question(case, field, self.wording, language, situation.on))
        if _hinted(situation):
            parts.append(self.answers.hint(situation))
        asked_anew = field != case.asked
        buttons = self._choices(case, field, situation)
        if case.event == "missed":
            buttons += self.answers.common("human", language=language)
        case = with_changes(case, stage="open", asked=field, questions=case.questions + asked_anew)
        return self._outcome(situation, case, "\n\n".join(parts), buttons, understood=case.event != "missed")

    def _aside(self, heard: Heard, case: Intake) -> ActionResult:
        situation = in_context(heard.situation, case)
        outcome = self.respond(Heard(situation, heard.wanted))
        field = next_question(case) if case.stage == "open" else None
        if field is None or not outcome.replies:
            return self._with_letter_at_hand(outcome, case)
        language = outcome.language
        question = prompts.question(case, field, self.wording, language, situation.on)
        text = f"{outcome.replies[-1].text}\n\n{self.wording.text('case.resume', language)} {question}"
        buttons = (*self._choices(case, field, situation, language), *outcome.replies[-1].buttons)
        return _keeping(outcome, with_changes(case, asked=field), text, buttons)

    def _with_letter_at_hand(self, outcome: ActionResult, case: Intake) -> ActionResult:
        """An answer in between, after the result: the letter that was offered can still be made."""
        if not (case.letter and outcome.replies):
            return _keeping(outcome, case)
        make = self.answers.button("button.make_letter", "/make_letter", outcome.language)
        return _keeping(outcome, case, outcome.replies[-1].text, (make, *outcome.replies[-1].buttons))

    def _done(self, situation: TurnContext, case: Intake) -> ActionResult:
        language = situation.language
        if case.flow == "report_abuse":
            return self._report(situation, case)
        if not complete(case):
            text = self.wording.text("case.no_result", language)
            helpers = self.answers.common("human", "menu", language=language)
            return self._outcome(situation, with_changes(case, stage="done", asked=""), text, helpers)
        result = self.sums.result(case, situation.on)
        text = self.result_text(situation, case, result)
        buttons: list[Button] = []
        if result.letter:
            buttons.append(self.answers.button("button.make_letter", "/make_letter", language))
        buttons += self.answers.common("source", language=language)
        related = self.answers.base.related(case.flow)[:2]
        buttons += [self.answers.topic_button(name, language) for name in related]
        buttons += self.answers.common("human", language=language)
        birthday = self._may_have_had_a_birthday(case)
        if birthday:
            text = f"{text}\n\n{prompts.question(case, 'birthday', self.wording, language, situation.on)}"
        done = with_changes(case, stage="done", asked="birthday" if birthday else "", letter=result.letter)
        return self._outcome(situation, done, text, buttons)

    def result_text(self, situation: TurnContext, case: Intake, result: IntakeResult) -> str:
        """A result in words: its lines, what it was made with, and the way on."""
        language, on = situation.language, situation.on
        known = [f"• {line}" for line in understood(case, self.wording, language, on)]
        parts = ["\n".join(told(line, self.wording, language, on) for line in result.lines)]
        parts.append("\n".join([self.wording.text("told.intro", language), *known]))
        if case.foreign:
            parts.insert(0, self.wording.text("case.currency", language, currency=case.foreign))
        steps = self._steps(case, situation)
        if result.letter and case.flow in ADVICE:
            parts.append("\n".join(f"• {self.answers.line(one, language)}" for one in self._advice(case, situation)))
        if result.letter:
            parts.append(self.wording.text("letter.offer", language))
        elif steps and not result.asks:
            parts.append("\n".join(f"• {self.answers.line(one, language)}" for one in steps))
        closing = [self.wording.text("told.correct", language)]
        if _hinted(situation):
            closing.append(self.answers.hint(situation))
        if not situation.memory.disclaimed:
            closing.append(self.wording.text("answer.disclaimer", language))
        return "\n\n".join([*parts, "\n".join(closing)])

    def _report(self, situation: TurnContext, case: Intake) -> ActionResult:
        language = situation.language
        text = self.reports.text(case, language, situation.on)
        document = self.reports.document(case, language, situation.on)
        buttons = self.answers.common("human", "source", language=language)
        told = self._basis(case, situation)
        lines = [self.answers.line(one, language) for one in told]
        done = with_changes(case, stage="done", asked="", what=(), account="", where="", proof="")
        return self._with_file(situation, done, "\n\n".join([text, *lines]), buttons, document)

    def _letter(self, situation: TurnContext, case: Intake) -> ActionResult:
        language = situation.language
        result = self.sums.result(case, situation.on) if complete(case) else None
        buttons = self.answers.common("human", "menu", language=language)
        if result is None or not result.letter:
            return self._outcome(situation, case, self.wording.text("letter.failed", language), buttons)
        document = self.letters.make(case, result, language, situation.on)
        return self._with_file(situation, case, self.wording.text("letter.made", language), buttons, document)

    def papers(self, heard: Heard, case: Intake | None) -> ActionResult:
        """The letter that asks for payslips and a record of hours: it needs no sum, and no case."""
        situation = heard.situation
        language = situation.language
        asking = IntakeResult(lines=(), facts=PAPERS, letter="papers")
        document = self.letters.make(Intake(flow="unpaid_wages"), asking, language, situation.on)
        facts = self.answers.tell([self.answers.base.facts[name] for name in PAPERS], situation)
        buttons = self.answers.common("source", "menu", "human", language=language)
        names = tuple(one.fact.id for one in facts)
        outcome = ActionResult(
            replies=(Reply(self.wording.text("letter.made", language), tuple(buttons), document),),
            topic="proof_of_hours",
            language=language,
            facts=names,
            sources=self.answers.sources(facts),
            slots=remember(situation.memory, topic="proof_of_hours", told=names),
        )
        return _keeping(outcome, _with_name(case or Intake(flow="unpaid_wages", stage="left"), document))

    def _with_file(
        self, situation: TurnContext, case: Intake, text: str, buttons: list[Button], document: Document
    ) -> ActionResult:
        """A reply with a file, whose name the case keeps: it is deleted with the conversation."""
        outcome = self._outcome(situation, _with_name(case, document), text, buttons)
        reply = msgspec.structs.replace(outcome.replies[0], document=document)
        return msgspec.structs.replace(outcome, replies=(reply,))

    # -- parts --------------------------------------------------------------------------------------------------

    def _may_have_had_a_birthday(self, case: Intake) -> bool:
        """Whether the minimum may have changed by age on the way: asked after the result, which counts today's age."""
        young = case.age is not None and case.age <= self.sums.rates.full_age and case.birthday is None
        return young and case.first is not None and case.last is not None and case.first < case.last

    def _choices(self, case: Intake, field: Field, situation: TurnContext, language: str = "") -> list[Button]:
        return prompts.buttons(case, field, self.wording, language or situation.language, situation.on)

    def _basis(self, case: Intake, situation: TurnContext) -> list[RenderedFact]:
        facts = [self.answers.base.facts[name] for name in BASIS[case.flow]]
        return self.answers.tell(facts, situation)

    def _steps(self, case: Intake, situation: TurnContext) -> list[RenderedFact]:
        steps = [fact for fact in self.answers.base.facts_of(case.flow) if fact.role == "step"][:1]
        return self.answers.tell(steps, situation)

    def _advice(self, case: Intake, situation: TurnContext) -> list[RenderedFact]:
        facts = [self.answers.base.facts[name] for name in ADVICE.get(case.flow, ())]
        return self.answers.tell(facts, situation)

    def _outcome(
        self, situation: TurnContext, case: Intake, text: str, buttons: list[Button], understood: bool = True
    ) -> ActionResult:
        told = self._basis(case, situation)
        if case.stage == "done" and case.letter:
            shown = {one.fact.id for one in told}
            told += [one for one in self._advice(case, situation) if one.fact.id not in shown]
        names = tuple(one.fact.id for one in told)
        slots = remember(situation.memory, topic=case.flow, told=names, disclaimed=True)
        outcome = ActionResult(
            replies=(Reply(text, tuple(buttons)),),
            topic=case.flow,
            language=situation.language,
            understood=understood,
            safety_hint=_hinted(situation),
            facts=names,
            sources=self.answers.sources(told),
            slots=slots,
        )
        return _keeping(outcome, case)


def _keeping(outcome: ActionResult, case: Intake, text: str = "", buttons: tuple[Button, ...] = ()) -> ActionResult:
    kept = {**outcome.slots, "case": to_slot(case)}
    if not text:
        return msgspec.structs.replace(outcome, slots=kept)
    reply = msgspec.structs.replace(outcome.replies[-1], text=text, buttons=buttons)
    return msgspec.structs.replace(outcome, replies=(*outcome.replies[:-1], reply), slots=kept)


def _hinted(situation: TurnContext) -> bool:
    """Whether the quiet line is due: possible signs, or signs that were taken for no more than an answer."""
    return situation.hint or situation.intent in DANGER


def _with_name(case: Intake, document: Document) -> Intake:
    return with_changes(case, files=(*case.files, Path(document.path).name))
