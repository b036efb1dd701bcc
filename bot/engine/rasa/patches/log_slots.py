"""Slots are not written out for log lines of a level that is switched off."""

from __future__ import annotations

from rasa.core.processor import MessageProcessor

from bot.engine.rasa.patches.patch import Patch


def patch_log_slots() -> None:
    """Write nothing."""
    MessageProcessor._log_slots = staticmethod(lambda tracker: None)


PATCH = Patch(
    target="MessageProcessor._log_slots",
    why="writes all slots out for a log line that is switched off; it writes nothing",
    stands_on=("rasa.core.processor:MessageProcessor._log_slots",),
    apply=patch_log_slots,
)
