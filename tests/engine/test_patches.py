"""What is patched and replaced in Rasa does what Rasa does. test_rasa_sources.py holds the code that it stands on."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import functools
import inspect
import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
from jsonschema import Draft7Validator, ValidationError
from rasa.core.actions import action as actions
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore, LockStore
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core import trackers
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.assistant import Assistant
from bot.engine.rasa.patches.answer_check import patch_answer_check
from bot.engine.rasa.patches.graph_runner import StraightRunner
from bot.engine.rasa.tracker_store import PromptLockStore, SnapshotTrackerStore
from bot.engine.turn import Turn
from bot.redacted_logging import quieten_libraries
from tests.speaking import say


def test_the_compiled_check_refuses_what_rasas_own_check_refuses() -> None:
    patch_answer_check()
    action = RemoteAction("action_answer", None)
    assert action._validate_action_result({"events": [], "responses": []})
    slot = {"event": "slot", "name": "language", "value": "pl", "timestamp": None}
    assert action._validate_action_result({"events": [slot], "responses": [{"text": "hello"}]})
    assert action._validate_action_result({"events": [{"event": "restart"}], "responses": []})
    Draft7Validator(RemoteAction.action_response_format_spec()).validate({"events": [slot], "responses": [{}]})
    for wrong in (
        {"events": "none"},
        {"responses": [1]},
        {"events": [{"event": 5}]},
        {"events": [slot | {"name": 1}]},
        {"events": [{"event": "slot", "name": "language"}], "responses": []},
        {"events": [{"event": "no such"}]},
    ):
        with pytest.raises(ValidationError):
            action._validate_action_result(wrong)


async def test_the_lock_waits_milliseconds_and_keeps_the_order() -> None:
    assert inspect.signature(LockStore.lock).parameters["wait_time_in_seconds"].default == 1
    store = PromptLockStore()
    order: list[int] = []

    async def one(number: int) -> None:
        async with store.lock("talk"):
            order.append(number)
            await asyncio.sleep(0.002)

    start = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(10)))
    assert time.perf_counter() - start < 0.5
    assert order == list(range(10))
    assert isinstance(store, InMemoryLockStore)


@pytest.fixture
def store(tmp_path: Path) -> SnapshotTrackerStore:
    return SnapshotTrackerStore(Domain.load("domain.yml"), dialect="sqlite", db=str(tmp_path / "rasa.db"))


async def test_a_conversation_keeps_its_slots_and_its_form_but_no_words(store: SnapshotTrackerStore) -> None:
    tracker = DialogueStateTracker("talk", store.domain.slots)
    for number in range(50):
        tracker.update(UserUttered(f"secret {number}", {"name": "greet"}))
    tracker.update(SlotSet("language", "pl"))
    tracker.update(ActiveLoop("some_form"))
    await store.save(tracker)
    kept = await store.retrieve("talk")
    assert kept is not None
    assert kept.get_slot("language") == "pl"
    assert kept.active_loop_name == "some_form"
    assert len(kept.events) < 10
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("select data from events").fetchall()
    assert len(rows) == 1 and "secret" not in rows[0][0]


async def test_a_conversation_that_has_only_just_begun_is_not_saved(store: SnapshotTrackerStore) -> None:
    await store.get_or_create_tracker("talk", append_action_listen=False)
    assert await store.retrieve("talk") is None


async def test_forgetting_leaves_no_row_and_no_other_conversation_is_touched(store: SnapshotTrackerStore) -> None:
    for name in ("one", "two"):
        tracker = DialogueStateTracker(name, store.domain.slots)
        tracker.update(SlotSet("language", "pl"))
        await store.save(tracker)
    assert await store.forget("one") == 1
    assert await store.retrieve("one") is None
    assert await store.retrieve("two") is not None


def test_five_messages_at_once_are_all_answered_in_a_third_of_a_second(
    assistant: Assistant, loop: asyncio.AbstractEventLoop
) -> None:
    async def burst() -> tuple[float, list[Turn]]:
        await say(assistant, "burst", "hello")
        start = time.perf_counter()
        turns = await asyncio.gather(*(say(assistant, "burst", "What is the minimum wage?") for _ in range(5)))
        return time.perf_counter() - start, list(turns)

    seconds, turns = loop.run_until_complete(burst())
    assert len(turns) == 5 and all(turn.replies for turn in turns)
    assert seconds < 1.0, "the page of performance has the figure; this catches the one-second poll coming back"


def test_a_long_talk_does_not_get_slower(talk: Callable[..., list[Turn]]) -> None:
    for _ in range(100):
        talk("Mijn loon is te laag", conversation="long")
    talk("Mijn loon is te laag", conversation="short")

    def turn(conversation: str) -> float:
        return talk("Mijn loon is te laag", conversation=conversation)[0].milliseconds

    # By turns, and the quickest of twenty: what else the machine does slows both, and makes no turn quicker.
    both = [(turn("long"), turn("short")) for _ in range(20)]
    assert min(long for long, _ in both) < min(short for _, short in both) * 2


@pytest.mark.slow
def test_an_engine_loaded_anywhere_prints_nothing_of_a_message(model: Path) -> None:
    """Without any logging set up by the caller."""
    import subprocess
    import sys

    code = (
        "import asyncio, sys; from pathlib import Path; from bot.engine.rasa.local_engine import RasaEngine\n"
        "from bot.engine.turn import TurnRequest\n"
        "async def main():\n"
        "    engine = await RasaEngine.load(Path('models/baken.tar.gz'), None)\n"
        "    await engine.reply(TurnRequest(conversation='talk', text='tajemnica-4711 nie zapłacili'))\n"
        "asyncio.run(main())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert "tajemnica" not in run.stdout + run.stderr


def test_the_straight_runner_gives_what_rasas_runner_gives(assistant: Assistant) -> None:
    runner = assistant._engine._agent.processor.graph_runner
    assert isinstance(runner, StraightRunner)
    rasas = DaskGraphRunner.__new__(DaskGraphRunner)
    rasas._graph_schema, rasas._instantiated_nodes = runner._graph_schema, runner._instantiated_nodes
    rasas._execution_context = None
    target = assistant._engine._agent.processor.model_metadata.nlu_target
    for text in ("What is the minimum wage?", "mijn baas slaat mij", "/affirm"):
        said = UserMessage(text, None, "talk")
        inputs = {PLACEHOLDER_MESSAGE: [said], PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("talk", [])}
        ours, theirs = (one.run(inputs, [target])[target][0].as_dict() for one in (runner, rasas))
        assert ours == theirs and ours["intent"]["name"]


def test_the_straight_runner_refuses_an_input_with_a_nodes_name(assistant: Assistant) -> None:
    processor = assistant._engine._agent.processor
    target = processor.model_metadata.nlu_target
    with pytest.raises(GraphRunError, match="clashes"):
        processor.graph_runner.run({target: []}, [target])


def test_remembered_rules_are_those_that_rasa_finds(assistant: Assistant) -> None:
    """For every intent, before and after its action, in a form and outside it, twice: the second from memory."""
    runner = assistant._engine._agent.processor.graph_runner
    policy = next(one for one in runner.components() if isinstance(one, RulePolicy))
    domain = assistant._engine._agent.processor.domain
    own = functools.partial(RulePolicy._get_possible_keys, policy)
    found = 0
    for intent, form, _ in itertools.product(domain.intents, (None, "case_form"), range(2)):
        tracker = DialogueStateTracker("talk", domain.slots)
        tracker.update_with_events([ActionExecuted("action_listen"), ActiveLoop(form)], domain)
        tracker.update(UserUttered("some words", {"name": intent}), domain)
        for action in (None, "action_answer"):
            if action:
                tracker.update(ActionExecuted(action), domain)
            for use_text, lookup in itertools.product((True, False), (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)):
                states = policy._prediction_states(tracker, domain, use_text)
                rules = policy.lookup[lookup]
                assert policy._get_possible_keys(rules, states) == own(rules, states)
                found += len(own(rules, states))
    assert found > len(domain.intents)


@pytest.mark.parametrize("use_text", [True, False])
def test_the_rules_are_given_the_newest_of_rasas_states(assistant: Assistant, use_text: bool) -> None:
    """After each event of a talk with several turns, with and without a form."""
    agent = assistant._engine._agent
    policy = next(one for one in agent.processor.graph_runner.components() if isinstance(one, RulePolicy))
    assert "_prediction_states" in vars(policy) and not policy.featurizer.max_history
    domain = agent.processor.domain
    assert not any(slot.as_feature() for slot in domain.slots)
    rules = [*policy.lookup[RULES], *policy.lookup[RULES_FOR_LOOP_UNHAPPY_PATH]]
    longest = max(len(policy._rule_key_to_state(rule)) for rule in rules)
    tracker = DialogueStateTracker("talk", domain.slots)
    for event in (
        ActionExecuted("action_session_start"),
        SessionStarted(),
        SlotSet("language", "pl"),
        ActionExecuted("action_listen"),
        UserUttered("some words", {"name": "greet"}),
        SlotSet("memory", {"a": 1}),
        DefinePrevUserUtteredFeaturization(False),
        ActionExecuted("action_answer"),
        BotUttered("an answer"),
        ActionExecuted("action_listen"),
        UserUttered("12", {"name": "check_my_pay"}),
        ActionExecuted("case_form"),
        ActiveLoop("case_form"),
        SlotSet("requested_slot", "result"),
        ActionExecuted("action_listen"),
        UserUttered("13", {"name": "inform"}),
        ActionExecuted("case_form"),
        ActionExecuted("action_listen"),
        UserUttered("14", {"name": "greet"}),
        ActionExecutionRejected("case_form"),
        ActionExecuted("action_answer"),
        ActionExecuted("case_form"),
        LoopInterrupted(True),
        AllSlotsReset(),
        ActiveLoop(None),
        ActionExecuted("action_listen"),
        UserUttered("/restart", {"name": "restart"}),
        UserUtteranceReverted(),
        ActionReverted(),
        Restarted(),
        ActionExecuted("action_listen"),
    ):
        tracker.update(event)
        ours = policy._prediction_states(tracker, domain, use_text, rule_only_data={})
        rasas = RulePolicy._prediction_states(policy, tracker, domain, use_text, rule_only_data={})
        assert ours == rasas[-longest:], event


def test_an_open_form_is_told_as_rasa_tells_it(assistant: Assistant) -> None:
    form = trackers.TrackerActiveLoop("case_form", False, False, {"text": "12", "entities": [{"value": 12}]})
    assert trackers.dataclasses.asdict(form) == dataclasses.asdict(form)
    assert not any(dataclasses.is_dataclass(value) for value in vars(form).values())


def test_the_classes_of_events_are_those_that_rasa_finds(assistant: Assistant) -> None:
    assert hasattr(Event.resolve_by_type, "cache_info")
    for cls in all_subclasses(Event):
        known = [one for one in all_subclasses(Event) if one.type_name == cls.type_name]
        assert Event.resolve_by_type(cls.type_name) is known[0]


def test_a_slot_that_is_copied_plainly_is_the_slot_that_python_copies(assistant: Assistant) -> None:
    for slot in assistant._engine._agent.processor.domain.slots:
        slow = object.__reduce_ex__(slot, 4)
        made = copy.copy(slot)
        assert type(made) is type(slot) is slow[1][0] and made is not slot
        assert made.__dict__ == slow[2] == slot.__dict__


def test_default_actions_keep_nothing_and_are_made_once(assistant: Assistant) -> None:
    endpoint = assistant._engine._agent.processor.action_endpoint
    made, again = (actions.default_actions(endpoint) for _ in range(2))
    own = actions.default_actions.__wrapped__(endpoint)
    assert made is again and [type(one) for one in made] == [type(one) for one in own]
    assert [vars(one) for one in made] == [vars(one) for one in own]  # after all that was said in these tests


def test_an_action_of_this_process_is_told_all_but_the_history(assistant: Assistant) -> None:
    agent = assistant._engine._agent
    tracker = DialogueStateTracker("talk", agent.domain.slots)
    tracker.update(UserUttered("some words", {"name": "greet"}))
    called = actions.action_for_name_or_text("action_answer", agent.domain, agent.processor.action_endpoint)
    ours = called._action_call_format(tracker, agent.domain)
    rasas = RemoteAction._action_call_format.__wrapped__(called, tracker, agent.domain)
    assert ours["tracker"].pop("events") == [] and rasas["tracker"].pop("events")
    assert ours == rasas
    assert not any(".events" in path.read_text() for path in Path("actions").rglob("*.py"))


def test_a_log_line_of_a_level_that_is_off_makes_no_logger_anew() -> None:
    quieten_libraries()
    log = structlog.get_logger("some logger")
    log.debug("words")
    assert log.bind() is log.bind()


def test_the_domain_is_asked_once_whether_it_is_empty(assistant: Assistant) -> None:
    domain = assistant._engine._agent.processor.domain
    assert domain.is_empty() is Domain.is_empty(domain) is False


async def test_a_conversation_that_is_saved_again_keeps_one_row(store: SnapshotTrackerStore) -> None:
    tracker = DialogueStateTracker("talk", store.domain.slots)
    for language in ("pl", "nl", "ar"):
        tracker.update(SlotSet("language", language))
        await store.save(tracker)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from events").scalar() == 1
    kept = await store.retrieve("talk")
    assert kept is not None and kept.get_slot("language") == "ar"
