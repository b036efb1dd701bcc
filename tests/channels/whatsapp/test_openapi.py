"""The reading of Meta's description is neither too loose nor too strict."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.channels.whatsapp import openapi
from tests.channels.whatsapp.trim_meta_api import trimmed

BUTTON: dict[str, Any] = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": "31612345678",
    "type": "interactive",
    "interactive": {
        "type": "button",
        "body": {"text": "Body"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "/a", "title": "A"}}]},
    },
}
#: Meta's examples of what Baken sends; others break Meta's own rules ("policy" left out, numbers as texts).
EXAMPLES = [
    "Send Text Message",
    "Send Reply Button",
    "Send List Message",
    "Send Document Message by ID",
    "Send typing indicator and read receipt",
]


@pytest.mark.parametrize("name", EXAMPLES)
def test_metas_own_example_fits(name: str) -> None:
    posted = openapi.description()["paths"][openapi.MESSAGES]["post"]["requestBody"]["content"]["application/json"]
    assert openapi.faults(posted["examples"][name]["value"]) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("to", None),
        ("recipient_type", "everybody"),
        ("type", "telegram"),
        ("surprise", "x"),
        ("interactive/body/text", "x" * 1025),
        ("interactive/action/buttons/0/reply/title", "x" * 21),
        ("interactive/action/buttons/0/reply/id", "x" * 257),
        ("interactive/action/buttons", [BUTTON["interactive"]["action"]["buttons"][0]] * 4),
        ("interactive/action/buttons", []),
        ("interactive/type", "buttons"),
        ("biz_opaque_callback_data", "x" * 513),
        ("context", {"message_id": 5}),
    ],
)
def test_what_breaks_a_rule_is_found(path: str, value: Any) -> None:
    assert openapi.faults(BUTTON) == []
    broken = copy.deepcopy(BUTTON)
    *way, last = path.split("/")
    place: Any = broken
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    assert openapi.faults(broken)


def test_the_description_holds_every_schema_that_it_refers_to_and_its_licence() -> None:
    assert trimmed(openapi.description()) == openapi.description()
    assert "MIT License" in (openapi.DESCRIPTION.parent / "LICENSE").read_text(encoding="utf-8")
