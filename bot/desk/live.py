"""News for an open page, as server-sent events: something changed in the lists, in this talk, or somebody writes."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from aiohttp import web

from bot.clock import utcnow
from bot.desk import transcript
from bot.desk.context import DESK
from bot.staff import sessions
from bot.staff.auth import require
from bot.staff.context import STAFF, current_user

#: Seconds between two signs of life, at which the session is looked at too.
_BEAT: Final = 15.0
#: News of one conversation that its page wants to know.
_TALK: Final = frozenset({"in", "out", "status", "failed", "case"})


@require("advisor", acted=False)
async def live(request: web.Request) -> web.StreamResponse:
    """`GET /desk/live[?case=N]`: events `queue`, `talk`, `typing`; nothing of what was said is in them."""
    room, staff, one = request.app[DESK], request.app[STAFF], current_user(request)
    conversation, number = "", request.query.get("case", "")
    if number.isdecimal() and len(number) < 18:
        opened = await room.database.transaction(transcript.open_talk, room.keys, int(number))
        conversation = opened.conversation.id if opened is not None else ""
    waiting: set[str] = set()
    news = asyncio.Event()

    def told(kind: str, name: str) -> None:
        if kind in ("case", "*"):
            waiting.add("queue")
        if kind == "*" or (name and name == conversation and kind in _TALK):
            waiting.add("talk")
        if name and name == conversation and kind == "typing":
            waiting.add("typing")
        if waiting:
            news.set()

    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    stop = room.office.hub.subscribe(told)
    room.pages.add(news)
    try:
        await response.prepare(request)
        await response.write(b"retry: 2000\nevent: queue\ndata: 1\n\n")
        while not room.stopping:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(news.wait(), _BEAT)
            news.clear()
            if room.stopping:
                break
            if not waiting:
                held = await room.database.transaction(sessions.find, one.token, utcnow(), staff.idle, acted=False)
                if held is None:
                    await response.write(b"event: gone\ndata: 1\n\n")
                    break
                await response.write(b": beat\n\n")
                continue
            events, now_waiting = "", sorted(waiting)
            waiting.clear()
            for event in now_waiting:
                events += f"event: {event}\ndata: 1\n\n"
            await response.write(events.encode())
    except (ConnectionResetError, ConnectionError):
        pass
    finally:
        stop()
        room.pages.discard(news)
    return response


async def stopping(app: web.Application) -> None:
    """Open pages hold up no end."""
    app[DESK].stop()
