"""Our content as payloads of the Graph API: one message where it fits, more where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from actions.responses import Button
from bot.channels.whatsapp.choices import MOST_ROWS, numbered, shape
from bot.channels.whatsapp.text_splitting import parts, size, tail
from bot.conversations.models import Contact, Content

#: Meta's limits, in characters.
TEXT: Final = 4096
BODY: Final = 1024  #: of a message with buttons or a list
CAPTION: Final = 1024
LIST_BUTTON: Final = 20
CALLBACK: Final = 512
FILENAME: Final = 240
#: A template's text with what stands around it: 1,024 in all.
TEMPLATE_TEXT: Final = 900

Payload = dict[str, Any]


class RenderTexts(msgspec.Struct, frozen=True):
    """The few words that are added to a message, in the person's language."""

    choose: str  #: on the button that opens a list, at most 20 characters
    number: str  #: under numbered choices
    machine: str  #: between a machine's translation and the text as it was written


def composed(content: Content, words: RenderTexts) -> Content:
    """What the person sees of a content: an advisor's name above, a translation before the text it was made from.

    Choices that have to be numbered are written into the text.
    """
    text = content.text
    if content.translated:
        text = f"{content.translated}\n\n{words.machine}\n{content.text}"
    if content.by:
        text = f"*{content.by}*\n{text}"
    if shape(content.buttons) == "numbers":
        text = "\n\n".join(one for one in (text, numbered(content.buttons), words.number) if one.strip())
    elif content.buttons and not text.strip():
        text = words.choose
    return msgspec.structs.replace(content, text=text, translated="", translated_to="", by="")


def split(content: Content, words: RenderTexts) -> list[Content]:
    """A content in as many parts as WhatsApp needs, each one message: cut at ends of sentences, buttons on the last.

    Splitting a part again changes nothing, so that the parts can be stored as rows of their own.
    """
    if shape(content.buttons) == "numbers" and content.text.rstrip().endswith(words.number):
        whole = content  # a part that was split before
    else:
        whole = composed(content, words)
    bare = msgspec.structs.replace(whole, text="", buttons=(), document=None)
    how = shape(whole.buttons)
    if whole.document is not None and how in ("list", "numbers"):
        # neither can carry a file
        rest = msgspec.structs.replace(whole, document=None)
        return [msgspec.structs.replace(bare, document=whole.document), *split(rest, words)]
    if how in ("buttons", "list") or whole.document is not None:
        before, last = tail(whole.text, BODY if how in ("buttons", "list") else CAPTION)
        return [
            *(msgspec.structs.replace(bare, text=part) for part in parts(before, TEXT)),
            msgspec.structs.replace(whole, text=last),
        ]
    pieces = parts(whole.text, TEXT)
    return [
        msgspec.structs.replace(bare, text=piece, buttons=whole.buttons if number == len(pieces) else ())
        for number, piece in enumerate(pieces, 1)
    ]


def payload(
    part: Content, to: Contact, words: RenderTexts, *, media: str = "", ours: str = "", quote: str = ""
) -> Payload:
    """One message of the Graph API.

    Args:
        part: one of `split`.
        media: Meta's id of the uploaded file, where the part has one.
        ours: comes back with each status of the message.
        quote: Meta's id of the person's message that is shown above it.
    """
    how = shape(part.buttons)
    if part.document is not None:
        file: Payload = {"id": media}
        if part.document.filename:
            file["filename"] = part.document.filename[:FILENAME]
        if how == "buttons":
            what = _interactive(part, words)
            what["interactive"]["header"] = {"type": "document", "document": file}
        else:
            if part.text:
                file["caption"] = part.text
            what = {"type": "document", "document": file}
    elif how in ("buttons", "list"):
        what = _interactive(part, words)
    else:
        what = {"type": "text", "text": {"body": part.text, "preview_url": False}}
    return _addressed(what, to, ours, quote)


def template(name: str, language: str, text: str, to: Contact, *, ours: str = "") -> Payload | None:
    """A message outside the 24 hours: an approved template whose body has one place for a text.

    None where the text is too long for that. Meta takes no line ends in it.
    """
    flat = " ".join(text.split())
    if not flat or size(flat) > TEMPLATE_TEXT:
        return None
    body = {"type": "body", "parameters": [{"type": "text", "text": flat}]}
    what = {
        "type": "template",
        "template": {"name": name, "language": {"policy": "deterministic", "code": language}, "components": [body]},
    }
    return _addressed(what, to, ours, "")


def _addressed(what: Payload, to: Contact, ours: str, quote: str) -> Payload:
    """With the person's number or, where that is not known, the user id."""
    made: Payload = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    made |= {"to": to.phone} if to.phone else {"recipient": to.user_id}
    if quote:
        made["context"] = {"message_id": quote}
    if ours:
        made["biz_opaque_callback_data"] = ours[:CALLBACK]
    return made | what


def _interactive(part: Content, words: RenderTexts) -> Payload:
    kind = "button" if shape(part.buttons) == "buttons" else "list"
    action = _buttons(part.buttons) if kind == "button" else _rows(part.buttons, words)
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": part.text}, "action": action}}


def _buttons(buttons: tuple[Button, ...]) -> Mapping[str, Any]:
    return {
        "buttons": [{"type": "reply", "reply": {"id": button.payload, "title": button.title}} for button in buttons]
    }


def _rows(buttons: tuple[Button, ...], words: RenderTexts) -> Mapping[str, Any]:
    rows = [{"id": button.payload, "title": button.title} for button in buttons[:MOST_ROWS]]
    return {"button": words.choose[:LIST_BUTTON], "sections": [{"rows": rows}]}
