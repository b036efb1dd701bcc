"""What Rasa makes of failures, held: it would answer half, or from an empty memory, and go on as if nothing were."""

from __future__ import annotations

import asyncio
import functools
from typing import Any, NoReturn

import aiohttp
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.tracker_store import FailSafeTrackerStore

from bot.engine.rasa.current_message import INCOMING


def hold_failures() -> None:
    """For this process, once. bot/engine/rasa/agent_turn.py says what becomes of them."""
    if not hasattr(RemoteAction.run, "__wrapped__"):
        _note_failures()
        _fail_loudly()


def _note_failures() -> None:
    """Rasa goes on after an action that failed. It is noted, so that nothing of the message is kept."""
    own = RemoteAction.run

    @functools.wraps(own)
    async def run(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
        try:
            return await own(self, *args, **kwargs)
        except ActionExecutionRejection:
            raise  # a form that lets go: part of the talk
        except Exception as error:
            incoming = INCOMING.get()
            if incoming is not None:
                incoming.failure = "away" if _is_away(error) else "broken"
            raise

    RemoteAction.run = run


def _is_away(error: BaseException) -> bool:
    cause = error.__cause__ or error.__context__
    return any(
        isinstance(one, aiohttp.ClientConnectionError | asyncio.TimeoutError | ConnectionError)
        for one in (error, cause)
    )


def _fail_loudly() -> None:
    """Where the database is away Rasa would go on from an empty memory, and keep people's words in it."""

    def again(self: FailSafeTrackerStore, error: Exception) -> NoReturn:
        raise error

    FailSafeTrackerStore.on_tracker_store_error = again
    FailSafeTrackerStore.on_tracker_store_retrieve_error = again
