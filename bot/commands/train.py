"""`baken train`: make the model."""

from __future__ import annotations

from bot.engine.rasa.model import make, trouble


def train(*, force: bool = False) -> int:
    """Makes the model where it is missing or stale, or where it is asked for."""
    reason = "asked for" if force else trouble()
    if reason is None:
        print("The model is up to date: nothing to do.")
        return 0
    print(f"{reason[0].upper()}{reason[1:]}.", flush=True)
    make()
    return 0
