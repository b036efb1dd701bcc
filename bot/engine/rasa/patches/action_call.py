"""What an action of this process is told: slots and the newest message, no history."""

from __future__ import annotations

import functools
from typing import Any

import rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.rasa.in_process_actions import InProcessEndpoint
from bot.engine.rasa.patches.patch import Patch


def patch_action_call() -> None:
    """Leave the events out for an action of this process. One behind HTTP is told what Rasa tells it."""
    if hasattr(RemoteAction._action_call_format, "__wrapped__"):
        return
    own = RemoteAction._action_call_format

    @functools.wraps(own)
    def call(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        if not isinstance(self.action_endpoint, InProcessEndpoint) or domain.does_custom_action_explicitly_need_domain(
            self._name
        ):
            return dict(own(self, tracker, domain))
        return {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": {**tracker.current_state(), "events": []},
            "version": rasa.__version__,
        }

    RemoteAction._action_call_format = call


PATCH = Patch(
    target="RemoteAction._action_call_format",
    why="writes every event out for each action; an action in the same process gets slots and the newest message only",
    stands_on=("rasa.core.actions.action:RemoteAction._action_call_format",),
    apply=patch_action_call,
)
