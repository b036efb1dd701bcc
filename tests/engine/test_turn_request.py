"""A request is the same to whoever answers: over HTTP, and at the actions, wherever those run."""

from __future__ import annotations

import json
from datetime import date, datetime

import msgspec

from actions.tracker_state import read_tracker
from actions.turn_context import DeskStatus, Preview
from bot.engine.rasa.agent_turn import _metadata
from bot.engine.turn import TurnRequest
from facts.clock import AMSTERDAM

DESK = DeskStatus(
    opens=datetime(2026, 11, 30, 9, tzinfo=AMSTERDAM), place=3, holder="waiting", staffed=True, spoke=False
)
ASKED = TurnRequest(
    conversation="c",
    text="Ile wynosi płaca minimalna?",
    message_id="7",
    language_hint="pl",
    desk=DESK,
    preview=Preview(content="change-4", today=date(2026, 11, 23)),
)


def test_a_request_comes_over_http_as_it_was_sent() -> None:
    assert msgspec.json.decode(msgspec.json.encode(ASKED), type=TurnRequest) == ASKED


def test_the_actions_get_what_goes_along_as_json() -> None:
    told = json.loads(json.dumps(_metadata(ASKED)))
    assert told["preview"] == {"content": "change-4", "today": "2026-11-23"}
    heard = read_tracker({"latest_message": {"text": ASKED.text, "metadata": told}})
    assert heard.situation.desk == DESK and heard.situation.language == "pl"


def test_nothing_goes_along_where_nothing_was_told() -> None:
    bare = _metadata(TurnRequest(conversation="c"))
    assert bare == {"language_hint": None, "desk": None, "preview": None}
