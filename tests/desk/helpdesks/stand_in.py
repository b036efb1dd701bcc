"""A Chatwoot of our own on a real socket: answers like it, remembers, calls webhooks, fails and delays.

Every request is held against the published description before it is answered, every answer before it is sent.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web

from tests.desk.helpdesks import description
from tests.servers import listen

TOKEN, ACCOUNT, INBOX = "chatwoot-token", 3, 7
SECRET = "a-secret-of-the-inbox"
BASE = f"/api/v1/accounts/{ACCOUNT}"


class ChatwootStandIn:
    """One account with one API inbox."""

    def __init__(self) -> None:
        self.address = ""
        self.webhook = ""  #: where events go
        self.contacts: dict[int, dict[str, Any]] = {}
        self.conversations: dict[int, dict[str, Any]] = {}
        self.messages: dict[int, list[dict[str, Any]]] = {}
        self.requests: list[tuple[str, str, str]] = []  #: method, path, body as it came
        self.wrong: list[str] = []  #: requests that do not fit the description
        self.failures: list[int | str] = []  #: for the next requests: a status, "slow", "lost" (done, never answered)
        self.delay = 0.0
        self._ids = iter(range(100, 100_000))
        self.app = web.Application()
        for method, path, handler in (
            ("POST", "/contacts", self._contact),
            ("GET", "/contacts/search", self._search),
            ("DELETE", "/contacts/{id}", self._delete),
            ("GET", "/contacts/{id}/conversations", self._of_contact),
            ("POST", "/conversations", self._conversation),
            ("GET", "/conversations/{id}/messages", self._list),
            ("POST", "/conversations/{id}/messages", self._message),
            ("POST", "/conversations/{id}/toggle_status", self._status),
            ("POST", "/conversations/{id}/toggle_priority", self._priority),
        ):
            self.app.router.add_route(method, BASE + path, self._checked(handler))
        self._background: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None

    async def start(self) -> ChatwootStandIn:
        self.address, self._runner = await listen(self.app)
        return self

    async def stop(self) -> None:
        for task in self._background:
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    def everything_sent(self) -> str:
        """All that was ever sent here, as it came."""
        return "\n".join(f"{method} {path} {body}" for method, path, body in self.requests)

    def said(self, conversation: int, *, private: bool) -> list[str]:
        return [one["content"] for one in self.messages.get(conversation, []) if one["private"] == private]

    # -- what an agent does -------------------------------------------------------------------------------------

    async def agent_says(
        self,
        conversation: int,
        text: str,
        /,
        *,
        private: bool = False,
        name: str = "Femke",
        times: int = 1,
        **more: Any,
    ) -> list[int]:
        """An agent writes; Chatwoot tells the webhook (`times`: retries). The statuses of the answers."""
        made = self._store(conversation, text, 1, private)
        return [await self.tell(self.event(made, conversation, name, **more)) for _ in range(times)]

    def event(self, message: dict[str, Any], conversation: int, name: str = "Femke", /, **more: Any) -> dict[str, Any]:
        kinds = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}
        return {
            "event": "message_created",
            "id": message["id"],
            "content": message["content"],
            "message_type": kinds[message["message_type"]],
            "content_type": "text",
            "private": message["private"],
            "content_attributes": {},
            "source_id": None,
            "sender": {"id": 1, "name": name, "email": "femke@ngo.example", "type": "user"},
            "inbox": {"id": INBOX, "name": "Baken"},
            "account": {"id": ACCOUNT, "name": "NGO"},
            "conversation": self.conversation_data(conversation),
        } | more

    def conversation_data(self, conversation: int) -> dict[str, Any]:
        kept = self.conversations[conversation]
        return {
            "id": conversation,
            "inbox_id": INBOX,
            "channel": "Channel::Api",
            "can_reply": True,
            "status": kept["status"],
            "meta": {"sender": {"type": "contact"}, "assignee": None},
            "messages": [],
            "custom_attributes": kept["custom_attributes"],
            "unread_count": 0,
        }

    async def resolve(self, conversation: int, event: str = "conversation_status_changed") -> int:
        self.conversations[conversation]["status"] = "resolved"
        return await self.tell({"event": event, **self.conversation_data(conversation)})

    async def tell(self, payload: dict[str, Any], secret: str = SECRET, at: float | None = None) -> int:
        """Call the webhook, signed."""
        body = json.dumps(payload).encode()
        stamp = str(int(at if at is not None else time.time()))
        signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Chatwoot-Timestamp": stamp,
            "X-Chatwoot-Signature": f"sha256={signed}",
        }
        async with aiohttp.ClientSession() as session, session.post(self.webhook, data=body, headers=headers) as answer:
            return answer.status

    # -- the API ------------------------------------------------------------------------------------------------

    def _checked(self, handler: Callable[[web.Request, Any], dict[str, Any]]) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            raw = await request.text()
            body = json.loads(raw) if raw else None
            self.requests.append((request.method, request.path_qs, raw))
            if request.headers.get("api_access_token") != TOKEN:
                return web.json_response({"errors": ["You need to sign in"]}, status=401)
            try:
                description.hold(request.method, request.path, request.query, body)
            except AssertionError as error:
                self.wrong.append(str(error))
                return web.json_response({"error": str(error)}, status=422)
            if self.delay:
                await asyncio.sleep(self.delay)
            fault = self.failures.pop(0) if self.failures else None
            if isinstance(fault, int):
                headers = {"Retry-After": "1"} if fault == 429 else {}
                return web.json_response({"error": "no"}, status=fault, headers=headers)
            answer = handler(request, body)
            if fault == "lost":
                assert request.transport is not None
                request.transport.close()
            if "status" in answer and isinstance(answer["status"], int):
                return web.json_response({"message": answer["message"]}, status=answer["status"])
            response = description.operation(request.method, request.path).get("response")
            if response is not None:
                description.fits(response, answer)
            return web.json_response(answer) if response is not None else web.Response()

        return handle

    def _shown(self, contact: dict[str, Any]) -> dict[str, Any]:
        inbox = {"id": INBOX, "name": "Baken", "channel_type": "Channel::Api"}
        return {
            **contact,
            "email": None,
            "phone_number": contact.get("phone_number"),
            "contact_inboxes": [{"source_id": contact["source_id"], "inbox": inbox}],
        }

    def _contact(self, request: web.Request, body: Any) -> dict[str, Any]:
        if any(one["identifier"] == body["identifier"] for one in self.contacts.values()):
            return {"status": 422, "message": "Identifier has already been taken"}
        number = next(self._ids)
        self.contacts[number] = {"id": number, "source_id": f"source-{number}", **body}
        shown = self._shown(self.contacts[number])
        return {"payload": {"contact": shown, "contact_inbox": shown["contact_inboxes"][0]}}

    def _search(self, request: web.Request, body: Any) -> dict[str, Any]:
        found = [self._shown(one) for one in self.contacts.values() if request.query["q"] in one["identifier"]]
        return {"meta": {"count": len(found)}, "payload": found}

    def _delete(self, request: web.Request, body: Any) -> dict[str, Any]:
        number = int(request.match_info["id"])
        if self.contacts.pop(number, None) is None:
            return {"status": 404, "message": "Resource could not be found"}
        for conversation in [key for key, one in self.conversations.items() if one["contact_id"] == number]:
            del self.conversations[conversation]
            self.messages.pop(conversation, None)
        return {}

    def _of_contact(self, request: web.Request, body: Any) -> dict[str, Any]:
        number = int(request.match_info["id"])
        mine = [(key, one) for key, one in self.conversations.items() if one["contact_id"] == number]
        return {"payload": [{"id": key, "inbox_id": INBOX, "status": one["status"]} for key, one in mine]}

    def _conversation(self, request: web.Request, body: Any) -> dict[str, Any]:
        number = next(self._ids)
        self.conversations[number] = {"status": "open", "priority": None, **body}
        return {"id": number, "account_id": ACCOUNT, "inbox_id": INBOX}

    def _there(self, request: web.Request) -> int | None:
        number = int(request.match_info["id"])
        return number if number in self.conversations else None

    def _list(self, request: web.Request, body: Any) -> dict[str, Any]:
        number = self._there(request)
        return {"meta": {}, "payload": self.messages.get(number, [])} if number else _gone()

    def _message(self, request: web.Request, body: Any) -> dict[str, Any]:
        number = self._there(request)
        if number is None:
            return _gone()
        kind = {"incoming": 0, "outgoing": 1}[body["message_type"]]
        made = self._store(number, body["content"], kind, body["private"])
        if self.webhook:  # Chatwoot tells the webhook of what Baken itself wrote, too
            sender = {"id": 9, "name": "Baken", "type": "user"} if kind else {"id": 5, "name": "x", "type": "contact"}
            self._later(self.tell(self.event(made, number) | {"sender": sender}))
        return made

    def _status(self, request: web.Request, body: Any) -> dict[str, Any]:
        number = self._there(request)
        if number is None:
            return _gone()
        self.conversations[number]["status"] = body["status"]
        if self.webhook:
            self._later(self.tell({"event": "conversation_status_changed", **self.conversation_data(number)}))
        payload = {"success": True, "current_status": body["status"], "conversation_id": number}
        return {"meta": {}, "payload": payload}

    def _priority(self, request: web.Request, body: Any) -> dict[str, Any]:
        number = self._there(request)
        if number is None:
            return _gone()
        self.conversations[number]["priority"] = body["priority"]
        return {}

    def _store(self, conversation: int, text: str, kind: int, private: bool) -> dict[str, Any]:
        made = {
            "id": next(self._ids),
            "content": text,
            "account_id": ACCOUNT,
            "inbox_id": INBOX,
            "conversation_id": conversation,
            "message_type": kind,
            "created_at": 1,
            "private": private,
            "status": "sent",
            "source_id": None,
            "content_type": "text",
        }
        self.messages.setdefault(conversation, []).append(made)
        return made

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def settled(self) -> None:
        """Wait until the webhooks that the API's calls brought are told."""
        while self._background:
            await asyncio.gather(*self._background, return_exceptions=True)
            # Where all are done already, newer Pythons come back at once: they are taken off in a turn of the loop.
            await asyncio.sleep(0)


def _gone() -> dict[str, Any]:
    return {"status": 404, "message": "Resource could not be found"}
