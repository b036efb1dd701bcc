"""Settings, from the environment (prefix `BAKEN_`) and a `.env` file. `uv run baken` needs none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec


class StartError(Exception):
    """What keeps Baken from starting; the message says what it is, in a sentence, and what helps."""


class BadSetting(StartError):
    """A setting that can't be used; the message names it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the variable `BAKEN_<NAME>`; the comment behind it is what docs/settings.md prints."""

    today: str = ""  #: YYYY-MM-DD to answer and calculate for; empty means today
    port: int = 8080  #: port that Baken listens on
    host: str = "127.0.0.1"  #: address that Baken listens on
    data_folder: str = "var"  #: folder for the databases, the key and other files
    content_folder: str = ""  #: folder for content that editors published; empty means `content` in the data folder
    database_url: str = ""  #: postgresql://… for more than one machine; empty means a SQLite file in the data folder
    key: str = ""  #: encryption key: 32 bytes as base64; empty means a key file in the data folder
    engines: int = 0  #: number of separate Rasa processes, about 650 MiB each; 0 means Rasa in the gateway's process
    rasa_urls: str = ""  #: addresses of Rasa servers, separated by spaces; empty means Rasa on this machine
    rasa_secret: str = ""  #: shared secret of gateway and Rasa servers: at least 16 characters, the same on both sides
    rasa_seconds: float = 20.0  #: seconds that a Rasa server may take to answer a message
    log_format: str = "text"  #: text, or json for one JSON object per line
    keep_days: float = 30.0  #: days that a conversation is kept after its last message
    keep_case_days: float = 180.0  #: the same, if an advisor was asked for
    proxies: int = 0  #: number of your own reverse proxies in front of Baken, whose X-Forwarded-For is trusted
    limit_person: float = 0.5  #: messages per second that one person gets answered one by one, on any channel …
    limit_person_burst: float = 30.0  #: … after a burst of this many; more are answered together, danger first
    limit_address: float = 5.0  #: calls per second to the chat that one network address may keep making …
    limit_address_burst: float = 100.0  #: … after a burst of this many
    limit_waiting: int = 200  #: chat pages that one network address may have open
    send_doubt: float = 30.0  #: seconds to wait for a status before resending a message that may have been delivered
    translate: str = "off"  #: machine translation of other languages: off, libretranslate, google, deepl or mymemory
    translate_url: str = ""  #: address of your own LibreTranslate
    translate_key: str = ""  #: key of the translation service
    translate_deadline: float = 2.0  #: seconds to wait for a translation
    log_level: str = "WARNING"  #: INFO, WARNING or ERROR; DEBUG is refused, because Rasa would log what people write
    whatsapp_phone_number_id: str = ""  #: id of your number at Meta; without this and the next three WhatsApp is off
    whatsapp_access_token: str = ""  #: access token of the system user at Meta
    whatsapp_app_secret: str = ""  #: app secret at Meta, which signs what it sends; needed for WhatsApp to start
    whatsapp_verify_token: str = ""  #: a word of your own, also entered at Meta when the webhook is registered
    whatsapp_graph_url: str = "https://graph.facebook.com/v23.0"  #: address of Meta's Graph API, with its version
    whatsapp_template: str = ""  #: approved template with one variable in its body, for messages after the 24 hours
    whatsapp_template_languages: str = "en"  #: languages of that template, the default first: en,nl,pl
    whatsapp_oldest: float = 169.0  #: hours after which a message is refused as a replay; Meta retries for 7 days
    web_origins: str = ""  #: sites that may embed the chat, separated by spaces: https://ngo.example; empty: only Baken
    web_exit: str = "https://www.buienradar.nl/"  #: neutral site that quick exit goes to
    desk: str = "on"  #: off: no advisors; Baken names organisations to anyone who asks for a person
    desk_hours: str = "mon-fri 09:00-17:00"  #: when advisors are available, Dutch time; parts separated by commas
    desk_holidays: str = ""  #: days on which they are not, separated by spaces: 2026-12-25 2026-12-26
    staff_site: str = ""  #: address as staff type it, https://baken.ngo.example; needed behind TLS
    staff_totp: str = "optional"  #: who must use a second factor: optional (nobody must), admin or all
    staff_idle: float = 120.0  #: minutes of inactivity after which staff are signed out
    chatwoot_url: str = ""  #: address of your Chatwoot, which then gets cases too; off while these five are empty
    chatwoot_token: str = ""  #: access token of an agent there, from the agent's profile
    chatwoot_account: str = ""  #: number of the account there
    chatwoot_inbox: str = ""  #: number of an inbox of type API there
    chatwoot_webhook_secret: str = ""  #: the inbox's secret; before Chatwoot 4.13, a word in the webhook's address
    mail_url: str = ""  #: mail server for notices of new cases: smtp://user:password@mail.ngo.example:587, or smtps
    mail_from: str = ""  #: sender address of the notices
    mail_to: str = ""  #: recipients of the notices, separated by spaces
    dev: str = "off"  #: on: /dev/phone simulates WhatsApp without an account, on loopback only


#: The least and the most that a number may be, where not every number makes sense; the least itself is too little
#: where it stands in `_MORE_THAN`. The most of days, hours and minutes is a hundred years: more can't be reckoned with.
_LIMITS: Final[dict[str, tuple[float, float]]] = {
    "port": (1, 65535),
    "engines": (0, 64),
    "rasa_seconds": (0, 3600),
    "keep_days": (0, 36525),
    "keep_case_days": (0, 36525),
    "proxies": (0, 100),
    "limit_person": (0, 1e9),
    "limit_person_burst": (1, 1e9),
    "limit_address": (0, 1e9),
    "limit_address_burst": (1, 1e9),
    "limit_waiting": (1, 1_000_000),
    "send_doubt": (0, 86400),
    "translate_deadline": (0, 3600),
    "whatsapp_oldest": (0, 876_600),
    "staff_idle": (0, 52_596_000),
}
_MORE_THAN: Final = {
    "rasa_seconds", "keep_days", "keep_case_days", "limit_person", "limit_address", "send_doubt", "translate_deadline",
    "whatsapp_oldest", "staff_idle",
}  # fmt: skip


def load(environment: Mapping[str, str] | None = None, file: Path = Path(".env")) -> Settings:
    """The settings of this machine; the environment wins over the file.

    Raises:
        BadSetting: a value that does not fit, named with its variable.
    """
    values = {**_from_file(file), **(os.environ if environment is None else environment)}
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        name = f"BAKEN_{field.name.upper()}"
        if name not in values:
            continue
        try:
            found[field.name] = msgspec.convert(values[name], field.type, strict=False)
        except msgspec.ValidationError as error:
            raise BadSetting(_refused(field.name, values[name])) from error
        if field.name in _LIMITS and not _fits(field.name, found[field.name]):
            raise BadSetting(_refused(field.name, values[name]))
    settings = Settings(**found)
    if settings.today and not _is_day(settings.today):
        raise BadSetting(f"BAKEN_TODAY={settings.today!r}: a day as 2026-12-31, or nothing for the day itself")
    if settings.log_level.upper() not in ("INFO", "WARNING", "ERROR"):
        raise BadSetting(f"BAKEN_LOG_LEVEL={settings.log_level!r}: INFO, WARNING or ERROR (DEBUG would log messages)")
    if settings.log_format not in ("text", "json"):
        raise BadSetting(f"BAKEN_LOG_FORMAT={settings.log_format!r}: text or json")
    if settings.rasa_urls and len(settings.rasa_secret) < 16:
        raise BadSetting("BAKEN_RASA_URLS needs BAKEN_RASA_SECRET, with 16 characters or more")
    if settings.rasa_urls and any(not url.startswith(("http://", "https://")) for url in settings.rasa_urls.split()):
        raise BadSetting("BAKEN_RASA_URLS: each address begins with http:// or https://")
    if settings.translate not in ("off", "libretranslate", "google", "deepl", "mymemory"):
        raise BadSetting(f"BAKEN_TRANSLATE={settings.translate!r}: off, libretranslate, google, deepl or mymemory")
    if settings.desk not in ("on", "off"):
        raise BadSetting(f"BAKEN_DESK={settings.desk!r}: on or off")
    if settings.staff_totp not in ("optional", "admin", "all"):
        raise BadSetting(f"BAKEN_STAFF_TOTP={settings.staff_totp!r}: optional, admin or all")
    if settings.dev not in ("on", "off"):
        raise BadSetting(f"BAKEN_DEV={settings.dev!r}: on or off")
    if settings.translate == "libretranslate" and not settings.translate_url:
        raise BadSetting("BAKEN_TRANSLATE=libretranslate needs BAKEN_TRANSLATE_URL")
    return settings


def _fits(name: str, value: float) -> bool:
    least, most = _LIMITS[name]
    return (value > least if name in _MORE_THAN else value >= least) and value <= most  # nan is neither


def _refused(name: str, given: str) -> str:
    """What is wrong with a number, and what would do."""
    field = next(field for field in msgspec.structs.fields(Settings) if field.name == name)
    kind = "a whole number" if str(field.type) in ("int", "<class 'int'>") else "a number"
    least, most = _LIMITS[name]
    range_ = f"above {least:g} and up to {most:.12g}" if name in _MORE_THAN else f"from {least:g} to {most:.12g}"
    return f"BAKEN_{name.upper()}={given!r}: must be {kind} {range_}; left out, it is {field.default:g}"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#") and "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}
