"""What holds of WhatsApp where it is not set up too: a conversation of an earlier day is still shown and judged."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from actions.responses import Button
from bot.channels.whatsapp.rules import UnconnectedWhatsApp
from bot.conversations.models import Content, Conversation, NotDelivered
from facts.wording import Wording

NOW = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)


def talk(ago: timedelta | None) -> Conversation:
    last_in = None if ago is None else NOW - ago
    return Conversation(id="c", channel="whatsapp", holder="bot", language="nl", last_in=last_in, contact=None)


@pytest.mark.parametrize(
    ("ago", "left"),
    [
        (None, timedelta()),
        (timedelta(), timedelta(hours=23, minutes=59)),
        (timedelta(hours=23, minutes=58), timedelta(minutes=1)),
        (timedelta(hours=23, minutes=59), timedelta()),
        (timedelta(days=3), timedelta()),
    ],
)
def test_the_window_is_a_day_less_a_minute_and_never_negative(
    ago: timedelta | None, left: timedelta, wording: Wording
) -> None:
    assert UnconnectedWhatsApp(wording).reply_window(talk(ago), NOW) == left


def test_the_test_room_sees_the_messages_that_a_person_would_get(wording: Wording) -> None:
    buttons = tuple(Button(f"Choice {number}", f"/c{number}") for number in range(3))
    (shown,) = UnconnectedWhatsApp(wording).preview(Content(text="Which?", buttons=buttons), "en")
    assert (shown.shape, shown.text, shown.choices) == ("buttons", "Which?", ("Choice 0", "Choice 1", "Choice 2"))
    assert '"type": "interactive"' in shown.json


async def test_nothing_can_be_fetched_where_it_is_not_set_up(wording: Wording) -> None:
    assert isinstance(await UnconnectedWhatsApp(wording).download("1"), NotDelivered)
