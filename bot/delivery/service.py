"""The post room as a whole: opened with the gateway, closed after what was taken in is finished or handed on."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Final, TypeVar

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.conversations import files, inbox, key_check, outbox, unreadable
from bot.conversations.channel import Channel, Channels
from bot.conversations.crypto import BadKey, Keys
from bot.conversations.database import Database
from bot.conversations.inbox import Taken
from bot.conversations.key_check import WrongKey
from bot.conversations.models import ChannelName, DeliveryStatus, Incoming
from bot.delivery.events import EventBus
from bot.delivery.ports import AssistantPort, DirectAnswers, HandoffPort
from bot.delivery.reply_worker import ReplyWorker
from bot.delivery.retention_worker import Retention
from bot.delivery.send_worker import SendWorker
from bot.settings import Settings
from bot.timeouts import timeout

T = TypeVar("T")
_PUT_BACK: Final = (
    "Put the right key back; nothing was changed. To give up for good all that was encrypted with it, remove the "
    'databases as well (docs/operations.md, "Back up and restore").'
)
#: While nobody was there, a channel held its statuses back: it takes longer until they are all told.
_AFTER_A_START: Final = 4


def database_url(settings: Settings) -> str:
    """Where the log stands: as set, else a SQLite file in the data folder."""
    return settings.database_url or f"sqlite:///{Path(settings.data_folder) / 'baken.db'}"


def open_log(settings: Settings, *, beside: bool = False) -> tuple[Database, Keys]:
    """The log with its tables, and the key that it is encrypted with; the first start makes both.

    Args:
        beside: for a command that works beside a Baken that runs.

    Raises:
        BadKey: the key is missing, or is not the log's. Nothing was changed; the message says what to do.
        InUse: another Baken has it.
    """
    file = Path(settings.data_folder) / "key"
    database = Database(database_url(settings), beside=beside)
    try:
        database.migrate()
        if not settings.key and not file.exists() and database.transaction_sync(key_check.needed):
            raise BadKey(f"The key of the log is missing: there is no {file}, and BAKEN_KEY is not set. {_PUT_BACK}")
        keys = Keys.load(settings.key, file)
        database.transaction_sync(key_check.check, keys)
    except WrongKey as error:
        database.close()
        where = "BAKEN_KEY" if settings.key else str(file)
        raise BadKey(f"The key in {where} is not the one that the log was encrypted with. {_PUT_BACK}") from error
    except BaseException:
        database.close()
        raise
    return database, keys


class MessageService:
    """The log with its workers. Channels hand in what they take, and are given what to carry."""

    def __init__(
        self,
        settings: Settings,
        assistant: AssistantPort,
        *,
        channels: Channels | None = None,
        desk: HandoffPort | None = None,
        directs: Sequence[DirectAnswers] = (),
        database: Database | None = None,
        keys: Keys | None = None,
    ) -> None:
        """`channels`: those that are there already; others are connected by `connect` before it is opened."""
        self.settings = settings
        self.database = database or Database(database_url(settings))
        self.keys = keys or Keys.load(settings.key, Path(settings.data_folder) / "key")
        self.hub = EventBus()
        self.assistant = assistant
        self.channels: dict[ChannelName, Channel] = dict(channels or {})
        self.me = secrets.token_hex(8)
        self.answering = ReplyWorker(
            self.database,
            self.keys,
            self.hub,
            assistant,
            me=self.me,
            channels=self.channels,
            desk=desk,
            directs=directs,
        )
        self.sending = SendWorker(self.database, self.keys, self.hub, self.channels, doubt=settings.send_doubt)
        self.retention = Retention(self.database, assistant, settings, self.hub)
        #: told of each message that was taken in: (channel, fresh)
        self.taken: Callable[[ChannelName, bool], None] | None = None
        self._workers: list[asyncio.Task[None]] = []

    def connect(self, name: ChannelName, channel: Channel) -> None:
        """Carry by this channel from now on what goes to persons on it."""
        self.channels[name] = channel

    async def open(self) -> None:
        """Make the tables, take up what an earlier run left, and begin to work.

        Raises:
            WrongKey: the log was encrypted with another key.
        """
        await asyncio.to_thread(self.database.migrate)
        if self.database.sqlite:
            await self.database.transaction(inbox.release_all)
        await self.database.transaction(key_check.check, self.keys)
        await self.database.transaction(unreadable.restore, self.keys, datetime.now(timezone.utc))
        until = datetime.now(timezone.utc) + self.sending.doubt * _AFTER_A_START
        await self.database.transaction(outbox.extend_unknown_deliveries, until)
        self.database.listen(self.hub.publish_threadsafe)
        for worker in (self.answering.run, self.sending.run, self.retention.run):
            self._workers.append(asyncio.create_task(worker()))

    async def close(self) -> None:
        """Take nothing new, finish what is under way, hand on the rest by the log."""
        self.hub.close()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.answering.finish(), 10)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.sending.finish(), 10)
        await asyncio.to_thread(self.database.close)

    def trouble(self) -> str | None:
        """The worker that does not get on, with the kind of its error, in a few words; None where all do."""
        for name, worker in (("answering", self.answering), ("sending", self.sending)):
            why = worker.standing.trouble()
            if why is not None:
                return f"{name}: {why}"
        return None

    async def receive(self, incoming: Sequence[Incoming]) -> list[Taken]:
        """Store messages, all or none, before the channel is told that they were taken.

        Raises:
            sqlalchemy.exc.DBAPIError: the database is away; the channel must say so, so that it is sent again.
        """
        now = datetime.now(timezone.utc)

        def store(connection: Connection) -> list[Taken]:
            return [inbox.receive(connection, self.keys, one, now) for one in incoming]

        stored = await self.database.transaction(store)
        if self.taken is not None:
            for one, row in zip(incoming, stored, strict=True):
                self.taken(one.channel, row.fresh)
        return stored

    async def read(self, conversation: str, file: str) -> bytes | None:
        """A file of a conversation, for the channel that carries it."""
        return await self.database.transaction(files.load_file, self.keys, conversation, file)

    async def record_statuses(self, channel: ChannelName, updates: Sequence[DeliveryStatus]) -> None:
        """Store what a channel says about messages that were sent."""

        def store(connection: Connection) -> None:
            for update in updates:
                outbox.record_status(connection, channel, update)

        await self.database.transaction(store)


#: What a long wait of a page gives when there is nothing new.
Waiter = Callable[[], Awaitable[T | None]]


async def wait_for_news(hub: EventBus, name: str, look: Waiter[T], seconds: float) -> T | None:
    """Look; where there is nothing, wait for news of `name` and look again, for at most so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    with hub.watch(name) as news:
        while True:
            news.clear()
            found = await look()
            left = deadline - asyncio.get_running_loop().time()
            if found is not None or left <= 0 or hub.closing:
                return found
            with contextlib.suppress(asyncio.TimeoutError):
                async with timeout(left):
                    await news.wait()


#: The application's.
OFFICE: web.AppKey[MessageService] = web.AppKey("office")
