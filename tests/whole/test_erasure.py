""" "Delete my data" does what it says: afterwards no store and no log holds the person's words or numbers.

A real `baken` with WhatsApp; the person tells a case, gets a letter, asks for an advisor, sends a voice message, and
deletes everything. While Baken runs on, every file of the data folder is searched for what was deleted, as it stood
there encrypted. Then every row of every table is opened with the key, and every file is read.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from bench.servers import Baken, message, post
from bot.conversations.crypto import BadKey, Keys
from bot.conversations.database import Database
from tests.channels.whatsapp import meta
from tests.channels.whatsapp.graph_stand_in import GraphStandIn

pytestmark = pytest.mark.slow

PHONE = "31699988777"
WORDS = ("Zdzislawa", "Kowalczykowska", "roofdak", "11,37", "aanrander")


async def say(session: aiohttp.ClientSession, baken: Baken, graph: GraphStandIn, row: dict[str, Any]) -> str:
    """Post a message; the words of the answer, once it came."""
    before = len(graph.taken)
    assert await post(session, baken.webhook, row) == 200
    for _ in range(600):
        await asyncio.sleep(0.05)
        if len(graph.taken) > before:
            await asyncio.sleep(0.5)  # more may belong to it
            return "\n".join(one.text for one in graph.taken[before:])
    raise AssertionError("no answer")


def opened(keys: Keys, value: object) -> bytes:
    """A value of a row, decrypted where it is encrypted."""
    if isinstance(value, str) and value.startswith("sealed:"):
        return keys.open_bytes(base64.b64decode(value.removeprefix("sealed:")))
    if isinstance(value, (bytes, memoryview)):
        try:
            return keys.open_bytes(bytes(value))
        except BadKey:
            return bytes(value)
    return str(value).encode()


def everything(folder: Path) -> tuple[bytes, int]:
    """All that a baken with this folder keeps, readable; and how many rows that is."""
    keys = Keys.load("", folder / "key")
    kept, count = [], 0
    for name in ("baken.db", "rasa.db"):
        database = Database(f"sqlite:///{folder / name}")

        def rows(connection: sa.engine.Connection) -> list[Any]:
            tables = sa.MetaData()
            tables.reflect(connection)
            return [row for table in tables.sorted_tables for row in connection.execute(sa.select(table))]

        for row in database.transaction_sync(rows):
            count += 1
            kept += [opened(keys, value) for value in row]
        database.close()
    files = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pdf")
    assert not any(word.lower().encode() in files.lower() for word in (*WORDS, PHONE)), "something stands open"
    kept += [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(kept), count


async def test_after_delete_my_data_no_store_holds_a_word_or_number(tmp_path: Path, model: Path) -> None:
    folder = tmp_path / "data"
    async with GraphStandIn(validate=False) as graph, aiohttp.ClientSession() as session:
        baken = Baken(folder, graph.url, BAKEN_LOG_LEVEL="INFO")
        graph.webhook_url = baken.webhook
        baken.start()
        try:
            await baken.ready()

            async def tell(text: str) -> str:
                return await say(session, baken, graph, message(text, sender=PHONE))

            await tell(
                "Ik heet Zdzislawa Kowalczykowska, ik werk bij Roofdak, 11,37 bruto per uur, 40 uur per week, "
                "ik ben 30, sinds 1 juli 2026. Klopt dat?"
            )
            letter = meta.pressed('/make_letter{"kind": "pay"}', "Brief", sender=PHONE)
            await say(session, baken, graph, letter)
            await tell("mijn baas is een aanrander, ik wil een mens spreken")
            await tell("ik wil een mens spreken")
            voice = {**message("", sender=PHONE), "type": "audio", "audio": {"id": "media1", "mime_type": "audio/ogg"}}
            del voice["text"]
            await say(session, baken, graph, voice)
            before = await asyncio.to_thread(copy_and_read, baken, folder)
            assert all(word.lower().encode() in before.lower() for word in (*WORDS, PHONE)), "nothing was kept before"
            pieces = sealed(folder)
            assert len(pieces) > 10
            baken.start()
            await baken.ready()
            asked = await tell("verwijder alles wat ik heb geschreven")
            assert "alles" in asked.lower()
            done = await say(session, baken, graph, meta.pressed("/confirm_delete", "Wis", sender=PHONE))
            assert "gewist" in done.lower() or "verwijderd" in done.lower()
            await asyncio.sleep(4)
            files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
            left = {name for name, content in files.items() for piece in pieces if piece in content}
            assert left == set(), "while Baken runs, no file holds a byte of what was deleted, encrypted as it was"
        finally:
            baken.stop()
    kept, _ = everything(folder)
    found = [word for word in (*WORDS, PHONE) if word.lower().encode() in kept.lower()]
    assert found == []


def sealed(folder: Path) -> list[bytes]:
    """The beginnings of all that stands encrypted in the databases, as bytes of their files."""
    queries = {
        "baken.db": ("select content from messages", "select contact from conversations", "select content from files"),
        "rasa.db": ("select data from events",),
    }
    found: list[bytes] = []
    for name, all_of_it in queries.items():
        with contextlib.closing(sqlite3.connect(folder / name)) as connection:
            for query in all_of_it:
                values = [value for (value,) in connection.execute(query) if value]
                found += [(value.encode() if isinstance(value, str) else value)[:40] for value in values]
    return found


def copy_and_read(baken: Baken, folder: Path) -> bytes:
    """What is kept halfway: baken is stopped for it, as only one may open the file."""
    assert baken.stop() == 0
    return everything(folder)[0]
