"""States are not written out for log lines of a level that is switched off."""

from __future__ import annotations

from rasa.core.policies.rule_policy import RulePolicy

from bot.engine.rasa.patches.patch import Patch


def patch_log_states() -> None:
    """Write nothing."""
    RulePolicy.format_tracker_states = staticmethod(lambda states: "")


PATCH = Patch(
    target="RulePolicy.format_tracker_states",
    why="writes the states out for a log line that is switched off; it writes nothing",
    stands_on=(
        "rasa.core.policies.policy:Policy.format_tracker_states",
        "rasa.core.policies.rule_policy",
    ),
    apply=patch_log_states,
)
