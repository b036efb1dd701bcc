""" "What do you know about me?" tells what the log holds, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.conversations import cases, files, inbox
from bot.conversations import store as conversations
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Contact, Content, Incoming
from bot.privacy.about_me import PAYLOAD, AboutMe
from bot.settings import Settings
from facts.languages import NAMES
from facts.wording import Wording
from tests.databases import KINDS, database_url

NOW = datetime(2026, 11, 29, 23, 30, tzinfo=timezone.utc)  # in the Netherlands it is the 30th


@pytest.mark.parametrize("kind", KINDS)
def test_it_tells_what_is_kept_and_until_when(kind: str, tmp_path: Path, wording: Wording) -> None:
    keys = Keys(bytes(32))
    about = AboutMe(wording, Settings(keep_days=30, keep_case_days=180))
    with database_url(kind, tmp_path) as url:
        database = Database(url)
        database.migrate()

        def tell(name: str) -> str:
            found = database.transaction_sync(conversations.find, keys, name)
            assert found is not None
            (content,) = database.transaction_sync(about.direct, found, PAYLOAD, NOW) or []
            return content.text

        for number in range(3):
            message = Incoming(
                channel="whatsapp",
                address="31612345678",
                channel_id=str(number),
                kind="text",
                content=Content(text="geheim"),
                at=NOW + timedelta(seconds=number),
                language="nl",
                contact=Contact(phone="31612345678", name="Oksana"),
            )
            name = database.transaction_sync(inbox.receive, keys, message, NOW).conversation
        told = tell(name)
        assert "3" in told and "30 november 2026" in told and "30 december 2026" in told
        assert "Oksana" not in told and "31612345678" not in told and "geheim" not in told
        database.transaction_sync(cases.open_case, name, NOW, urgency=1, topic="", language="nl", first_message=1)
        database.transaction_sync(files.store_file, keys, name, b"x", NOW, NOW)
        later = tell(name)
        assert "29 mei 2027" in later and len(later.splitlines()) == len(told.splitlines()) + 3
        database.close()


@pytest.mark.parametrize("language", NAMES)
def test_it_is_told_in_every_language(language: str, wording: Wording) -> None:
    keys = [key for key in wording.base.texts if key.startswith("kept.")]
    texts = {key: wording.text(key, language, date="D", count="C") for key in keys}
    assert len(texts) == 12 and (language == "en" or texts["kept.readers"] != wording.text("kept.readers", "en"))
