"""One message of a webhook: its kind, and what was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.channels.whatsapp.lenient_json import items, mapping, text
from bot.conversations.models import Content, FileRef, MessageKind

#: Meta's types that are a file, and ours.
_FILES: Final[Mapping[str, MessageKind]] = {
    "image": "image",
    "video": "video",
    "audio": "voice",
    "document": "document",
    "sticker": "sticker",
}


def read_content(message: Mapping[str, Any]) -> tuple[MessageKind, Content]:
    """The kind of a message and its content; "unknown" for whatever is not known, or not as it was described."""
    kind = text(message, "type")
    if kind == "text":
        return "text", Content(text=text(message, "text", "body"))
    if kind == "button":  # a button of a template
        return "button", Content(text=text(message, "button", "text"), payload=text(message, "button", "payload"))
    if kind == "interactive":
        return _pressed(message)
    if kind in _FILES:
        return _FILES[kind], _file(mapping(message, kind))
    if kind == "location":
        return "location", Content(text=_place(mapping(message, "location")))
    if kind == "contacts":
        return "contacts", Content(text="\n".join(_card(one) for one in items(message, "contacts")))
    if kind == "reaction":  # without an emoji: the reaction was taken back
        return "reaction", Content(
            text=text(message, "reaction", "emoji"), replaces=text(message, "reaction", "message_id")
        )
    if kind == "edit":
        inner = mapping(message, "edit", "message")
        said = read_content(inner)[1] if text(inner, "type") != "edit" else Content()
        return "edited", Content(
            text=said.text, document=said.document, replaces=text(message, "edit", "original_message_id")
        )
    if kind == "revoke":
        return "deleted", Content(replaces=text(message, "revoke", "original_message_id"))
    if kind == "system":
        return "system", Content()
    return "unknown", Content()


def _pressed(message: Mapping[str, Any]) -> tuple[MessageKind, Content]:
    """A reply button or a row of a list. Its id is what we gave it: the payload."""
    for one in ("button_reply", "list_reply"):
        reply = mapping(message, "interactive", one)
        if text(reply, "id"):
            return "button", Content(text=text(reply, "title"), payload=text(reply, "id"))
    return "unknown", Content()


def _file(media: Mapping[str, Any]) -> Content:
    return Content(
        text=text(media, "caption"),
        document=FileRef(
            filename=text(media, "filename"), media_type=text(media, "mime_type"), media=text(media, "id")
        ),
    )


def _place(location: Mapping[str, Any]) -> str:
    """Name, address and coordinates (degrees), one a line."""
    place = [location.get(one) for one in ("latitude", "longitude")]
    numbers = [f"{one:.6f}" for one in place if isinstance(one, (int, float)) and not isinstance(one, bool)]
    lines = [text(location, "name"), text(location, "address"), ", ".join(numbers)]
    return "\n".join(line for line in lines if line)


def _card(contact: Mapping[str, Any]) -> str:
    """Name and telephone numbers of a contact that was shared."""
    name = text(contact, "name", "formatted_name") or text(contact, "name", "first_name")
    phones = [text(phone, "phone") or text(phone, "wa_id") for phone in items(contact, "phones")]
    return ", ".join(one for one in (name, *phones) if one)
