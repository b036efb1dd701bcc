"""Starts an assistant the way every command needs it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from actions.letters import store
from bot.assistant import Assistant
from bot.commands.start_errors import check_storage
from bot.conversations.crypto import written
from bot.engine.engine_pool import EnginePool
from bot.engine.http_engine import HttpEngine
from bot.engine.rasa.model import ready
from bot.settings import Settings
from bot.translation.providers import provider
from bot.translation.service import Translation
from facts import published
from facts.wording import Wording


async def start(settings: Settings, *, keep: bool = True, own: bool = False) -> Assistant:
    """An assistant on the Rasa servers that the settings name, else on today's model in this process.

    Args:
        own: in processes of its own, where the settings want that.
        keep: store its conversations, beside the log where that is on PostgreSQL, else in the data folder.
    """
    if keep:
        check_storage(settings)
    published.use(Path(settings.content_folder or Path(settings.data_folder) / "content"))
    chosen = provider(settings)
    translation = (
        Translation(chosen, Wording(published.base()), deadline=settings.translate_deadline)
        if chosen is not None
        else None
    )
    store.use(Path(settings.data_folder))
    if settings.rasa_urls:
        engine = HttpEngine(settings.rasa_urls.split(), settings.rasa_secret, seconds=settings.rasa_seconds)
        return Assistant.around(engine, translation)
    model = await asyncio.to_thread(ready)
    if own and settings.engines:
        children = EnginePool(settings.engines, seconds=settings.rasa_seconds)
        await children.start()
        return Assistant.around(children, translation)
    database: Path | str | None = None
    if keep:
        shared = settings.database_url.startswith("postgresql")
        database = settings.database_url if shared else Path(settings.data_folder) / "rasa.db"
    key = settings.key or written(Path(settings.data_folder) / "key") if keep else ""
    return await Assistant.start(model, database, translation, key=key)
