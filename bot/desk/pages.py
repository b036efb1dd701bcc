"""A case's page: the conversation, the case at a glance, and what an advisor can do."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.conversations.channel import Channels
from bot.conversations.models import Message
from bot.desk import actions, summary, transcript
from bot.desk.context import DESK
from bot.desk.queue_pages import topic_name, waited
from bot.desk.transcript import Talk
from bot.staff import accounts, audit_log
from bot.staff.accounts import Account
from bot.staff.auth import require
from bot.staff.context import current_user
from bot.staff.templates import render
from facts.clock import AMSTERDAM
from facts.languages import NAMES

#: So many of the newest messages have their marks and translations shown anew with each piece of news.
_FRESH: Final = 40


@require("advisor")
async def page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/cases/{id}`: that it was read stands in the trail."""
    return await case_page(request)


async def case_page(
    request: web.Request, *, error: str = "", who_has: str = "", text: str = "", status: int = 200
) -> web.Response:
    """The whole page; `text` is what the advisor had typed."""
    room, me = request.app[DESK], current_user(request).me
    opened, messages, notes, colleagues = await room.database.transaction(_load, room.keys, _number(request), me)
    context = await _context(request, opened, messages)
    context |= {"notes": notes, "colleagues": colleagues, "error": error, "who_has": who_has, "text": text}
    context["glance"] = await summary.look(room, opened, messages, current_user(request).language)
    return render(request, "desk/case.html", context, status=status)


def _load(
    connection: Connection, keys: Any, number: int, me: Account
) -> tuple[Talk, list[Message], list[actions.Note], list[Account]]:
    opened = transcript.open_talk(connection, keys, number)
    if opened is None:
        raise web.HTTPNotFound
    messages = transcript.visible(connection, keys, opened.case)
    audit_log.note(connection, utcnow(), me.id, "read", f"case {number}")
    _note_seen(connection, opened, messages, me)
    colleagues = [one for one in accounts.everyone(connection) if not one.closed and one.may("advisor")]
    return opened, messages, actions.notes(connection, keys, number), colleagues


def _note_seen(connection: Connection, opened: Talk, messages: list[Message], me: Account) -> None:
    if messages and opened.case.state == "taken" and opened.case.taken_by == me.id:
        transcript.seen(connection, opened.case.id, messages[-1].id)


async def _context(request: web.Request, opened: Talk, messages: list[Message]) -> dict[str, Any]:
    room, one = request.app[DESK], current_user(request)
    at, case = utcnow(), opened.case
    left = transcript.window(room.channels, opened, at)
    names = await room.database.transaction(accounts.names)
    mine = case.state == "taken" and case.taken_by == one.me.id
    stand = f"{case.state}:{case.taken_by}:{left is not None and not left}:{case.share}:{opened.translate}"
    return {
        "talk": opened,
        "case": case,
        "messages": messages,
        "last": messages[-1].id if messages else 0,
        "fresh": [],
        "mine": mine,
        "stand": stand,
        "advisor": names.get(case.taken_by or 0, ""),
        "staff_names": names,
        "left": None if left is None else waited(int(left.total_seconds())),
        "window_over": left is not None and not left,
        "template": bool(room.settings.whatsapp_template),
        "names": NAMES,
        "theirs": opened.conversation.language or case.language,
        "with_translation": room.translator is not None,
        "waited": waited(int((at - case.opened).total_seconds())),
        "local": lambda moment: moment.astimezone(AMSTERDAM).strftime("%d-%m %H:%M"),
        "topic_name": lambda topic: topic_name(request, topic),
        "mark": lambda message: mark_of(room.channels, opened, message),
    }


def mark_of(channels: Channels, opened: Talk, message: Message) -> str:
    """How far what was said to the worker has come: ready, sent, delivered, read or failed."""
    if message.direction == "in":
        return ""
    if message.state == "unreadable":
        return "failed"
    if channels[opened.conversation.channel].fetched:
        return "read" if message.id <= opened.person_seen else "sent"
    return "ready" if message.state == "sending" else message.state


@require("advisor", acted=False)
async def more(request: web.Request) -> web.StreamResponse:
    """`GET /desk/cases/{id}/more?after=N`: what is new, with the marks and translations of what is shown already."""
    room, me = request.app[DESK], current_user(request).me
    after = request.query.get("after", "0")
    after_row = int(after) if after.isdecimal() and len(after) < 18 else 0

    def load(connection: Connection) -> tuple[Talk, list[Message]]:
        opened = transcript.open_talk(connection, room.keys, _number(request))
        if opened is None:
            raise web.HTTPNotFound
        messages = transcript.visible(connection, room.keys, opened.case)
        _note_seen(connection, opened, messages, me)
        return opened, messages

    opened, messages = await room.database.transaction(load)
    context = await _context(request, opened, [one for one in messages if one.id > after_row])
    context["last"] = messages[-1].id if messages else after_row
    context["fresh"] = [one for one in messages[-_FRESH:] if one.id <= after_row]
    return render(request, "desk/more.html", context)


@require("advisor")
async def contact(request: web.Request) -> web.StreamResponse:
    """`POST /desk/cases/{id}/contact`: number and name, shown on purpose, which stands in the trail."""
    room, me, number = request.app[DESK], current_user(request).me, _number(request)

    def load(connection: Connection) -> Talk:
        opened = transcript.open_talk(connection, room.keys, number)
        if opened is None:
            raise web.HTTPNotFound
        audit_log.note(connection, utcnow(), me.id, "contact read", f"case {number}")
        return opened

    opened = await room.database.transaction(load)
    return render(request, "desk/contact.html", {"contact": opened.conversation.contact})


def _number(request: web.Request) -> int:
    return int(request.match_info["id"])
