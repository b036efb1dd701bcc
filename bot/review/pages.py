"""What the pages of the test room share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from bot.review.service import ROOM, ReviewService
from bot.staff.context import current_user
from bot.staff.templates import render
from facts.languages import NAMES, RIGHT_TO_LEFT

#: The room's own navigation: address and key of its text.
PARTS: Final = (
    ("/desk/room", "room.try"), ("/desk/room/flags", "room.flags"), ("/desk/room/runs", "room.runs"),
    ("/desk/room/content", "room.content"), ("/desk/room/facts", "room.facts"), ("/desk/room/changes", "room.changes"),
)  # fmt: skip


def room(request: web.Request) -> ReviewService:
    """The test room."""
    return request.app[ROOM]


def page(
    request: web.Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A page of the room, or a part of one."""
    shared = {"parts": PARTS, "names": NAMES, "right_to_left": RIGHT_TO_LEFT, "part": _part(request.path)}
    return render(request, f"review/{template}", {**shared, **(context or {})}, status=status)


def _part(path: str) -> str:
    return max((href for href, _ in PARTS if path.startswith(href)), key=len, default="")


def back(path: str) -> web.Response:
    """To another page, after a form was taken."""
    return web.Response(status=303, headers={"Location": path})


def topics(request: web.Request) -> list[tuple[str, str]]:
    """Every topic with its name, in the order of topics.yaml: for choosing the right one."""
    base = room(request).content.base()
    return [(name, topic_name(name, request)) for name in base.topics]


def topic_name(name: str, request: web.Request) -> str:
    """A topic in the words of its button, in the language of the staff; else its id."""
    from facts.wording import Wording

    base = room(request).content.base()
    key = f"topic.{name}"
    return Wording(base).text(key, current_user(request).language) if key in base.texts else name.replace("_", " ")


def attached(name: str, text: str, kind: str) -> web.Response:
    """A file to keep. Its name is ours, so that nothing in it can be a path or a header."""
    return web.Response(
        text=text,
        content_type=kind,
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
