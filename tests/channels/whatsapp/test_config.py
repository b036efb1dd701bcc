"""No start without what WhatsApp can't do without."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.whatsapp.config import configured, whatsapp_config
from bot.settings import BadSetting, load

WHOLE = {
    "BAKEN_WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "BAKEN_WHATSAPP_ACCESS_TOKEN": "EAAB",
    "BAKEN_WHATSAPP_APP_SECRET": "geheim",
    "BAKEN_WHATSAPP_VERIFY_TOKEN": "woord",
}
NOWHERE = Path("/nonexistent/.env")


def test_it_is_off_while_nothing_is_set() -> None:
    settings = load({}, NOWHERE)
    assert not configured(settings) and whatsapp_config(settings) is None


def test_the_whole_is_taken_over() -> None:
    config = whatsapp_config(load({**WHOLE, "BAKEN_WHATSAPP_TEMPLATE_LANGUAGES": "nl, pl"}, NOWHERE))
    assert config is not None and config.graph_url == "https://graph.facebook.com/v23.0"
    assert config.template_languages == ("nl", "pl") and config.oldest == timedelta(hours=169)
    assert "EAAB" not in repr(config) and "geheim" not in repr(config)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_each_that_is_missing_is_named(name: str, value: str | None) -> None:
    environment = {key: one for key, one in WHOLE.items() if key != name} | ({} if value is None else {name: value})
    with pytest.raises(BadSetting, match=f"^{name} is missing"):
        whatsapp_config(load(environment, NOWHERE))


def test_the_token_does_not_travel_in_the_clear() -> None:
    with pytest.raises(BadSetting, match="BAKEN_WHATSAPP_GRAPH_URL must be https"):
        whatsapp_config(load({**WHOLE, "BAKEN_WHATSAPP_GRAPH_URL": "http://graph.example.org/v23.0"}, NOWHERE))
    assert (
        whatsapp_config(load({**WHOLE, "BAKEN_WHATSAPP_GRAPH_URL": "http://127.0.0.1:9000/v23.0/"}, NOWHERE))
        is not None
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BAKEN_WHATSAPP_GRAPH_URL", "graph.facebook.com"),
        ("BAKEN_WHATSAPP_OLDEST", "0"),
        ("BAKEN_WHATSAPP_OLDEST", "soon"),
        ("BAKEN_DEV", "yes"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        whatsapp_config(load({**WHOLE, name: value}, NOWHERE))


def test_while_developing_it_is_on_by_itself_and_talks_to_this_machine() -> None:
    config = whatsapp_config(load({"BAKEN_DEV": "on", "BAKEN_PORT": "8099"}, NOWHERE))
    assert config is not None and config.graph_url == "http://127.0.0.1:8099/dev/graph"
    assert len(config.app_secret) == 32 and config.app_secret != config.access_token
    with pytest.raises(BadSetting, match="BAKEN_HOST"):
        whatsapp_config(load({"BAKEN_DEV": "on", "BAKEN_HOST": "0.0.0.0"}, NOWHERE))
