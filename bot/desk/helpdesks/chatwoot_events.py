"""What Chatwoot tells Baken's webhook: whether it is Chatwoot, and what of it matters."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any, Final

from bot.desk.helpdesks.config import ChatwootConfig as Config
from bot.desk.helpdesks.helpdesk import AdvisorMessage, Ended, HelpdeskEvent

SIGNATURE: Final = "X-Chatwoot-Signature"
TIMESTAMP: Final = "X-Chatwoot-Timestamp"
#: Seconds that a signed webhook may be old.
FRESH: Final = 300
_OUTGOING: Final = ("outgoing", 1)
_LONGEST_NAME: Final = 60


def known(config: Config, secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None) -> bool:
    """Whether a webhook is from our Chatwoot: by the secret in its address, or by its signature (since 4.13)."""
    due = config.webhook_secret.encode()
    if secret:
        return hmac.compare_digest(secret.encode("utf-8", "replace"), due)
    stamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not stamp.isascii() or not stamp.isdigit() or abs((now or time.time()) - int(stamp)) > FRESH:
        return False
    signed = hmac.new(due, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode("utf-8", "replace"), f"sha256={signed}".encode())


def parse_event(config: Config, payload: Any) -> HelpdeskEvent | None:
    """What a webhook tells that matters here: an agent's public message, or the end of a conversation.

    A change of status comes as `conversation_status_changed`, and in one path of Chatwoot only as
    `conversation_updated` (chatwoot/chatwoot#9277); both are read.
    """
    if not isinstance(payload, dict):
        return None
    account = payload.get("account")
    if isinstance(account, dict) and account.get("id") not in (None, config.account):
        return None
    if payload.get("event") == "message_created":
        return _message(config, payload)
    changed = payload.get("event") in ("conversation_status_changed", "conversation_updated")
    if changed and payload.get("inbox_id") == config.inbox and payload.get("status") == "resolved":
        theirs = number(payload.get("id"))
        return Ended(theirs=theirs) if theirs else None
    return None


def _message(config: Config, payload: Mapping[str, Any]) -> AdvisorMessage | None:
    conversation, sender = payload.get("conversation"), payload.get("sender")
    if not isinstance(conversation, dict) or not isinstance(sender, dict):
        return None
    inbox = payload.get("inbox")
    inbox_id = inbox.get("id") if isinstance(inbox, dict) else conversation.get("inbox_id")
    by_agent = sender.get("type", "user") == "user" and payload.get("message_type") in _OUTGOING
    if not by_agent or payload.get("private") is not False or inbox_id != config.inbox:
        return None
    theirs, message = number(conversation.get("id")), number(payload.get("id"))
    text, files = payload.get("content"), bool(payload.get("attachments"))
    text = text.strip() if isinstance(text, str) else ""
    if not theirs or not message or not (text or files):
        return None
    name = sender.get("available_name") or sender.get("name") or ""
    shown = " ".join("".join(sign for sign in str(name) if sign.isprintable()).split())[:_LONGEST_NAME]
    return AdvisorMessage(theirs=theirs, id=message, text=text, by=shown, files=files)


def number(value: Any) -> str:
    """A number that Chatwoot gives as text; "" for anything else."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else ""
