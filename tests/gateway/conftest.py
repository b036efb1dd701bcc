"""A real gateway on real sockets and a real database; in Rasa's place a stub assistant, as in tests/delivery."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from actions.responses import Reply
from bot.delivery.service import MessageService
from bot.engine.turn import Turn, TurnRequest
from bot.gateway.app import make
from bot.settings import Settings
from facts.base import FactBase
from tests.assistants import QuietAssistant
from tests.servers import listening

#: What a person writes in these tests. None of it may be seen outside the log.
NAME, NUMBER = "Zakaz-4711-Tajemnica", "31612345678"


class FewLines(QuietAssistant):
    """Understands what has a letter w in it; falls over on "break"."""

    def __init__(self) -> None:
        self.ill: str | None = None

    async def reply(self, request: TurnRequest) -> Turn:
        if "break" in request.text:
            raise ValueError(f"cannot read {request.text}")
        return Turn(
            language=request.language_hint or "en",
            language_confidence=1.0,
            topic="greet",
            confidence=1.0,
            understood="w" in request.text,
            safety="danger" in request.text,
            safety_hint=False,
            handoff=False,
            replies=(Reply("one"), Reply("two")),
            milliseconds=3.0,
        )

    async def unhealthy_reason(self) -> str | None:
        return self.ill


class Gateway:
    """One gateway, and a page that talks to it."""

    def __init__(self, office: MessageService, assistant: FewLines, url: str, session: ClientSession) -> None:
        self.office, self.assistant, self.url, self.session = office, assistant, url, session

    async def get(self, path: str, **headers: str) -> tuple[int, str, Mapping[str, str]]:
        async with self.session.get(self.url + path, headers=headers) as answer:
            return answer.status, await answer.text(), answer.headers

    async def say(self, text: str, talk: str, name: str | None = None, language: str = "pl") -> int:
        body = {"conversation": talk, "id": name or secrets.token_hex(16), "text": text, "language": language}
        async with self.session.post(f"{self.url}/api/messages", json=body) as answer:
            return answer.status

    async def heard(self, talk: str, after: int = 0) -> dict[str, Any]:
        body = {"conversation": talk, "after": after, "wait": 10}
        async with self.session.post(f"{self.url}/api/poll", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def metric(self, name: str, **labels: str) -> float:
        """Of /metrics: the sample of this name with these labels, 0 where it is not there yet."""
        from prometheus_client.parser import text_string_to_metric_families

        _, text, _ = await self.get("/metrics")
        found = [
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) <= 1, found
        return found[0] if found else 0.0


@pytest.fixture
async def gateway(tmp_path: Path, base: FactBase) -> AsyncIterator[Gateway]:
    settings, assistant = Settings(data_folder=str(tmp_path), limit_person_burst=1000.0), FewLines()
    office = MessageService(settings, assistant)
    app: web.Application = make(settings, office, base)
    async with listening(app) as address, ClientSession() as session:
        yield Gateway(office, assistant, address, session)
