"""What Meta would post to the webhook: bodies of messages and statuses, and their signature."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Sequence
from typing import Any

_numbers = itertools.count(1)


def body(
    messages: Sequence[dict[str, Any]] = (),
    statuses: Sequence[dict[str, Any]] = (),
    *,
    number: str = "106540352242922",
    contacts: Sequence[dict[str, Any]] | None = None,
) -> bytes:
    """One body with messages, statuses or both."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": number},
    }
    if messages:
        people = dict.fromkeys(message["from"] for message in messages if "from" in message)
        value["contacts"] = (
            [{"profile": {"name": f"Person {one}"}, "wa_id": one} for one in people] if contacts is None else contacts
        )
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    change = {"field": "messages", "value": value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}
    ).encode()


def text(said: str, *, sender: str = "31612345678", id: str | None = None, at: float | None = None) -> dict[str, Any]:
    """A text message of a person."""
    return {
        "from": sender,
        "id": id or f"wamid.IN{next(_numbers):08d}",
        "timestamp": str(int(time.time() if at is None else at)),
        "type": "text",
        "text": {"body": said},
    }


def pressed(payload: str, title: str, **kwargs: Any) -> dict[str, Any]:
    """A reply button that a person pressed."""
    message = text("", **kwargs)
    del message["text"]
    reply = {"type": "button_reply", "button_reply": {"id": payload, "title": title}}
    return {**message, "type": "interactive", "interactive": reply}


def status(message: str, state: str, *, to: str, ours: str = "", code: int | None = None) -> dict[str, Any]:
    """What became of a message of ours."""
    made: dict[str, Any] = {
        "id": message,
        "status": state,
        "timestamp": str(int(time.time())),
        "recipient_id": to,
    }
    if ours:
        made["biz_opaque_callback_data"] = ours
    if code is not None:
        made["errors"] = [{"code": code, "title": "Failed", "message": "Failed", "error_data": {"details": "-"}}]
    return made


def signed(raw: bytes, secret: str) -> dict[str, str]:
    """The headers of a body. Written apart from the product's own function, so that one holds the other."""
    digest = hmac.new(secret.encode("utf-8"), msg=raw, digestmod=hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}
