"""A database that is closed while it is still wiped: SQLite's connection is not taken away under the wipe's hands."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from bot.conversations import wiping
from bot.conversations.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'log.db'}")
    made.migrate()
    return made


def test_closing_waits_for_a_wipe_that_runs(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), []
    own = wiping.wipe_sqlite

    def slowly(driver: Any, *, thorough: bool) -> bool:
        begun.set()
        assert go_on.wait(10)
        done = own(driver, thorough=thorough)
        ended.append("wiped")
        return done

    monkeypatch.setattr(wiping, "wipe_sqlite", slowly)
    wipe = threading.Thread(target=database.wipe_now, kwargs={"thorough": True})
    wipe.start()
    assert begun.wait(10)
    close = threading.Thread(target=lambda: (database.close(), ended.append("closed")))
    close.start()
    close.join(0.2)
    assert close.is_alive() and not ended
    go_on.set()
    wipe.join(10)
    close.join(10)
    assert ended == ["wiped", "closed"]


def test_a_wipe_after_closing_opens_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.close()
    monkeypatch.setattr(database, "_connected", lambda: pytest.fail("opened again"))
    assert database.wipe_now(thorough=True)
