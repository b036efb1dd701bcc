"""Whether the domain is empty is asked once."""

from __future__ import annotations

from typing import Any

from bot.engine.rasa.patches.patch import Patch


def patch_empty_domain(agent: Any) -> None:
    """Keep the answer: a loaded domain doesn't change."""
    empty = agent.processor.domain.is_empty()
    agent.processor.domain.is_empty = lambda: empty


PATCH = Patch(
    target="Domain.is_empty",
    why="builds an empty domain for each message, to compare; the answer is kept",
    stands_on=("rasa.shared.core.domain:Domain.is_empty",),
    apply=patch_empty_domain,
    of_agent=True,
)
