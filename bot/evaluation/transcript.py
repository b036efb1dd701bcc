"""Every message and reply of an evaluation, as Markdown to be read by a person."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine.turn import Turn


class Transcript:
    """Conversations in the order in which they were run."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, name: str, language: str, texts: Sequence[str], turns: Sequence[Turn]) -> None:
        """One conversation: what was written, and what was replied to each message."""
        lines = [f"## {name} ({language})" if language else f"## {name}"]
        for text, turn in zip(texts, turns, strict=True):
            lines.append("\n".join(f"> {line}" for line in text.splitlines() or [""]))
            lines += [reply.text for reply in turn.replies]
            buttons = [f"[{button.title}]" for reply in turn.replies for button in reply.buttons]
            lines += [" ".join(buttons)] if buttons else []
            lines.append(f"*{_told(turn)}*")
        self._parts.append("\n\n".join(lines))

    def markdown(self) -> str:
        """The whole of it."""
        return "\n\n".join(self._parts) + "\n"


def _told(turn: Turn) -> str:
    parts = [f"{turn.topic} {turn.confidence:.2f}", turn.complete, *turn.questions]
    parts += ["safety reply"] if turn.safety else []
    parts += ["safety hint"] if turn.safety_hint else []
    parts += ["handed over"] if turn.handoff else []
    return ", ".join(parts)
