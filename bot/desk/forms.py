"""The forms of a case's page: take, hand over, close, reopen, note, say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from bot.clock import utcnow
from bot.conversations.database import notify
from bot.conversations.models import Content
from bot.desk import actions, transcript
from bot.desk.actions import ActionRefused
from bot.desk.context import DESK
from bot.desk.pages import case_page
from bot.staff import audit_log
from bot.staff.auth import require
from bot.staff.context import current_user
from bot.staff.templates import render


async def _act(request: web.Request, function: Callable[..., Any], *arguments: Any, **named: Any) -> web.StreamResponse:
    """One act; back to the case, or the page with the reason why not."""
    room, me, number = request.app[DESK], current_user(request).me, int(request.match_info["id"])
    try:
        await room.database.transaction(
            function, room.keys, room.channels, room.handoff, number, me, *arguments, utcnow(), **named
        )
    except ActionRefused as refused:
        if refused.key == "case.gone":
            raise web.HTTPNotFound from refused
        return await case_page(request, error=refused.key, who_has=refused.who, status=409)
    return _to(number)


def _to(number: int) -> web.Response:
    return web.Response(status=303, headers={"Location": f"/desk/cases/{number}"})


@require("advisor")
async def take(request: web.Request) -> web.StreamResponse:
    """`POST …/take`"""
    return await _act(request, actions.take)


@require("advisor")
async def hand_over(request: web.Request) -> web.StreamResponse:
    """`POST …/hand-over` {to}: an advisor's number, or nothing for the queue."""
    to = str((await request.post()).get("to", ""))
    if to and not (to.isdecimal() and len(to) < 10):
        raise web.HTTPBadRequest
    return await _act(request, actions.hand_over, int(to) if to else None)


@require("advisor")
async def close(request: web.Request) -> web.StreamResponse:
    """`POST …/close`"""
    return await _act(request, actions.close)


@require("advisor")
async def reopen(request: web.Request) -> web.StreamResponse:
    """`POST …/reopen`"""
    room = request.app[DESK]
    opened = await room.database.transaction(transcript.open_talk, room.keys, int(request.match_info["id"]))
    if opened is None:
        raise web.HTTPNotFound
    left = transcript.window(room.channels, opened, utcnow())
    return await _act(request, actions.reopen, tell=left is None or bool(left))


@require("advisor")
async def note(request: web.Request) -> web.StreamResponse:
    """`POST …/note` {text}"""
    room, me, number = request.app[DESK], current_user(request).me, int(request.match_info["id"])
    text = str((await request.post()).get("text", ""))
    try:
        await room.database.transaction(actions.add_note, room.keys, number, me, text, utcnow())
    except ActionRefused as refused:
        if refused.key == "case.gone":
            raise web.HTTPNotFound from refused
        return await case_page(request, error=refused.key, status=400)
    return _to(number)


@require("advisor")
async def say(request: web.Request) -> web.StreamResponse:
    """`POST …/say` {text, plain, template}: stored before it is shown; translated first where that is on and works."""
    room, me, number, form = (
        request.app[DESK],
        current_user(request).me,
        int(request.match_info["id"]),
        await request.post(),
    )
    text, template = str(form.get("text", "")).strip(), bool(form.get("template"))
    opened = await room.database.transaction(transcript.open_talk, room.keys, number)
    if opened is None:
        raise web.HTTPNotFound
    theirs = opened.conversation.language or opened.case.language
    content = Content(text=text, language=theirs if form.get("plain") else me.language, by=me.shown)
    if template:
        if not room.settings.whatsapp_template:
            raise web.HTTPBadRequest
        content = room.handoff.ask_to_write(theirs)
    elif not text or len(text) > transcript.LONGEST:
        return await _not_said(request, "say.length", text, 400)
    elif room.translator is not None and opened.translate and not form.get("plain") and theirs not in ("", me.language):
        translated = await room.translator.translate(text, me.language, theirs)
        content = Content(
            text=text, language=me.language, by=me.shown, translated=translated or "", translated_to=theirs
        )
    try:
        await room.database.transaction(
            transcript.say, room.keys, room.channels, number, me, content, utcnow(), template=template
        )
    except ActionRefused as refused:
        if refused.key == "case.gone":
            raise web.HTTPNotFound from refused
        return await _not_said(request, refused.key, text, 409)
    if "HX-Request" in request.headers:
        return render(request, "desk/written.html", {"text": "", "error": ""})
    return _to(number)


async def _not_said(request: web.Request, error: str, text: str, status: int) -> web.StreamResponse:
    """Why it was not sent, with the text kept. htmx shows only what comes with 200."""
    if "HX-Request" in request.headers:
        return render(request, "desk/written.html", {"text": text, "error": error})
    return await case_page(request, error=error, text=text, status=status)


@require("advisor")
async def translate(request: web.Request) -> web.StreamResponse:
    """`POST …/translate` {on}: switched on or off for this case."""
    room, me, number = request.app[DESK], current_user(request).me, int(request.match_info["id"])
    on = (await request.post()).get("on") == "yes"

    def switch(connection: Connection) -> None:
        case = actions.locked(connection, number)
        actions.mark(connection, number, translate=on)
        if on:
            transcript.try_again(connection, room.keys, case)
        audit_log.note(connection, utcnow(), me.id, f"translation {'on' if on else 'off'}", f"case {number}")
        notify(connection, f"case:{case.conversation}")

    try:
        await room.database.transaction(switch)
    except ActionRefused as refused:
        raise web.HTTPNotFound from refused
    return _to(number)


@require("advisor", acted=False)
async def writing(request: web.Request) -> web.StreamResponse:
    """`POST …/writing`: the worker sees that the advisor writes. Nothing is kept."""
    room, me = request.app[DESK], current_user(request).me
    opened = await room.database.transaction(transcript.open_talk, room.keys, int(request.match_info["id"]))
    if opened is None:
        raise web.HTTPNotFound
    if opened.case.state != "taken" or opened.case.taken_by != me.id:
        raise web.HTTPConflict
    await room.database.transaction(notify, f"writing:{opened.conversation.id}")
    channel = room.channels[opened.conversation.channel]
    if not channel.fetched:
        messages = await room.database.transaction(transcript.visible, room.keys, opened.case)
        newest = next((one.channel_id for one in reversed(messages) if one.direction == "in"), None)
        if newest:
            await channel.show_typing(opened.conversation, newest)
    return web.Response(status=204)
