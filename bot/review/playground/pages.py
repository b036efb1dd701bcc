"""Try a question, see what happened inside, flag what is wrong."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.clock import utcnow
from bot.review.content import drafts
from bot.review.content.drafts import Change
from bot.review.flags import store as flags
from bot.review.pages import page, room, topics
from bot.review.playground import explain
from bot.staff import audit_log
from bot.staff.auth import require
from bot.staff.context import current_user
from facts.languages import NAMES
from facts.read import BrokenFile


@require("editor")
async def try_page(request: web.Request) -> web.StreamResponse:
    """`GET /desk/room`: an empty try, of the content in force or of a draft."""
    change = await _change(request, request.query.get("change", ""))
    return page(request, "try.html", {"change": change, "results": [], "conversation": "", "text": "", "hint": ""})


@require("editor")
async def try_form(request: web.Request) -> web.StreamResponse:
    """`POST /desk/room/try`: one message; a part of the page for htmx, the page where there is no script."""
    place, form, me = room(request), await request.post(), current_user(request).me
    text, payload = str(form.get("text", "")).strip(), str(form.get("payload", ""))[: explain.LONGEST]
    conversation = str(form.get("conversation", ""))
    hint = str(form.get("hint", ""))
    change = await _change(request, str(form.get("change", "")))
    if form.get("anew") or not explain.belongs(conversation, me.id):
        if explain.belongs(conversation, me.id):
            place.tries.pop(conversation, None)
            await place.assistant.erase(conversation)
        conversation = explain.new_id(me.id)
    results = []
    if text or payload:
        draft, base = "", place.content.base()
        if change is not None:
            try:
                draft, base, _ = await place.prepared(change)
            except BrokenFile:
                raise web.HTTPConflict from None
        place.tries[conversation] = asyncio.get_running_loop().time()
        results.append(
            await explain.look(
                place.assistant,
                place.office.channels["whatsapp"],
                base,
                conversation,
                text,
                payload=payload,
                language=hint if hint in NAMES else None,
                draft=draft,
            )
        )
    context = {
        "change": change,
        "results": results,
        "conversation": conversation,
        "text": text,
        "hint": hint,
        "topics": topics(request),
    }
    return page(request, "tried.html" if "HX-Request" in request.headers else "try.html", context)


@require("editor")
async def flag_form(request: web.Request) -> web.StreamResponse:
    """`POST /desk/room/flags`: this answer is wrong, that topic is right. Of a try, or of a message of the desk."""
    place, form, me = room(request), await request.post(), current_user(request).me
    right = str(form.get("right", ""))
    if right not in place.content.base().topics:
        raise web.HTTPBadRequest
    message = str(form.get("message", ""))
    if message:
        if not message.isdecimal() or len(message) > 12:
            raise web.HTTPBadRequest
        try:
            await place.database.transaction(flags.add_message, place.keys, int(message), right, me.id, utcnow())
        except flags.NotAllowed:
            raise web.HTTPForbidden from None
    else:
        text, got = str(form.get("text", "")).strip()[: explain.LONGEST], str(form.get("got", ""))[:40]
        language = str(form.get("language", ""))
        if not text or language not in NAMES:
            raise web.HTTPBadRequest
        await place.database.transaction(
            flags.add,
            place.keys,
            text=text,
            language=language,
            topic_got=got,
            topic_right=right,
            understood=form.get("understood") == "yes",
            by=me.id,
            now=utcnow(),
        )
    await place.database.transaction(audit_log.note, utcnow(), me.id, "flagged", right)
    return page(request, "flagged.html", {"right": right})


async def _change(request: web.Request, number: str) -> Change | None:
    """The draft to try, where one is named."""
    if not number.isdecimal() or len(number) > 9:
        return None
    change = await room(request).database.transaction(drafts.get, int(number))
    return change if change is not None and change.state == "draft" else None
