"""Settings of other helpdesks: all or none, and nothing unsafe."""

from __future__ import annotations

import pytest

from bot.desk.helpdesks import config
from bot.settings import BadSetting, Settings

CHATWOOT = {
    "chatwoot_url": "https://chat.ngo.example", "chatwoot_token": "t", "chatwoot_account": "1", "chatwoot_inbox": "2",
    "chatwoot_webhook_secret": "0123456789abcdef",
}  # fmt: skip
MAIL = {
    "mail_url": "smtp://user:p%40ss@mail.ngo.example",
    "mail_from": "baken@ngo.example",
    "mail_to": "a@x.org b@y.org",
}


def test_without_settings_there_is_none() -> None:
    assert config.chatwoot(Settings()) is None and config.mail(Settings()) is None


def test_whole_settings_are_read() -> None:
    outside, mail = config.chatwoot(Settings(**CHATWOOT)), config.mail(Settings(**MAIL))  # type: ignore[arg-type]
    assert outside is not None and (outside.account, outside.inbox) == (1, 2)
    assert mail is not None and (mail.host, mail.port, mail.password, mail.tls) == (
        "mail.ngo.example",
        587,
        "p@ss",
        False,
    )
    assert mail.to == ("a@x.org", "b@y.org") and not mail.plain


@pytest.mark.parametrize("name", CHATWOOT)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(BadSetting, match=f"BAKEN_{name.upper()}"):
        config.chatwoot(Settings(**CHATWOOT | {name: ""}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"chatwoot_url": "http://chat.ngo.example"},
        {"chatwoot_url": "ftp://chat"},
        {"chatwoot_url": "chat.ngo.example"},
        {"chatwoot_url": "https://u:p@chat.ngo.example"},
        {"chatwoot_account": "one"},
        {"chatwoot_inbox": "²"},
        {"chatwoot_webhook_secret": "short"},
    ],
)
def test_what_is_unsafe_or_no_address_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(BadSetting):
        config.chatwoot(Settings(**CHATWOOT | change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"mail_to": ""},
        {"mail_url": "mail.ngo.example"},
        {"mail_url": "smtp://mail:port"},
        {"mail_from": "nobody"},
        {"mail_from": "a@b.nl\r\nBcc: all@b.nl"},
    ],
)
def test_half_or_broken_mail_settings_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(BadSetting):
        config.mail(Settings(**MAIL | change))  # type: ignore[arg-type]


def test_mail_goes_unencrypted_only_to_this_machine() -> None:
    near = config.mail(Settings(mail_url="smtp://127.0.0.1:25", mail_from="a@b.nl", mail_to="c@d.nl"))
    far = config.mail(Settings(mail_url="smtp://mail.ngo.example:25", mail_from="a@b.nl", mail_to="c@d.nl"))
    assert near is not None and near.plain and far is not None and not far.plain
