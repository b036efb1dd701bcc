"""A row of the log as the chat shows it: no inner workings, and nothing that is only for the advisor."""

from __future__ import annotations

from typing import Any

from bot.channels.web.texts import direction
from bot.conversations.models import Message


def seen_by_person(message: Message, language: str) -> dict[str, Any]:
    """A message for the person's page. `language` is the conversation's, for a text whose own is not known."""
    content = message.content
    mine = message.author == "person"
    spoken = content.language or ("" if mine or message.author == "advisor" else language)
    view: dict[str, Any] = {
        "id": message.id,
        "me": mine,
        "to": message.reply_to,
        "author": message.author,
        "by": content.by,
        "text": content.text,
        "translated": "" if mine else content.translated,
        "translated_to": "" if mine else content.translated_to,
        "language": spoken,
        "direction": direction(spoken) if spoken else "auto",
        "buttons": [] if mine else [{"title": one.title, "payload": one.payload} for one in content.buttons],
        "document": None,
        "safety": content.safety,
        "at": message.at.isoformat(),
    }
    if mine:
        view["key"] = message.channel_id
    if content.document is not None and content.document.file:
        view["document"] = {
            "filename": content.document.filename,
            "address": f"/api/files/{content.document.file}",
        }
    return view
