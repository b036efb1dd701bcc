"""A line of code in Baken's place, for what is about the desk alone; what is said about the desk is the product's."""

from __future__ import annotations

from typing import Any

import msgspec

from actions.answers import Answers
from actions.responses import ActionResult, Reply
from actions.smalltalk import Dialogue
from actions.tracker_state import Heard, read_tracker
from bot.engine.turn import Turn, TurnRequest
from facts import published
from tests.assistants import QuietAssistant

WORDS = {"person please": "talk_to_human", "stop": "cancel", "locked up": "exploitation"}


class StandIn(QuietAssistant):
    """bot.delivery.ports.Answers."""

    def __init__(self, made: Answers) -> None:
        self.answers, self.dialogue = made, Dialogue(made)

    @classmethod
    async def start(cls) -> StandIn:
        return cls(Answers(published.base()))

    async def reply(self, request: TurnRequest) -> Turn:
        text = request.payload or request.text
        intent = WORDS.get(text, text.removeprefix("/"))
        tracker = {
            "latest_message": {
                "text": text,
                "intent": {"name": intent, "confidence": 1.0},
                "metadata": {"language_hint": request.language_hint, "desk": msgspec.to_builtins(request.desk)},
            },
        }
        heard: Heard = read_tracker(tracker)
        language = heard.situation.language
        if intent == "talk_to_human":
            outcome = self.dialogue.human(heard.situation)
        elif intent == "cancel":
            outcome = self.dialogue.talk(heard.situation)
        elif intent == "exploitation":
            outcome = self.answers.safety(intent, heard.situation)
        else:
            outcome = ActionResult(replies=(Reply(f"Baken says: {text}"),), topic="minimum_wage", language=language)
        return Turn(
            language=language,
            language_confidence=1.0,
            topic=outcome.topic,
            confidence=1.0,
            understood=True,
            safety=outcome.safety,
            safety_hint=False,
            handoff=outcome.handoff,
            replies=outcome.replies,
        )

    async def parse(self, text: str) -> dict[str, Any]:
        return {"intent": {"name": WORDS.get(text, "minimum_wage"), "confidence": 1.0}}

    async def close(self) -> None:
        return None
