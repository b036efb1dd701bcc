"""What the WhatsApp side needs to know, checked before anything starts."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec

from bot.settings import BadSetting, Settings

_NEEDED: Final = (
    "whatsapp_phone_number_id",
    "whatsapp_access_token",
    "whatsapp_app_secret",
    "whatsapp_verify_token",
)
#: Hosts that a token may be sent to without TLS: this machine.
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
#: Where /dev/phone plays the Graph API.
DEV_GRAPH: Final = "/dev/graph"


class WhatsAppConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The WhatsApp settings, complete."""

    graph_url: str  #: without a slash at the end
    phone_number_id: str
    access_token: str
    app_secret: str
    verify_token: str
    template: str = ""
    template_languages: tuple[str, ...] = ("en",)
    oldest: timedelta = timedelta(hours=169)  #: age at which a message is taken for a replay: Meta tries for 7 days

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"Config(phone_number_id={self.phone_number_id!r})"


def configured(settings: Settings) -> bool:
    """Whether WhatsApp is wanted: one of its four settings is there."""
    return any(getattr(settings, name) for name in _NEEDED)


def whatsapp_config(settings: Settings) -> WhatsAppConfig | None:
    """The settings of WhatsApp, or None where it is off. While developing it is on by itself, without Meta: what is
    sent goes to /dev/phone.

    Raises:
        BadSetting: WhatsApp is wanted, and something that it can't do without is missing. Without the app's secret
            anybody could put words into anybody's mouth, so there is no start without it.
    """
    if settings.dev == "on" and settings.host not in LOOPBACK:
        raise BadSetting("BAKEN_DEV=on is for this machine alone: BAKEN_HOST must be 127.0.0.1")
    if not configured(settings):
        return _developing(settings) if settings.dev == "on" else None
    for name in _NEEDED:
        if not getattr(settings, name).strip():
            raise BadSetting(f"BAKEN_{name.upper()} is missing: WhatsApp needs {', '.join(map(_variable, _NEEDED))}")
    address = urlsplit(settings.whatsapp_graph_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise BadSetting(f"BAKEN_WHATSAPP_GRAPH_URL={settings.whatsapp_graph_url!r}: not an address")
    if address.scheme == "http" and address.hostname not in LOOPBACK and settings.dev != "on":
        raise BadSetting("BAKEN_WHATSAPP_GRAPH_URL must be https: the access token goes there")
    if settings.whatsapp_oldest <= 0:
        raise BadSetting("BAKEN_WHATSAPP_OLDEST must be more than 0 hours")
    languages = tuple(one.strip() for one in settings.whatsapp_template_languages.split(",") if one.strip())
    if settings.whatsapp_template and not languages:
        raise BadSetting("BAKEN_WHATSAPP_TEMPLATE_LANGUAGES is missing: in which languages is the template approved?")
    return WhatsAppConfig(
        graph_url=settings.whatsapp_graph_url.rstrip("/"),
        phone_number_id=settings.whatsapp_phone_number_id.strip(),
        access_token=settings.whatsapp_access_token.strip(),
        app_secret=settings.whatsapp_app_secret.strip(),
        verify_token=settings.whatsapp_verify_token.strip(),
        template=settings.whatsapp_template.strip(),
        template_languages=languages or ("en",),
        oldest=timedelta(hours=settings.whatsapp_oldest),
    )


def _developing(settings: Settings) -> WhatsAppConfig:
    """A number that does not exist, whose Graph API is our own page."""
    return WhatsAppConfig(
        graph_url=f"http://{settings.host}:{settings.port}{DEV_GRAPH}",
        phone_number_id="dev",
        access_token=secrets.token_hex(16),
        app_secret=secrets.token_hex(16),
        verify_token=secrets.token_hex(16),
        oldest=timedelta(hours=settings.whatsapp_oldest),
    )


def _variable(name: str) -> str:
    return f"BAKEN_{name.upper()}"
