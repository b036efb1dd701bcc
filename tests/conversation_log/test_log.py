"""The log on SQLite and PostgreSQL: once in, once answered, in order out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from actions.responses import Button
from bot.conversations import cases, files, history, inbox, outbox, schema
from bot.conversations import store as conversations
from bot.conversations.channel import Channels
from bot.conversations.crypto import BadKey, Keys
from bot.conversations.database import Database, InUse
from bot.conversations.models import Contact, Content, DeliveryStatus, Incoming
from tests.stand_in_channels import CHANNELS, PlainChannel, PlainPage

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=timezone.utc)
LEASE = timedelta(seconds=15)


def incoming(number: int = 1, person: str = "31600000001", text: str = "szef nie płaci", **more: object) -> Incoming:
    values = {
        "channel": "whatsapp",
        "address": person,
        "channel_id": f"wamid.{person}.{number}",
        "kind": "text",
        "content": Content(text=text),
        "at": NOW + timedelta(seconds=number),
        "contact": Contact(phone=person),
    } | more
    return Incoming(**values)  # type: ignore[arg-type]


def test_a_message_that_comes_twice_is_stored_once(database: Database, keys: Keys) -> None:
    first = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    second = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    assert first.fresh and not second.fresh
    assert (first.id, first.conversation) == (second.id, second.conversation)


def test_the_same_message_at_two_doors_at_once_is_stored_once(database: Database, keys: Keys) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: database.transaction_sync(inbox.receive, keys, incoming(), NOW), range(16)))
    assert sum(one.fresh for one in made) == 1
    assert len({one.conversation for one in made}) == 1


def test_messages_of_one_person_at_once_are_one_conversation(database: Database, keys: Keys) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: database.transaction_sync(inbox.receive, keys, incoming(n), NOW), range(16)))
    assert len({one.conversation for one in made}) == 1 and len({one.id for one in made}) == 16


def test_a_person_is_known_by_number_and_by_user_id(database: Database, keys: Keys) -> None:
    by_number = database.transaction_sync(inbox.receive, keys, incoming(1, also_known_as=("NL.user",)), NOW)
    by_user = database.transaction_sync(inbox.receive, keys, incoming(2, person="NL.user"), NOW)
    assert by_number.conversation == by_user.conversation


def test_nothing_that_says_who_or_what_can_be_read_in_the_database(database: Database, keys: Keys) -> None:
    taken = database.transaction_sync(
        inbox.receive, keys, incoming(contact=Contact(phone="31600000001", name="Oksana")), NOW
    )
    database.transaction_sync(outbox.enqueue, keys, CHANNELS, taken.conversation, [Content(text="Loon is loon")], NOW)
    database.transaction_sync(files.store_file, keys, taken.conversation, b"%PDF Oksana", NOW, NOW)

    def everything(connection: sa.engine.Connection) -> bytes:
        rows = [row for table in schema.metadata.sorted_tables for row in connection.execute(sa.select(table))]
        return b"\n".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for r in rows for v in r)

    kept = database.transaction_sync(everything)
    for word in ("31600000001\n", "Oksana", "szef", "Loon is"):
        assert word.encode() not in kept.replace(b"wamid.31600000001.1", b"")


def test_a_claim_is_held_by_one_and_runs_out(database: Database, keys: Keys) -> None:
    database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    (held,) = database.transaction_sync(inbox.claim, keys, "one", NOW, lease=LEASE, most=5)
    assert [message.content.text for message in held.messages] == ["szef nie płaci"]
    assert database.transaction_sync(inbox.claim, keys, "two", NOW, lease=LEASE, most=5) == []
    assert database.transaction_sync(inbox.claim, keys, "two", NOW + LEASE * 2, lease=LEASE, most=5)
    assert database.transaction_sync(inbox.mine, "one", held.conversation.id) is None
    assert database.transaction_sync(inbox.mine, "two", held.conversation.id) is not None


def test_many_who_claim_at_once_share_the_conversations(database: Database, keys: Keys) -> None:
    for person in range(20):
        database.transaction_sync(inbox.receive, keys, incoming(person=str(person)), NOW)

    def claim(me: int) -> list[str]:
        return [
            one.conversation.id
            for _ in range(10)
            for one in database.transaction_sync(inbox.claim, keys, str(me), NOW, lease=LEASE, most=3)
        ]

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(claim, range(4)))
    together = [name for share in shares for name in share]
    assert len(together) == 20 == len(set(together))


def test_messages_are_claimed_in_the_order_in_which_they_were_written(database: Database, keys: Keys) -> None:
    for number in (2, 1, 3):
        database.transaction_sync(inbox.receive, keys, incoming(number, text=str(number)), NOW)
    (claim,) = database.transaction_sync(inbox.claim, keys, "me", NOW, lease=LEASE, most=1)
    assert [message.content.text for message in claim.messages] == ["1", "2", "3"]


def test_a_message_is_settled_once(database: Database, keys: Keys) -> None:
    taken = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    assert database.transaction_sync(inbox.settle, taken.id, "answered") is True
    assert database.transaction_sync(inbox.settle, taken.id, "answered") is False


def test_of_a_person_only_the_oldest_unsent_message_is_due(database: Database, keys: Keys) -> None:
    taken = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    one, two = database.transaction_sync(
        outbox.enqueue, keys, CHANNELS, taken.conversation, [Content(text="1"), Content(text="2")], NOW
    )
    doubt = timedelta(seconds=30)
    (first,) = database.transaction_sync(outbox.claim_due, keys, NOW, doubt=doubt, most=9)
    assert first.message.id == one and first.conversation.contact == Contact(phone="31600000001")
    assert database.transaction_sync(outbox.claim_due, keys, NOW, doubt=doubt, most=9) == []
    database.transaction_sync(outbox.mark_sent, one, "wamid.out")
    (second,) = database.transaction_sync(outbox.claim_due, keys, NOW, doubt=doubt, most=9)
    assert second.message.id == two
    # nobody told what became of it: it comes back after the doubt, and not before
    assert database.transaction_sync(outbox.claim_due, keys, NOW + doubt / 2, doubt=doubt, most=9) == []
    (again,) = database.transaction_sync(outbox.claim_due, keys, NOW + doubt, doubt=doubt, most=9)
    assert again.message.id == two and again.message.attempts == 1


def test_a_status_that_names_our_row_settles_a_doubt(database: Database, keys: Keys) -> None:
    taken = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    (row,) = database.transaction_sync(outbox.enqueue, keys, CHANNELS, taken.conversation, [Content(text="1")], NOW)
    database.transaction_sync(outbox.claim_due, keys, NOW, doubt=timedelta(seconds=1), most=1)
    assert database.transaction_sync(
        outbox.record_status, "whatsapp", DeliveryStatus(channel_id="wamid.9", state="delivered", ours=row)
    )
    assert (
        database.transaction_sync(outbox.claim_due, keys, NOW + timedelta(days=1), doubt=timedelta(seconds=1), most=1)
        == []
    )
    (message,) = [m for m in database.transaction_sync(history.since, keys, taken.conversation) if m.direction == "out"]
    assert (message.state, message.channel_id) == ("delivered", "wamid.9")
    # statuses come in any order; an earlier stage takes nothing back
    database.transaction_sync(outbox.record_status, "whatsapp", DeliveryStatus(channel_id="wamid.9", state="sent"))
    assert database.transaction_sync(history.message, keys, row).state == "delivered"  # type: ignore[union-attr]


def test_after_a_start_a_doubt_waits_once_more_for_its_status(database: Database, keys: Keys) -> None:
    taken = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    (row,) = database.transaction_sync(outbox.enqueue, keys, CHANNELS, taken.conversation, [Content(text="1")], NOW)
    database.transaction_sync(outbox.claim_due, keys, NOW, doubt=LEASE, most=1)
    later = NOW + timedelta(hours=1)
    assert database.transaction_sync(outbox.extend_unknown_deliveries, later + LEASE) == 1
    assert database.transaction_sync(outbox.claim_due, keys, later, doubt=LEASE, most=1) == []
    assert database.transaction_sync(outbox.claim_due, keys, later + LEASE, doubt=LEASE, most=1)[0].message.id == row


def test_a_message_that_is_taken_back_leaves_no_words(database: Database, keys: Keys) -> None:
    taken = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    database.transaction_sync(history.blank, keys, taken.conversation, "wamid.31600000001.1", NOW)
    left = database.transaction_sync(history.message, keys, taken.id)
    assert left is not None and left.content == Content() and left.kind == "deleted"


def test_a_message_that_was_taken_back_before_it_came_is_not_taken_in(database: Database, keys: Keys) -> None:
    name = database.transaction_sync(inbox.receive, keys, incoming(1), NOW).conversation
    database.transaction_sync(history.blank, keys, name, "wamid.31600000001.2", NOW)
    late = database.transaction_sync(inbox.receive, keys, incoming(2, text="geheim"), NOW)
    assert not late.fresh
    left = database.transaction_sync(history.message, keys, late.id)
    assert left is not None and (left.kind, left.state, left.content) == ("deleted", "noted", Content())


def test_nobody_takes_back_what_another_wrote(database: Database, keys: Keys) -> None:
    mine = database.transaction_sync(inbox.receive, keys, incoming(1), NOW)
    other = database.transaction_sync(inbox.receive, keys, incoming(1, person="31600000002"), NOW).conversation
    database.transaction_sync(history.blank, keys, other, "wamid.31600000001.1", NOW)
    left = database.transaction_sync(history.message, keys, mine.id)
    assert left is not None and left.content.text == "szef nie płaci"


def test_one_id_in_two_talks_of_the_web_is_two_messages(database: Database, keys: Keys) -> None:
    """The id is the page's own, so whoever knows one could otherwise keep another's message out."""
    about = {"channel": "web", "channel_id": "0" * 32, "contact": None, "own_id": True}
    one = database.transaction_sync(inbox.receive, keys, incoming(person="a", text="one", **about), NOW)
    two = database.transaction_sync(inbox.receive, keys, incoming(person="b", text="two", **about), NOW)
    assert two.fresh and one.conversation != two.conversation
    for person, first in (("a", one), ("b", two)):  # sent once more, each is known
        again = database.transaction_sync(inbox.receive, keys, incoming(person=person, **about), NOW)
        assert (again.id, again.fresh) == (first.id, False)
    assert database.transaction_sync(history.message, keys, two.id).content.text == "two"  # type: ignore[union-attr]


def test_the_24_hours_count_from_what_the_person_wrote_last(database: Database, keys: Keys) -> None:
    late = NOW + timedelta(hours=3)
    taken = database.transaction_sync(inbox.receive, keys, incoming(60), late)  # delivered three hours late
    database.transaction_sync(inbox.receive, keys, incoming(5), late)  # and out of order
    database.transaction_sync(inbox.receive, keys, incoming(90, kind="system"), late)
    found = database.transaction_sync(conversations.find, keys, taken.conversation)
    assert found is not None and found.last_in == NOW + timedelta(seconds=60)


def test_a_failed_message_does_not_hold_up_the_next(database: Database, keys: Keys) -> None:
    taken = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    one, two = database.transaction_sync(
        outbox.enqueue, keys, CHANNELS, taken.conversation, [Content(text="1"), Content(text="2")], NOW
    )
    database.transaction_sync(outbox.claim_due, keys, NOW, doubt=LEASE, most=1)
    database.transaction_sync(outbox.mark_failed, one, "131026")
    (next_one,) = database.transaction_sync(outbox.claim_due, keys, NOW, doubt=LEASE, most=1)
    assert next_one.message.id == two
    assert database.transaction_sync(history.message, keys, one).error == "131026"  # type: ignore[union-attr]


def test_a_conversation_is_forgotten_with_all_that_hangs_on_it(database: Database, keys: Keys) -> None:
    taken = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    database.transaction_sync(
        outbox.enqueue, keys, CHANNELS, taken.conversation, [Content(text="1", buttons=(Button("a", "/b"),))], NOW
    )
    database.transaction_sync(files.store_file, keys, taken.conversation, b"x", NOW, NOW)
    database.transaction_sync(
        cases.open_case, taken.conversation, NOW, urgency=1, topic="find_help", language="pl", first_message=taken.id
    )
    assert database.transaction_sync(conversations.erase, taken.conversation) is True
    for table in (schema.conversations, schema.addresses, schema.messages, schema.files, schema.cases):
        assert (
            database.transaction_sync(lambda c, t=table: c.execute(sa.select(sa.func.count()).select_from(t)).scalar())
            == 0
        )


def test_the_more_urgent_case_comes_first(database: Database, keys: Keys) -> None:
    names = [
        database.transaction_sync(inbox.receive, keys, incoming(person=str(n)), NOW).conversation for n in range(3)
    ]
    for name, urgency in zip(names, (cases.ASKED, cases.ASKED, cases.DANGER), strict=True):
        database.transaction_sync(cases.open_case, name, NOW, urgency=urgency, topic="", language="pl", first_message=1)
    assert [database.transaction_sync(cases.place, name) for name in names] == [2, 3, 1]
    database.transaction_sync(cases.leave, names[2], NOW)
    assert [database.transaction_sync(cases.place, name) for name in names] == [1, 2, 0]


def test_a_conversation_has_one_open_case(database: Database, keys: Keys) -> None:
    name = database.transaction_sync(inbox.receive, keys, incoming(), NOW).conversation
    about = {"topic": "", "language": "pl", "first_message": 1}
    first = database.transaction_sync(cases.open_case, name, NOW, urgency=1, **about)  # type: ignore[arg-type]
    again = database.transaction_sync(cases.open_case, name, NOW, urgency=2, **about)  # type: ignore[arg-type]
    assert first == again
    assert database.transaction_sync(cases.running, name).urgency == 2  # type: ignore[union-attr]


def test_what_was_encrypted_with_another_key_is_refused(keys: Keys) -> None:
    sealed = keys.seal(Content(text="x"))
    with pytest.raises(BadKey):
        Keys(bytes(32)).content(sealed)
    with pytest.raises(BadKey):
        keys.content(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_two_bakens_cannot_share_a_sqlite_file(tmp_path: object) -> None:
    one = Database(f"sqlite:///{tmp_path}/baken.db")
    with pytest.raises(InUse, match="BAKEN_DATABASE_URL"):
        Database(f"sqlite:///{tmp_path}/baken.db")
    one.close()


def test_migrations_and_tables_say_the_same(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import bot.conversations.schema

    def differences(connection: sa.engine.Connection) -> list[object]:
        ours = set(bot.conversations.schema.metadata.tables)
        options = {"include_name": lambda name, kind, _: kind != "table" or name in ours | {"alembic_version"}}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, bot.conversations.schema.metadata))

    database.migrate()  # a second time changes nothing
    assert database.transaction_sync(differences) == []


def test_a_content_of_several_messages_is_stored_as_a_row_each(database: Database, keys: Keys) -> None:
    class Words(PlainChannel):
        def split(self, content: Content, language: str) -> list[Content]:
            return [Content(text=word) for word in content.text.split()]

    channels: Channels = {"web": PlainPage(), "whatsapp": Words()}
    taken = database.transaction_sync(inbox.receive, keys, incoming(), NOW)
    rows = database.transaction_sync(
        outbox.enqueue, keys, channels, taken.conversation, [Content(text="one two"), Content(text="three")], NOW
    )
    said = [database.transaction_sync(history.message, keys, row).content.text for row in rows]  # type: ignore[union-attr]
    assert said == ["one", "two", "three"]
