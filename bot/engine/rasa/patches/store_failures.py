"""Where the database is away the error is passed on."""

from __future__ import annotations

from typing import NoReturn

from rasa.core.tracker_store import FailSafeTrackerStore

from bot.engine.rasa.patches.patch import Patch


def patch_store_failures() -> None:
    """Fail loudly. Rasa would go on from an empty memory, and keep people's words in it."""

    def again(self: FailSafeTrackerStore, error: Exception) -> NoReturn:
        raise error

    FailSafeTrackerStore.on_tracker_store_error = again
    FailSafeTrackerStore.on_tracker_store_retrieve_error = again


PATCH = Patch(
    target="FailSafeTrackerStore.on_tracker_store_(retrieve_)error",
    why="goes on from an empty memory when the database is away, and writes that over the conversation once it is "
    "back; the error is passed on, and the gateway asks again",
    stands_on=("rasa.core.tracker_store:FailSafeTrackerStore",),
    apply=patch_store_failures,
)
