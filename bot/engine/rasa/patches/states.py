"""The states of a conversation that the rules look at, and no earlier ones.

Three times a message Rasa goes through all events again, and makes a state of each action with all slots in it. The
longest rule looks back at two states, and slots tell the rules nothing where none has `influence_conversation`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

DialogueState = dict[str, Any]


def look_back_as_far_as_rules(policy: RulePolicy, domain: Domain) -> None:
    """Give the rules of a policy no more states than the longest of them has."""
    if policy.featurizer.max_history or any(slot.influence_conversation for slot in domain.slots):
        return
    own: Callable[..., list[DialogueState]] = policy._prediction_states
    longest = max(
        len(policy._rule_key_to_state(rule))
        for lookup in policy.lookup.values()
        if isinstance(lookup, dict)
        for rule in lookup
    )

    def states(
        tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool = False, **more: Any
    ) -> list[DialogueState]:
        if more.keys() - {"rule_only_data"}:
            return own(tracker, domain, use_text_for_last_user_input, **more)
        found = newest_states(tracker, domain, longest)
        policy.featurizer._choose_last_user_input([found], use_text_for_last_user_input)
        return found

    policy._prediction_states = states


def newest_states(tracker: DialogueStateTracker, domain: Domain, count: int) -> list[DialogueState]:
    """The last of `DialogueStateTracker.past_states`: before each action, and now."""
    events = [event for event in tracker.applied_events() if not isinstance(event, SlotSet)]
    left = sum(isinstance(event, ActionExecuted) for event in events) + 1  # states that are still to come
    past = DialogueStateTracker(tracker.sender_id, (), is_rule_tracker=tracker.is_rule_tracker)
    found = []
    for event in events:
        if isinstance(event, ActionExecuted):
            if left <= count:
                found.append(domain.get_active_state(past))
            left -= 1
        past.update(event)
    found.append(domain.get_active_state(past))
    return found
