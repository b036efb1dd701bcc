"""Bodies as Meta sends them, each with what is read from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp.parse import ParsedWebhook, parse_webhook
from bot.conversations.models import DeliveryStatus, Incoming

DATA = Path(__file__).parent / "data"
NUMBER = "106540352242922"
AT = datetime.fromtimestamp(1796000000, timezone.utc)
Check = Callable[[Any], Any]


def reading(name: str, now: datetime = AT + timedelta(minutes=1)) -> ParsedWebhook:
    return parse_webhook(
        json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")), NUMBER, now, timedelta(hours=25)
    )


def said(kind: str, text: str = "", **content: Any) -> list[Check]:
    """The one message of a body has this kind, this text, and what else is given; nothing else."""
    return [
        lambda m: m.kind == kind,
        lambda m: m.content.text == text,
        *[lambda m, name=name, value=value: getattr(m.content, name) == value for name, value in content.items()],
    ]


def file(media: str, media_type: str, filename: str = "") -> Check:
    return lambda m: (
        (m.content.document.media, m.content.document.media_type, m.content.document.filename)
        == (media, media_type, filename)
    )


MESSAGES: dict[str, list[Check]] = {
    "text": [
        *said("text", "Скільки коштує ліжко на тиждень?", payload="", document=None),
        lambda m: m.address == "380501234567",
        lambda m: m.contact.phone == "380501234567",
        lambda m: m.contact.name == "Olena Kovalenko",
        lambda m: m.channel_id.startswith("wamid."),
        lambda m: m.at == AT,
        lambda m: m.also_known_as == (),
    ],
    "text_quoting": said("text", "тут", replaces=""),
    "text_user_id_and_number": [
        *said("text", "hej"),
        lambda m: m.address == "PL.13491208655302741918",
        lambda m: m.also_known_as == ("380501234567", "PL.ENT.11815799212886844830"),
        lambda m: (m.contact.phone, m.contact.username) == ("380501234567", "ania.k"),
    ],
    "text_user_id_only": [
        *said("text", "مرحبا"),
        lambda m: m.address == "SY.90071992547409",
        lambda m: (m.contact.phone, m.contact.user_id, m.contact.username) == ("", "SY.90071992547409", "samer"),
        lambda m: m.also_known_as == (),
    ],
    "text_user_id_in_from": [
        *said("text", "hi"),
        lambda m: (m.address, m.contact.phone, m.contact.user_id) == ("RO.555", "", "RO.555"),
    ],
    "template_button": said("button", "Усі теми", payload="/ask_menu"),
    "button_reply": said("button", "Звідки це?", payload="/ask_source"),
    "list_reply": said("button", "Житло", payload="/topic_housing"),
    "flow_reply": said("unknown"),
    "location": said("location", "Dam\nDam 1, Amsterdam\n52.370216, 4.895168"),
    "location_bare": said("location", "52.000000, 4.895168"),
    "contacts": said("contacts", "Jan de Baas, +31 6 12345678\nPiet"),
    "reaction": said("reaction", "👍", replaces="wamid.HBgMOURS0001"),
    "reaction_taken_back": said("reaction", "", replaces="wamid.HBgMOURS0001"),
    "edited": said("edited", "150 євро, не 100", replaces="wamid.HBgMTHEIRS0001"),
    "edited_caption": [
        *said("edited", "моя зарплата", replaces="wamid.HBgMTHEIRS0002"),
        file("1003383421387256", "image/jpeg"),
    ],
    "deleted": said("deleted", "", replaces="wamid.HBgMTHEIRS0001"),
    "image": [*said("image", "мій розрахунковий листок"), file("1003383421387256", "image/jpeg")],
    "document": [*said("document"), file("1003383421387257", "application/pdf", "contract.pdf")],
    "voice": [*said("voice"), file("1003383421387258", "audio/ogg; codecs=opus")],
    "audio": [*said("voice"), file("1003383421387259", "audio/mpeg")],
    "video": [*said("video", "наш будинок"), file("1003383421387260", "video/mp4")],
    "sticker": [*said("sticker"), file("1003383421387261", "image/webp")],
    "order": said("unknown"),
    "unsupported": said("unknown"),
    "of_tomorrow": said("unknown"),
    "half_a_message": [*said("image"), file("", "")],
    "wrong_types": [*said("text"), lambda m: m.at == AT + timedelta(minutes=1)],
    "number_changed": [
        *said("system"),
        lambda m: m.address == "380501234567",
        lambda m: m.also_known_as == ("31687654321",),
        lambda m: m.contact.phone == "31687654321",
    ],
    "user_id_changed": [
        *said("system"),
        lambda m: m.address == "UA.1",
        lambda m: set(m.also_known_as) == {"380501234567", "31687654321", "NL.2"},
        lambda m: (m.contact.user_id, m.contact.phone) == ("NL.2", "31687654321"),
    ],
}

UPDATES: dict[str, DeliveryStatus] = {
    "status_sent": DeliveryStatus(channel_id="wamid.HBgMOURS0001", state="sent", ours=4711),
    "status_delivered": DeliveryStatus(channel_id="wamid.HBgMOURS0001", state="delivered", ours=4711),
    "status_read": DeliveryStatus(channel_id="wamid.HBgMOURS0001", state="read"),
    "status_failed": DeliveryStatus(channel_id="wamid.HBgMOURS0001", state="failed", code="131026", ours=4711),
    "status_failed_bare": DeliveryStatus(channel_id="wamid.HBgMOURS0001", state="failed", code="unknown"),
    "status_part_failed": DeliveryStatus(channel_id="wamid.HBgMOURS0001", state="failed", code="131047", ours=4711),
    "status_foreign_data": DeliveryStatus(channel_id="wamid.HBgMOURS0001", state="sent"),
}

LEFT_OUT: dict[str, str] = {
    "group": "group",
    "nobody": "nobody",
    "other_number": "phone_number_id",
    "account_update": "field",
    "status_part": "part",
    "status_of_tomorrow": "status",
}

SEVERAL = {"several", "several_entries"}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_read(name: str) -> None:
    found = reading(name)
    assert len(found.incoming) == 1 and not found.updates and not found.left_out
    message = found.incoming[0]
    failed = [number for number, check in enumerate(MESSAGES[name]) if not check(message)]
    assert not failed, (failed, message)


@pytest.mark.parametrize("name", UPDATES)
def test_a_status_is_read(name: str) -> None:
    found = reading(name)
    assert found.updates == (UPDATES[name],) and not found.incoming and not found.left_out


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_not_for_us_is_left_out_and_counted(name: str) -> None:
    found = reading(name)
    assert (found.incoming, found.updates, found.left_out) == ((), (), {LEFT_OUT[name]: 1})


def test_every_recorded_body_stands_in_a_table() -> None:
    assert {one.stem for one in DATA.glob("*.json")} == {*MESSAGES, *UPDATES, *LEFT_OUT, *SEVERAL}


def test_several_messages_of_several_people_keep_their_order() -> None:
    found = reading("several").incoming
    assert [(one.address, one.content.text) for one in found] == [
        ("380501234567", "один"),
        ("40712345678", "doi"),
        ("380501234567", "два"),
    ]
    assert [one.contact.name for one in found if one.contact] == ["Olena Kovalenko", "Ion", "Olena Kovalenko"]


def test_several_entries_and_changes_are_all_read() -> None:
    found = reading("several_entries")
    assert [one.content.text for one in found.incoming] == ["a", "b"]
    assert [one.state for one in found.updates] == ["read"]


@pytest.mark.parametrize("name", ["text", "status_sent"])
def test_what_is_too_old_is_left_out(name: str) -> None:
    just = reading(name, AT + timedelta(hours=25))
    assert len(just.incoming) + len(just.updates) == 1
    late = reading(name, AT + timedelta(hours=25, seconds=1))
    assert (late.incoming, late.updates, late.left_out) == ((), (), {"old": 1})


def test_a_message_without_an_id_gets_the_same_name_each_time() -> None:
    body = json.loads((DATA / "text.json").read_text(encoding="utf-8"))
    message = body["entry"][0]["changes"][0]["value"]["messages"][0]
    del message["id"]
    names = [parse_webhook(body, NUMBER, AT, timedelta(hours=25)).incoming[0].channel_id for _ in range(2)]
    message["text"]["body"] = "something else"
    other = parse_webhook(body, NUMBER, AT, timedelta(hours=25)).incoming[0].channel_id
    assert names[0] == names[1] != other


@pytest.mark.parametrize("sender", [{"from": "31611111108"}, {"from_user_id": "NL.8"}])
def test_a_card_of_somebody_else_says_nothing_about_the_sender(sender: dict[str, str]) -> None:
    """Else the sender's answers would go to the other, and both would be one person from then on."""
    body = json.loads((DATA / "text.json").read_text(encoding="utf-8"))
    value = body["entry"][0]["changes"][0]["value"]
    value["contacts"] = [{"profile": {"name": "Other"}, "wa_id": "31611111109", "user_id": "NL.9"}]
    message = {key: one for key, one in value["messages"][0].items() if not key.startswith("from")}
    value["messages"] = [message | sender]
    (found,) = parse_webhook(body, NUMBER, AT, timedelta(hours=25)).incoming
    assert found.address == next(iter(sender.values())) and found.also_known_as == ()
    assert found.contact is not None and "9" not in found.contact.phone + found.contact.user_id
    assert found.contact.name == ""


def test_the_only_card_may_add_the_id_that_the_message_lacks() -> None:
    body = json.loads((DATA / "text.json").read_text(encoding="utf-8"))
    value = body["entry"][0]["changes"][0]["value"]
    value["contacts"] = [{"profile": {"name": "Same"}, "user_id": "NL.8"}]
    message = {key: one for key, one in value["messages"][0].items() if not key.startswith("from")}
    value["messages"] = [message | {"from": "+31611111108"}]
    (found,) = parse_webhook(body, NUMBER, AT, timedelta(hours=25)).incoming
    assert found.contact is not None
    assert (found.contact.phone, found.contact.user_id, found.contact.name) == ("31611111108", "NL.8", "Same")


def test_half_a_surrogate_pair_and_a_zero_do_not_reach_the_log() -> None:
    body = json.loads((DATA / "text.json").read_text(encoding="utf-8"))
    body["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = "a\ud83db\0c"
    assert parse_webhook(body, NUMBER, AT, timedelta(hours=25)).incoming[0].content.text == "a?bc"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_whatever_is_put_in_place_of_any_part_nothing_is_raised(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(one.stem for one in DATA.glob("*.json"))))
    body = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    places: list[tuple[Any, Any]] = []

    def walk(one: Any) -> None:
        for key, value in one.items() if isinstance(one, dict) else enumerate(one):
            places.append((one, key))
            if isinstance(value, (dict, list)):
                walk(value)

    walk(body)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places))
        holder[key] = data.draw(anything)
    found = parse_webhook(body, NUMBER, AT, timedelta(hours=25))
    assert all(isinstance(one, Incoming) and one.address and one.channel_id for one in found.incoming)
    assert all(isinstance(one, DeliveryStatus) for one in found.updates)
