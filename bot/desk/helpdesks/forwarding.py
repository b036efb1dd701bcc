"""Hands cases on to another helpdesk, in order, with patience. Nothing here holds up a message or a case."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Final, TypeVar

from bot.clock import utcnow
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import NotDelivered
from bot.delivery.events import EventBus
from bot.desk.helpdesks import sync_state
from bot.desk.helpdesks.helpdesk import Helpdesk
from bot.desk.helpdesks.sync_state import HelpdeskLink, SyncTask
from bot.timeouts import timeout

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Seconds between two looks when nothing was heard.
_EVERY: Final = 15.0
#: What an advisor there is told of a message that did not reach the person, or not whole.
OUTCOMES: Final = {
    "left": "Niet bezorgd: de persoon is terug bij Baken. / Not delivered: the person went back to Baken.",
    "closed": "Niet bezorgd: deze zaak is gesloten. / Not delivered: this case is closed.",
    "desk": "Niet bezorgd: een adviseur op de balie van Baken heeft deze zaak. / Not delivered: an advisor on Baken's "
    "own desk has this case.",
    "files": "Bestanden gaan niet mee: Baken bezorgt alleen tekst. / Files are left out: Baken carries text only.",
    "failed": "Niet bezorgd: WhatsApp nam het bericht niet aan (24 uur voorbij, of het nummer is onbereikbaar). / Not "
    "delivered: WhatsApp did not take the message (24 hours are over, or the number can't be reached).",
}
_WELCOME: Final = (
    "Baken, zaak / case {number}. Taal / language: {language}. Onderwerp / topic: {topic}. "
    "Kanaal / channel: {channel}.\n"
    "Je eerste bericht neemt de zaak over; afsluiten (resolve) geeft de persoon terug aan Baken. Privénotities blijven "
    "hier. / Your first message takes the case; resolving gives the person back to Baken. Private notes stay here."
)
_BEFORE: Final = "Eerder gezegd, gedeeld met toestemming. / Said before, shared with consent.\n\n"


class Forwarding:
    """The worker of one door."""

    def __init__(self, database: Database, keys: Keys, hub: EventBus, door: Helpdesk, site: str = "") -> None:
        """`site`: address of Baken's own desk, for links to it."""
        self.database, self.keys, self.hub, self.door, self.site = database, keys, hub, door, site.rstrip("/")

    async def run(self) -> None:
        """Hand on until cancelled."""
        news = asyncio.Event()
        stop = self.hub.subscribe(lambda kind, _: news.set() if kind in ("case", "in", "out", "failed", "*") else None)
        try:
            while not self.hub.closing:
                news.clear()
                wait = _EVERY
                try:
                    await self.once()
                    wait = min(wait, await self.database.transaction(sync_state.next_due, self.door.name, utcnow()))
                except Exception as error:
                    log.warning("%s waits: %s", self.door.name, type(error).__name__)
                with contextlib.suppress(asyncio.TimeoutError):
                    async with timeout(max(wait, 0.05)):
                        await news.wait()
        finally:
            stop()
            await self.door.end()

    async def once(self) -> None:
        """Look at all cases once."""
        await self.database.transaction(sync_state.begin, self.door.name, utcnow())
        for standing in await self.database.transaction(sync_state.due, self.door.name, utcnow()):
            try:
                work = await self.database.transaction(sync_state.look, self.keys, standing, self.site)
                failed = await self._do(work)
            except Exception:
                with contextlib.suppress(Exception):
                    await self.database.transaction(sync_state.later, standing, NotDelivered("error"), utcnow())
                raise
            if failed is None:
                await self.database.transaction(sync_state.release, standing, utcnow())
            else:
                log.warning("%s: case %d waits (%s)", self.door.name, standing.case, failed.code)
                await self.database.transaction(sync_state.later, standing, failed, utcnow())

    async def _do(self, work: SyncTask) -> NotDelivered | None:
        """All that is to be done for a case, in order, up to the first thing that does not work."""
        standing, referral = work.standing, work.referral
        if referral is None:
            failed = await self.door.erase(standing.opened) if standing.theirs else None
            if failed is None:
                await self.database.transaction(sync_state.drop, standing)
            return failed
        if not standing.theirs:
            if not work.running:
                await self.database.transaction(sync_state.move, standing, state="done")
                return None
            opened = await self.door.open(referral)
            if isinstance(opened, NotDelivered):
                return opened
            standing = await self._move(standing, theirs=opened.theirs, contact=opened.contact)
            if self.door.carries:
                await self.door.note(standing.theirs, _WELCOME.format(**_told(referral)))
                await self.door.urge(standing.opened, referral)  # a nicety: the case is open without it
        return await self._go_on(work, standing)

    async def _go_on(self, work: SyncTask, standing: HelpdeskLink) -> NotDelivered | None:
        assert work.referral is not None
        if standing.state == "back" and work.running:
            failed = await self.door.reopen(standing.theirs)
            if failed is not None and not failed.permanent:
                return failed
            standing = await self._move(standing, state="open")
        if work.raised and work.running:
            failed = await self.door.urge(standing.opened, work.referral)
            if failed is not None:
                return failed
            standing = await self._move(standing, urgency=_level(work))
        if self.door.carries:
            failed = await self._words(work, standing)
            if failed is not None:
                return failed
        if not work.running and standing.state != "done":
            failed = await self.door.close(standing.theirs)
            if failed is not None and not failed.permanent:
                return failed
            await self._move(standing, state="done")
        return None

    async def _words(self, work: SyncTask, standing: HelpdeskLink) -> NotDelivered | None:
        doubtful = work.standing.error.startswith("?")
        if work.before:
            failed = await self.door.note(standing.theirs, _BEFORE + work.before)
            if failed is not None:
                return failed
            standing = await self._move(standing, shared=True)
        for line in work.lines:
            failed = await self.door.say(standing.theirs, line, doubtful=doubtful)
            if failed is not None and failed.code == "404":  # somebody deleted it there: begin anew
                await self._move(standing, theirs="", contact="", sent_to=0)
                return NotDelivered("404")
            if failed is not None and not failed.permanent:
                return failed
            if failed is not None:  # this one message is refused for good; those behind it need not wait
                log.warning("%s: a message of case %d was refused (%s)", self.door.name, standing.case, failed.code)
            doubtful = False
            standing = await self._move(standing, sent_to=line.row)
        for received, outcome in work.notes:
            failed = await self.door.note(standing.theirs, OUTCOMES[outcome])
            if failed is not None and not failed.permanent:
                return failed
            await self.database.transaction(sync_state.told, received)
        return None

    async def _move(self, standing: HelpdeskLink, **values: str | int | bool) -> HelpdeskLink:
        return await self.database.transaction(sync_state.move, standing, **values)


def _level(work: SyncTask) -> int:
    assert work.referral is not None
    return ("offered", "asked", "danger").index(work.referral.urgency)


def _told(referral: object) -> dict[str, object]:
    names = ("number", "language", "topic", "channel")
    return {name: getattr(referral, name) or "–" for name in names}
