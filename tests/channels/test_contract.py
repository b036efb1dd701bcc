"""Every channel, and every stand-in for one, is what the gateway asks for (bot.conversations.channel.Channel)."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from bot.channels.web.channel import WebChannel
from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.rules import UnconnectedWhatsApp
from bot.conversations.channel import Channel
from tests.desk.carrier import Telephones
from tests.stand_in_channels import PlainChannel, PlainPage

CALLS = [name for name, _ in inspect.getmembers(Channel, inspect.isfunction) if not name.startswith("_")]


def parameters(call: Any) -> list[str]:
    return list(inspect.signature(call).parameters)


@pytest.mark.parametrize(
    "kind", [WebChannel, WhatsAppChannel, UnconnectedWhatsApp, PlainChannel, PlainPage, Telephones]
)
def test_a_channel_can_be_asked_everything(kind: type[Any]) -> None:
    assert isinstance(kind.fetched, bool) and len(CALLS) == 8
    for name in CALLS:
        wanted, made = getattr(Channel, name), getattr(kind, name)
        assert parameters(made) == parameters(wanted), name
        assert inspect.iscoroutinefunction(made) == inspect.iscoroutinefunction(wanted), name
