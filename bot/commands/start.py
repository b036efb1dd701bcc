"""Starts an assistant the way every command needs it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from actions.letters import store
from bot.assistant import Assistant
from bot.engine.model import ready
from bot.settings import Settings
from bot.translation.providers import provider
from bot.translation.service import Translation


async def start(settings: Settings, *, keep: bool = True) -> Assistant:
    """An assistant on today's model. `keep` stores its conversations in the data folder."""
    model = await asyncio.to_thread(ready)
    from actions.rasa_actions import answers

    chosen = provider(settings)
    translation = (
        Translation(chosen, answers().wording, deadline=settings.translate_deadline) if chosen is not None else None
    )
    store.use(Path(settings.data_folder))
    database = Path(settings.data_folder) / "rasa.db" if keep else None
    return await Assistant.start(model, database, translation)
