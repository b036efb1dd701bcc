"""The way to an advisor and back, as the post room needs it (bot.delivery.ports.Desk).

A case is opened in the transaction that stores the reply, so that what was confirmed stands. What the buttons about the
desk send is answered here and never reaches Rasa.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions import handoff as words
from actions.answers import Answers
from actions.responses import Button, Reply
from actions.turn_context import DeskStatus
from bot.clock import utcnow
from bot.conversations import cases, history, schema
from bot.conversations.crypto import Keys
from bot.conversations.database import notify
from bot.conversations.models import Content, Conversation, Message
from bot.conversations.statements import statement
from bot.desk.hours import BadHours, Hours
from bot.engine.turn import Turn
from bot.settings import BadSetting, Settings
from bot.staff import accounts, sessions
from facts.base import FactBase
from facts.languages import NAMES, SOURCE

_M, _K = schema.messages, schema.cases
_DIRECT: Final = (words.SHARE, words.IMPROVE, words.LEAVE, words.STAY, words.RATE)
#: Signs of danger within this time before a human is asked for make it urgent.
_DANGER_HELD: Final = timedelta(hours=24)
#: Intents, in words, that mean "back to Baken" to who talks to an advisor; and how sure it must be.
_LEAVING: Final = frozenset({"cancel", "menu"})
_SURE: Final = 0.8
_LONGEST_LEAVING: Final = 5


class _Answer(msgspec.Struct):
    answer: str = ""


class Handoff:
    """The desk behind the conversations. Without a desk (`BAKEN_DESK=off`) there is none of these."""

    def __init__(self, settings: Settings, keys: Keys, base: Callable[[], FactBase]) -> None:
        """The desk of an installation.

        Args:
            base: gives the content in force.

        Raises:
            BadSetting: hours that can't be read.
        """
        try:
            self.hours = Hours(settings.desk_hours, settings.desk_holidays)
        except BadHours as error:
            raise BadSetting(f"BAKEN_DESK_HOURS, BAKEN_DESK_HOLIDAYS: {error}") from error
        self.keys, self._base = keys, base
        self._answers = Answers(base())

    @property
    def answers(self) -> Answers:
        """Answers from the content in force; new content is taken without a restart."""
        base = self._base()
        if base is not self._answers.base:
            self._answers = Answers(base)
        return self._answers

    # -- what the post room calls -------------------------------------------------------------------------------

    def situation(self, connection: Connection, conversation: Conversation) -> DeskStatus:
        """How the desk stands, for who speaks about it."""
        now = utcnow()
        open_now = self.hours.open_at(now)
        opens = None if open_now else self.hours.opens_after(now)
        waits = cases.place(connection, conversation.id) if conversation.holder == "waiting" else 0
        place = waits or _before(connection) + 1
        staffed = sessions.present(connection, "advisor", now) if open_now else accounts.exist(connection, "advisor")
        return DeskStatus(
            open=open_now,
            opens=opens,
            place=place,
            holder=conversation.holder,
            staffed=staffed,
            spoke=_spoke(connection, conversation.id),
        )

    def after(
        self, connection: Connection, conversation: Conversation, message: Message, turn: Turn, now: datetime
    ) -> list[Content]:
        """What a turn means for the desk: a case is opened, made more urgent, or left."""
        if turn.handoff and turn.topic == "talk_to_human" and conversation.holder == "bot":
            danger = _in_danger(connection, conversation.id, now)
            cases.open_case(
                connection,
                conversation.id,
                now,
                urgency=cases.DANGER if danger else cases.ASKED,
                topic=self._topic(connection, conversation.id),
                language=turn.language,
                first_message=message.id,
            )
        elif conversation.holder != "bot" and turn.safety:
            cases.raise_urgency(connection, conversation.id, cases.DANGER)
        elif conversation.holder == "waiting" and turn.topic == "cancel" and not turn.handoff:
            cases.leave(connection, conversation.id, now)
        elif conversation.holder == "waiting":
            notify(connection, f"case:{conversation.id}")
        return []

    def takes(self, payload: str) -> bool:
        """Whether a pressed button is about the desk, and answered here."""
        return payload.startswith(_DIRECT)

    def direct(
        self, connection: Connection, conversation: Conversation, payload: str, now: datetime
    ) -> list[Content] | None:
        """The answer to a button about the desk; what it means is stored with it."""
        language = spoken(conversation.language)
        button, answer = _answer(payload)
        if button == words.LEAVE:
            cases.leave(connection, conversation.id, now)
            return [self._say("desk.left", language, self._common(language))]
        if button == words.STAY:
            key = "desk.stay" if conversation.holder == "human" else "desk.meanwhile"
            return [self._say(key, language)]
        if button == words.RATE:
            if answer in ("1", "2", "3"):
                _rate(connection, conversation.id, int(answer))
            return [self._say("desk.rated", language, self._common(language))]
        if answer not in ("yes", "no"):
            return []
        if button == words.SHARE:
            cases.consent(connection, conversation.id, "share", answer)
            yes, no = words.share(self.answers, language).buttons
            key, other = ("desk.shared", no) if answer == "yes" else ("desk.not_shared", yes)
            shared = self._say(key, language, (other,))  # they may change their mind
            newest = cases.latest(connection, conversation.id)
            asked = newest is not None and newest.improve == ""
            return [shared, *([said(words.improve(self.answers, language), language)] if asked else [])]
        cases.consent(connection, conversation.id, "improve", answer)
        return [self._say(f"desk.improve_{answer}", language, self._way_back(conversation, language))]

    def wants_back(self, parsed: Mapping[str, Any], text: str) -> bool:
        """Whether somebody who talks to an advisor says, in a few words, that they want to go back to Baken."""
        intent = parsed.get("intent") or {}
        sure = float(intent.get("confidence") or 0.0) >= _SURE
        return sure and intent.get("name") in _LEAVING and len(text.split()) <= _LONGEST_LEAVING

    def ask_back(self, connection: Connection, conversation: Conversation) -> list[Content]:
        """Asks whether they want to go back to Baken, once; the words went to the advisor all the same."""
        language = spoken(conversation.language)
        asked = history.last_said(connection, self.keys, conversation.id)
        if asked is not None and any(button.payload == words.STAY for button in asked.buttons):
            return []
        buttons = (self._back(conversation, language), self.answers.button("button.stay", words.STAY, language))
        return [self._say("desk.ask_leave", language, buttons)]

    # -- what the desk's pages say ------------------------------------------------------------------------------

    def taken(self, name: str, language: str, *, how: str = "taken") -> Content:
        """An advisor is there: who, and the way back. `how`: taken, handed_over, reopened."""
        language = spoken(language)
        text = self.answers.wording.text(f"desk.{how}", language, name=name)
        back = self.answers.button("button.back_to_baken", words.LEAVE, language)
        return Content(text=text, language=language, buttons=(back,))

    def back_in_queue(self, language: str) -> Content:
        """The advisor put the case back."""
        language = spoken(language)
        stop = self.answers.button("button.stop_waiting", words.LEAVE, language)
        return self._say("desk.back_in_queue", language, (stop,))

    def ask_to_write(self, language: str) -> Content:
        """WhatsApp's window is over: the short word that a template may carry."""
        return self._say("desk.to_write_again", spoken(language))

    def ended(self, language: str, *, talked: bool) -> Content:
        """The advisor closed: back with Baken; where there was a talk, how it was."""
        language = spoken(language)
        if not talked:
            return self._say("desk.ended_waiting", language, self._common(language))
        return self._say("desk.ended", language, words.rating(self.answers, language))

    # -- words --------------------------------------------------------------------------------------------------

    def _say(self, key: str, language: str, buttons: tuple[Button, ...] = ()) -> Content:
        return Content(text=self.answers.wording.text(key, language), language=language, buttons=buttons)

    def _common(self, language: str) -> tuple[Button, ...]:
        return tuple(self.answers.common("menu", "human", language=language))

    def _back(self, conversation: Conversation, language: str) -> Button:
        key = "button.back_to_baken" if conversation.holder == "human" else "button.stop_waiting"
        return self.answers.button(key, words.LEAVE, language)

    def _way_back(self, conversation: Conversation, language: str) -> tuple[Button, ...]:
        if conversation.holder == "bot":
            return self._common(language)
        menu = self.answers.common("menu", language=language) if conversation.holder == "waiting" else []
        return (self._back(conversation, language), *menu)

    def _topic(self, connection: Connection, conversation: str) -> str:
        """The newest topic about rights that was answered."""
        topics = list(self.answers.base.files)
        query = (
            sa.select(_M.c.topic)
            .where(_M.c.conversation == conversation, _M.c.direction == "in", _M.c.topic.in_(topics))
            .order_by(_M.c.id.desc())
            .limit(1)
        )
        return str(connection.execute(query).scalar() or "")


def spoken(language: str) -> str:
    """The language that the desk's own words are said in: English where Baken does not write the worker's."""
    return language if language in NAMES else SOURCE


def said(reply: Reply, language: str) -> Content:
    """A reply as it is stored."""
    return Content(text=reply.text, language=language, buttons=reply.buttons)


def _answer(payload: str) -> tuple[str, str]:
    """The button, and the answer that it carries."""
    name = next((one for one in _DIRECT if payload.startswith(one)), "")
    try:
        return name, msgspec.json.decode(payload[len(name) :].encode() or b"{}", type=_Answer).answer
    except (msgspec.DecodeError, msgspec.ValidationError):
        return name, ""


@statement  # asked at every message, as the next is
def _count_waiting() -> sa.sql.Select:
    return sa.select(sa.func.count()).where(_K.c.state == "waiting", _K.c.urgency >= cases.ASKED)


def _before(connection: Connection) -> int:
    """How many wait before somebody who asks now."""
    return int(_count_waiting.value(connection))


@statement
def _answered_message(conversation: str) -> sa.sql.Select:
    said = sa.select(_M.c.id).where(_M.c.conversation == conversation, _M.c.direction == "in", _M.c.state != "new")
    return said.limit(1)


def _spoke(connection: Connection, conversation: str) -> bool:
    """Whether there is something before this message that could be shared."""
    return _answered_message.row(connection, conversation) is not None


def _in_danger(connection: Connection, conversation: str, now: datetime) -> bool:
    query = sa.select(_M.c.id).where(
        _M.c.conversation == conversation, _M.c.safety, _M.c.direction == "in", _M.c.at > now - _DANGER_HELD
    )
    return connection.execute(query.limit(1)).first() is not None


def _rate(connection: Connection, conversation: str, rating: int) -> None:
    newest = cases.latest(connection, conversation)
    if newest is not None and newest.state in ("closed", "left"):
        connection.execute(sa.update(_K).where(_K.c.id == newest.id).values(rating=rating))
        notify(connection, f"case:{conversation}")
