"""Whether a worker of the post room gets on with its work, for health."""

from __future__ import annotations

import time
from typing import Final

#: Seconds that a worker may be held up before it counts as trouble: a database is restarted in less.
PATIENCE: Final = 10.0


class DeliveryState:
    """What holds a worker up, and since when."""

    def __init__(self) -> None:
        self._why, self._since = "", 0.0

    def held_up(self, error: Exception) -> None:
        """The worker's last try failed."""
        if not self._why:
            self._since = time.monotonic()
        self._why = type(error).__name__

    def fine(self) -> None:
        """Its last try worked."""
        self._why = ""

    @property
    def fine_now(self) -> bool:
        """Whether the last try worked."""
        return not self._why

    def trouble(self) -> str | None:
        """The kind of the error that has held it up for longer than a moment; None where nothing has."""
        return self._why if self._why and time.monotonic() - self._since >= PATIENCE else None
