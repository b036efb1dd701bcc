"""What the test room keeps, on both databases: consent, erasure, one run at a time, versions in their order."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversations import cases, inbox
from bot.conversations import schema as log_schema
from bot.conversations import store as conversations
from bot.conversations.crypto import Keys
from bot.conversations.database import Database
from bot.conversations.models import Content, Incoming
from bot.review import schema
from bot.review.content import drafts
from bot.review.content.drafts import NotPossible
from bot.review.content.state import asked, uncovered
from bot.review.flags import store as flags
from bot.review.suites import files as suites
from bot.review.suites import store as runs
from bot.review.suites.compare import compare
from facts.base import FactBase

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
KEYS = Keys(bytes(range(32)))


def said(
    database: Database, who: str, text: str, *, understood: bool = False, topic: str = "ask_back"
) -> tuple[int, str]:
    """A worker's message that was answered: its number and its conversation."""

    def store(connection: Any) -> tuple[int, str]:
        incoming = Incoming(
            channel="web",
            address=who,
            channel_id=f"{who}:{text}",
            kind="text",
            content=Content(text=text),
            at=NOW,
            language="en",
        )
        taken = inbox.receive(connection, KEYS, incoming, NOW)
        inbox.settle(connection, taken.id, "answered", topic=topic, understood=understood)
        return taken.id, taken.conversation

    return database.transaction_sync(store)


def agrees(database: Database, conversation: str, answer: str) -> None:
    def store(connection: Any) -> None:
        cases.leave(connection, conversation, NOW)
        cases.open_case(connection, conversation, NOW, urgency=1, topic="", language="en", first_message=0)
        cases.consent(connection, conversation, "improve", answer)  # type: ignore[arg-type]

    database.transaction_sync(store)


def texts(database: Database) -> list[str]:
    return [flag.text for flag in database.transaction_sync(flags.listed, KEYS)]


def test_migrations_and_tables_say_the_same(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    ours = {table.name for table in (schema.flags, schema.suites, schema.changes, schema.runs)}

    def differences(connection: Any) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"include_object": lambda thing, name, kind, *_: kind != "table" or name in ours}
        )
        return list(compare_metadata(context, log_schema.metadata))

    assert database.transaction_sync(differences) == []


def test_only_what_was_agreed_to_is_gathered_and_a_later_no_counts(database: Database) -> None:
    _, yes = said(database, "a", "blorf one")
    _, no = said(database, "b", "blorf two")
    _, changed = said(database, "c", "blorf three")
    said(database, "d", "blorf four")
    said(database, "a", "this was understood", understood=True)
    for conversation, answers in ((yes, ["yes"]), (no, ["no"]), (changed, ["yes", "no"])):
        for answer in answers:
            agrees(database, conversation, answer)
    assert database.transaction_sync(flags.gather, KEYS, NOW) == 1
    assert texts(database) == ["blorf one"]
    assert database.transaction_sync(flags.gather, KEYS, NOW) == 0  # nothing is taken twice


def test_personal_data_is_masked_before_it_is_stored_and_again_after_editing(database: Database) -> None:
    number = database.transaction_sync(
        flags.add,
        KEYS,
        text="My name is Peter Novak,\n06-12345678",
        language="en",
        topic_got="menu",
        topic_right="unpaid_wages",
        understood=True,
        by=1,
        now=NOW,
    )
    assert texts(database) == ["My name is [name], [phone]"]
    assert not database.transaction_sync(
        flags.decide,
        KEYS,
        number,
        "approved",
        by=1,
        now=NOW,
        topic="unpaid_wages",
        use="train",
        text="call 06-87654321 or mail me: peter@example.org",
    )
    kept = database.transaction_sync(flags.get, KEYS, number)
    assert kept is not None and "87654321" not in kept.text and "example.org" not in kept.text
    database.transaction_sync(flags.decide, KEYS, number, "new", by=1, now=NOW)
    database.transaction_sync(
        flags.decide,
        KEYS,
        number,
        "approved",
        by=1,
        now=NOW,
        topic="unpaid_wages",
        use="train",
        text="my name is Wages Unpaid, what then",
    )
    again = database.transaction_sync(flags.get, KEYS, number)
    assert again is not None and again.text.startswith("my name is Wages")  # a word taken for a name is put back
    stored = database.transaction_sync(lambda connection: connection.execute(sa.select(schema.flags)).one())
    assert "call" not in str(dict(stored._mapping))


def test_what_is_deleted_with_the_conversation_leaves_the_list(database: Database) -> None:
    _, first = said(database, "a", "blorf one")
    _, second = said(database, "b", "blorf two")
    for conversation in (first, second):
        agrees(database, conversation, "yes")
    database.transaction_sync(flags.gather, KEYS, NOW)
    database.transaction_sync(conversations.erase_content, first)  # on request
    assert texts(database) == ["blorf two"]
    database.transaction_sync(conversations.erase, second)  # by time
    assert texts(database) == []


def test_flags_of_the_test_room_go_by_their_time(database: Database) -> None:
    add: Any = {"topic_got": "menu", "topic_right": "", "understood": False, "by": 1}
    database.transaction_sync(
        flags.add, KEYS, text="an old question", language="en", now=NOW - timedelta(days=401), **add
    )
    database.transaction_sync(flags.add, KEYS, text="a new question", language="en", now=NOW, **add)
    assert database.transaction_sync(flags.purge, NOW - timedelta(days=400)) == 1
    assert texts(database) == ["a new question"]


def test_an_approval_needs_a_topic_and_is_taken_back(database: Database) -> None:
    add: Any = {"topic_got": "menu", "topic_right": "", "understood": False, "by": 1, "now": NOW}
    number = database.transaction_sync(flags.add, KEYS, text="a question of a kind", language="en", **add)
    decide: Any = {"by": 1, "now": NOW}
    assert database.transaction_sync(flags.decide, KEYS, number, "approved", use="train", **decide) == "flags.no_topic"
    assert (
        database.transaction_sync(flags.decide, KEYS, number, "approved", use="", topic="menu", **decide)
        == "flags.no_topic"
    )
    assert database.transaction_sync(flags.decide, KEYS, 999, "rejected", **decide) == "flags.gone"
    near = database.transaction_sync(
        flags.decide, KEYS, number, "approved", use="train", topic="menu", near=lambda text, _: text, **decide
    )
    assert near == "flags.near"
    assert database.transaction_sync(flags.decide, KEYS, number, "approved", use="test", topic="menu", **decide) is None
    assert database.transaction_sync(flags.counts)["approved"] == 1
    assert database.transaction_sync(flags.decide, KEYS, number, "new", **decide) is None
    assert [flag.use for flag in database.transaction_sync(flags.listed, KEYS)] == [""]
    again = database.transaction_sync(flags.add, KEYS, text="A question of a kind", language="en", **add)
    assert again == number  # the same question is kept once


def test_one_run_at_a_time_drafts_first_and_a_dead_one_is_begun_anew(database: Database) -> None:
    suite = database.transaction_sync(
        suites.keep, KEYS, "a.csv", b"x", kind="questions", rows=1, must_pass=True, by=1, now=NOW
    )
    change = database.transaction_sync(drafts.draft, **a_change("one"))
    first = database.transaction_sync(runs.ask, 1, NOW, suite=suite)
    assert database.transaction_sync(runs.ask, 1, NOW, suite=suite) == first
    tested = database.transaction_sync(runs.ask, 1, NOW, change=change, draft="1-ab")
    claimed = database.transaction_sync(runs.claim, NOW)
    assert claimed is not None and claimed.id == tested
    assert database.transaction_sync(runs.claim, NOW) is None
    later = NOW + timedelta(seconds=61)
    again = database.transaction_sync(runs.claim, later)
    assert again is not None and again.id == tested
    assert tested is not None and first is not None
    assert database.transaction_sync(runs.beat, tested, 1, 2, later)
    database.transaction_sync(runs.stop, tested, later)
    assert not database.transaction_sync(runs.beat, tested, 2, 2, later)
    following = database.transaction_sync(runs.claim, later)
    assert following is not None and following.id == first
    database.transaction_sync(runs.finish, KEYS, first, {"questions": {"results": []}}, later)
    assert database.transaction_sync(runs.report, KEYS, first) == {"questions": {"results": []}}
    second = database.transaction_sync(runs.ask, 1, NOW, suite=suite)
    assert second is not None and database.transaction_sync(runs.before, second) == first


def test_the_queue_of_runs_is_short(database: Database) -> None:
    numbers = [
        database.transaction_sync(
            suites.keep, KEYS, f"{one}.csv", b"x", kind="questions", rows=1, must_pass=False, by=1, now=NOW
        )
        for one in range(runs.MOST_WAITING + 1)
    ]
    asked_for = [database.transaction_sync(runs.ask, 1, NOW, suite=number) for number in numbers]
    assert asked_for[-1] is None and None not in asked_for[:-1]


def a_change(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "entry": f"fact:{name}",
        "file": "topics/x.yaml",
        "before": "a",
        "after": "b",
        "translations_before": {},
        "translations": {},
        "reason": "because",
        "author": 1,
        "now": NOW,
        **changes,
    }


def test_versions_follow_one_another_and_who_comes_second_is_told(database: Database) -> None:
    one, two = (database.transaction_sync(drafts.draft, **a_change(name)) for name in ("one", "two"))
    assert database.transaction_sync(drafts.publish, one, 1, NOW, on_version=0) == 1
    with pytest.raises(NotPossible, match=r"change\.overtaken"):
        database.transaction_sync(drafts.publish, two, 1, NOW, on_version=0)
    with pytest.raises(NotPossible, match=r"change\.no_draft"):
        database.transaction_sync(drafts.publish, one, 1, NOW, on_version=1)
    assert database.transaction_sync(drafts.publish, two, 1, NOW, on_version=1) == 2
    assert [change.version for change in database.transaction_sync(drafts.in_force)] == [1, 2]


def test_a_change_needs_a_reason_and_something_changed(database: Database) -> None:
    with pytest.raises(NotPossible, match=r"change\.no_reason"):
        database.transaction_sync(drafts.draft, **a_change("one", reason="  "))
    with pytest.raises(NotPossible, match=r"change\.nothing"):
        database.transaction_sync(drafts.draft, **a_change("one", after="a"))


def test_topics_that_no_fact_covers_are_counted_without_reading_words(database: Database, base: FactBase) -> None:
    for number in range(3):
        said(database, f"p{number}", f"pension {number}", understood=True, topic="out_of_scope")
    said(database, "q", "blorf", topic="ask_back")
    said(database, "r", "minimum wage", understood=True, topic="minimum_wage")
    said(database, "s", "hello", understood=True, topic="greet")
    found = database.transaction_sync(asked, base, NOW - timedelta(days=1))
    assert [(one.topic, one.times) for one in uncovered(found, base)] == [("out_of_scope", 3), ("ask_back", 1)]


def test_better_worse_and_same_are_told_apart() -> None:
    def report(*outcomes: str) -> dict[str, Any]:
        rows = [
            {"id": str(number), "language": "pl", "topic": "menu", "topic_got": "x", "outcome": outcome}
            for number, outcome in enumerate(outcomes)
        ]
        return {"questions": {"results": rows}}

    found = compare(report("right", "wrong", "asked_back", "right"), report("wrong", "right", "wrong", "right"))
    assert [pair.verdict for pair in found.pairs] == ["better", "worse", "better", "same"]
    (row,) = found.by_language
    assert (row.rows, row.right, row.was_right, row.better, row.worse, row.same) == (4, 2, 2, 2, 1, 1)
    assert {pair.verdict for pair in compare(report("right"), None).pairs} == {"new"}
    assert [pair.verdict for pair in compare(report("right"), report("right", "wrong")).pairs] == ["same", "gone"]
