"""Meta's webhook JSON, read into messages and updates. Strange parts are left out and counted, never raised."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from bot.channels.whatsapp.content import read_content
from bot.channels.whatsapp.lenient_json import items, mapping, moment, text
from bot.conversations.models import Contact, DeliveryStatus, Incoming

#: Longest message id that is kept as it is; Meta's are about 60.
_LONGEST_ID: Final = 200
_STATES: Final[Mapping[str, Literal["sent", "delivered", "read", "failed"]]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}


class ParsedWebhook(msgspec.Struct, frozen=True):
    """What stood in a body."""

    incoming: tuple[Incoming, ...]
    updates: tuple[DeliveryStatus, ...]
    #: what was left out, by reason: phone_number_id, old, group, nobody, field, status
    left_out: Mapping[str, int]
    #: of what is for our number, how old it is by our clock; what bears no time is left out
    ages: tuple[timedelta, ...] = ()


def parse_webhook(body: Any, phone_number_id: str, now: datetime, oldest: timedelta) -> ParsedWebhook:
    """Read a body with all its entries, changes, messages and statuses, in their order.

    Args:
        body: the JSON, whatever it is.
        phone_number_id: our number; what is for another one is left out.
        now: timezone-aware.
        oldest: what is older is left out.
    """
    incoming: list[Incoming] = []
    updates: list[DeliveryStatus] = []
    left_out: Counter[str] = Counter()
    ages: list[timedelta] = []
    for entry in items(body, "entry"):
        for change in items(entry, "changes"):
            value = mapping(change, "value")
            if text(change, "field") not in ("messages", ""):
                left_out["field"] += 1
                continue
            if text(value, "metadata", "phone_number_id") != phone_number_id:
                left_out["phone_number_id"] += 1
                continue
            contacts = list(items(value, "contacts"))
            for one in (*items(value, "messages"), *items(value, "statuses")):
                if text(one, "timestamp"):
                    ages.append(now - moment(one, "timestamp", now))
            for message in items(value, "messages"):
                got = _message(message, contacts, now, oldest)
                if isinstance(got, Incoming):
                    incoming.append(got)
                else:
                    left_out[got] += 1
            for status in items(value, "statuses"):
                update = _status(status, now, oldest)
                if isinstance(update, DeliveryStatus):
                    updates.append(update)
                else:
                    left_out[update] += 1
    return ParsedWebhook(tuple(incoming), tuple(updates), dict(left_out), tuple(ages))


def _message(
    message: Mapping[str, Any], contacts: list[Mapping[str, Any]], now: datetime, oldest: timedelta
) -> Incoming | str:
    """A message, or the reason why it is left out."""
    if text(message, "group_id"):
        return "group"  # Baken talks with one person at a time
    at = moment(message, "timestamp", now)
    if now - at > oldest:
        return "old"
    contact, others = _person(message, contacts)
    address = contact.user_id or contact.phone
    if not address:
        return "nobody"
    kind, content = read_content(message)
    if kind == "system":
        contact, others = _changed(mapping(message, "system"), contact, others)
    return Incoming(
        channel="whatsapp",
        address=address,
        channel_id=_id(message),
        kind=kind,
        content=content,
        at=at,
        contact=contact,
        also_known_as=tuple(dict.fromkeys(one for one in others if one and one != address)),
    )


def _id(message: Mapping[str, Any]) -> str:
    """Meta's id; a message without one gets a name from what it says, so that it is still taken in once."""
    given = text(message, "id")
    if 0 < len(given) <= _LONGEST_ID:
        return given
    whole = given.encode() or repr(sorted(message.items(), key=lambda pair: pair[0])).encode("utf-8", "replace")
    return f"sha256:{hashlib.sha256(whole).hexdigest()}"


def _person(message: Mapping[str, Any], contacts: list[Mapping[str, Any]]) -> tuple[Contact, list[str]]:
    """Who wrote it, and all ids of that person. A telephone number may be missing; so may the user id."""
    phone, user_id = text(message, "from"), text(message, "from_user_id")
    if phone and not phone.lstrip("+").isdigit():  # a user id where the number used to be
        phone, user_id = "", user_id or phone

    def fits(card: Mapping[str, Any]) -> bool:
        """Whether a card may be this sender's: it bears no other id of the same kind."""
        return not (phone and text(card, "wa_id")) and not (user_id and text(card, "user_id"))

    card = next(
        (
            one
            for one in contacts
            if (phone and text(one, "wa_id").lstrip("+") == phone.lstrip("+"))
            or (user_id and text(one, "user_id") == user_id)
        ),
        contacts[0] if len(contacts) == 1 and text(message, "type") != "system" and fits(contacts[0]) else {},
    )
    contact = Contact(
        phone=(phone or text(card, "wa_id")).lstrip("+"),
        user_id=user_id or text(card, "user_id"),
        name=text(card, "profile", "name"),
        username=text(card, "profile", "username"),
    )
    parent = text(message, "from_parent_user_id") or text(card, "parent_user_id")
    return contact, [contact.user_id, contact.phone, parent]


def _changed(system: Mapping[str, Any], contact: Contact, others: list[str]) -> tuple[Contact, list[str]]:
    """A person has a new number or user id: reached under the new one, known under both."""
    phone = (text(system, "wa_id") or text(system, "new_wa_id")).lstrip("+")
    user_id = text(system, "user_id")
    new = msgspec.structs.replace(contact, phone=phone or contact.phone, user_id=user_id or contact.user_id)
    return new, [*others, phone, user_id, text(system, "parent_user_id")]


def _status(status: Mapping[str, Any], now: datetime, oldest: timedelta) -> DeliveryStatus | str:
    """An update, or the reason why it is left out."""
    state = _STATES.get(text(status, "status"))
    if state is None or not text(status, "id"):
        return "status"
    if now - moment(status, "timestamp", now) > oldest:
        return "old"
    ours, _, part = text(status, "biz_opaque_callback_data").partition(":")
    if part and state != "failed":
        return "part"  # the row counts as sent when its last part is
    code = next((text(error, "code") for error in items(status, "errors")), "")
    return DeliveryStatus(
        channel_id=text(status, "id"),
        state=state,
        code=(code or "unknown") if state == "failed" else "",
        ours=int(ours) if ours.isascii() and ours.isdigit() and len(ours) < 19 else None,
    )
