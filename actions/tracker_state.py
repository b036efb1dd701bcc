"""Reads a Rasa tracker (as the action server's call carries it) into a `Situation`, and picks the language."""

from __future__ import annotations

from typing import Any

import msgspec

from actions.language_memory import Detected, next_language
from actions.turn_context import DeskStatus, Memory, TurnContext, desk_by_setting
from facts.languages import NAMES

#: So many topics of the ranking are kept.
_LIKELIEST = 5


class Heard(msgspec.Struct, frozen=True):
    """A situation, and the language that a person asked for in words or by button, where they did."""

    situation: TurnContext
    wanted: str | None


def read_tracker(tracker: dict[str, Any]) -> Heard:
    """The situation of the newest message in a tracker's state."""
    slots = tracker.get("slots") or {}
    latest = tracker.get("latest_message") or {}
    text = latest.get("text") or ""
    intent = (latest.get("intent") or {}).get("name") or "ask_back"
    values = {entity["entity"]: entity["value"] for entity in latest.get("entities") or []}
    before = slots.get("language") if slots.get("language") in NAMES else None
    metadata = latest.get("metadata") or {}
    hint = metadata.get("language_hint")
    wrote, language = _language(latest, before, hint if hint in NAMES else None)
    wanted = None
    if intent == "set_language":
        wanted = values.get("code") if values.get("code") in NAMES else None
    elif intent == "change_language":
        wanted = (latest.get("language") or {}).get("asked")
    danger = latest.get("danger") or {}
    kept = slots.get("memory")
    memory = msgspec.convert(kept, Memory) if isinstance(kept, dict) else Memory()
    situation = TurnContext(
        intent=intent,
        text=text,
        pressed=bool(latest.get("pressed")),
        language=language,
        before=before,
        wrote=wrote,
        choices=tuple(latest.get("choices") or ()),
        hint=bool(danger.get("hint")),
        sign=str(danger.get("rule") or ""),
        alarm=9.0 if danger.get("rule") else float(danger.get("score") or 0.0),
        confidence=float((latest.get("intent") or {}).get("confidence") or 0.0),
        shares={one["name"]: float(one["confidence"]) for one in (latest.get("intent_ranking") or [])[:_LIKELIEST]},
        questions={one["name"]: float(one["confidence"]) for one in latest.get("questions") or []},
        values=values,
        memory=memory,
        desk=_desk(metadata.get("desk"), memory),
    )
    return Heard(situation, wanted)


def _desk(told: Any, memory: Memory) -> DeskStatus:
    """How the desk stands by what the gateway told; without a gateway as far as the conversation remembers."""
    if isinstance(told, dict):
        return msgspec.convert(told, DeskStatus)
    desk = desk_by_setting()
    return msgspec.structs.replace(desk, holder="waiting" if desk.on and memory.waits else "bot")


def _language(latest: dict[str, Any], before: str | None, hint: str | None) -> tuple[str, str]:
    """The language of the message, and the one of the twelve that the reply is written in."""
    found = latest.get("language")
    if not found:  # a button was pressed
        language = before or hint or "en"
        return language, language
    detected = msgspec.convert(found, Detected)
    chosen = next_language(before, detected, hint)
    return chosen, chosen if chosen in NAMES else "en"
