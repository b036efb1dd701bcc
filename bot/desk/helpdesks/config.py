"""The settings of other helpdesks, checked at the start."""

from __future__ import annotations

import ipaddress
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import msgspec

from bot.settings import BadSetting, Settings

_SHORTEST_SECRET = 16


class ChatwootConfig(msgspec.Struct, frozen=True, kw_only=True):
    """An API inbox of a Chatwoot."""

    url: str
    token: str
    account: int
    inbox: int
    webhook_secret: str


class MailConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How notices are sent."""

    host: str
    port: int
    tls: bool  #: from the first byte on (smtps); else STARTTLS
    plain: bool  #: no encryption, on this machine only
    user: str
    password: str
    sender: str
    to: tuple[str, ...]


def chatwoot(settings: Settings) -> ChatwootConfig | None:
    """The Chatwoot to hand cases to; None where none is set.

    Raises:
        BadSetting: something is missing or can't be used.
    """
    names = ("chatwoot_url", "chatwoot_token", "chatwoot_account", "chatwoot_inbox", "chatwoot_webhook_secret")
    values = {name: str(getattr(settings, name)).strip() for name in names}
    if not any(values.values()):
        return None
    for name, value in values.items():
        if not value:
            raise BadSetting(f"{_variable(name)} is missing: Chatwoot needs {', '.join(map(_variable, names))}")
    for name in ("chatwoot_account", "chatwoot_inbox"):
        if not values[name].isascii() or not values[name].isdigit():
            raise BadSetting(f"{_variable(name)}={values[name]!r}: a number, as in the address of Chatwoot's pages")
    parts = urlsplit(values["chatwoot_url"])
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
        raise BadSetting(f"BAKEN_CHATWOOT_URL={values['chatwoot_url']!r}: an address like https://chat.ngo.example")
    if parts.scheme == "http" and not _near(parts.hostname):
        raise BadSetting("BAKEN_CHATWOOT_URL: http only within your own network; what people write needs https")
    if len(values["chatwoot_webhook_secret"]) < _SHORTEST_SECRET:
        raise BadSetting(f"BAKEN_CHATWOOT_WEBHOOK_SECRET: {_SHORTEST_SECRET} characters or more")
    return ChatwootConfig(
        url=values["chatwoot_url"].rstrip("/"),
        token=values["chatwoot_token"],
        account=int(values["chatwoot_account"]),
        inbox=int(values["chatwoot_inbox"]),
        webhook_secret=values["chatwoot_webhook_secret"],
    )


def mail(settings: Settings) -> MailConfig | None:
    """How notices go out; None where they don't.

    Raises:
        BadSetting: something is missing or can't be used.
    """
    url, sender, to = settings.mail_url.strip(), settings.mail_from.strip(), settings.mail_to.strip()
    if not (url or sender or to):
        return None
    if not (url and sender and to):
        raise BadSetting("BAKEN_MAIL_URL, BAKEN_MAIL_FROM and BAKEN_MAIL_TO belong together")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadSetting("BAKEN_MAIL_URL: an address like smtp://user:password@mail.ngo.example:587") from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadSetting("BAKEN_MAIL_URL: an address like smtp://user:password@mail.ngo.example:587")
    tls = parts.scheme == "smtps"
    return MailConfig(
        host=parts.hostname,
        port=port or (465 if tls else 587),
        tls=tls,
        plain=not tls and _near(parts.hostname) and not parts.password,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=_address("BAKEN_MAIL_FROM", sender),
        to=tuple(_address("BAKEN_MAIL_TO", one) for one in to.replace(",", " ").split()),
    )


def _address(variable: str, text: str) -> str:
    address = parseaddr(text)[1]
    if "@" not in address or any(sign in text for sign in "\r\n"):
        raise BadSetting(f"{variable}={text!r}: an e-mail address")
    return address


def _near(host: str) -> bool:
    """Whether a host is this machine, or in a network that is nobody else's."""
    if host == "localhost" or ("." not in host and ":" not in host):
        return True  # a bare name: another container of the same installation
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _variable(name: str) -> str:
    return f"BAKEN_{name.upper()}"
