"""Chatwoot, through its documented application API: a case is a conversation in an inbox of the kind "API".

What the person says is stored there as an incoming message, everything else as a private note. Baken writes no public
message, and takes only public ones that an agent wrote: nothing can go round in circles. The contact is a pseudonym of
its own for each case; no phone number, name or address is sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import msgspec

from bot.conversations.models import NotDelivered
from bot.desk.helpdesks.chatwoot_events import number
from bot.desk.helpdesks.config import ChatwootConfig as Config
from bot.desk.helpdesks.helpdesk import Opened, Referral, TranscriptLine

_PRIORITY: Final = {"danger": "urgent", "asked": "medium", "offered": "low"}
_TIMEOUT: Final = aiohttp.ClientTimeout(total=15, sock_connect=5)
_LARGEST_ANSWER: Final = 1024 * 1024

log = logging.getLogger(__name__)


class Chatwoot:
    """The door to one inbox."""

    name = "chatwoot"
    carries = True

    def __init__(self, config: Config) -> None:
        self.config = config
        self._session: aiohttp.ClientSession | None = None

    # -- the door -----------------------------------------------------------------------------------------------

    async def open(self, referral: Referral) -> Opened | NotDelivered:
        """A contact and a conversation of their own. What an earlier try left is used."""
        found = await self._contact(referral)
        if isinstance(found, NotDelivered):
            return found
        contact, source, existed = found
        if existed:
            before = await self._conversation_of(contact)
            if before is not None:
                return before if isinstance(before, NotDelivered) else Opened(before, contact)
        made = await self._call(
            "POST",
            "conversations",
            {
                "source_id": source,
                "inbox_id": self.config.inbox,
                "contact_id": int(contact),
                "status": "open",
                "custom_attributes": _attributes(referral),
            },
        )
        if isinstance(made, NotDelivered):
            return made
        theirs = number(made.get("id"))
        return Opened(theirs, contact) if theirs else NotDelivered("answer")

    async def say(self, theirs: str, line: TranscriptLine, *, doubtful: bool) -> NotDelivered | None:
        """The person's words as theirs, all other words as a note."""
        if line.author == "person":
            return await self._message(theirs, line.text, private=False, doubtful=doubtful)
        who = "Baken" if line.author == "bot" else "Advisor (Baken)"
        return await self._message(theirs, f"{who}: {line.text}", private=True, doubtful=doubtful)

    async def note(self, theirs: str, text: str) -> NotDelivered | None:
        """A private note."""
        return await self._message(theirs, text, private=True, doubtful=False)

    async def urge(self, opened: Opened, referral: Referral) -> NotDelivered | None:
        """Chatwoot's priority."""
        return _done(
            await self._call(
                "POST", f"conversations/{opened.theirs}/toggle_priority", {"priority": _PRIORITY[referral.urgency]}
            )
        )

    async def close(self, theirs: str) -> NotDelivered | None:
        """Resolve the conversation."""
        return _done(await self._call("POST", f"conversations/{theirs}/toggle_status", {"status": "resolved"}))

    async def reopen(self, theirs: str) -> NotDelivered | None:
        """Open the conversation again."""
        return _done(await self._call("POST", f"conversations/{theirs}/toggle_status", {"status": "open"}))

    async def erase(self, opened: Opened) -> NotDelivered | None:
        """Delete the contact; Chatwoot deletes its conversations with it."""
        if not opened.contact:
            return None
        return _done(await self._call("DELETE", f"contacts/{opened.contact}"), gone_is_fine=True)

    async def end(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    # -- calls --------------------------------------------------------------------------------------------------

    async def _contact(self, referral: Referral) -> tuple[str, str, bool] | NotDelivered:
        """Id of the contact, its source id in our inbox, and whether it was there before."""
        body = {
            "inbox_id": self.config.inbox,
            "name": f"Baken {referral.number}",
            "identifier": referral.pseudonym,
        }
        made = await self._call("POST", "contacts", body)
        if isinstance(made, NotDelivered):
            if made.code not in ("422", "400"):
                return made
            return await self._known_contact(referral.pseudonym, made)
        payload = made.get("payload")
        contact = payload.get("contact") if isinstance(payload, dict) else None
        inbox = payload.get("contact_inbox") if isinstance(payload, dict) else None
        if not isinstance(contact, dict):
            return NotDelivered("answer")
        source = str(inbox.get("source_id") or "") if isinstance(inbox, dict) else self._source(contact)
        return (number(contact.get("id")), source, False) if source else NotDelivered("answer")

    async def _known_contact(self, pseudonym: str, refused: NotDelivered) -> tuple[str, str, bool] | NotDelivered:
        found = await self._call("GET", "contacts/search", query={"q": pseudonym})
        if isinstance(found, NotDelivered):
            return found
        for contact in _list(found.get("payload")):
            if contact.get("identifier") == pseudonym and self._source(contact):
                return number(contact.get("id")), self._source(contact), True
        return refused

    def _source(self, contact: Mapping[str, Any]) -> str:
        """The contact's source id in our inbox."""
        for one in _list(contact.get("contact_inboxes")):
            inbox = one.get("inbox")
            if isinstance(inbox, dict) and inbox.get("id") == self.config.inbox:
                return str(one.get("source_id") or "")
        return ""

    async def _conversation_of(self, contact: str) -> str | NotDelivered | None:
        found = await self._call("GET", f"contacts/{contact}/conversations")
        if isinstance(found, NotDelivered):
            return found
        ours = [one for one in _list(found.get("payload")) if one.get("inbox_id") == self.config.inbox]
        return next((number(one.get("id")) for one in ours if number(one.get("id"))), None)

    async def _message(self, theirs: str, text: str, *, private: bool, doubtful: bool) -> NotDelivered | None:
        if doubtful and await self._stands(theirs, text, private):
            return None
        body = {
            "content": text,
            "message_type": "outgoing" if private else "incoming",
            "private": private,
            "content_type": "text",
        }
        return _done(await self._call("POST", f"conversations/{theirs}/messages", body))

    async def _stands(self, theirs: str, text: str, private: bool) -> bool:
        """Whether the newest message of this kind says just that: an answer that we lost."""
        found = await self._call("GET", f"conversations/{theirs}/messages")
        if isinstance(found, NotDelivered):
            return False
        like = [
            one
            for one in _list(found.get("payload"))
            if bool(one.get("private")) == private and (private or one.get("message_type") in ("incoming", 0))
        ]
        return bool(like) and max(like, key=lambda one: one.get("id") or 0).get("content") == text

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any] | NotDelivered:
        """The answer, or why there is none."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, headers={"api_access_token": self.config.token})
        url = f"{self.config.url}/api/v1/accounts/{self.config.account}/{path}"
        try:
            async with self._session.request(method, url, json=body, params=query, allow_redirects=False) as response:
                raw = await response.content.read(_LARGEST_ANSWER)
                return _understood(response.status, raw, response.headers.get("Retry-After", ""))
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError):
            return NotDelivered("network")  # never left this machine
        except asyncio.TimeoutError:
            return NotDelivered("timeout", unknown=True)
        except (aiohttp.ClientError, OSError) as error:
            log.info("Chatwoot: %s", type(error).__name__)
            return NotDelivered("network", unknown=True)


def _attributes(referral: Referral) -> dict[str, str | int]:
    return {
        "baken_case": referral.number,
        "baken_channel": referral.channel,
        "baken_language": referral.language,
        "baken_topic": referral.topic,
        "baken_link": referral.link,
    }


def _understood(status: int, raw: bytes, retry_after: str) -> dict[str, Any] | NotDelivered:
    if status >= 500:
        return NotDelivered(str(status), unknown=True)
    if status == 429:
        return NotDelivered("429", after=float(retry_after) if retry_after.isdigit() else 30.0)
    if not 200 <= status < 300:
        return NotDelivered(str(status), permanent=status not in (401, 403, 408))
    try:
        answer = msgspec.json.decode(raw or b"{}")
    except (msgspec.DecodeError, RecursionError):
        return NotDelivered("answer", unknown=True)
    return answer if isinstance(answer, dict) else {}


def _done(answer: dict[str, Any] | NotDelivered, *, gone_is_fine: bool = False) -> NotDelivered | None:
    if isinstance(answer, NotDelivered) and not (gone_is_fine and answer.code == "404"):
        return answer
    return None


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
