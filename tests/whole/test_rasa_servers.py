"""Two Rasa servers and an action server on PostgreSQL and Redis, asked as the gateway asks them."""

from __future__ import annotations

import asyncio
import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from rasa_servers import KEY, SECRET, Process, action_server, rasa_server, redis

from actions.letters import store
from bot.assistant import Assistant
from bot.conversations.crypto import Keys
from bot.engine.http_engine import HttpEngine, NotAnswered
from bot.engine.turn import EngineAway, Turn
from tests.databases import database_url
from tests.ports import free_port
from tests.speaking import say

pytestmark = pytest.mark.slow

WORD = "zakaz-4711-tajemnica"


class Servers:
    """Two servers that share everything, and what stands behind them."""

    def __init__(self, folder: Path, model: Path, database: str, shared: str) -> None:
        self.database, self.folder = database, folder
        self.actions_port = free_port()
        self.ports = (free_port(), free_port())
        environment = {
            "BAKEN_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
            "BAKEN_RASA_DATABASE_URL": database,
            "BAKEN_REDIS_URL": shared,
        }
        # at the level at which Rasa prints what people write, where nobody holds it
        self.rasa = [rasa_server(folder, model, port, environment, "--debug") for port in self.ports]
        self.actions = action_server(folder, self.actions_port)
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]

    def all(self) -> list[Process]:
        return [*self.rasa, self.actions]

    def output(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def state(self, conversation: str) -> Any:
        engine = sa.create_engine(self.database)
        with engine.connect() as connection:
            query = sa.text("select data from events where sender_id = :one")
            rows = connection.execute(query, {"one": conversation}).fetchall()
        engine.dispose()
        assert len(rows) <= 1, "one row a conversation"
        return json.loads(opened(rows[0][0]), object_hook=timeless) if rows else None


def opened(row: str) -> bytes:
    """A row of Rasa's store, which nobody can read without the key."""
    assert row.startswith("sealed:")
    return Keys(base64.b64decode(KEY)).open_bytes(base64.b64decode(row.removeprefix("sealed:")))


def timeless(value: dict[str, Any]) -> dict[str, Any]:
    """Without moments and random names."""
    return {key: one for key, one in value.items() if key not in ("timestamp", "files", "path")}


def same(turn: Turn) -> Turn:
    replies = tuple(
        msgspec.structs.replace(reply, document=reply.document and msgspec.structs.replace(reply.document, path=""))
        for reply in turn.replies
    )
    return msgspec.structs.replace(turn, milliseconds=0.0, replies=replies)


@pytest.fixture(scope="module")
def servers(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("rasa")
    with database_url("postgresql", folder) as database, redis(folder) as shared:
        made = Servers(folder, model, database, shared)
        try:
            for process in made.all():
                process.wait()
            yield made
        finally:
            for process in made.all():
                process.stop()


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[Path]:
    """The gateway's own folder of files, apart from the servers'."""
    before = store.folder()
    store.use(tmp_path)
    yield tmp_path / "letters"
    store.use(before.parent)


TALK = (
    "Hoeveel mag mijn baas inhouden voor het bed? Ik betaal 150 euro per week",
    "I get 11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026. Is that ok?",
    "no, 38 hours",
    "/show_source",
    f"{WORD} Czy dostanę pieniądze za urlop?",
    f" /{WORD}",
    f"/{WORD}",
)


async def test_the_servers_answer_in_turn_as_the_engine_in_one_process_does(
    servers: Servers, assistant: Assistant, letters: Path
) -> None:
    engine = HttpEngine(servers.urls, SECRET)
    for number, text in enumerate(TALK):
        over_http = await say(engine, "as one", text, message_id=str(number))
        embedded = await say(assistant._engine, "as one", text, message_id=str(number))
        assert same(over_http) == same(embedded), text
        assert over_http.milliseconds > 0
    case = await engine.slot("as one", "case")
    assert case is not None and case == await assistant._engine.slot("as one", "case")  # the desk shows its sum
    assert await engine.slot("nobody yet", "case") is None
    assert await engine.unhealthy_reason() is None
    await engine.close()


async def test_a_message_that_comes_again_at_the_other_server_gets_the_same_answer(servers: Servers) -> None:
    one, other = (HttpEngine([url], SECRET) for url in servers.urls)
    for number, text in enumerate(TALK):
        first = await say(one, "again", text, message_id=str(number))
        state = servers.state("again")
        assert same(await say(other, "again", text, message_id=str(number))) == same(first)
        assert servers.state("again") == state
    await one.close()
    await other.close()


async def test_a_message_handed_to_both_at_once_is_answered_by_one_after_the_other(servers: Servers) -> None:
    engines = [HttpEngine([url], SECRET) for url in servers.urls]
    for number in range(8):
        one, other = await asyncio.gather(
            *(say(engine, "at once", "xx 12 ?!", message_id=str(number)) for engine in engines)
        )
        assert same(one) == same(other)
    alone = [await say(engines[0], "alone", "xx 12 ?!", message_id=str(number)) for number in range(8)]
    assert same(alone[-1]) == same(one), "nothing was counted twice"
    assert servers.state("at once")["now"] == servers.state("alone")["now"]
    for engine in engines:
        await engine.close()


async def test_a_letter_comes_with_its_content_and_stays_on_no_server(servers: Servers, letters: Path) -> None:
    engine = HttpEngine(servers.urls, SECRET)
    talk = ("I get 11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026. Is that ok?", "/make_letter")
    turns = [await say(engine, "letter", text, message_id=str(number)) for number, text in enumerate(talk)]
    documents = [reply.document for reply in turns[-1].replies if reply.document]
    assert len(documents) == 1
    await engine.close()
    kept = Path(documents[0].path)
    assert kept.parent == letters
    assert (await asyncio.to_thread(kept.read_bytes)).startswith(b"%PDF")
    assert not list(servers.folder.rglob("*.pdf"))


async def test_forgetting_reaches_the_shared_store(servers: Servers) -> None:
    engine = HttpEngine(servers.urls, SECRET)
    await say(engine, "gone", "Ile wynosi płaca minimalna?", message_id="1")
    assert servers.state("gone") is not None
    await engine.erase("gone")
    assert servers.state("gone") is None
    assert (await engine.parse("Ile wynosi płaca minimalna?"))["intent"]["name"] == "minimum_wage"
    await engine.close()


@pytest.mark.parametrize(
    ("path", "secret", "body", "status"),
    [
        ("webhook", "", b'{"conversation": "x", "text": "hello"}', 401),
        ("webhook", SECRET + "x", b'{"conversation": "x", "text": "hello"}', 401),
        ("forget", "", b'{"conversation": "x"}', 401),
        ("parse", "", b'{"text": "hello"}', 401),
        ("webhook", SECRET, b'{"text": "hello"}', 400),
        ("webhook", SECRET, b"{", 400),
    ],
)
def test_the_server_refuses_whom_it_does_not_know_and_what_it_does_not_know(
    servers: Servers, path: str, secret: str, body: bytes, status: int
) -> None:
    assert ask(f"{servers.urls[0]}/webhooks/baken/{path}", body, {"X-Baken-Secret": secret}) == status


def test_no_other_door_is_open(servers: Servers) -> None:
    assert ask(f"{servers.urls[0]}/webhooks/rest/webhook", b'{"sender": "x", "message": "hello"}', {}) == 404
    assert ask(f"{servers.urls[0]}/model/parse", b'{"text": "hello"}', {}) == 404


def ask(url: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


async def test_a_killed_server_is_passed_over_and_a_dead_action_server_loses_nothing(
    servers: Servers, model: Path, tmp_path: Path
) -> None:
    """It leaves one Rasa server, so it comes late in this file."""
    engine = HttpEngine(servers.urls, SECRET)
    await say(engine, "killed", "Ile wynosi płaca minimalna?", message_id="1")
    servers.rasa[0].kill()
    for number in range(2, 6):
        assert (await say(engine, "killed", "Czy dostanę urlop?", message_id=str(number))).language == "pl"
    assert await engine.unhealthy_reason() is None

    state = servers.state("killed")
    servers.actions.kill()
    with pytest.raises(EngineAway):
        await say(engine, "killed", f"{WORD} A wypłata?", message_id="6")
    assert servers.state("killed") == state
    servers.actions = action_server(servers.folder, servers.actions_port)
    await asyncio.to_thread(servers.actions.wait)
    assert (await say(engine, "killed", f"{WORD} A wypłata?", message_id="6")).language == "pl"
    stranger = HttpEngine(servers.urls[1:], "another secret of a run")
    with pytest.raises(NotAnswered):
        await say(stranger, "killed", "hello", message_id="7")
    await stranger.close()
    await engine.close()


def test_no_word_of_anyone_stands_in_a_log_or_in_the_store(servers: Servers) -> None:
    """After all that was said above, with Rasa started at its debug level."""
    assert "Rasa" in servers.output() or "bot.engine.rasa.input_channel" in servers.output()
    assert WORD not in servers.output()
    engine = sa.create_engine(servers.database)
    with engine.connect() as connection:
        rows = [row[0] for row in connection.execute(sa.text("select data from events"))]
    engine.dispose()
    assert rows and not any(WORD in row for row in rows)
