"""Rasa's own actions are made once."""

from __future__ import annotations

from functools import wraps
from typing import Any

from rasa.core.actions import action

from bot.engine.rasa.patches.patch import Patch


def patch_default_actions() -> None:
    """Keep them. They keep nothing of a message."""
    own = action.default_actions
    if hasattr(own, "__wrapped__"):
        return
    made: dict[int, tuple[Any, list[Any]]] = {}  # by the endpoint, which has no hash

    @wraps(own)
    def once(action_endpoint: Any = None) -> list[Any]:
        if id(action_endpoint) not in made:
            made[id(action_endpoint)] = (action_endpoint, own(action_endpoint))
        return made[id(action_endpoint)][1]

    action.default_actions = once


PATCH = Patch(
    target="default_actions",
    why="makes Rasa's dozen actions anew for each action that is looked up by name; they are made once",
    saves="0.7 of 12.5 ms (five small ones together)",
    stands_on=(
        "rasa.core.actions.action:default_actions",
        "rasa.core.actions.action:action_for_name_or_text",
    ),
    apply=patch_default_actions,
)
