"""Changes of Rasa's code at run time: a file each. docs/decisions/0003-behind-the-door.md shows them as a table.

Rasa 3.6.21 is frozen, so no fix will come. tests/engine/test_patches.py holds that nothing is answered otherwise,
tests/engine/test_rasa_sources.py names what changed in Rasa where another version is put in.
"""

from __future__ import annotations

from typing import Any, Final

from bot.engine.rasa.patches import (
    action_call,
    action_failures,
    active_loop,
    answer_check,
    default_actions,
    empty_domain,
    event_types,
    graph_runner,
    log_copies,
    log_slots,
    log_states,
    prediction_states,
    rule_lookup,
    slot_copy,
    store_failures,
    typed_commands,
)
from bot.engine.rasa.patches.patch import Patch

#: All of them: first what is about what people are answered, then what is about speed, by what it saves.
PATCHES: Final[tuple[Patch, ...]] = (
    typed_commands.PATCH,
    action_failures.PATCH,
    store_failures.PATCH,
    answer_check.PATCH,
    graph_runner.PATCH,
    rule_lookup.PATCH,
    prediction_states.PATCH,
    action_call.PATCH,
    active_loop.PATCH,
    slot_copy.PATCH,
    default_actions.PATCH,
    event_types.PATCH,
    log_copies.PATCH,
    empty_domain.PATCH,
    log_states.PATCH,
    log_slots.PATCH,
)


def patch_process() -> None:
    """Apply what changes Rasa's classes and modules: once in a process, before it answers."""
    for patch in PATCHES:
        if not patch.of_agent:
            patch.apply()


def patch_agent(agent: Any) -> None:
    """Apply what changes a loaded agent: once for each, when its model is loaded."""
    for patch in PATCHES:
        if patch.of_agent:
            patch.apply(agent)
