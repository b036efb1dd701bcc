"""What is mended in a loaded Rasa, so that a message costs half as much; nothing is answered otherwise.

docs/decisions/0003-behind-the-door.md says why; tests/engine/test_patches.py fails when the code that this stands on
changes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from types import SimpleNamespace
from typing import Any

from rasa.core import processor
from rasa.core.actions import action, forms
from rasa.core.policies import rule_policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core import trackers
from rasa.shared.core.constants import PREVIOUS_ACTION
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot

from bot.engine.rasa.patches.states import look_back_as_far_as_rules

#: Answers of the rules that are kept; there are a few hundred different situations.
_KEPT = 4096


def mend(agent: Any) -> None:
    """Mend an agent whose model is loaded."""
    spare_work_for_logs()
    know_the_events()
    copy_slots_plainly()
    make_default_actions_once()
    tell_forms_plainly()
    take_text_as_text(agent.processor)
    runner = StraightRunner(agent.processor.graph_runner)
    agent.processor.graph_runner = runner
    for component in runner.components():
        if isinstance(component, RulePolicy):
            remember_rules(component)
            look_back_as_far_as_rules(component, agent.processor.domain)
            component.format_tracker_states = lambda states: ""  # for the log
    empty = agent.processor.domain.is_empty()
    agent.processor.domain.is_empty = lambda: empty  # Rasa builds an empty domain for each message, to compare


class StraightRunner(GraphRunner):  # type: ignore[misc]
    """Runs the nodes one after the other in an order worked out once. Rasa has dask plan the same graph each time."""

    def __init__(self, other: DaskGraphRunner) -> None:
        self._schema, self._nodes = other._graph_schema, other._instantiated_nodes
        self._plans: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}

    @classmethod
    def create(cls, *args: Any, **kwargs: Any) -> StraightRunner:
        """Rasa's way to make a runner."""
        return cls(DaskGraphRunner.create(*args, **kwargs))

    def components(self) -> list[Any]:
        """The loaded components."""
        return [node._component for node in self._nodes.values()]

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets.

        Raises:
            GraphRunError: an input has the name of a node, or a node failed with a RuntimeError.
        """
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._plan(wanted)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, _ in self._plans[wanted]:
            if name in done:
                raise GraphRunError(f"input value {name!r} clashes with a node name")
        try:
            for name, needs in self._plans[wanted]:
                done[name] = self._nodes[name](*(done.get(one, one) for one in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(done[name] for name in wanted)

    def _plan(self, wanted: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        """The nodes that are needed, each after those that it needs."""
        nodes = self._schema.minimal_graph_schema(list(wanted)).nodes
        plan: dict[str, list[str]] = {}

        def add(name: str) -> None:
            if name in nodes and name not in plan:
                needs = list(nodes[name].needs.values())
                for one in needs:
                    add(one)
                plan[name] = needs

        for name in wanted:
            add(name)
        return list(plan.items())


def take_text_as_text(processor: Any) -> None:
    """End the understanding before `RegexMessageHandler`, which takes "/…" for a command, whoever wrote it.

    A person may begin a message as they like; buttons are handed in read already (bot/engine/rasa/agent_turn.py).
    """
    metadata = processor.model_metadata
    handler = processor.graph_runner._graph_schema.nodes[metadata.nlu_target]
    if handler.uses is RegexMessageHandler:
        metadata.nlu_target = handler.needs["messages"]


def remember_rules(policy: RulePolicy) -> None:
    """Keep which rules fit a situation; Rasa goes through all of them, four times a message.

    A situation is what the rules look at, and nothing else of a message: `RulePolicy._does_rule_match_state`.
    """
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


def know_the_events() -> None:
    """Look the classes of events up once; Rasa walks through all of them for each event that it reads."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))


def copy_slots_plainly() -> None:
    """Copy a slot by its fields. Rasa copies all slots a dozen times a message, by way of Python's pickling."""

    def plain(slot: Slot) -> Slot:
        made = slot.__class__.__new__(slot.__class__)
        made.__dict__.update(slot.__dict__)
        return made

    Slot.__copy__ = plain


def make_default_actions_once() -> None:
    """Rasa makes its dozen actions anew for each action that it looks for by name. They keep nothing of a message."""
    own = action.default_actions
    if hasattr(own, "__wrapped__"):
        return
    made: dict[int, tuple[Any, list[Any]]] = {}  # by the endpoint, which has no hash

    @wraps(own)
    def once(action_endpoint: Any = None) -> list[Any]:
        if id(action_endpoint) not in made:
            made[id(action_endpoint)] = (action_endpoint, own(action_endpoint))
        return made[id(action_endpoint)][1]

    action.default_actions = once


def tell_forms_plainly() -> None:
    """Tell of an open form by its fields. Rasa copies all of the message that opened it, for each action."""
    trackers.dataclasses = SimpleNamespace(asdict=lambda form: dict(vars(form)))


def spare_work_for_logs() -> None:
    """Rasa copies whole messages, and writes all slots out, for log lines of a level that is switched off."""
    for module in (processor, rule_policy, forms):
        module.copy = SimpleNamespace(deepcopy=lambda value: value)
    processor.MessageProcessor._log_slots = staticmethod(lambda tracker: None)
