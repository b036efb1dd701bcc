"""What a case makes likelier: the understanding sees one message, the case knows what the talk is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

import msgspec

from actions.amounts.model import DateRange, Extracted, Money
from actions.intake.slot_filling import CLAIMS
from actions.intake.state import Flow, Intake
from actions.turn_context import TurnContext

FLOWS: Final[tuple[str, ...]] = get_args(Flow)
#: Who reports, or worked without a permit, asks about the risk of that rather than about anything else: by so much.
_FEAR: Final = "fear_of_reporting"
_FEARED_IN: Final = ("report_abuse", "back_pay_without_permit")
_LIKELIER: Final = 10
#: Less is no question about it at all.
_LEAST: Final = 0.05
#: Topics that are asked about as often in these cases as elsewhere: they are left as they are.
_RIVALS: Final = ("ask_back", "dismissal", "privacy", "out_of_scope", "work_permit")


def asks(text: str) -> bool:
    """Whether a message asks something."""
    return "?" in text or "؟" in text


def in_context(situation: TurnContext, case: Intake) -> TurnContext:
    """The situation of a question within a case; the same where the case changes nothing."""
    if case.flow not in _FEARED_IN or not asks(situation.text) or situation.intent not in (*_RIVALS, case.flow):
        return situation
    share = situation.shares.get(_FEAR, 0.0)
    if share < _LEAST or share * _LIKELIER < max(situation.shares.values(), default=1.0):
        return situation
    return msgspec.structs.replace(situation, intent=_FEAR, confidence=min(1.0, share * _LIKELIER), choices=())


def flow_of(situation: TurnContext, readings: Sequence[Extracted]) -> Flow:
    """The flow that a message begins.

    A message full of figures looks like a pay check, whatever it is about. It is a claim where the understanding thinks
    of one too and a time is named that is over, or something was received; and it goes on with what was just offered.
    """
    intent: Flow = situation.intent  # type: ignore[assignment]
    if intent != "check_my_pay" or situation.pressed:
        return intent
    if not asks(situation.text):
        offered = next((name for name in situation.memory.offered if name in FLOWS), None)
        if offered and readings:
            return offered  # type: ignore[return-value]
    money = [one for one in readings if isinstance(one, Money)]
    if (
        "housing_deduction" in situation.choices and len({one.amount for one in money}) > 1
    ):  # what is taken, and the pay
        return "housing_deduction"
    claim = next((name for name in situation.choices if name in CLAIMS), None)
    over = any(isinstance(one, DateRange) and one.edge != "since" and one.last < situation.on for one in readings)
    received = any(one.role == "received" for one in money)
    return claim if claim and (over or received) else intent  # type: ignore[return-value]
