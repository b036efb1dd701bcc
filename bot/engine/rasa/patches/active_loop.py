"""An open form is told by its fields."""

from __future__ import annotations

from types import SimpleNamespace

from rasa.shared.core import trackers

from bot.engine.rasa.patches.patch import Patch


def patch_active_loop() -> None:
    """Tell the fields as they are. None of them is a dataclass, for which Rasa would need more."""
    trackers.dataclasses = SimpleNamespace(asdict=lambda form: dict(vars(form)))


PATCH = Patch(
    target="dataclasses.asdict in trackers",
    why="copies the message that opened a form whole for each action; the form is told by its fields",
    saves="0.7 of 12.5 ms (five small ones together)",
    stands_on=("rasa.shared.core.trackers",),
    apply=patch_active_loop,
)
