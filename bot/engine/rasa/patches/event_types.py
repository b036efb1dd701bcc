"""The classes of events are looked up once."""

from __future__ import annotations

from functools import cache

from rasa.shared.core.events import Event

from bot.engine.rasa.patches.patch import Patch


def patch_event_types() -> None:
    """Keep which class an event's type means."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))


PATCH = Patch(
    target="Event.resolve_by_type",
    why="walks through all classes of events for each event that is read; the class is kept",
    saves="0.7 of 12.5 ms (five small ones together)",
    stands_on=("rasa.shared.core.events:Event.resolve_by_type",),
    apply=patch_event_types,
)
