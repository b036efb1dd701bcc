"""Files of a case: letters; pictures and recordings, fetched from the channel when an advisor opens them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec
import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.conversations import cases, files, schema
from bot.conversations import store as conversations
from bot.conversations.models import ChannelName, Message, NotDelivered
from bot.desk import transcript
from bot.desk.context import DESK, DeskContext
from bot.staff import audit_log
from bot.staff.accounts import Account
from bot.staff.auth import require
from bot.staff.context import current_user

_M = schema.messages
#: A fetched file is kept so long, and at most as long as its conversation.
_KEPT: Final = timedelta(days=30)
#: Shown in the page; everything else is downloaded. Nothing that could run is among them.
_SHOWN: Final = ("image/jpeg", "image/png", "image/webp", "audio/", "video/")


@require("advisor")
async def file(request: web.Request) -> web.StreamResponse:
    """`GET /desk/cases/{id}/files/{message}`: only of a message that the advisor may see. That it was read is kept."""
    room, me = request.app[DESK], current_user(request).me
    number, row = int(request.match_info["id"]), int(request.match_info["message"])
    message, channel, content = await room.database.transaction(_stored, room, number, row, me)
    reference = message.content.document
    assert reference is not None
    media_type = reference.media_type
    if content is None and reference.media:
        content, media_type = await _fetch(room, message, channel)
    if content is None:
        raise web.HTTPNotFound
    shown = media_type.startswith(_SHOWN)
    headers = {
        "Content-Disposition": "inline" if shown else "attachment; filename=file",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    plain = media_type if shown or media_type == "application/pdf" else "application/octet-stream"
    return web.Response(body=content, content_type=plain, headers=headers)


def _stored(
    connection: Connection, room: DeskContext, number: int, row: int, me: Account
) -> tuple[Message, ChannelName, bytes | None]:
    case = cases.get(connection, number)
    conversation = conversations.find(connection, room.keys, case.conversation) if case is not None else None
    message = transcript.one_visible(connection, room.keys, case, row) if case is not None else None
    if conversation is None or message is None or message.content.document is None:
        raise web.HTTPNotFound
    audit_log.note(connection, utcnow(), me.id, "file read", f"case {number}")
    name = message.content.document.file
    content = files.load_file(connection, room.keys, message.conversation, name) if name else None
    return message, conversation.channel, content


async def _fetch(room: DeskContext, message: Message, channel: ChannelName) -> tuple[bytes | None, str]:
    """From the channel, then kept with the conversation: the channel has it only for a while."""
    reference = message.content.document
    if reference is None:
        return None, ""
    media = await room.channels[channel].download(reference.media)
    if isinstance(media, NotDelivered):
        return None, ""

    def keep(connection: Connection) -> None:
        at = utcnow()
        name = files.store_file(connection, room.keys, message.conversation, media.data, at, at + _KEPT)
        document = msgspec.structs.replace(reference, file=name, media_type=media.media_type)
        content = msgspec.structs.replace(message.content, document=document)
        connection.execute(sa.update(_M).where(_M.c.id == message.id).values(content=room.keys.seal(content)))

    await room.database.transaction(keep)
    return media.data, media.media_type
