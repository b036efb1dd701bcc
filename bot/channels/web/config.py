"""What the web side needs to know, checked before anything starts."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from bot.settings import BadSetting, Settings


class WebConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the widget."""

    origins: tuple[str, ...] = ()  #: sites that may show the chat in a frame, as "https://host[:port]"
    exit: str = "https://www.buienradar.nl/"  #: where quick exit goes


def web_config(settings: Settings) -> WebConfig:
    """The settings of the widget.

    Raises:
        BadSetting: an origin is none, or the place to go to is no address.
    """
    origins = tuple(settings.web_origins.split())
    for origin in origins:
        if not _is_origin(origin):
            raise BadSetting(
                f"BAKEN_WEB_ORIGINS={origin!r}: expected https://host or https://host:port, without a path"
            )
    address = urlsplit(settings.web_exit)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise BadSetting(f"BAKEN_WEB_EXIT={settings.web_exit!r}: not an address")
    return WebConfig(origins=origins, exit=settings.web_exit)


def _is_origin(origin: str) -> bool:
    """Whether it is a scheme, a host and perhaps a port, and nothing that could end a header's list early."""
    try:
        parts = urlsplit(origin)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return False
    host = parts.hostname or ""
    plain = bool(host) and all(character.isalnum() or character in "-." for character in host) and host.isascii()
    return parts.scheme in ("http", "https") and plain and origin == f"{parts.scheme}://{host}{port}"
