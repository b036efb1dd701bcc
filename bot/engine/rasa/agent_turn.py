"""Answering with a Rasa agent, wherever it runs: in the gateway's process or in a Rasa server."""

from __future__ import annotations

import time
from typing import Any, Final

import msgspec

from actions.letters import store
from bot.engine.payload import read
from bot.engine.rasa.current_message import INCOMING, CurrentMessage
from bot.engine.turn import EngineAway, Turn, TurnRequest

#: The intent of a button that means nothing (any more): from an older version, or made up.
UNKNOWN: Final = "unknown_button"


class ActionFailed(Exception):
    """An action raised. Its own message stays where it was raised: it may hold what a person wrote."""


async def answer(agent: Any, request: TurnRequest) -> Turn:
    """One message answered, or nothing changed.

    Raises:
        EngineAway: the conversation store, the lock store or the action server can't be reached.
        ActionFailed: an action raised.
    """
    from rasa.core.channels.channel import UserMessage

    from bot.engine.rasa.output_channel import CollectingOutputChannel, turn_of

    start = time.perf_counter()
    incoming, channel = CurrentMessage(request.message_id), CollectingOutputChannel()
    message = UserMessage(
        request.payload or request.text,
        channel,
        request.conversation,
        input_channel="baken",
        parse_data=pressed(request.payload, agent.domain) if request.payload else None,
        metadata=_metadata(request),
    )
    token = INCOMING.set(incoming)
    try:
        await agent.handle_message(message)
    except Exception as error:
        if _is_away(error):
            raise EngineAway(type(error).__name__) from None
        raise
    finally:
        INCOMING.reset(token)
    if incoming.failure == "away":
        raise EngineAway("the action server")
    if incoming.failure == "broken" or not channel.said:
        raise ActionFailed
    turn = turn_of(channel.said, (time.perf_counter() - start) * 1000)
    if turn.forget:
        await erase(agent, request.conversation, wholly=request.message_id is None)
    return turn


def _metadata(request: TurnRequest) -> dict[str, Any]:
    """What goes along with a message to the actions, as JSON: they may be at an action server."""
    return {
        "language_hint": request.language_hint,
        "desk": msgspec.to_builtins(request.desk),
        "preview": msgspec.to_builtins(request.preview),
    }


def pressed(payload: str, domain: Any) -> dict[str, Any]:
    """A button's payload as Rasa's understanding would give it. What no button of ours sends is `UNKNOWN`."""
    from rasa.shared.core.constants import DEFAULT_INTENTS

    button = read(payload)
    ours = (
        button is not None
        and button.intent in domain.intents
        and button.intent not in DEFAULT_INTENTS  # Rasa's own: /restart, /back …
        and set(button.values) <= set(domain.entities)
    )
    intent, values = (button.intent, button.values) if button is not None and ours else (UNKNOWN, {})
    found = {"name": intent, "confidence": 1.0}
    return {
        "text": payload,
        "intent": found,
        "intent_ranking": [found],
        "entities": [{"entity": name, "value": value} for name, value in values.items()],
        "pressed": True,
    }


async def erase(agent: Any, conversation: str, *, wholly: bool = True) -> None:
    """Delete what Rasa keeps of a conversation, and the files that were made in it.

    Args:
        wholly: else the row stays for its last message to be answered alike once more (`SnapshotTrackerStore.empty`).
    """
    kept = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    try:
        tracker = await kept.retrieve(conversation)
        case = tracker.get_slot("case") if tracker is not None else None
        store.forget((case or {}).get("files") or ())
        if not hasattr(kept, "forget"):
            kept.store.pop(conversation, None)  # Rasa's store in memory
        elif wholly:
            await kept.forget(conversation)
        else:
            await kept.empty(conversation)
    except Exception as error:
        if _is_away(error):
            raise EngineAway(type(error).__name__) from None
        raise


async def slot(agent: Any, conversation: str, name: str) -> Any:
    """What a conversation knows under a name; None where nothing. For the desk, which changes nothing."""
    kept = getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)
    tracker = await kept.retrieve(conversation)
    return None if tracker is None else tracker.get_slot(name)


async def unhealthy_reason(agent: Any) -> str | None:
    """What keeps the agent from answering: the model, the conversation store or the lock store; None where nothing."""
    if agent is None or not agent.is_ready():
        return "model"
    for part, kept in (
        ("conversation store", getattr(agent.tracker_store, "_tracker_store", None)),
        ("lock store", agent.lock_store),
    ):
        try:
            ping = getattr(kept, "ping", None)
            found = ping() if ping is not None else None
            if found is not None:
                await found
        except Exception:
            return part
    return None


def _is_away(error: BaseException) -> bool:
    """Whether it is a database or Redis that can't be reached, and no fault of the message."""
    from rasa.core.lock_store import LockError
    from redis.exceptions import RedisError
    from sqlalchemy.exc import DBAPIError

    return isinstance(error, DBAPIError | RedisError | LockError | ConnectionError | TimeoutError)
