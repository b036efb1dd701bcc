"""No copies of whole messages for log lines of a level that is switched off."""

from __future__ import annotations

from types import SimpleNamespace

from rasa.core import processor
from rasa.core.actions import forms
from rasa.core.policies import rule_policy

from bot.engine.rasa.patches.patch import Patch


def patch_log_copies() -> None:
    """These modules copy for their logs only."""
    for module in (processor, rule_policy, forms):
        module.copy = SimpleNamespace(deepcopy=lambda value: value)


PATCH = Patch(
    target="copy.deepcopy in processor, rule_policy, forms",
    why="copies whole messages for log lines that are switched off; nothing is copied",
    saves="0.7 of 12.5 ms (five small ones together)",
    stands_on=("rasa.core.processor", "rasa.core.policies.rule_policy", "rasa.core.actions.forms"),
    apply=patch_log_copies,
)
