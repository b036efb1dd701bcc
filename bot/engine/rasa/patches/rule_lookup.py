"""Which rules fit a situation is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION

from bot.engine.rasa.patches.graph_runner import rule_policies
from bot.engine.rasa.patches.patch import Patch

#: Situations whose rules are kept; there are a few hundred.
_KEPT = 4096


def patch_rule_lookup(agent: Any) -> None:
    """Keep which rules fit, in each rule policy."""
    for policy in rule_policies(agent):
        _remember_rules(policy)


def _remember_rules(policy: RulePolicy) -> None:
    """A situation is what the rules look at, and nothing else of a message: `RulePolicy._does_rule_match_state`."""
    find: Callable[..., set[str]] = policy._get_possible_keys
    looked_at = {
        id(lookup): sorted(
            {
                (kind, key)
                for rule in lookup
                for state in policy._rule_key_to_state(rule)
                for kind, part in state.items()
                for key in part
            }
        )
        for lookup in policy.lookup.values()
        if isinstance(lookup, dict)
    }
    kept: dict[Any, set[str]] = {}

    def possible_keys(lookup: dict[str, str], states: list[dict[str, Any]]) -> set[str]:
        pairs = looked_at.get(id(lookup))
        if pairs is None:
            return find(lookup, states)
        seen = tuple(
            (bool(state.get(PREVIOUS_ACTION)), *(_hashable(state.get(kind, {}).get(key)) for kind, key in pairs))
            for state in states
        )
        situation = (id(lookup), seen)
        if situation not in kept:
            if len(kept) >= _KEPT:
                kept.clear()
            kept[situation] = find(lookup, states)
        return set(kept[situation])

    policy._get_possible_keys = possible_keys


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


PATCH = Patch(
    target="RulePolicy._get_possible_keys",
    why="goes through all rules, four times a message; which rules fit is cached by what the rules look at, and "
    "nothing else of a message is kept",
    saves="1.6 of 12.5 ms (graph and rules together)",
    stands_on=(
        "rasa.core.policies.rule_policy:RulePolicy._get_possible_keys",
        "rasa.core.policies.rule_policy:RulePolicy._is_rule_applicable",
        "rasa.core.policies.rule_policy:RulePolicy._does_rule_match_state",
        "rasa.core.policies.rule_policy:RulePolicy._rule_key_to_state",
    ),
    apply=patch_rule_lookup,
    of_agent=True,
)
