"""Rasa's edge: one thin action for each kind of reply. Everything behind it is plain functions.

`rasa run actions` finds these classes; `baken` calls them in its own process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import Answers
from actions.intake.flow import Cases
from actions.intake.state import from_slot, to_slot
from actions.intent_handlers import ACTION_OF, Responses
from actions.responses import ActionResult, Reply
from actions.smalltalk import Dialogue, undo
from actions.tracker_state import Heard, read_tracker
from actions.turn_context import Preview
from facts import clock, published
from facts.base import FactBase
from facts.languages import NAMES

#: Rasa's name for what a form waits for, and the one slot that the form of the cases waits for.
_REQUESTED, _RESULT = "requested_slot", "result"


class _Room:
    """Everything that is made of one fact base."""

    def __init__(self, base: FactBase) -> None:
        self.answers = Answers(base)
        self.responses = Responses(self.answers, Dialogue(self.answers))
        self.cases = Cases(self.answers, self.responses.respond, self.responses.dialogue.goes_on)


#: Of the content in force, of one that was in force a moment ago, and of drafts that are tried.
_room = lru_cache(maxsize=4)(_Room)


def answers() -> Answers:
    """The answers from the content in force (or the draft that this message tries).

    Raises:
        facts.read.BrokenFile: the fact base is broken; Baken does not start with a broken one.
    """
    return _room(published.base()).answers


def responses() -> Responses:
    """Every reply that is not part of a case."""
    return _room(published.base()).responses


def cases() -> Cases:
    """The talk in which a case is worked out."""
    return _room(published.base()).cases


class _Edge:
    """Reads the tracker, does one thing, and hands replies and memory back to Rasa."""

    def act(self, heard: Heard, slots: dict[str, Any]) -> ActionResult:
        raise NotImplementedError

    def name(self) -> str:
        """The action's name in domain.yml."""
        raise NotImplementedError

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Rasa calls this."""
        with _as_told(tracker):
            heard = read_tracker(tracker.current_state())
            outcome = still_waiting(announce(self.act(heard, tracker.slots), heard), heard)
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
        return [_slot(name, value) for name, value in {"language": outcome.language, **outcome.slots}.items()]


@contextlib.contextmanager
def _as_told(tracker: Tracker) -> Iterator[None]:
    """With the draft of the content, and for the day, that the test room sent along with this message."""
    told = (tracker.latest_message.get("metadata") or {}).get("preview")
    preview = msgspec.convert(told, Preview) if told else Preview()
    with published.choosing(preview.content), clock.on(preview.today):
        yield


def _slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


def still_waiting(outcome: ActionResult, heard: Heard) -> ActionResult:
    """Who waits for an advisor goes on waiting, whatever is answered meanwhile, until they stop it."""
    stopped = outcome.topic == "cancel" and not (outcome.slots.get("memory") or {}).get("waits")
    if heard.situation.desk.holder == "bot" or stopped or outcome.forget:
        return outcome
    return msgspec.structs.replace(outcome, handoff=True)


def announce(outcome: ActionResult, heard: Heard) -> ActionResult:
    """Says that the conversation went on in another language, with the way back; or that a language is not written."""
    situation = heard.situation
    wording = answers().wording
    first, *rest = outcome.replies
    if situation.wrote not in NAMES:
        names = ", ".join(NAMES.values())
        note = wording.text("language.unknown", "en", languages=names)
        return msgspec.structs.replace(
            outcome, replies=(Reply(f"{note}\n\n{first.text}", first.buttons, first.document), *rest)
        )
    switched = situation.before is not None and situation.before != situation.language
    if not switched or outcome.topic == "change_language" or outcome.language != situation.language:
        return outcome
    said = wording.text("language.switched", situation.language, language=NAMES[situation.language])
    text = f"{first.text}\n\n{said}" if outcome.safety else f"{said}\n\n{first.text}"
    buttons = (*first.buttons, *undo(situation.before, situation.language))
    return msgspec.structs.replace(outcome, replies=(Reply(text, buttons, first.document), *rest))


def _action(action_name: str, act: Callable[[Heard, dict[str, Any]], ActionResult], doc: str) -> type[_Edge]:
    def run_it(self: _Edge, heard: Heard, slots: dict[str, Any]) -> ActionResult:
        return act(heard, slots)

    def its_name(self: _Edge) -> str:
        return action_name

    title = "".join(part.title() for part in action_name.split("_"))
    return type(title, (_Edge, Action), {"act": run_it, "name": its_name, "__doc__": doc, "__module__": __name__})


def _plain(action_name: str) -> type[_Edge]:
    return _action(action_name, lambda heard, _: responses().by_action[action_name](heard), f"{action_name} (respond)")


def _ask(heard: Heard, slots: dict[str, Any]) -> ActionResult:
    case = from_slot(slots.get("case"))
    return cases().speak(heard, case) if case else responses().respond(heard)


class ValidateCaseForm(Action):  # type: ignore[misc]
    """Takes what a message tells for a case. Rasa's form calls it before it asks."""

    def name(self) -> str:
        """As Rasa looks for it: validate_<form>."""
        return "validate_case_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The case as it now is; the form goes on while it is not left."""
        running = tracker.get_slot(_REQUESTED) == _RESULT
        with _as_told(tracker):
            case = cases().hear(read_tracker(tracker.current_state()), from_slot(tracker.get_slot("case")), running)
        stays = case is not None and case.stage != "left"
        return [_slot("case", to_slot(case)), _slot(_REQUESTED, _RESULT if stays else None)]


def _answer(heard: Heard, slots: dict[str, Any]) -> ActionResult:
    """An answer; what the message told for a case that is offered beside it is kept for that case."""
    outcome = responses().by_action["action_answer"](heard)
    memory = outcome.slots.get("memory")
    offered = memory.get("offered", ()) if isinstance(memory, dict) else ()
    noted = cases().noted(heard, offered, from_slot(slots.get("case")))
    return msgspec.structs.replace(outcome, slots={**outcome.slots, "case": to_slot(noted)}) if noted else outcome


for _name in sorted(set(ACTION_OF.values())):
    globals()["".join(part.title() for part in _name.split("_"))] = _plain(_name)

ActionAnswer = _action("action_answer", _answer, "The answer to a question about rights.")
ActionAskResult = _action("action_ask_result", _ask, "The next question of a case, or its result.")
ActionLeaveCase = _action(
    "action_leave_case",
    lambda heard, slots: cases().leave(heard, from_slot(slots.get("case"))),
    "Answers the message with which a case was left.",
)
ActionLetter = _action(
    "action_letter",
    lambda heard, slots: cases().papers(heard, from_slot(slots.get("case"))),
    "A letter outside a case.",
)
