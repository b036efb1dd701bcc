"""What one person sends all at once: danger is answered first, and what is more than the limit together.

Everything is stored before. So nothing that a channel was told was taken is lost, and what a channel delivers once more
counts for nothing: it is not stored again.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from bot.conversations.inbox import ClaimedMessage
from bot.conversations.models import Message
from bot.delivery.ports import AssistantPort, PacePort

#: Messages that wait in one conversation from which all are looked at for danger before the first is answered.
HEAP: Final = 5
#: Seconds in which a person is told once that not each message is answered.
TOLD_EVERY: Final = 60.0
_REMEMBERED: Final = 10_000
_DANGER: Final = ("exploitation", "emergency")


class Order(msgspec.Struct, frozen=True):
    """The messages of a claim: in which order they are answered, and which are not answered one by one."""

    one_by_one: Sequence[Message]
    together: Sequence[Message] = ()


class Flood:
    """Puts the messages of a claim in order."""

    def __init__(self, assistant: AssistantPort) -> None:
        self.assistant = assistant
        #: the limit of a person; None: there is none
        self.pace: PacePort | None = None
        self._told: OrderedDict[str, float] = OrderedDict()

    async def order(self, claim: ClaimedMessage) -> Order:
        """What is answered one by one, danger first, and what together.

        A button is a choice in a talk, and always answered; while an advisor has the talk, all goes there.

        Raises:
            Exception: the assistant is away; whether there is danger in a message can't be known without it.
        """
        conversation, messages = claim.conversation, claim.messages
        over: set[int] = set()
        if self.pace is not None and conversation.holder != "human":
            counted = [one.id for one in messages if one.kind not in ("button", "reaction", "deleted", "system")]
            over = {row for row in counted if self.pace.over(conversation.id, row)}
        if not over and len(messages) < HEAP:
            return Order(messages)
        urgent = {one.id for one in messages if one.kind == "text" and await self._danger(one.content.text)}
        first = [one for one in messages if one.id in urgent]
        then = [one for one in messages if one.id not in urgent | over]
        return Order([*first, *then], [one for one in messages if one.id in over - urgent])

    async def _danger(self, text: str) -> bool:
        """Whether a text has a sign of danger, sure or only possible."""
        if not text.strip():
            return False
        parsed = await self.assistant.parse(text)
        signs: dict[str, Any] = parsed.get("danger") or {}
        return (parsed.get("intent") or {}).get("name") in _DANGER or bool(signs.get("sure") or signs.get("hint"))

    def words(self, conversation: str) -> Callable[[str], str] | None:
        """What is said, by language, about messages that are answered together; None where it was said just now."""
        now, before = time.monotonic(), self._told.pop(conversation, None)
        self._told[conversation] = now if before is None or now - before >= TOLD_EVERY else before
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return None if self.pace is None or self._told[conversation] != now else self.pace.words
