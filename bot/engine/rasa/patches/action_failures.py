"""An action that failed is noted, so that nothing of its message is kept."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import aiohttp
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction

from bot.engine.rasa.current_message import INCOMING
from bot.engine.rasa.patches.patch import Patch


def patch_action_failures() -> None:
    """Note a failure for bot/engine/rasa/agent_turn.py, which says what becomes of it. Rasa goes on after one."""
    if hasattr(RemoteAction.run, "__wrapped__"):
        return
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


PATCH = Patch(
    target="RemoteAction.run",
    why="goes on after an action that failed, and answers half; the failure is noted, and nothing of the message kept",
    stands_on=("rasa.core.actions.action:RemoteAction.run",),
    apply=patch_action_failures,
)
