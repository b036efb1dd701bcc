"""A key that is missing, or is not the log's, is noticed before anything is read or written with it."""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.cli import main
from bot.conversations import inbox, key_check, schema
from bot.conversations.crypto import BadKey, Keys
from bot.conversations.database import Database
from bot.conversations.key_check import WrongKey
from bot.delivery.service import open_log
from bot.settings import Settings
from tests.databases import KINDS, database_url
from tests.delivery.test_waking import incoming
from tests.ports import free_port

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=timezone.utc)
OTHER = base64.b64encode(bytes(range(32))).decode()


def test_the_key_of_a_log_is_known_from_its_first_start(database: Database, keys: Keys) -> None:
    assert not database.transaction_sync(key_check.needed)
    database.transaction_sync(key_check.check, keys)
    assert database.transaction_sync(key_check.needed)
    database.transaction_sync(key_check.check, keys)
    with pytest.raises(WrongKey):
        database.transaction_sync(key_check.check, Keys(bytes(32)))


def test_a_log_from_before_is_tried_on_what_stands_in_it(database: Database, keys: Keys) -> None:
    for number in range(3):
        database.transaction_sync(inbox.receive, keys, incoming("hello", str(number)), NOW)
    damaged = sa.update(schema.messages).where(schema.messages.c.id == 3).values(content=bytes(60))
    database.transaction_sync(lambda connection: connection.execute(damaged))
    assert database.transaction_sync(key_check.needed)
    with pytest.raises(WrongKey):
        database.transaction_sync(key_check.check, Keys(bytes(32)))
    database.transaction_sync(key_check.check, keys)  # one damaged row is not another key
    with pytest.raises(WrongKey):
        database.transaction_sync(key_check.check, Keys(bytes(32)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_with_another_key_is_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    with database_url(kind, tmp_path) as url:
        settings = Settings(data_folder=str(tmp_path), database_url=url, key=base64.b64encode(bytes(32)).decode())
        open_log(settings)[0].close()
        wrong = Settings(data_folder=str(tmp_path), database_url=url, key=OTHER)
        with pytest.raises(BadKey, match=r"^The key in BAKEN_KEY is not the one .* Put the right key back"):
            open_log(wrong)
        missing = Settings(data_folder=str(tmp_path), database_url=url)
        with pytest.raises(BadKey, match=r"^The key of the log is missing: there is no .*key, and BAKEN_KEY is not"):
            open_log(missing)
        assert not (tmp_path / "key").exists(), "a new key would only hide the old one's loss"
        open_log(settings)[0].close()


def test_baken_does_not_start_without_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAKEN_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("BAKEN_PORT", str(free_port()))
    settings = Settings(data_folder=str(tmp_path))
    database, keys = open_log(settings)
    database.transaction_sync(inbox.receive, keys, incoming("hello"), NOW)
    database.close()
    kept = (tmp_path / "key").rename(tmp_path / "elsewhere")
    assert main([]) == 1
    told = capfd.readouterr().err
    assert told.startswith("The key of the log is missing") and "Traceback" not in told
    (tmp_path / "key").write_text(OTHER)
    monkeypatch.setenv("BAKEN_PORT", str(free_port()))  # another test may have taken the first meanwhile
    assert main([]) == 1
    told = capfd.readouterr().err
    assert told.startswith(f"The key in {tmp_path / 'key'} is not the one") and "Traceback" not in told
    kept.replace(tmp_path / "key")
    database, again = open_log(settings)
    assert again.address("web", "x") == keys.address("web", "x")
    database.close()
