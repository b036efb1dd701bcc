"""Which reply belongs to which kind of message. data/rules.yml says the same to Rasa; a test holds them together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from actions.answers import Answers
from actions.responses import ActionResult
from actions.smalltalk import Dialogue
from actions.tracker_state import Heard
from actions.turn_context import TurnContext

#: The action of an intent; every other topic is answered.
ACTION_OF: Final[dict[str, str]] = {
    "exploitation": "action_safety", "emergency": "action_safety", "talk_to_human": "action_human",
    "ask_back": "action_ask_back", "change_language": "action_language", "set_language": "action_language",
    "delete_my_data": "action_delete", "confirm_delete": "action_delete", "keep_data": "action_delete",
    "show_source": "action_source", "show_more": "action_more", "show_group": "action_group",
    **dict.fromkeys(
        (
            "greet", "goodbye", "thanks", "affirm", "deny", "menu", "cancel", "bot_challenge", "privacy",
            "out_of_scope", "tell", "unknown_button",
        ),
        "action_talk",
    ),
}  # fmt: skip


class Responses:
    """Every reply that is not part of a case, by the name of its action."""

    def __init__(self, answers: Answers, dialogue: Dialogue) -> None:
        self.answers, self.dialogue = answers, dialogue
        self.by_action: dict[str, Callable[[Heard], ActionResult]] = {
            "action_answer": self._answer,
            "action_safety": lambda heard: answers.safety(heard.situation.intent, heard.situation),
            "action_talk": self._talk,
            "action_human": lambda heard: dialogue.human(heard.situation),
            "action_ask_back": lambda heard: dialogue.ask_back(heard.situation),
            "action_language": lambda heard: dialogue.change_language(heard.situation, heard.wanted),
            "action_delete": lambda heard: dialogue.delete(heard.situation),
            "action_source": lambda heard: answers.source(heard.situation),
            "action_more": self._more,
            "action_group": lambda heard: dialogue.group(heard.situation),
        }

    def respond(self, heard: Heard) -> ActionResult:
        """The reply to a message by its intent."""
        return self.by_action[ACTION_OF.get(heard.situation.intent, "action_answer")](heard)

    def _answer(self, heard: Heard) -> ActionResult:
        situation = heard.situation
        if situation.intent == "elsewhere":
            return self.answers.elsewhere(situation) or self._not_covered(situation)
        return self.answers.answer(self.dialogue.goes_on(situation) or situation.intent, situation)

    def _not_covered(self, situation: TurnContext) -> ActionResult:
        said = self.dialogue.talk(msgspec.structs.replace(situation, intent="out_of_scope"))
        return msgspec.structs.replace(said, complete="unknown")

    def _more(self, heard: Heard) -> ActionResult:
        values = heard.situation.values
        topic = str(values.get("topic") or heard.situation.memory.topic or "")
        page = str(values.get("page", "0"))
        return self.answers.more(topic, int(page) if page.isdigit() else 0, heard.situation)

    def _talk(self, heard: Heard) -> ActionResult:
        if heard.situation.intent == "affirm" and heard.situation.memory.asked == "delete":
            return self.dialogue.delete(heard.situation)
        return self.dialogue.talk(heard.situation)
