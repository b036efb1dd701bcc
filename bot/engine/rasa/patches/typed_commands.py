"""What a person types is text, whatever it begins with."""

from __future__ import annotations

from typing import Any

from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler

from bot.engine.rasa.patches.patch import Patch


def patch_typed_commands(agent: Any) -> None:
    """End NLU before `RegexMessageHandler`, which takes "/…" for a command, whoever wrote it.

    Buttons are handed in parsed already (bot/engine/rasa/agent_turn.py).
    """
    metadata = agent.processor.model_metadata
    handler = agent.processor.graph_runner._graph_schema.nodes[metadata.nlu_target]
    if handler.uses is RegexMessageHandler:
        metadata.nlu_target = handler.needs["messages"]


PATCH = Patch(
    target="RegexMessageHandler in the graph",
    why='takes a typed "/restart" or "/menu" for a command, whoever wrote it; NLU ends before this node, and a '
    "pressed button is handed in already parsed (`UserMessage.parse_data`)",
    stands_on=("rasa.nlu.classifiers.regex_message_handler:RegexMessageHandler",),
    apply=patch_typed_commands,
    of_agent=True,
)
