"""Ready answers: facts in the worker's language with their source, found by topic or word in the staff's language."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web

from actions.answers import Answers
from bot.desk import transcript
from bot.desk.context import DESK
from bot.staff.auth import require
from bot.staff.context import current_user
from bot.staff.templates import render
from facts import clock
from facts.languages import NAMES, SOURCE

_MOST: Final = 12
_LONGEST: Final = 60


class Ready(msgspec.Struct, frozen=True):
    """A fact, for the advisor to read and for the worker to get."""

    fact: str
    topic: str
    ours: str
    theirs: str
    source: str
    standing: str


def search(answers: Answers, words: str, ours: str, theirs: str) -> list[Ready]:
    """Facts whose topic is `words`, or that have all the words in their text or topic."""
    wording, base, on = answers.wording, answers.base, clock.today()
    wanted = words.casefold().split()
    found: list[Ready] = []
    for topic in base.files:
        # what others answer is no topic that has a name
        name = wording.text(f"topic.{topic}", ours) if answers.offers(topic) else ""
        for fact in base.facts_of(topic):
            told = wording.tell(fact, ours, on)
            if told is None or any(one.fact == fact.id for one in found):
                continue
            searched = f"{topic} {name} {told.text}".casefold()
            if words != topic and not all(word in searched for word in wanted):
                continue
            for_them = wording.tell(fact, theirs if theirs in NAMES else SOURCE, on)
            if for_them is None:
                continue
            sources = "\n".join(
                " ".join((base.sources.title(one), base.sources.section(one), base.sources.url(one))).replace("  ", " ")
                for one in fact.sources
            )
            found.append(Ready(fact.id, name, told.text, for_them.text, sources, told.standing))
            if len(found) >= _MOST:
                return found
    return found


@require("advisor", acted=False)
async def canned(request: web.Request) -> web.StreamResponse:
    """`GET /desk/cases/{id}/canned?q=`"""
    room, one = request.app[DESK], current_user(request)
    opened = await room.database.transaction(transcript.open_talk, room.keys, int(request.match_info["id"]))
    if opened is None:
        raise web.HTTPNotFound
    words = request.query.get("q", "")[:_LONGEST].strip() or opened.case.topic
    theirs = opened.conversation.language or opened.case.language
    found = search(room.answers, words, one.language, theirs) if words else []
    return render(request, "desk/canned.html", {"found": found, "theirs": theirs, "words": words})
