"""A slot is copied by its fields."""

from __future__ import annotations

from rasa.shared.core.slots import Slot

from bot.engine.rasa.patches.patch import Patch


def patch_slot_copy() -> None:
    """Copy the fields. Rasa copies all slots a dozen times a message."""

    def plain(slot: Slot) -> Slot:
        made = slot.__class__.__new__(slot.__class__)
        made.__dict__.update(slot.__dict__)
        return made

    Slot.__copy__ = plain


PATCH = Patch(
    target="Slot.__copy__",
    why="all slots are copied a dozen times a message, by way of Python's pickling; here by their fields",
    saves="0.7 of 12.5 ms (five small ones together)",
    stands_on=("rasa.shared.core.trackers:DialogueStateTracker.__init__", "rasa.shared.core.slots:Slot"),
    apply=patch_slot_copy,
)
