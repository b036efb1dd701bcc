"""Rasa's edge: one thin action for each kind of reply. Everything behind it is plain functions.

`rasa run actions` finds these classes; `baken` calls them in its own process.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import Answers
from actions.dialogue import Dialogue, undo
from actions.reader import Heard, read
from actions.reply import Outcome, Reply
from facts.check import load
from facts.languages import NAMES


@cache
def answers() -> Answers:
    """The answers from the product's fact base, read once.

    Raises:
        facts.read.BrokenFile: the fact base is broken; Baken does not start with a broken one.
    """
    return Answers(load())


@cache
def dialogue() -> Dialogue:
    """The talk around the answers."""
    return Dialogue(answers())


class _Edge:
    """Reads the tracker, does one thing, and hands replies and memory back to Rasa."""

    def act(self, heard: Heard) -> Outcome:
        raise NotImplementedError

    def name(self) -> str:
        """The action's name in domain.yml."""
        raise NotImplementedError

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Rasa calls this."""
        heard = read(tracker.current_state())
        outcome = announce(self.act(heard), heard)
        extra = msgspec.to_builtins(msgspec.structs.replace(outcome, replies=(), slots={}))
        extra["heard"] = {name: tracker.latest_message.get(name) for name in ("language", "intent", "intent_ranking")}
        for number, reply in enumerate(outcome.replies):
            custom: dict[str, Any] = {"baken": extra} if number == 0 else {"baken": {}}
            if reply.document:
                custom["document"] = msgspec.to_builtins(reply.document)
            dispatcher.utter_message(
                text=reply.text,
                buttons=[{"title": button.title, "payload": button.payload} for button in reply.buttons],
                json_message=custom,
            )
        slots = {"language": outcome.language, **outcome.slots}
        return [{"event": "slot", "name": name, "value": value, "timestamp": None} for name, value in slots.items()]


def announce(outcome: Outcome, heard: Heard) -> Outcome:
    """Says that the conversation went on in another language, with the way back; or that a language is not written."""
    situation = heard.situation
    wording = answers().wording
    first, *rest = outcome.replies
    if situation.wrote not in NAMES:
        names = ", ".join(NAMES.values())
        note = wording.text("language.unknown", "en", languages=names)
        return msgspec.structs.replace(outcome, replies=(Reply(f"{note}\n\n{first.text}", first.buttons), *rest))
    switched = situation.before is not None and situation.before != situation.language
    if not switched or outcome.topic == "change_language" or outcome.language != situation.language:
        return outcome
    said = wording.text("language.switched", situation.language, language=NAMES[situation.language])
    text = f"{first.text}\n\n{said}" if outcome.safety else f"{said}\n\n{first.text}"
    buttons = (*first.buttons, *undo(situation.before, situation.language))
    return msgspec.structs.replace(outcome, replies=(Reply(text, buttons, first.document), *rest))


def _action(action_name: str, act: Callable[[Heard], Outcome], doc: str) -> type[_Edge]:
    def run_it(self: _Edge, heard: Heard) -> Outcome:
        return act(heard)

    def its_name(self: _Edge) -> str:
        return action_name

    title = "".join(part.title() for part in action_name.split("_"))
    return type(title, (_Edge, Action), {"act": run_it, "name": its_name, "__doc__": doc, "__module__": __name__})


def _more(heard: Heard) -> Outcome:
    values = heard.situation.values
    topic = str(values.get("topic") or heard.situation.memory.topic or "")
    page = str(values.get("page", "0"))
    return answers().more(topic, int(page) if page.isdigit() else 0, heard.situation)


def _talk(heard: Heard) -> Outcome:
    if heard.situation.intent == "affirm" and heard.situation.memory.asked == "delete":
        return dialogue().delete(heard.situation)
    return dialogue().talk(heard.situation)


def _answer(heard: Heard) -> Outcome:
    situation = heard.situation
    return answers().answer(dialogue().goes_on(situation) or situation.intent, situation)


ActionAnswer = _action("action_answer", _answer, "Answers a topic, or goes on with the one before.")
ActionSafety = _action(
    "action_safety", lambda heard: answers().safety(heard.situation.intent, heard.situation), "Safety first."
)
ActionTalk = _action("action_talk", _talk, "Hello, thanks, the menu.")
ActionHuman = _action("action_human", lambda heard: dialogue().human(heard.situation), "A human is asked for.")
ActionAskBack = _action("action_ask_back", lambda heard: dialogue().ask_back(heard.situation), "Asks what is meant.")
ActionLanguage = _action(
    "action_language", lambda heard: dialogue().change_language(heard.situation, heard.wanted), "Another language."
)
ActionDelete = _action("action_delete", lambda heard: dialogue().delete(heard.situation), "Deletes the conversation.")
ActionSource = _action("action_source", lambda heard: answers().source(heard.situation), "Where it comes from.")
ActionMore = _action("action_more", _more, "Further facts of a topic.")
ActionGroup = _action("action_group", lambda heard: dialogue().group(heard.situation), "A group of the menu.")
