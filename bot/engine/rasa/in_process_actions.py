"""Custom actions by a direct call instead of HTTP: an `InProcessEndpoint` in place of an action server's address."""

from __future__ import annotations

from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessEndpoint(EndpointConfig):  # type: ignore[misc]
    """An action endpoint in the same process."""

    def __init__(self, package: str) -> None:
        super().__init__(url="direct:", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """What `RemoteAction.run` calls: one action, its events and responses."""
        return await self._executor.run(kwargs["json"])
