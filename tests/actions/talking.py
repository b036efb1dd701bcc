"""One conversation with the cases, as Rasa's form would lead it: for the tests of the cases."""

from __future__ import annotations

from datetime import date

import msgspec

from actions.intake.flow import Cases
from actions.intake.state import Intake, from_slot
from actions.responses import ActionResult
from actions.tracker_state import Heard
from actions.turn_context import Memory, TurnContext

TODAY = date(2026, 11, 23)
#: A turn: the intent that the understanding gives, and the text; or a button's values.
Turn = tuple[str, str] | tuple[str, dict[str, str]]


class Talk:
    """One conversation with the cases, as Rasa's form would lead it."""

    def __init__(self, cases: Cases, language: str) -> None:
        self.cases, self.language = cases, language
        self.case: Intake | None = None
        self.memory, self.running, self.on = Memory(), False, TODAY
        self.outcomes: list[ActionResult] = []

    def say(
        self,
        intent: str,
        said: str | dict[str, str],
        alarm: float = 0.0,
        confidence: float = 0.9,
        choices: tuple[str, ...] = (),
        shares: dict[str, float] | None = None,
    ) -> ActionResult:
        pressed = isinstance(said, dict)
        situation = TurnContext(
            intent=intent,
            text=f"/{intent}" if pressed else said,
            pressed=pressed,
            values=said if pressed else {},  # type: ignore[arg-type]
            language=self.language,
            wrote=self.language,
            memory=self.memory,
            on=self.on,
            confidence=confidence,
            alarm=alarm,
            choices=choices,
            shares=shares or {},
        )
        heard = Heard(situation, None)
        self.case = self.cases.hear(heard, self.case, self.running)
        self.running = self.case is not None and self.case.stage != "left"
        outcome = (
            self.cases.speak(heard, self.case) if self.running and self.case else self.cases.leave(heard, self.case)
        )
        self.case = from_slot(outcome.slots.get("case"))
        self.memory = msgspec.convert(outcome.slots["memory"], Memory)
        self.outcomes.append(outcome)
        return outcome

    def __call__(self, *turns: Turn) -> str:
        for intent, said in turns:
            self.say(intent, said)
        return self.outcomes[-1].replies[-1].text
