"""The stand-in itself: what others build their load and fault tests on."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.channels.whatsapp.conftest import Serve
from tests.channels.whatsapp.graph_stand_in import GraphStandIn
from tests.channels.whatsapp.test_graph_client import HELLO
from tests.ports import free_port

HEADERS = {"Authorization": "Bearer token"}


async def test_statuses_are_told_in_order_signed_and_again_until_they_are_heard(serve: Serve) -> None:
    heard: list[Any] = []
    deaf = 2

    async def hear(request: web.Request) -> web.Response:
        nonlocal deaf
        raw = await request.read()
        digest = hmac.new(b"geheim", raw, sha256).hexdigest()
        assert request.headers["X-Hub-Signature-256"] == f"sha256={digest}"
        if deaf:
            deaf -= 1
            raise web.HTTPServiceUnavailable
        heard.append(json.loads(raw)["entry"][0]["changes"][0]["value"]["statuses"][0])
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hear)
    hook = await serve(app)
    async with (
        GraphStandIn(webhook_url=f"{hook}/hook", app_secret="geheim") as graph,
        aiohttp.ClientSession(headers=HEADERS) as session,
    ):
        async with session.post(f"{graph.url}/{graph.number}/messages", json=HELLO) as response:
            id = (await response.json())["messages"][0]["id"]
        for _ in range(50):
            if len(heard) == 2:
                break
            await asyncio.sleep(0.05)
    assert [(one["id"], one["status"], one["biz_opaque_callback_data"]) for one in heard] == [
        (id, "sent", "7"),
        (id, "delivered", "7"),
    ]


async def test_a_message_that_comes_twice_is_noticed() -> None:
    async with GraphStandIn() as graph, aiohttp.ClientSession(headers=HEADERS) as session:
        for _ in range(2):
            async with session.post(f"{graph.url}/{graph.number}/messages", json=HELLO) as response:
                assert response.status == 200
        assert graph.doubled() == {"7": 2}


def test_it_runs_in_a_process_of_its_own_and_is_told_what_to_do() -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.channels.whatsapp.graph_stand_in", "--port", str(port)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None and f":{port}/v23.0" in process.stdout.readline()

        async def talk() -> dict[str, Any]:
            root = f"http://127.0.0.1:{port}"
            async with aiohttp.ClientSession(headers=HEADERS) as session:
                told = {"fail": [{"status": 500, "times": 2}], "delay": 0.01}
                async with session.post(f"{root}/_control", json=told):
                    pass
                statuses = []
                for _ in range(3):
                    async with session.post(f"{root}/v23.0/106540352242922/messages", json=HELLO) as response:
                        statuses.append(response.status)
                assert statuses == [500, 500, 200]
                async with session.get(f"{root}/_report?messages=1") as response:
                    found: dict[str, Any] = await response.json()
                    return found

        report = asyncio.run(talk())
        assert report["taken"] == 1 and report["invalid"] == [] and report["messages"][0]["text"] == "Hallo"
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)


async def test_by_chance_about_as_many_fail_as_asked_and_each_run_is_the_same() -> None:
    async def outcome() -> list[bool]:
        async with GraphStandIn(share=0.3, seed=5) as graph, aiohttp.ClientSession(headers=HEADERS) as session:
            found = []
            for _ in range(100):
                try:
                    async with session.post(f"{graph.url}/{graph.number}/messages", json=HELLO) as response:
                        found.append(response.status == 200)
                except aiohttp.ClientError:
                    found.append(False)
            return found

    started = time.monotonic()
    first = await outcome()
    assert first == await outcome() and 15 <= first.count(False) <= 45
    assert time.monotonic() - started < 10
