"""What is answered to messages that are not text."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.channels.unreadable import KEPT, answer_key, understood
from bot.conversations.models import Assignee, MessageKind
from facts.base import FactBase


@pytest.mark.parametrize("kind", get_args(MessageKind))
@pytest.mark.parametrize("holder", get_args(Assignee))
def test_every_kind_is_understood_answered_or_left_in_peace(
    kind: MessageKind, holder: Assignee, base: FactBase
) -> None:
    key = answer_key(kind, holder)
    quiet = {"reaction", "deleted", "system"} | ({"edited", "sticker"} if holder == "human" else set())
    if understood(kind) or kind in quiet:
        assert key is None
    else:
        assert key is not None and base.texts[key].text


def test_what_an_advisor_can_see_is_said_to_be_kept() -> None:
    for kind in KEPT:
        assert answer_key(kind, "human") == "kind.kept.human"
        assert answer_key(kind, "waiting") == "kind.kept.waiting"
        assert answer_key(kind, "bot") == f"kind.{kind}"
    assert answer_key("unknown", "human") == "kind.unknown"  # there is nothing to keep
