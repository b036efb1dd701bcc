"""Both doors in one gateway, by settings: opened with it, closed with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import sqlalchemy as sa
from aiohttp import web

import bot.conversations.schema
import bot.desk.helpdesks.schema  # its tables stand in the log's metadata
from bot.conversations.database import Database
from bot.desk.helpdesks import registry
from bot.settings import Settings
from tests.desk.helpdesks.conftest import Side
from tests.desk.helpdesks.stand_in import ACCOUNT, INBOX, SECRET, TOKEN
from tests.desk.helpdesks.test_mail import Box, box
from tests.servers import listen

__all__ = ["box"]


async def until(what: Callable[[], object], seconds: float = 10.0) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not what():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.02)


async def test_a_case_is_told_by_mail_stands_in_chatwoot_and_is_answered_from_there(
    side: Side, box: tuple[Box, str]
) -> None:
    mails, url = box
    settings = Settings(
        chatwoot_url=side.chatwoot.address,
        chatwoot_token=TOKEN,
        chatwoot_account=str(ACCOUNT),
        chatwoot_inbox=str(INBOX),
        chatwoot_webhook_secret=SECRET,
        mail_url=url,
        mail_from="baken@ngo.example",
        mail_to="one@ngo.example",
        staff_site="https://baken.ngo.example",
    )
    app = web.Application()
    assert registry.add(app, side, side.words, settings) == ["chatwoot", "mail"]
    address, runner = await listen(app)
    side.chatwoot.webhook = f"{address}{registry.PATH}"
    number, conversation = await side.case()
    await until(lambda: mails.mails and side.chatwoot.conversations)
    theirs = max(side.chatwoot.conversations)
    await until(lambda: side.chatwoot.said(theirs, private=False))
    assert await side.chatwoot.agent_says(theirs, "Hallo") == [200]
    assert (await side.get(number)).state == "taken"
    assert (await side.read(conversation))[-1].content.text == "Hallo"
    begun = asyncio.get_running_loop().time()
    await runner.cleanup()
    assert asyncio.get_running_loop().time() - begun < 5


def test_migrations_and_tables_say_the_same(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def differences(connection: sa.engine.Connection) -> list[object]:
        ours = {"helpdesk_cases", "helpdesk_messages"}
        options = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
        context = MigrationContext.configure(connection, opts=options)
        metadata = bot.conversations.schema.metadata
        return [one for one in compare_metadata(context, metadata) if "helpdesk_" in str(one)]

    assert database.transaction_sync(differences) == []
