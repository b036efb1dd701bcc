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

    today: str = ""  #: YYYY-MM-DD that answers and sums are made for; empty is the day itself
    port: int = 8080  #: port of the page
    host: str = "127.0.0.1"  #: address that the page listens on
    data_folder: str = "var"  #: folder of the databases
    content_folder: str = ""  #: folder of content that editors published; empty is `content` in the data folder
    database_url: str = ""  #: postgresql://… for more than one machine; empty is a SQLite file in the data folder
    key: str = ""  #: 32 bytes as base64 that content is encrypted with; empty makes a key file in the data folder
    engines: int = 0  #: engines in processes of their own, each about 650 MiB; 0 is one in the gateway's process
    rasa_urls: str = ""  #: addresses of Rasa servers, separated by spaces; empty holds Rasa in this process
    rasa_secret: str = ""  #: what the gateway shows to the Rasa servers: 16 characters or more, the same on both sides
    rasa_seconds: float = 20.0  #: seconds that a Rasa server may take for a message
    log_format: str = "text"  #: text, or json for one object a line
    keep_days: float = 30.0  #: days after the last message that a conversation is kept
    keep_case_days: float = 180.0  #: the same where an advisor was asked for
    proxies: int = 0  #: reverse proxies of your own before Baken, whose X-Forwarded-For is believed
    limit_person: float = 0.5  #: messages a second that one person is answered one by one, on any channel …
    limit_person_burst: float = 30.0  #: … after so many at once; more are kept and answered together, danger first
    limit_address: float = 5.0  #: calls a second that one address may keep making to the page …
    limit_address_burst: float = 100.0  #: … after so many at once
    limit_waiting: int = 200  #: pages that one address may have open
    send_doubt: float = 30.0  #: seconds until a message is sent again that may or may not have been taken
    translate: str = "off"  #: machine translation of other languages: off, libretranslate, google, deepl, mymemory
    translate_url: str = ""  #: address of your own LibreTranslate
    translate_key: str = ""  #: key of the translation service
    translate_deadline: float = 2.0  #: seconds after which a translation is given up
    log_level: str = "WARNING"  #: DEBUG is refused: Rasa would log what people write
    whatsapp_phone_number_id: str = ""  #: id of your number at Meta; WhatsApp is off while these four are empty
    whatsapp_access_token: str = ""  #: token of the system user at Meta
    whatsapp_app_secret: str = ""  #: secret of the app at Meta, which signs what the webhook gets; no start without it
    whatsapp_verify_token: str = ""  #: a word of your own, typed at Meta too when the webhook is registered
    whatsapp_graph_url: str = "https://graph.facebook.com/v23.0"  #: Meta's Graph API with its version
    whatsapp_template: str = ""  #: approved template with one text in its body, for what advisors write after 24 hours
    whatsapp_template_languages: str = "en"  #: languages of that template, the usual one first: en,nl,pl
    whatsapp_oldest: float = 169.0  #: hours after which what comes in is a replay and refused; Meta tries for 7 days
    web_origins: str = ""  #: sites that may show the chat, separated by spaces: https://ngo.example; empty is this one
    web_exit: str = "https://www.buienradar.nl/"  #: the neutral site that quick exit goes to
    desk: str = "on"  #: off: Baken has no advisors, and names organisations to who asks for a person
    desk_hours: str = "mon-fri 09:00-17:00"  #: when advisors are there, Dutch time; several parts with a comma
    desk_holidays: str = ""  #: days on which they are not, as 2026-12-25 2026-12-26
    staff_site: str = ""  #: address of the desk as staff type it, https://baken.ngo.example: needed behind TLS
    staff_totp: str = "optional"  #: who must have a code beside the password: optional, admin, all
    staff_idle: float = 120.0  #: minutes after which staff who do nothing are signed out
    chatwoot_url: str = ""  #: address of your Chatwoot, to hand cases to as well; off while these five are empty
    chatwoot_token: str = ""  #: access token of an agent there, from the agent's profile
    chatwoot_account: str = ""  #: number of the account there
    chatwoot_inbox: str = ""  #: number of an inbox of the kind API there
    chatwoot_webhook_secret: str = ""  #: the inbox's secret; before Chatwoot 4.13 a word in the webhook's address
    mail_url: str = ""  #: mail server for notices of new cases: smtp://user:password@mail.ngo.example:587, or smtps
    mail_from: str = ""  #: address that the notices come from
    mail_to: str = ""  #: addresses that they go to, separated by spaces
    dev: str = "off"  #: on opens /dev/phone, a telephone to try WhatsApp without an account, on loopback only


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
