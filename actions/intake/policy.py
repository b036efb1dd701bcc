"""What a message means for a case: an answer, a correction, a question of its own, danger, or the end of it.

Rasa's form validates with `hear` and then asks with `speaking`: what was found out is left in the case (`event`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, Literal

import msgspec

from actions.amounts.extract import extract
from actions.amounts.model import Duration, Extracted, Money
from actions.amounts.short_answers import Plain, plain
from actions.intake.context import FLOWS, asks, flow_of, in_context
from actions.intake.prompts import offered
from actions.intake.results import Sums
from actions.intake.slot_filling import READER, answer, corrected, fill, shortened
from actions.intake.state import FREE, Field, Intake, has, with_changes
from actions.tracker_state import Heard
from actions.turn_context import TurnContext

#: After these the case is left; what was told is kept for when the talk comes back to it.
_LEAVES: Final = frozenset(
    {"menu", "talk_to_human", "goodbye", "show_group", "delete_my_data", "confirm_delete", "greet"}
)
#: Buttons that are answered in between.
_ASIDE: Final = frozenset(
    {"show_source", "show_more", "set_language", "change_language", "keep_data", "unknown_button"}
)
DANGER: Final = frozenset({"exploitation", "emergency"})
_UNSURE: Final = ("ask_back", "out_of_scope")
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
#: Signs this strong are none of "I do not know", which looks like danger to the detector.
_STRONG: Final = 2.0
_CLAUSE: Final = 12
#: After so many answers that could not be read, the talk goes on without.
_PATIENCE: Final = 2
#: A pupil in a work-learn contract names it so in every language.
_PUPIL: Final = re.compile(r"\bbbl\b", re.IGNORECASE)
#: A first message of so many words is an account already.
_STORY: Final = 12


class Hearing:
    """Hears messages for cases."""

    def __init__(self, sums: Sums, goes_on: Callable[[TurnContext], str | None]) -> None:
        self.sums, self.goes_on = sums, goes_on

    def hear(self, heard: Heard, case: Intake | None, running: bool) -> Intake | None:
        """The case after a message; None (or `stage` "left") where the talk leaves it.

        Args:
            case: as it was before; None at the first.
            running: the form was asking already.
        """
        situation = heard.situation if case is None else in_context(heard.situation, case)
        if not running or case is None:
            told = extract(situation.text, situation.language, situation.on, "", situation.wrote)
            money = situation.pressed or any(isinstance(one, Money) for one in told)
            if not money and self.goes_on(situation):  # "and if I am 19?" after an answer
                return _left(case or Intake(flow="check_my_pay"))
            return self._start(situation, case)
        intent = situation.intent
        if intent in DANGER and not self._only_an_answer(situation, case):
            taken = self._take(case, self._read(situation, case), situation)  # answered first, but nothing is lost
            if case.asked == "what":
                taken = with_changes(taken, account=shortened(situation.text))
            return with_changes(taken, event="danger", asked="")
        if intent == "tell":
            return self._pressed(situation, case)
        if intent == "cancel":
            if plain(situation.text, situation.language, situation.wrote).again:
                return Intake(flow=case.flow, event="told", files=case.files)
            return with_changes(case, event="stopped", stage="left")
        if intent == "make_letter":
            return with_changes(case, event="letter")
        if intent in _ASIDE:
            typed = not situation.pressed  # "in Dutch please, I am 28"
            taken = self._take(case, self._read(situation, case), situation) if typed else case
            return with_changes(taken, event="aside")
        if intent == "affirm" and situation.memory.asked == "human":  # "do you want to talk to a person?"
            return _left(case)
        if intent in _LEAVES and self._meant(situation, case) and not self._answers(situation, case):
            return with_changes(case, event="left", stage="left")
        if intent in FLOWS and situation.pressed:
            return self._start(situation, case)
        return self._typed(situation, case)

    def noted(self, heard: Heard, offered: Sequence[str], case: Intake | None) -> Intake | None:
        """What a message told for a case that was only offered beside the answer to something else.

        None where that is nothing: then the case, if there is one, stays as it is.
        """
        readings = extract(
            heard.situation.text, heard.situation.language, heard.situation.on, "", heard.situation.wrote
        )
        earns = any(isinstance(one, Money) for one in readings) and any(isinstance(one, Duration) for one in readings)
        flow = next((name for name in offered if name in FLOWS), "check_my_pay" if earns and case is None else None)
        if flow is None or heard.situation.pressed:
            return None
        fresh = msgspec.structs.replace(case or Intake(flow="check_my_pay"), flow=flow, stage="left", asked="")
        taken = self._take(fresh, self._read(heard.situation, fresh), heard.situation)
        return with_changes(taken, event="left") if taken != fresh else None

    def _start(self, situation: TurnContext, before: Intake | None) -> Intake:
        flow = flow_of(situation, extract(situation.text, situation.language, situation.on, "", situation.wrote))
        known = before if before is not None and before.stage != "left" else None
        fresh = Intake(flow=flow)
        if before is not None:  # what was told for one question is not asked again for the next
            fresh = Intake(
                flow=flow,
                pay=before.pay,
                hours=before.hours,
                hours_day=before.hours_day,
                days_week=before.days_week,
                age=before.age,
                adult=before.adult,
                birthday=before.birthday,
                bbl=before.bbl,
                files=before.files,
            )
            if before.flow == flow:
                fresh = msgspec.structs.replace(fresh, deduction=before.deduction, first=before.first, last=before.last)
        if known is not None and known.flow == flow and known.stage == "open":
            fresh = known
        readings = self._read(situation, fresh)
        case = self._take(fresh, readings, situation)
        tax = plain(situation.text, situation.language, situation.wrote).tax
        if tax and case.pay is not None and not case.pay.tax:  # "gross", said on its own of a pay that was told before
            case = msgspec.structs.replace(case, pay=msgspec.structs.replace(case.pay, tax=tax))
        if flow == "report_abuse":  # how and where to report is always told first
            story = situation.text if len(situation.text.split()) >= _STORY else ""
            return with_changes(case, stage="offered", event="started", account=case.account or shortened(story))
        foreign = _foreign(readings)
        return with_changes(
            case, stage="open" if case != fresh or foreign else "offered", event="started", foreign=foreign
        )

    def _pressed(self, situation: TurnContext, case: Intake) -> Intake:
        field, value = str(situation.values.get("field", "")), str(situation.values.get("value", ""))
        told: dict[str, object] = {}
        if not offered(field, value):  # no button of ours says that
            return self._miss(case)
        if value == "unknown":
            told = {"unknown": (*case.unknown, field)}
        elif field in ("abroad", "signed"):
            told = {field: value}
        elif field == "age":
            told = {"adult": True, "age": None}
        elif field == "paid":
            told = {"paid": Decimal(0)}
        elif field == "leave":  # "all counted"
            told = {"leave_hours": Decimal(0)}
        elif field == "period":  # "only now"
            told = {"unknown": (*case.unknown, field)}
        elif field == "what":
            told = {"what": (*case.what, value)}
        elif field in ("per", "tax") and case.pay is not None:
            told = {"pay": msgspec.structs.replace(case.pay, **{field: value})}
        elif field == "deduction_per" and case.deduction is not None:
            told = {"deduction": msgspec.structs.replace(case.deduction, per=value)}
        changed = msgspec.structs.replace(case, **told)
        if (field, value) == ("what", "treatment"):
            return with_changes(changed, stage="open", event="danger", missed=0, asked="")
        return with_changes(changed, stage="open", event="told", missed=0, previous=case.asked)

    def _typed(self, situation: TurnContext, case: Intake) -> Intake:
        readings = self._read(situation, case)
        spoken = plain(situation.text, situation.language, situation.wrote)
        bare = extract(situation.text, situation.language, situation.on, "", situation.wrote)
        taken = corrected(case, bare, spoken) or self._take(case, readings, situation)
        other = self._is_other(situation, case)
        foreign = _foreign(readings)
        if case.stage == "open":
            return self._answered(situation, case, taken, spoken, other, readings)
        if taken != case and not (other and asks(situation.text)):
            return with_changes(taken, stage="open", event="told", foreign=foreign)
        if situation.intent == "affirm":
            if case.stage == "done" and case.letter:
                return with_changes(case, event="letter")
            return with_changes(case, stage="open", event="told") if case.stage == "offered" else _left(case)
        unclear = situation.intent in ("ask_back", "out_of_scope", "deny") and situation.confidence < _SURE
        answered = answer(case, spoken, situation.text) if not asks(situation.text) else None
        if answered is not None and case.asked == "leave":  # asked after the result
            return with_changes(answered, stage="open", event="told", previous=case.asked)
        told = answered is not None and situation.intent in _UNSURE
        if case.stage == "offered" and (situation.intent == case.flow or unclear or spoken.no_idea or told):
            return with_changes(
                answered or case, stage="open", event="told" if answered else "missed", previous=case.asked
            )
        if other and (situation.intent in FLOWS or case.letter):
            return self._turn_to(situation, case)
        return _left(case)

    def _answered(
        self, situation: TurnContext, case: Intake, taken: Intake, spoken: Plain, other: bool, readings: list[Extracted]
    ) -> Intake:
        """A typed message while questions are open."""
        foreign = _foreign(readings)
        question = asks(situation.text)
        replied = case.asked != "" and has(taken, case.asked) and not has(case, case.asked)
        told = with_changes(
            taken, event="told", missed=0, foreign=foreign, previous=_changed(case, taken) or case.asked
        )
        free = case.asked in FREE and not question
        if free or (not replied and not question) or (question and not other and situation.intent not in _UNSURE):
            answered = answer(taken, spoken, situation.text, counted=_counts(readings))
            if answered is not None:
                return with_changes(answered, event="told", missed=0, foreign=foreign, previous=case.asked)
        if replied or foreign:
            return told
        if taken != case:  # a question with an amount in it is a question; both are kept
            aside = other and question and situation.intent not in FLOWS
            return with_changes(taken, event="aside") if aside else told
        figures = situation.intent == "check_my_pay" and readings and not question  # any figures look like a pay check
        if other and not figures and (question or situation.confidence >= _CERTAIN):
            return self._turn_to(situation, case)
        if question and (situation.intent in _UNSURE or situation.intent == case.flow):
            return with_changes(case, event="aside")
        return self._miss(case)

    def _turn_to(self, situation: TurnContext, case: Intake) -> Intake:
        """A question of its own in the middle of a case: another case begins, or it is answered in between."""
        if situation.intent in FLOWS and not (case.stage == "open" and asks(situation.text)):
            return self._start(situation, with_changes(case, stage="left"))
        stays = case.stage == "open" or (case.stage == "done" and case.letter)  # the letter stays at hand
        return with_changes(case, event="aside") if stays else _left(case)

    def _is_other(self, situation: TurnContext, case: Intake) -> bool:
        """Whether the message is about something else, and surely."""
        intent = situation.intent
        talk = ("affirm", "deny", "ask_back", "out_of_scope", "thanks", "cancel", "greet", *DANGER)
        if intent in (case.flow, *talk):
            return False
        return situation.confidence >= _SURE and (asks(situation.text) or len(situation.text.split()) >= _WORDS)

    def _only_an_answer(self, situation: TurnContext, case: Intake) -> bool:
        """Whether a message with weak signs of danger is no more than the answer that was asked for ("im 47").

        Only a few words, all signs from the detector and none from a rule, and the question is answered by it.
        """
        words = len(situation.text.split())
        if case.stage not in ("open", "offered") or words > _CLAUSE:
            return False
        taken = self._take(case, self._read(situation, case), situation)
        told = plain(situation.text, situation.language, situation.wrote)
        spoken = answer(taken, told, situation.text) is not None and case.asked not in FREE
        if spoken and (told.no_idea or told.agreed):
            return situation.alarm < (_STRONG if told.no_idea else _LOUD)
        replied = taken != case if case.asked == "" else has(taken, case.asked) and not has(case, case.asked)
        corrects = taken != case and told.corrects
        if words > _BRIEF or situation.alarm >= (_LOUD if replied or corrects else _ALARM):
            return False
        return taken != case or spoken

    def _meant(self, situation: TurnContext, case: Intake) -> bool:
        """Whether the talk is meant to end or to turn: while a question is open, only where that is sure."""
        sure = _SURE if situation.intent in ("talk_to_human", "delete_my_data", "confirm_delete") else _CERTAIN
        return case.stage != "open" or situation.pressed or situation.confidence >= sure

    def _answers(self, situation: TurnContext, case: Intake) -> bool:
        """Whether a message that looks like talk ("hi", "bye") is an answer after all."""
        return case.stage == "open" and self._take(case, self._read(situation, case), situation) != case

    def _miss(self, case: Intake) -> Intake:
        if not case.asked:
            return with_changes(case, event="told")
        missed = case.missed + 1
        if missed > _PATIENCE:
            return with_changes(case, event="told", missed=0, unknown=(*case.unknown, case.asked))
        return with_changes(case, event="missed", missed=missed)

    def _read(self, situation: TurnContext, case: Intake) -> list[Extracted]:
        asked = READER.get(case.asked, "")
        return extract(situation.text, situation.language, situation.on, asked, situation.wrote)

    def _take(self, case: Intake, readings: list[Extracted], situation: TurnContext) -> Intake:
        calendar = self.sums.calendar
        if _PUPIL.search(situation.text):
            case = msgspec.structs.replace(case, bbl=True)
        euros = [one for one in readings if not (isinstance(one, Money) and one.currency != "EUR")]
        return fill(case, euros, situation.on, (calendar.weeks_per_year, calendar.months_per_year))


def _left(case: Intake) -> Intake:
    return with_changes(case, event="left", stage="left")


def _changed(before: Intake, after: Intake) -> Field | Literal[""]:
    """What an answer changed, of that which a bare number can correct."""
    names: tuple[Field, ...] = ("hours", "paid", "age", "pay", "deduction")
    return next((name for name in names if getattr(before, name) != getattr(after, name)), "")


def _counts(readings: list[Extracted]) -> bool:
    """Whether an amount of time or money was read, to which a "per week" of the message belongs."""
    return any(isinstance(one, Duration | Money) for one in readings)


def _foreign(readings: list[Extracted]) -> str:
    return next((one.currency for one in readings if isinstance(one, Money) and one.currency != "EUR"), "")
