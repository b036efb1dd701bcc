"""What every stand-in for the assistant has in common (bot.delivery.ports.AssistantPort); each adds its own `reply`."""

from __future__ import annotations

from typing import Any


class QuietAssistant:
    """Understands nothing, keeps nothing, and is well."""

    async def parse(self, text: str) -> dict[str, Any]:
        return {}

    async def slot(self, conversation: str, name: str) -> object:
        return None

    async def erase(self, conversation: str) -> None:
        return None

    async def unhealthy_reason(self) -> str | None:
        return None
