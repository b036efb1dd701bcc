"""Custom actions by a direct call instead of HTTP, and Rasa's answer check compiled once.

Rasa posts the whole conversation to an action server and checks the reply against a JSON schema that it builds anew
each time: 20 of the 25 ms of a message. `DirectEndpoint` stands where the action server's address stands.
"""

from __future__ import annotations

import functools
from typing import Any

import msgspec
import rasa
from jsonschema import Draft7Validator, ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessEndpoint(EndpointConfig):  # type: ignore[misc]
    """An action endpoint in the same process."""

    def __init__(self, package: str) -> None:
        super().__init__(url="direct:", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """What `RemoteAction.run` calls: one action, its events and responses."""
        return await self._executor.run(kwargs["json"])


def tell_no_history() -> None:
    """Hand an action of this process the slots and the newest message; Rasa writes out every event for it."""
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


class _SlotSet(msgspec.Struct, tag="slot", tag_field="event", forbid_unknown_fields=True):
    name: str
    value: Any
    timestamp: None = None


class _Usual(msgspec.Struct, forbid_unknown_fields=True):
    """What nearly every action gives back: slots that are set, and replies. It always fits Rasa's schema."""

    events: list[_SlotSet]
    responses: list[dict[str, Any]]


def compile_answer_check() -> None:
    """Replace `RemoteAction._validate_action_result` by the same check against the same schema, compiled once.

    Walking through the schema still costs more than most actions: the usual answer is known at a glance.
    """
    validator = Draft7Validator(RemoteAction.action_response_format_spec())

    def check(self: RemoteAction, result: dict[str, Any]) -> bool:
        try:
            msgspec.convert(result, _Usual)
            return True
        except msgspec.ValidationError:
            pass  # then the schema says what is wrong, if anything is
        for error in validator.iter_errors(result):
            raise ValidationError(f"{error.message} (in what the action {self.name()} gave back)")
        return True

    RemoteAction._validate_action_result = check
