"""The calls of the chat: say something, wait for what is new, forget, fetch a file. All by POST, over the log."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timezone
from typing import Any, Final

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.engine import Connection

from bot.channels.web.requests import LONGEST_WAIT, ApiRequest, Polled, parse_request, said
from bot.channels.web.texts import direction
from bot.channels.web.view import seen_by_person
from bot.conversations import files, history, schema
from bot.conversations import store as conversations
from bot.conversations.database import notify
from bot.conversations.models import ChannelName, Content, Incoming
from bot.delivery.service import MessageService, wait_for_news

CHANNEL: Final[ChannelName] = "web"
#: News that the person writes, for the desk; and that an advisor writes, for the person's page.
PERSON_TYPES, ADVISOR_TYPES = "typing", "writing"
#: Seconds that a word of typing holds.
_TYPING: Final = 6.0

log = logging.getLogger(__name__)
_C, _M = schema.conversations, schema.messages


class Api:
    """The handlers, over the post room."""

    def __init__(self, office: MessageService) -> None:
        self.office = office
        self._writing: dict[str, float] = {}  # conversation -> until when an advisor is taken to write

    def add(self, app: web.Application) -> None:
        """Open the addresses."""
        app.router.add_post("/api/messages", self.messages)
        app.router.add_post("/api/poll", self.poll)
        app.router.add_post("/api/typing", self.typing)
        app.router.add_post("/api/forget", self.forget)
        app.router.add_post("/api/files/{file}", self.file)
        app.on_startup.append(self._follow)

    async def _follow(self, _app: web.Application) -> None:
        self.office.hub.subscribe(self._heard)

    def _heard(self, kind: str, conversation: str) -> None:
        if kind == ADVISOR_TYPES:
            loop = asyncio.get_running_loop()
            self._writing[conversation] = loop.time() + _TYPING
            loop.call_later(_TYPING + 0.1, self._quiet, conversation)
        elif kind == "out":
            self._writing.pop(conversation, None)

    def _quiet(self, conversation: str) -> None:
        if self._writing.get(conversation, 0) <= asyncio.get_running_loop().time():
            self._writing.pop(conversation, None)
            self.office.hub.publish(f"written:{conversation}")

    # -- handlers -----------------------------------------------------------------------------------------------

    async def messages(self, request: web.Request) -> web.Response:
        """`POST /api/messages` {conversation, id, text, language, payload}: 202 when it stands in the log."""
        message = await said(request)
        incoming = Incoming(
            channel=CHANNEL,
            address=message.conversation,
            channel_id=message.id,
            kind="button" if message.payload else "text",
            content=Content(text=message.text, payload=message.payload),
            at=datetime.now(timezone.utc),
            language=message.language,
            own_id=True,
        )
        try:
            taken = (await self.office.receive([incoming]))[0]
        except sa.exc.DBAPIError as error:
            raise _away(error) from error
        return web.json_response({"message": taken.id}, status=202)

    async def poll(self, request: web.Request) -> web.Response:
        """`POST /api/poll` {conversation, after, wait}: what is new, as soon as there is something.

        `known` is false where there is no such conversation (any more); `first` is its oldest row that is left.
        """
        asked = await parse_request(request, Polled)
        try:
            name = await self.office.database.transaction(
                conversations.by_address, self.office.keys, CHANNEL, asked.conversation
            )
            if name is None:
                return web.json_response(_NOBODY)
            return web.json_response(await self._news(name, asked))
        except sa.exc.DBAPIError as error:
            raise _away(error) from error

    async def _news(self, name: str, asked: Polled) -> dict[str, Any]:
        newest: dict[str, Any] = _NOBODY

        async def look() -> dict[str, Any] | None:
            nonlocal newest
            newest = await self.office.database.transaction(self._state, name, asked.after)
            now_writing = self._writing.get(name, 0) > asyncio.get_running_loop().time()
            newest["typing"] = now_writing if newest["holder"] == "human" else newest["typing"]
            changed = asked.typing not in (None, newest["typing"]) or asked.holder not in (None, newest["holder"])
            return newest if newest["messages"] or changed or not newest["known"] else None

        await wait_for_news(self.office.hub, name, look, max(0.0, min(asked.wait, LONGEST_WAIT)))
        return newest

    async def typing(self, request: web.Request) -> web.Response:
        """`POST /api/typing` {conversation}: the person writes; the desk shows it, nothing is kept."""
        name = await self._name(await parse_request(request, ApiRequest))
        if name is not None:
            await self.office.database.transaction(notify, f"{PERSON_TYPES}:{name}")
        return web.json_response({})

    async def forget(self, request: web.Request) -> web.Response:
        """`POST /api/forget` {conversation}: everything of it is deleted, here and in the assistant."""
        name = await self._name(await parse_request(request, ApiRequest))
        if name is not None:
            try:
                await self.office.database.transaction(conversations.erase, name)
            except sa.exc.DBAPIError as error:
                raise _away(error) from error
            await self.office.assistant.erase(name)
        return web.json_response({"deleted": True})

    async def file(self, request: web.Request) -> web.Response:
        """`POST /api/files/{file}` {conversation}: a file of this conversation. 404 where there is none (any more)."""
        name = await self._name(await parse_request(request, ApiRequest))
        found = None
        if name is not None:
            found = await self.office.database.transaction(
                files.load_file, self.office.keys, name, request.match_info["file"]
            )
        if found is None:
            raise web.HTTPNotFound(text="no such file in this conversation, or it waited too long")
        headers = {
            "Content-Disposition": "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        return web.Response(body=found, content_type=_media_type(found), headers=headers)

    # -- the log ------------------------------------------------------------------------------------------------

    async def _name(self, asked: ApiRequest) -> str | None:
        try:
            return await self.office.database.transaction(
                conversations.by_address, self.office.keys, CHANNEL, asked.conversation
            )
        except sa.exc.DBAPIError as error:
            raise _away(error) from error

    def _state(self, connection: Connection, name: str, after: int) -> dict[str, Any]:
        """A conversation behind a row, for its page; and how far the page has come is kept for the desk."""
        conversation = conversations.find(connection, self.office.keys, name)
        if conversation is None:
            return dict(_NOBODY)
        ends = sa.select(sa.func.min(_M.c.id), sa.func.max(_M.c.id)).where(_M.c.conversation == name)
        first, newest = connection.execute(ends).one()
        after = min(after, newest or 0)  # nobody has seen what is not there yet
        rows = history.since(connection, self.office.keys, name, after)
        new = sa.exists().where(_M.c.conversation == name, _M.c.state == "new")
        connection.execute(sa.update(_C).where(_C.c.id == name, _C.c.seen < after).values(seen=after))
        language = conversation.language or "en"
        return {
            "known": True,
            "messages": [seen_by_person(row, language) for row in rows if row.state != "unreadable"],
            "typing": conversation.holder != "human" and bool(connection.execute(sa.select(new)).scalar()),
            "holder": conversation.holder,
            "language": conversation.language,
            "direction": direction(language),
            "first": first or 0,
            "last": max((row.id for row in rows), default=after),
        }


_NOBODY: Final[dict[str, Any]] = {
    "known": False, "messages": [], "typing": False, "holder": "bot", "language": "", "direction": "auto", "first": 0,
    "last": 0,
}  # fmt: skip


def _media_type(content: bytes) -> str:
    return "application/pdf" if content.startswith(b"%PDF") else "application/octet-stream"


def _away(error: Exception) -> web.HTTPServiceUnavailable:
    log.error("web: the log's database did not take it (%s)", type(error).__name__)
    return web.HTTPServiceUnavailable(text="not stored; please send it again", headers={"Retry-After": "2"})
