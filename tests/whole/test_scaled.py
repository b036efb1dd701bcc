"""Two gateways, two Rasa servers, PostgreSQL, Redis: each message is answered once, also when one of each dies."""

from __future__ import annotations

import base64
import contextlib
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa_servers import SECRET, action_server, rasa_server, redis
from server import Server

from tests.databases import database_url
from tests.ports import free_port

pytestmark = pytest.mark.slow

TALK = ("Ile wynosi płaca minimalna?", "Ile mogą potrącić za łóżko?", "/show_source", "Czy dostanę pieniądze za urlop?")
PEOPLE = 40


class House:
    """Everything that is started, and the pages of its visitors."""

    def __init__(self, folder: Path, model: Path, database: str, shared: str) -> None:
        self.database = database
        actions = free_port()
        environment = {
            "BAKEN_ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook",
            "BAKEN_RASA_DATABASE_URL": database,
            "BAKEN_REDIS_URL": shared,
        }
        self.actions = action_server(folder, actions)
        ports = (free_port(), free_port())
        self.rasa = [rasa_server(folder, model, port, environment) for port in ports]
        for process in (self.actions, *self.rasa):
            process.wait()
        self.gateways = []
        for name in ("one", "two"):
            (folder / name).mkdir()
            self.gateways.append(
                Server(
                    folder / name,
                    BAKEN_DATABASE_URL=database,
                    BAKEN_KEY=base64.b64encode(bytes(range(32))).decode(),
                    BAKEN_RASA_URLS=" ".join(f"http://127.0.0.1:{port}" for port in ports),
                    BAKEN_RASA_SECRET=SECRET,
                )
            )
        for gateway in self.gateways:
            gateway.wait()

    def post(self, first: int, path: str, body: dict[str, Any]) -> Any:
        """As the page does: at one gateway, and where that does not answer at the other, until it is taken."""
        for attempt in range(60):
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                status, answer = self.gateways[(first + attempt) % 2].post(path, body)
                if status in (200, 202):
                    return answer
            time.sleep(0.1)
        raise AssertionError(f"no gateway took {path}")

    def talk(self, person: int, name: str) -> list[int]:
        """One person's talk, each message sent to both gateways; the numbers of its messages in the log."""
        said = []
        for text in TALK:
            payload = text if text.startswith("/") else ""
            message = {"conversation": name, "id": uuid.uuid4().hex, "text": text, "language": "pl", "payload": payload}
            taken = [self.post(person + gateway, "/api/messages", message)["message"] for gateway in (0, 1)]
            assert taken[0] == taken[1], "a message that comes twice stands in the log once"
            end = time.monotonic() + 60
            while not self.replies(person, name, taken[0]):
                assert time.monotonic() < end, "no answer within a minute"
            said.append(taken[0])
        return said

    def replies(self, person: int, name: str, message: int) -> list[dict[str, Any]]:
        news = self.post(person, "/api/poll", {"conversation": name, "after": message, "wait": 5})
        return [one for one in news["messages"] if one["to"] == message]

    def answers(self, messages: list[int]) -> list[int]:
        """How many rows answer each message, by the log itself."""
        engine = sa.create_engine(self.database)
        query = sa.text("select reply_to from messages where direction = 'out' and reply_to = any(:messages)")
        with engine.connect() as connection:
            found = Counter(connection.execute(query, {"messages": messages}).scalars())
        engine.dispose()
        return [found[message] for message in messages]

    def stop(self) -> None:
        for gateway in self.gateways:
            if gateway.process.poll() is None:
                gateway.stop()
        for process in (*self.rasa, self.actions):
            process.stop()


@pytest.fixture(scope="module")
def house(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("scaled")
    with database_url("postgresql", folder) as database, redis(folder) as shared:
        made = House(folder, model, database, shared)
        yield made
        made.stop()


@pytest.mark.timeout(400)
def test_one_of_each_is_killed_and_every_message_is_answered_once(house: House) -> None:
    alone = house.answers(house.talk(0, uuid.uuid4().hex))
    assert all(alone), "what an undisturbed talk gets"

    names = [uuid.uuid4().hex for _ in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pages:
        talks = [pages.submit(house.talk, person, name) for person, name in enumerate(names)]
        time.sleep(0.5)
        assert not all(talk.done() for talk in talks), "the killing falls among them"
        house.rasa[0].kill()
        time.sleep(0.5)
        assert not all(talk.done() for talk in talks), "the second killing falls among them too"
        house.gateways[0].process.kill()
        said = [talk.result() for talk in talks]
    assert len({message for talk in said for message in talk}) == PEOPLE * len(TALK)
    for talk in said:
        assert house.answers(talk) == alone

    left = house.gateways[1]
    status, text, _ = left.get("/health")
    assert status == 200, text
    assert "14,99" in left.say("Ile wynosi płaca minimalna?", language="pl")["replies"][0]["text"]
    assert "Traceback" not in left.output()


@pytest.mark.timeout(200)
def test_without_any_rasa_messages_wait_and_are_answered_when_one_is_back(house: House) -> None:
    left, rasa = house.gateways[1], house.rasa[1]
    rasa.kill()
    with pytest.raises(urllib.error.HTTPError) as ill:
        urllib.request.urlopen(f"{left.address}/health", timeout=10)
    assert ill.value.code == 503 and "Rasa" in ill.value.read().decode()
    name = uuid.uuid4().hex
    message = {"conversation": name, "id": uuid.uuid4().hex, "text": TALK[0], "language": "pl", "payload": ""}
    status, taken = left.post("/api/messages", message)
    assert status == 202, "it is taken in all the same"
    time.sleep(3)
    assert house.answers([taken["message"]]) == [0], "and nobody is told that it failed"
    again = rasa.again()
    try:
        again.wait()
        end = time.monotonic() + 60
        while not house.replies(1, name, taken["message"]):
            assert time.monotonic() < end
        assert left.get("/health")[0] == 200
    finally:
        again.stop()
