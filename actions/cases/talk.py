"""Leads a case: what a message means for it, and what is said next.

Rasa's form asks twice in a turn: `hear` when it validates, `speak` when it asks. What `hear` found out is left for
`speak` in the case itself (`event`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from actions.answers import Answers, remember
from actions.cases import questions
from actions.cases.case import FULL_AGE, Case, Field, Flow, complete, has, next_question
from actions.cases.listen import READER, answer, corrected, take
from actions.cases.report import Reports
from actions.cases.results import BASIS, PAPERS, Result, Sums
from actions.cases.telling import told, understood
from actions.letters.letter import Letters
from actions.reader import Heard
from actions.reading.model import Money, Reading
from actions.reading.plain import Plain, plain
from actions.reading.reader import read
from actions.reply import Button, Outcome, Reply
from actions.situation import Situation
from facts.wording import Told

FLOWS: Final[tuple[str, ...]] = get_args(Flow)
#: After these the case is left; what was told is kept for when the talk comes back to it.
_LEAVES: Final = frozenset(
    {"menu", "talk_to_human", "goodbye", "show_group", "delete_my_data", "confirm_delete", "greet"}
)
#: Buttons that are answered in between.
_ASIDE: Final = frozenset({"show_source", "show_more", "set_language", "change_language", "keep_data"})
_DANGER: Final = frozenset({"exploitation", "emergency"})
#: So sure must the understanding be that a message is a question of its own and not an answer.
_SURE: Final = 0.55
#: As sure for a message that asks nothing.
_CERTAIN: Final = 0.8
#: A message of fewer words is rather an answer.
_WORDS: Final = 4
#: From these scores on signs of danger count in a short answer too; the second where it gives just what was asked for.
_ALARM: Final = 0.3
_LOUD: Final = 1.0
_BRIEF: Final = 8
#: After so many answers that could not be read, the talk goes on without.
_PATIENCE: Final = 2


class Cases:
    """Works out cases with the facts, sums and texts of one fact base."""

    def __init__(
        self, answers: Answers, respond: Callable[[Heard], Outcome], goes_on: Callable[[Situation], str | None]
    ) -> None:
        self.answers, self.respond, self.goes_on = answers, respond, goes_on
        self.wording = answers.wording
        self.sums = Sums(answers.base)
        self.reports = Reports(answers.wording)

    # -- hearing ------------------------------------------------------------------------------------------------

    def hear(self, heard: Heard, case: Case | None, running: bool) -> Case | None:
        """The case after a message; None (or `stage` "left") where the talk leaves it.

        Args:
            case: as it was before; None at the first.
            running: the form was asking already.
        """
        situation = heard.situation
        if not running or case is None:
            told = read(situation.text, situation.language, situation.on, "", situation.wrote)
            money = situation.text.startswith("/") or any(isinstance(one, Money) for one in told)
            if not money and self.goes_on(situation):  # "and if I am 19?" after an answer
                return _left(case or Case(flow="check_my_pay"))
            return self._start(situation, case)
        intent = situation.intent
        if intent in _DANGER and not self._only_an_answer(situation, case):
            taken = self._take(case, self._read(situation, case), situation.on)  # answered first, but nothing is lost
            return _with(taken, event="danger", asked="")
        if intent == "tell":
            return self._pressed(situation, case)
        if intent == "cancel":
            return _with(case, event="stopped", stage="left")
        if intent == "make_letter":
            return _with(case, event="letter")
        if intent in _ASIDE:
            return _with(case, event="aside")
        if intent in _LEAVES and not self._answers(situation, case):
            return _with(case, event="left", stage="left")
        if intent in FLOWS and not situation.text.strip("/ ").count(" ") and situation.text.startswith("/"):
            return self._start(situation, case)
        return self._typed(situation, case)

    def _start(self, situation: Situation, before: Case | None) -> Case:
        flow: Flow = situation.intent  # type: ignore[assignment]
        known = before if before is not None and before.stage != "left" else None
        fresh = Case(flow=flow)
        if before is not None:  # what was told for one question is not asked again for the next
            fresh = Case(
                flow=flow, pay=before.pay, hours=before.hours, hours_day=before.hours_day,
                days_week=before.days_week, age=before.age, adult=before.adult, birthday=before.birthday,
            )  # fmt: skip
        if known is not None and known.flow == flow and known.stage == "open":
            fresh = known
        readings = self._read(situation, fresh)
        case = self._take(fresh, readings, situation.on)
        foreign = _foreign(readings)
        return _with(case, stage="open" if case != fresh or foreign else "offered", event="started", foreign=foreign)

    def _pressed(self, situation: Situation, case: Case) -> Case:
        field, value = str(situation.values.get("field", "")), str(situation.values.get("value", ""))
        told: dict[str, object] = {}
        if value == "unknown":
            told = {"unknown": (*case.unknown, field)}
        elif field in ("abroad", "signed"):
            told = {field: value}
        elif field == "age":
            told = {"adult": True, "age": None}
        elif field == "paid":
            told = {"paid": Decimal(0)}
        elif field == "period":
            told = {"unknown": (*case.unknown, "period")}
        elif field == "what":
            told = {"what": (*case.what, value)}
        elif field in ("per", "tax") and case.pay is not None:
            told = {"pay": msgspec.structs.replace(case.pay, **{field: value})}
        elif field == "deduction_per" and case.deduction is not None:
            told = {"deduction": msgspec.structs.replace(case.deduction, per=value)}
        changed = msgspec.structs.replace(case, **told)
        if (field, value) == ("what", "treatment"):
            return _with(changed, stage="open", event="danger", missed=0, asked="")
        return _with(changed, stage="open", event="told", missed=0, previous=case.asked)

    def _typed(self, situation: Situation, case: Case) -> Case:
        readings = self._read(situation, case)
        spoken = plain(situation.text, situation.language, situation.wrote)
        bare = read(situation.text, situation.language, situation.on, "", situation.wrote)
        taken = corrected(case, bare, spoken) or self._take(case, readings, situation.on)
        other = self._is_other(situation, case)
        foreign = _foreign(readings)
        if case.stage == "open":
            return self._answered(situation, case, taken, spoken, other, foreign)
        if taken != case and not (other and _asks(situation.text)):
            return _with(taken, stage="open", event="told", foreign=foreign)
        if situation.intent == "affirm":
            if case.stage == "done" and case.letter:
                return _with(case, event="letter")
            return _with(case, stage="open", event="told") if case.stage == "offered" else _left(case)
        unclear = situation.intent in ("ask_back", "out_of_scope", "deny") and situation.confidence < _SURE
        if case.stage == "offered" and (situation.intent == case.flow or unclear or spoken.no_idea):
            answered = answer(case, spoken, situation.text)
            return _with(answered or case, stage="open", event="told" if answered else "missed", previous=case.asked)
        return self._turn_to(situation, case) if situation.intent in FLOWS and other else _left(case)

    def _answered(
        self, situation: Situation, case: Case, taken: Case, spoken: Plain, other: bool, foreign: str
    ) -> Case:
        """A typed message while questions are open."""
        asks = _asks(situation.text)
        replied = case.asked != "" and has(taken, case.asked) and not has(case, case.asked)
        told = _with(taken, event="told", missed=0, foreign=foreign, previous=_changed(case, taken) or case.asked)
        free = case.asked in ("what", "where", "proof") and not (asks and other)
        if free or (not replied and not (other and asks)):
            answered = answer(taken, spoken, situation.text)
            if answered is not None:
                return _with(answered, event="told", missed=0, foreign=foreign, previous=case.asked)
        if replied or foreign:
            return told
        if taken != case:  # a question with an amount in it is a question; both are kept
            return _with(taken, event="aside") if other and asks and situation.intent not in FLOWS else told
        if other and (asks or situation.confidence >= _CERTAIN):
            return self._turn_to(situation, case)
        return self._miss(case)

    def _turn_to(self, situation: Situation, case: Case) -> Case:
        """A question of its own in the middle of a case: another case begins, or it is answered in between."""
        if situation.intent in FLOWS and not (case.stage == "open" and _asks(situation.text)):
            return self._start(situation, _with(case, stage="left"))
        return _with(case, event="aside") if case.stage == "open" else _left(case)

    def _is_other(self, situation: Situation, case: Case) -> bool:
        """Whether the message is about something else, and surely."""
        intent = situation.intent
        talk = ("affirm", "deny", "ask_back", "out_of_scope", "thanks", "cancel", "greet", *_DANGER)
        if intent in (case.flow, *talk):
            return False
        return situation.confidence >= _SURE and (_asks(situation.text) or len(situation.text.split()) >= _WORDS)

    def _only_an_answer(self, situation: Situation, case: Case) -> bool:
        """Whether a message with weak signs of danger is no more than the answer that was asked for ("im 47").

        Only a few words, all signs from the detector and none from a rule, and the question is answered by it.
        """
        if case.stage != "open" or len(situation.text.split()) > _BRIEF:
            return False
        taken = self._take(case, self._read(situation, case), situation.on)
        replied = case.asked != "" and has(taken, case.asked) and not has(case, case.asked)
        if situation.alarm >= (_LOUD if replied else _ALARM):
            return False
        spoken = answer(taken, plain(situation.text, situation.language, situation.wrote), situation.text)
        return taken != case or (spoken is not None and case.asked not in ("what", "where", "proof"))

    def _answers(self, situation: Situation, case: Case) -> bool:
        """Whether a message that looks like talk ("hi", "bye") is an answer after all."""
        return case.stage == "open" and self._take(case, self._read(situation, case), situation.on) != case

    def _miss(self, case: Case) -> Case:
        if not case.asked:
            return _with(case, event="told")
        missed = case.missed + 1
        if missed > _PATIENCE and case.asked:
            return _with(case, event="told", missed=0, unknown=(*case.unknown, case.asked))
        return _with(case, event="missed", missed=missed)

    def _read(self, situation: Situation, case: Case) -> list[Reading]:
        asked = READER.get(case.asked, "")
        return read(situation.text, situation.language, situation.on, asked, situation.wrote)

    def _take(self, case: Case, readings: list[Reading], on: date) -> Case:
        calendar = self.sums.calendar
        euros = [one for one in readings if not (isinstance(one, Money) and one.currency != "EUR")]
        return take(case, euros, on, (calendar.weeks_per_year, calendar.months_per_year))

    # -- speaking -----------------------------------------------------------------------------------------------

    def speak(self, heard: Heard, case: Case) -> Outcome:
        """The reply of a turn in a case. Its slots hold the case as it then is."""
        situation = heard.situation
        if case.event == "danger":
            topic = situation.intent if situation.intent in _DANGER else "exploitation"
            return _keeping(self.answers.safety(topic, situation), case)
        if case.event == "letter":
            papers = situation.values.get("kind") == "papers"
            return _keeping(self.papers_letter(heard), case) if papers else self._letter(situation, case)
        if case.event == "aside":
            return self._aside(heard, case)
        if case.event == "started" and case.stage == "offered":
            return self._offer(situation, case)
        field = next_question(case)
        if field is None:
            return self._done(situation, case)
        return self._ask(situation, case, field)

    def leave(self, heard: Heard, case: Case | None) -> Outcome:
        """The reply to the message with which a case was left."""
        if case is not None and case.event == "stopped":
            situation = heard.situation
            text = self.wording.text("case.stopped", situation.language)
            buttons = tuple(self.answers.common("menu", "human", language=situation.language))
            slots = {**remember(situation.memory), "case": None}
            return Outcome(replies=(Reply(text, buttons),), topic="cancel", language=situation.language, slots=slots)
        outcome = self.respond(heard)
        kept = None if case is None else _with(case, stage="left", asked="", where="", account="", proof="", what=())
        return msgspec.structs.replace(outcome, slots={**outcome.slots, "case": to_slot(kept)})

    def _offer(self, situation: Situation, case: Case) -> Outcome:
        """The rule first, then the offer to work it out, with the first question."""
        language = situation.language
        outcome = self.answers.answer(case.flow, situation)
        field = next_question(case)
        if field is None:
            return _keeping(outcome, case)
        stage = "open" if case.flow == "report_abuse" else case.stage  # its first question can be answered in any words
        case = _with(case, asked=field, questions=1, stage=stage)
        offer = "case.offer_report" if case.flow == "report_abuse" else "case.offer"
        parts = [outcome.replies[0].text, self.wording.text(offer, language)]
        if case.flow == "back_pay_without_permit":
            parts.insert(1, self.wording.text("case.no_residence_asked", language))
        parts[-1] = f"{parts[-1]}\n{questions.question(case, field, self.wording, language, situation.on)}"
        choices = [one for one in self._choices(case, field, situation) if one.payload != "/cancel"]
        open_field = [one for one in choices if '"unknown"' not in one.payload]
        return _keeping(outcome, case, "\n\n".join(parts), (*open_field, *outcome.replies[0].buttons))

    def _ask(self, situation: Situation, case: Case, field: Field) -> Outcome:
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
        parts.append(questions.question(case, field, self.wording, language, situation.on))
        if _hinted(situation):
            parts.append(self.answers.hint(situation))
        asked_anew = field != case.asked
        buttons = self._choices(case, field, situation)
        if case.event == "missed":
            buttons += self.answers.common("human", language=language)
        case = _with(case, stage="open", asked=field, questions=case.questions + asked_anew)
        return self._outcome(situation, case, "\n\n".join(parts), buttons, understood=case.event != "missed")

    def _aside(self, heard: Heard, case: Case) -> Outcome:
        situation = heard.situation
        outcome = self.respond(heard)
        field = next_question(case) if case.stage == "open" else None
        if field is None or not outcome.replies:
            return _keeping(outcome, case)
        language = outcome.language
        question = questions.question(case, field, self.wording, language, situation.on)
        text = f"{outcome.replies[-1].text}\n\n{self.wording.text('case.resume', language)} {question}"
        buttons = (*self._choices(case, field, situation, language), *outcome.replies[-1].buttons)
        return _keeping(outcome, _with(case, asked=field), text, buttons)

    def _done(self, situation: Situation, case: Case) -> Outcome:
        language = situation.language
        if case.flow == "report_abuse":
            return self._report(situation, case)
        if not complete(case):
            text = self.wording.text("case.no_result", language)
            helpers = self.answers.common("human", "menu", language=language)
            return self._outcome(situation, _with(case, stage="done", asked=""), text, helpers)
        result = self.sums.result(case, situation.on)
        text = self._result_text(situation, case, result)
        buttons: list[Button] = []
        if result.letter:
            buttons.append(self.answers.button("button.make_letter", "/make_letter", language))
        buttons += self.answers.common("source", language=language)
        related = self.answers.base.related(case.flow)[:2]
        buttons += [self.answers.topic_button(name, language) for name in related]
        buttons += self.answers.common("human", language=language)
        birthday = _may_have_had_a_birthday(case)
        if birthday:
            text = f"{text}\n\n{questions.question(case, 'birthday', self.wording, language, situation.on)}"
        done = _with(case, stage="done", asked="birthday" if birthday else "", letter=result.letter)
        return self._outcome(situation, done, text, buttons, result.facts)

    def _result_text(self, situation: Situation, case: Case, result: Result) -> str:
        language, on = situation.language, situation.on
        known = [f"• {line}" for line in understood(case, self.wording, language, on)]
        parts = ["\n".join(told(line, self.wording, language, on) for line in result.lines)]
        parts.append("\n".join([self.wording.text("told.intro", language), *known]))
        if case.foreign:
            parts.insert(0, self.wording.text("case.currency", language, currency=case.foreign))
        steps = self._steps(case, situation)
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

    def _report(self, situation: Situation, case: Case) -> Outcome:
        language = situation.language
        text = self.reports.text(case, language, situation.on)
        document = self.reports.document(case, language, situation.on)
        buttons = self.answers.common("human", "source", language=language)
        told = self._basis(case, situation)
        lines = [self.answers.line(one, language) for one in told]
        done = _with(case, stage="done", asked="", what=(), account="", where="", proof="")
        done = _with(done, files=(*case.files, Path(document.path).name))
        outcome = self._outcome(situation, done, "\n\n".join([text, *lines]), buttons)
        reply = msgspec.structs.replace(outcome.replies[0], document=document)
        return msgspec.structs.replace(outcome, replies=(reply,))

    def _letter(self, situation: Situation, case: Case) -> Outcome:
        language = situation.language
        result = self.sums.result(case, situation.on) if complete(case) else None
        buttons = self.answers.common("human", "menu", language=language)
        if result is None or not result.letter:
            return self._outcome(situation, case, self.wording.text("letter.failed", language), buttons)
        document = Letters(self.answers).make(case, result, language, situation.on)
        case = _with(case, files=(*case.files, Path(document.path).name))
        outcome = self._outcome(situation, case, self.wording.text("letter.made", language), buttons, result.facts)
        reply = msgspec.structs.replace(outcome.replies[0], document=document)
        return msgspec.structs.replace(outcome, replies=(reply,))

    def papers_letter(self, heard: Heard) -> Outcome:
        """The letter that asks for payslips and a record of hours: it needs no sum."""
        situation = heard.situation
        case, result = Case(flow="unpaid_wages"), Result(lines=(), facts=PAPERS, letter="papers")
        document = Letters(self.answers).make(case, result, situation.language, situation.on)
        language = situation.language
        facts = self.answers.tell([self.answers.base.facts[name] for name in PAPERS], situation)
        buttons = self.answers.common("source", "menu", "human", language=language)
        names = tuple(one.fact.id for one in facts)
        return Outcome(
            replies=(Reply(self.wording.text("letter.made", language), tuple(buttons), document),),
            topic="proof_of_hours",
            language=language,
            facts=names,
            sources=self.answers.sources(facts),
            slots=remember(situation.memory, topic="proof_of_hours", told=names),
        )

    # -- parts --------------------------------------------------------------------------------------------------

    def _choices(self, case: Case, field: Field, situation: Situation, language: str = "") -> list[Button]:
        return questions.buttons(case, field, self.wording, language or situation.language, situation.on)

    def _basis(self, case: Case, situation: Situation) -> list[Told]:
        facts = [self.answers.base.facts[name] for name in BASIS[case.flow]]
        return self.answers.tell(facts, situation)

    def _steps(self, case: Case, situation: Situation) -> list[Told]:
        steps = [fact for fact in self.answers.base.facts_of(case.flow) if fact.role == "step"][:1]
        return self.answers.tell(steps, situation)

    def _outcome(
        self, situation: Situation, case: Case, text: str, buttons: list[Button], facts: tuple[str, ...] = (),
        understood: bool = True,
    ) -> Outcome:  # fmt: skip
        told = self._basis(case, situation)
        names = tuple(one.fact.id for one in told)
        slots = remember(situation.memory, topic=case.flow, told=names, disclaimed=True)
        outcome = Outcome(
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


def to_slot(case: Case | None) -> object:
    """A case as the slot keeps it: plain data."""
    return None if case is None else msgspec.to_builtins(case)


def from_slot(value: object) -> Case | None:
    """The slot's case; None for none, or for one of an older shape."""
    try:
        return msgspec.convert(value, Case, strict=False) if isinstance(value, dict) else None
    except msgspec.ValidationError:
        return None


def _keeping(outcome: Outcome, case: Case, text: str = "", buttons: tuple[Button, ...] = ()) -> Outcome:
    kept = {**outcome.slots, "case": to_slot(case)}
    if not text:
        return msgspec.structs.replace(outcome, slots=kept)
    reply = msgspec.structs.replace(outcome.replies[-1], text=text, buttons=buttons)
    return msgspec.structs.replace(outcome, replies=(*outcome.replies[:-1], reply), slots=kept)


def _with(case: Case, **changes: object) -> Case:
    return msgspec.structs.replace(case, **{"foreign": "", **changes})


def _left(case: Case) -> Case:
    return _with(case, event="left", stage="left")


def _changed(before: Case, after: Case) -> Field | Literal[""]:
    """What an answer changed, of that which a bare number can correct."""
    names: tuple[Field, ...] = ("hours", "paid", "age", "pay", "deduction")
    return next((name for name in names if getattr(before, name) != getattr(after, name)), "")


def _may_have_had_a_birthday(case: Case) -> bool:
    """Whether the minimum may have changed by age on the way: asked after the result, which counts the age of today."""
    young = case.age is not None and case.age <= FULL_AGE and case.birthday is None
    return young and case.first is not None and case.last is not None and case.first < case.last


def _hinted(situation: Situation) -> bool:
    """Whether the quiet line is due: possible signs, or signs that were taken for no more than an answer."""
    return situation.hint or situation.intent in _DANGER


def _asks(text: str) -> bool:
    return "?" in text or "؟" in text


def _foreign(readings: list[Reading]) -> str:
    return next((one.currency for one in readings if isinstance(one, Money) and one.currency != "EUR"), "")
