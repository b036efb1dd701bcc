"""Cases at Chatwoot: opened once, handed on in order, taken and ended from there; on SQLite and PostgreSQL.

The stand-in holds every request against Chatwoot's published description; `chatwoot` fails where one does not fit.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from bot.conversations import cases, outbox
from bot.conversations import schema as log_schema
from bot.conversations import store as conversations
from bot.conversations.database import Database
from bot.conversations.models import NotDelivered
from bot.desk.helpdesks import chatwoot as door
from bot.desk.helpdesks import schema, sync_state
from bot.desk.helpdesks.forwarding import OUTCOMES
from bot.desk.helpdesks.helpdesk import TranscriptLine
from tests.desk.helpdesks.conftest import NAME, PHONE, Side
from tests.desk.helpdesks.stand_in import ChatwootStandIn
from tests.servers import listening


def rush(database: Database) -> None:
    """What was put off is due now."""
    database.transaction_sync(
        lambda connection: connection.execute(
            sa.update(schema.standings).values(next_at=datetime(2026, 1, 1, tzinfo=timezone.utc))
        )
    )


async def test_a_case_is_one_contact_and_one_conversation_with_what_the_person_says_in_it(side: Side) -> None:
    number, conversation = await side.case()
    await side.bot(conversation, "Зачекайте, будь ласка")
    await side.person("не платять 3 тижні", state="held")
    theirs = await side.forward(3)
    assert len(side.chatwoot.contacts) == len(side.chatwoot.conversations) == 1
    assert side.chatwoot.said(theirs, private=False) == ["хочу поговорити з людиною", "не платять 3 тижні"]
    assert "Baken: Зачекайте, будь ласка" in side.chatwoot.said(theirs, private=True)
    kept = side.chatwoot.conversations[theirs]["custom_attributes"]
    assert kept["baken_case"] == number and kept["baken_language"] == "uk" and kept["baken_topic"] == "unpaid_wages"
    assert kept["baken_link"] == f"https://baken.ngo.example/desk/cases/{number}"
    assert (await side.get(number)).elsewhere == f"chatwoot:{theirs}"


async def test_phone_number_name_and_user_name_are_never_sent(side: Side) -> None:
    _number, conversation = await side.case()
    await side.database.transaction(cases.consent, conversation, "share", "yes")
    await side.person("не платять", state="held")
    theirs = await side.forward(2)
    await side.chatwoot.agent_says(theirs, "Dag")
    await side.database.transaction(cases.raise_urgency, conversation, cases.DANGER)
    await side.database.transaction(cases.leave, conversation, datetime.now(timezone.utc))
    await side.forward(2)
    sent = side.chatwoot.everything_sent()
    assert len(side.chatwoot.requests) > 6
    for secret in (PHONE, PHONE[2:], NAME, NAME.split()[0], "oksana_sh", conversation):
        assert secret not in sent


@pytest.mark.parametrize("answer", ["yes", "no", ""])
async def test_what_was_said_before_goes_along_only_with_consent(side: Side, answer: str) -> None:
    first = await side.person("мій начальник забрав паспорт")
    await side.bot(first.conversation, "Це заборонено")
    _, conversation = await side.case()
    await side.forward()
    if answer:
        await side.database.transaction(cases.consent, conversation, "share", answer)
    theirs = await side.forward()
    sent = side.chatwoot.everything_sent().encode().decode("unicode_escape", "ignore")
    notes = "\n".join(side.chatwoot.said(theirs, private=True))
    assert ("забрав паспорт" in notes and "Це заборонено" in notes) == (answer == "yes")
    assert "забрав паспорт" not in "\n".join(side.chatwoot.said(theirs, private=False))
    if answer == "yes":
        again = side.chatwoot.everything_sent().count("\\u043f\\u0430\\u0441\\u043f\\u043e\\u0440\\u0442")
        await side.forward(2)
        assert side.chatwoot.everything_sent().count("\\u043f\\u0430\\u0441\\u043f\\u043e\\u0440\\u0442") == again
    assert sent


async def test_an_agents_first_word_takes_the_case_and_reaches_the_person_once(side: Side) -> None:
    number, conversation = await side.case()
    theirs = await side.forward()
    statuses = await side.chatwoot.agent_says(theirs, "Hallo, ik help je.", times=3)
    assert statuses == [200, 200, 200]
    assert (await side.get(number)).state == "taken" and await side.holder(conversation) == "human"
    told = [message for message in await side.read(conversation) if message.direction == "out"]
    assert [message.author for message in told] == ["bot", "advisor"]
    assert "Femke" in told[0].content.text and told[1].content.text == "Hallo, ik help je."
    assert told[1].content.by == "Femke"


async def test_nothing_goes_round_in_circles(side: Side) -> None:
    _, conversation = await side.case()
    theirs = await side.forward()
    await side.chatwoot.agent_says(theirs, "Hallo")
    await side.person("дякую", state="held")
    for _ in range(4):
        await side.forward()
    assert side.chatwoot.said(theirs, private=False) == ["хочу поговорити з людиною", "Hallo", "дякую"]
    assert not any("Hallo" in note for note in side.chatwoot.said(theirs, private=True))
    words = [message.content.text for message in await side.read(conversation) if message.author == "advisor"]
    assert words == ["Hallo"]


@pytest.mark.parametrize(
    "change",
    [
        {"private": True},
        {"message_type": "incoming"},
        {"message_type": "template"},
        {"message_type": "activity"},
        {"sender": {"id": 1, "name": "Bot", "type": "agent_bot"}},
        {"sender": None},
        {"inbox": {"id": 8}},
        {"account": {"id": 4}},
        {"event": "message_updated"},
        {"content": None},
        {"content": "   "},
        {"conversation": {"id": 99999, "inbox_id": 7}},
        {"conversation": None},
        {"id": "1; drop table"},
        {"private": None},
    ],
)
async def test_only_public_words_of_agents_in_our_inbox_are_carried(side: Side, change: dict[str, object]) -> None:
    number, conversation = await side.case()
    theirs = await side.forward()
    before = await side.read(conversation)
    await side.chatwoot.agent_says(theirs, "intern", **change)
    assert await side.read(conversation) == before and (await side.get(number)).state == "waiting"


@pytest.mark.parametrize("event", ["conversation_status_changed", "conversation_updated"])
async def test_an_agent_who_resolves_gives_the_person_back_to_baken_once(side: Side, event: str) -> None:
    number, conversation = await side.case()
    theirs = await side.forward()
    await side.chatwoot.agent_says(theirs, "Hallo")
    assert [await side.chatwoot.resolve(theirs, event) for _ in range(2)] == [200, 200]
    assert (await side.get(number)).state == "closed" and await side.holder(conversation) == "bot"
    told = [message for message in await side.read(conversation) if message.direction == "out"]
    assert len(told) == 3 and told[-1].author == "bot" and told[-1].content.buttons
    await side.person("яка мінімальна зарплата?")
    await side.forward(2)
    assert "мінімальна" not in "".join(side.chatwoot.said(theirs, private=False))


async def test_an_update_that_leaves_the_conversation_open_ends_nothing(side: Side) -> None:
    number, _ = await side.case()
    theirs = await side.forward()
    data = side.chatwoot.conversation_data(theirs) | {"meta": {"assignee": {"id": 1, "type": "user"}}}
    assert await side.chatwoot.tell({"event": "conversation_updated", **data}) == 200
    assert (await side.get(number)).state == "waiting"


async def test_who_goes_back_to_baken_is_resolved_there_and_the_agent_is_told_what_was_not_delivered(
    side: Side,
) -> None:
    _, conversation = await side.case()
    theirs = await side.forward()
    await side.database.transaction(cases.leave, conversation, datetime.now(timezone.utc))
    await side.chatwoot.agent_says(theirs, "Ben je er nog?")
    await side.forward(2)
    assert side.chatwoot.conversations[theirs]["status"] == "resolved"
    assert side.chatwoot.said(theirs, private=True).count(OUTCOMES["left"]) == 1
    assert "Ben je er nog?" not in [message.content.text for message in await side.read(conversation)]


async def test_a_case_that_an_advisor_of_the_desk_took_is_not_talked_into(side: Side) -> None:
    number, conversation = await side.case()
    theirs = await side.forward()

    def take(connection: sa.engine.Connection) -> None:
        mine = sa.update(log_schema.cases).where(log_schema.cases.c.id == number)
        connection.execute(mine.values(state="taken", taken_by=1))

    await side.database.transaction(take)
    await side.chatwoot.agent_says(theirs, "Ik neem hem")
    await side.chatwoot.resolve(theirs)
    await side.forward()
    assert OUTCOMES["desk"] in side.chatwoot.said(theirs, private=True)
    assert (await side.get(number)).state == "taken"
    assert all(message.author != "advisor" for message in await side.read(conversation))


async def test_what_is_said_to_an_advisor_of_the_desk_goes_nowhere_else_until_the_case_waits_again(side: Side) -> None:
    number, _ = await side.case()
    theirs = await side.forward()
    table = log_schema.cases

    def put(state: str, who: int | None) -> sa.sql.Update:
        return sa.update(table).where(table.c.id == number).values(state=state, taken_by=who)

    await side.database.transaction(lambda connection: connection.execute(put("taken", 1)))
    await side.person("тільки вам", state="held")
    await side.forward(2)
    assert "тільки вам" not in side.chatwoot.said(theirs, private=False)
    assert side.chatwoot.conversations[theirs]["status"] == "resolved"
    await side.database.transaction(lambda connection: connection.execute(put("waiting", None)))
    await side.forward(2)
    assert side.chatwoot.conversations[theirs]["status"] == "open"
    assert side.chatwoot.said(theirs, private=False)[-1] == "тільки вам"
    assert (await side.get(number)).state == "waiting"


async def test_files_are_not_carried_and_the_agent_knows(side: Side) -> None:
    number, conversation = await side.case()
    theirs = await side.forward()
    await side.chatwoot.agent_says(theirs, "", attachments=[{"id": 1, "file_type": "image"}], content=None)
    assert (await side.get(number)).state == "waiting"
    await side.chatwoot.agent_says(theirs, "kijk", attachments=[{"id": 2, "file_type": "image"}])
    await side.forward()
    assert side.chatwoot.said(theirs, private=True).count(OUTCOMES["files"]) == 2
    assert [one.content.text for one in await side.read(conversation) if one.author == "advisor"] == ["kijk"]


async def test_a_message_that_whatsapp_refused_is_told_to_the_agent(side: Side) -> None:
    _, conversation = await side.case()
    theirs = await side.forward()
    await side.chatwoot.agent_says(theirs, "Hallo")
    advisor = next(one for one in await side.read(conversation) if one.author == "advisor")
    failed = sa.update(log_schema.messages).where(log_schema.messages.c.id == advisor.id).values(state="failed")
    await side.database.transaction(lambda connection: connection.execute(failed))
    await side.forward(3)
    assert side.chatwoot.said(theirs, private=True).count(OUTCOMES["failed"]) == 1


async def test_danger_is_told_at_once_and_when_it_shows_later(side: Side) -> None:
    _, conversation = await side.case()
    theirs = await side.forward()
    assert side.chatwoot.conversations[theirs]["priority"] == "medium"
    await side.database.transaction(cases.raise_urgency, conversation, cases.DANGER)
    await side.forward()
    assert side.chatwoot.conversations[theirs]["priority"] == "urgent"


async def test_what_is_still_to_be_answered_waits_so_that_the_order_stays(side: Side) -> None:
    _, _conversation = await side.case()
    await side.person("перше", state="new")
    await side.person("друге", state="held")
    theirs = await side.forward()
    assert "друге" not in side.chatwoot.said(theirs, private=False)
    new = sa.update(log_schema.messages).where(log_schema.messages.c.state == "new").values(state="held")
    await side.database.transaction(lambda connection: connection.execute(new))
    await side.forward()
    assert side.chatwoot.said(theirs, private=False)[1:] == ["перше", "друге"]


@pytest.mark.parametrize("fault", [500, 502, 503, 401, 403, 429])
async def test_a_chatwoot_that_is_away_loses_nothing_and_doubles_nothing(side: Side, fault: int) -> None:
    number, conversation = await side.case()
    await side.person("раз", state="held")
    await side.person("два", state="held")
    for _ in range(12):  # every single request fails once
        side.chatwoot.failures = [fault]
        await side.forward()
        rush(side.database)
    side.chatwoot.failures = []
    theirs = await side.forward(2)
    assert len(side.chatwoot.conversations) == len(side.chatwoot.contacts) == 1
    assert side.chatwoot.said(theirs, private=False) == ["хочу поговорити з людиною", "раз", "два"]
    assert (await side.get(number)).state == "waiting" and await side.holder(conversation) == "waiting"


async def test_answers_that_are_lost_double_nothing(side: Side) -> None:
    await side.case()
    await side.person("раз", state="held")
    for _ in range(14):  # every request is done there, and its answer never comes
        side.chatwoot.failures = ["lost"]
        await side.forward()
        rush(side.database)
    side.chatwoot.failures = []
    theirs = await side.forward(2)
    assert len(side.chatwoot.conversations) == len(side.chatwoot.contacts) == 1
    assert side.chatwoot.said(theirs, private=False) == ["хочу поговорити з людиною", "раз"]


async def test_tries_wait_longer_and_longer_but_never_more_than_ten_minutes(side: Side) -> None:
    await side.case()
    waits = []
    for _ in range(12):
        side.chatwoot.failures = [503]
        await side.forward()
        row = await side.database.transaction(lambda connection: connection.execute(sa.select(schema.standings)).one())
        waits.append(row.next_at - datetime.now(timezone.utc))
        rush(side.database)
    waited = [round(wait.total_seconds()) for wait in waits]
    assert waited == sorted(waited) and waited[0] <= 5 < waited[1]
    assert timedelta(minutes=9) < waits[-1] <= timedelta(minutes=10)


async def test_a_slow_chatwoot_holds_nobody_up(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_TIMEOUT", door.aiohttp.ClientTimeout(total=0.3))
    number, conversation = await side.case()
    side.chatwoot.delay = 2.0
    begun = asyncio.get_running_loop().time()
    working = asyncio.create_task(side.worker.once())
    await side.person("ще раз", state="held")
    await side.bot(conversation, "відповідь")
    assert (await side.get(number)).state == "waiting"
    assert asyncio.get_running_loop().time() - begun < 2.0
    await working
    assert asyncio.get_running_loop().time() - begun < 2.0
    row = await side.database.transaction(lambda connection: connection.execute(sa.select(schema.standings)).one())
    assert row.error == "?timeout"


async def test_a_conversation_that_somebody_deleted_there_is_begun_anew(side: Side) -> None:
    _, _conversation = await side.case()
    theirs = await side.forward()
    side.chatwoot.conversations.clear()
    side.chatwoot.messages.clear()
    await side.person("агов", state="held")
    await side.forward()
    rush(side.database)
    again = await side.forward()
    assert again != theirs
    assert side.chatwoot.said(again, private=False) == ["хочу поговорити з людиною", "агов"]


async def test_who_is_forgotten_here_is_forgotten_there(side: Side) -> None:
    _, conversation = await side.case()
    theirs = await side.forward()
    await side.chatwoot.agent_says(theirs, "Hallo")
    await side.database.transaction(conversations.erase_content, conversation)
    side.chatwoot.failures = [503]
    await side.forward()
    rush(side.database)
    await side.forward()
    assert side.chatwoot.contacts == {} and side.chatwoot.conversations == {}
    for table in (schema.standings, schema.received):
        left = await side.database.transaction(
            lambda connection, table=table: connection.execute(sa.select(table)).all()
        )
        assert left == []


async def test_closed_cases_are_forgotten_there_when_their_time_is_over(side: Side) -> None:
    _, conversation = await side.case()
    theirs = await side.forward()
    await side.chatwoot.resolve(theirs)
    await side.forward()
    assert theirs in side.chatwoot.conversations
    await side.database.transaction(conversations.erase, conversation)
    await side.forward()
    assert side.chatwoot.contacts == {}


async def test_two_gateways_hand_on_each_message_once(side: Side) -> None:
    from bot.desk.helpdesks.forwarding import Forwarding

    for _ in range(3):
        await side.case()
    await side.person("раз", state="held")
    other = Forwarding(side.database, side.keys, side.hub, door.Chatwoot(side.door.config))
    await asyncio.gather(side.worker.once(), other.once(), side.worker.once(), other.once())
    await other.door.end()
    await side.forward()
    said = [one for number in side.chatwoot.conversations for one in side.chatwoot.said(number, private=False)]
    assert sorted(said) == sorted(set(said)) or len(side.chatwoot.conversations) == 1
    assert said.count("раз") == 1


async def test_the_worker_hands_on_within_a_second_of_the_news(side: Side) -> None:
    running = asyncio.create_task(side.worker.run())
    await asyncio.sleep(0.3)
    begun = asyncio.get_running_loop().time()
    await side.case()
    while not side.chatwoot.conversations or not side.chatwoot.said(max(side.chatwoot.conversations), private=False):
        await asyncio.sleep(0.02)
        assert asyncio.get_running_loop().time() - begun < 3
    taken = asyncio.get_running_loop().time() - begun
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert taken < 1.0


async def test_the_log_may_be_away_while_the_worker_runs(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    await side.case()
    real, calls = sync_state.look, []

    def broken(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise sa.exc.OperationalError("select", {}, Exception("away"))
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sync_state, "look", broken)
    with pytest.raises(sa.exc.OperationalError):
        await side.worker.once()
    rush(side.database)
    theirs = await side.forward()
    assert side.chatwoot.said(theirs, private=False) == ["хочу поговорити з людиною"]


async def test_a_message_that_chatwoot_refuses_for_good_does_not_stop_those_behind_it(side: Side) -> None:
    await side.case()
    theirs = await side.forward()
    await side.person("погане", state="held")
    await side.person("добре", state="held")
    side.chatwoot.failures = [422]
    await side.forward()
    assert side.chatwoot.said(theirs, private=False)[1:] == ["добре"]


async def test_pictures_are_named_not_carried(side: Side) -> None:
    await side.case()
    await side.person("моя розписка", state="held", kind="image")
    await side.person("", state="held", kind="voice")
    theirs = await side.forward()
    assert side.chatwoot.said(theirs, private=False)[1:] == ["[image] моя розписка", "[voice]"]


async def test_an_address_that_sends_elsewhere_is_not_followed(chatwoot: ChatwootStandIn) -> None:
    from aiohttp import web

    from tests.desk.helpdesks.conftest import config

    seen = []

    async def away(request: web.Request) -> web.Response:
        seen.append(request.path)
        raise web.HTTPTemporaryRedirect(chatwoot.address + request.path)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", away)
    async with listening(app) as address:
        client = door.Chatwoot(config(address))
        answer = await client.say("1", TranscriptLine(row=1, author="person", text="x"), doubtful=False)
        await client.end()
    assert isinstance(answer, NotDelivered) and answer.code == "307"
    assert seen and chatwoot.requests == []


async def test_the_outbox_is_not_touched_by_a_case_that_is_gone(side: Side) -> None:
    _, conversation = await side.case()
    theirs = await side.forward()
    event = side.chatwoot.event(side.chatwoot._store(theirs, "te laat", 1, False), theirs)
    await side.database.transaction(conversations.erase_content, conversation)
    assert await side.chatwoot.tell(event) == 200
    assert await side.read(conversation) == []
    assert await side.database.transaction(outbox.next_due) is None
