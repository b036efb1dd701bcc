"""How choices are shown on WhatsApp: as reply buttons, as a list, or numbered in the text; and what was picked."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from actions.responses import Button
from bot.channels.whatsapp.text_splitting import size
from bot.conversations.models import Content

#: Meta's limits, from its OpenAPI description (v23.0). Lengths in characters.
MOST_BUTTONS: Final = 3
BUTTON_TITLE: Final = 20
BUTTON_ID: Final = 256
MOST_ROWS: Final = 10
ROW_TITLE: Final = 24
ROW_ID: Final = 200

ChoiceShape = Literal["none", "buttons", "list", "numbers"]
_NUMBER: Final = re.compile(r"^\W*(\d{1,3})\W*$")


def shape(buttons: tuple[Button, ...]) -> ChoiceShape:
    """How these choices are shown. It depends on nothing but them, so that it can be told again later."""
    if not buttons:
        return "none"
    if _fit(buttons, MOST_BUTTONS, BUTTON_TITLE, BUTTON_ID):
        return "buttons"
    if _fit(buttons, MOST_ROWS, ROW_TITLE, ROW_ID):
        return "list"
    return "numbers"


def numbered(buttons: tuple[Button, ...]) -> str:
    """The choices, one a line, each with its number."""
    return "\n".join(f"{number}. {' '.join(button.title.split())}" for number, button in enumerate(buttons, 1))


def pick(content: Content, text: str) -> str | None:
    """The payload that a typed answer means, or None: the number of a choice that was shown with numbers (in any
    digits), or the very words of a choice.

    Args:
        content: the newest message to the person that has buttons.
        text: what the person typed.
    """
    said = " ".join(text.split()).casefold()
    for button in content.buttons:
        if said and said == " ".join(button.title.split()).casefold():
            return button.payload
    match = _NUMBER.match(said)
    if match is None or shape(content.buttons) != "numbers":
        return None  # where no numbers were shown, a number is an answer of its own
    number = int("".join(str(unicodedata.digit(digit)) for digit in match[1]))
    return content.buttons[number - 1].payload if 1 <= number <= len(content.buttons) else None


def _fit(buttons: tuple[Button, ...], most: int, title: int, payload: int) -> bool:
    """Meta wants titles and ids that are there, differ, and don't begin or end with a space."""
    titles, ids = [button.title for button in buttons], [button.payload for button in buttons]
    return (
        len(buttons) <= most
        and len(set(titles)) == len(set(ids)) == len(buttons)
        and all(one and one == one.strip() and "\n" not in one and size(one) <= title for one in titles)
        and all(one and one == one.strip() and size(one) <= payload for one in ids)
    )
