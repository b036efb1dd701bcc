"""What the gateway asks of `rasa run` before it sends messages there."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

from bot.engine.rasa.input_channel import BakenInput


class Agent:
    """An agent whose first text takes as long as a test wants."""

    def __init__(self) -> None:
        self.read = asyncio.Event()
        self.texts: list[str] = []
        self.tracker_store = self.lock_store = None
        self.fails = 0

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict[str, Any]:
        self.texts.append(text)
        await self.read.wait()
        if self.fails:
            self.fails -= 1
            raise MemoryError
        return {}


async def health(channel: BakenInput, agent: Agent) -> tuple[int, str]:
    blueprint = channel.blueprint(None)  # type: ignore[arg-type]
    (handler,) = [route.handler for route in blueprint._future_routes if route.uri == "/health"]
    answer = await handler(SimpleNamespace(app=SimpleNamespace(ctx=SimpleNamespace(agent=agent))))
    return answer.status, json.loads(answer.body)["status"]


async def test_a_server_is_well_once_it_has_read_a_first_text() -> None:
    channel, agent = BakenInput("a secret of this test"), Agent()
    for _ in range(3):
        assert await health(channel, agent) == (503, "model")
        await asyncio.sleep(0)
    assert len(agent.texts) == 1, "it reads once, however often it is asked meanwhile"
    agent.read.set()
    await asyncio.sleep(0.01)
    assert await health(channel, agent) == (200, "ok")

    other = Agent()
    assert await health(channel, other) == (503, "model"), "another model was loaded"
    other.read.set()
    await asyncio.sleep(0.01)
    assert await health(channel, other) == (200, "ok")


async def test_a_first_text_that_could_not_be_read_is_tried_again() -> None:
    channel, agent = BakenInput("a secret of this test"), Agent()
    agent.fails = 1
    agent.read.set()
    said = []
    for _ in range(4):
        said.append(await health(channel, agent))
        await asyncio.sleep(0.01)
    assert said == [(503, "model"), (503, "model"), (503, "model"), (200, "ok")]
    assert len(agent.texts) == 2
