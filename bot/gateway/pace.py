"""How much one person is answered: so many messages at once, then so many a second; what is more, together."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from bot.settings import Settings
from bot.web.rate_limit import Buckets
from facts.languages import NAMES, SOURCE
from facts.wording import Wording

#: Messages whose place was counted that are remembered until they are answered.
_MOST: Final = 10_000


class Pace:
    """bot.delivery.ports.Pace by the settings of one person's limit. One in each gateway."""

    def __init__(self, settings: Settings, wording: Wording) -> None:
        self._buckets = Buckets(settings.limit_person_burst, settings.limit_person)
        self._wording = wording
        self._admitted: OrderedDict[int, None] = OrderedDict()

    def over(self, conversation: str, message: int) -> bool:
        """Whether a message is more than its person may send. One that was let through once is so when tried anew."""
        if message in self._admitted:
            return False
        if self._buckets.take(conversation):
            return True
        self._admitted[message] = None
        if len(self._admitted) > _MOST:
            self._admitted.popitem(last=False)
        return False

    def words(self, language: str) -> str:
        """What is said to somebody whose messages are not answered one by one."""
        return self._wording.text("bad.many", language if language in NAMES else SOURCE)
