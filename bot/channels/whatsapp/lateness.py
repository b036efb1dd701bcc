"""How old what WhatsApp delivers is by our clock: where even the youngest is old, or not written yet, something is off.

Meta's clock is right. So either ours is not, or Meta could not reach us for a while and delivers what it kept.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from aiohttp import web

_log = logging.getLogger(__name__)

#: Deliveries of so many seconds count; of more than so many the newest.
_LOOKED_AT: Final = 900.0
_MOST: Final = 1000
#: Ages that no clock that is right would show of the youngest delivery.
TOO_OLD: Final = timedelta(hours=1)
TOO_YOUNG: Final = timedelta(minutes=-5)


class Lateness:
    """Told of each delivery, asked by health and by the sender."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._ages: deque[tuple[float, timedelta]] = deque(maxlen=_MOST)
        self._was_off = False

    def note(self, age: timedelta) -> None:
        """A message or status came, of this age by our clock."""
        self._ages.append((self._seconds(), age))
        told = self.trouble()
        if told and not self._was_off:
            _log.error("%s", told)
        self._was_off = bool(told)

    def trouble(self) -> str | None:
        """What is off, in a sentence; None where nothing is, or nothing came lately."""
        youngest = self._youngest()
        if youngest is None:
            return None
        hours = abs(youngest).total_seconds() / 3600
        if youngest > TOO_OLD:
            return f"all that WhatsApp delivers is {hours:.1f} hours old: our clock is ahead, or Meta did not reach us"
        if youngest < TOO_YOUNG:
            return f"what WhatsApp delivers is {hours:.1f} hours from the future: our clock is behind"
        return None

    def doubtful(self) -> bool:
        """Whether our clock may be ahead, so that Meta knows better than we how long ago a person wrote."""
        youngest = self._youngest()
        return youngest is not None and youngest > TOO_OLD

    def _youngest(self) -> timedelta | None:
        while self._ages and self._seconds() - self._ages[0][0] > _LOOKED_AT:
            self._ages.popleft()
        return min((age for _, age in self._ages), default=None)


#: The application's, where it speaks WhatsApp.
LATENESS: web.AppKey[Lateness] = web.AppKey("lateness")
