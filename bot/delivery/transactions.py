"""What becomes of a message, in one transaction each: what it needs is looked up, or it is marked and answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions.turn_context import DeskStatus
from bot.conversations import cases, files, history, inbox, outbox
from bot.conversations import store as conversations
from bot.conversations.channel import Channels
from bot.conversations.crypto import Keys
from bot.conversations.database import notify
from bot.conversations.inbox import ClaimedMessage
from bot.conversations.models import Content, Conversation, FileRef, Message
from bot.delivery.ports import DirectAnswers, HandoffPort
from bot.engine.turn import Turn

log = logging.getLogger(__name__)

#: How long a claim holds when its gateway dies.
LEASE: Final = timedelta(seconds=15)
#: A letter waits for its download so long.
_FILE_KEPT: Final = timedelta(days=1)
#: The conversation as it is now, what was typed, what was pressed (or picked by typing), and how the desk stands.
PreparedReply = tuple[Conversation, str, str, "DeskStatus | None"]
#: The files that a turn made, by the path where the actions left them.
Documents = dict[str, tuple[Path, bytes]]


class ReplyTransactions:
    """The transactions of one gateway (`me`)."""

    def __init__(self, keys: Keys, me: str, channels: Channels, desk: HandoffPort | None) -> None:
        self.keys, self.me, self.channels, self.desk = keys, me, channels, desk

    def claim(self, connection: Connection, most: int) -> list[tuple[ClaimedMessage, PreparedReply | None]]:
        """Conversations that wait, each with what its first message needs, in one transaction.

        None instead of that where it could not be found out: then `prepare` fails for this conversation alone.
        """
        found: list[tuple[ClaimedMessage, PreparedReply | None]] = []
        while len(found) < most:
            claims = inbox.claim(connection, self.keys, self.me, _now(), lease=LEASE, most=most - len(found))
            for claim in claims:
                self._ask_again(connection, claim)
                if claim.messages:
                    found.append((claim, self._ready_or_none(connection, claim)))
            if all(claim.messages for claim in claims):
                break  # else there is room for others
        return found

    def _ask_again(self, connection: Connection, claim: ClaimedMessage) -> None:
        """Tell a person whose message could not be decrypted that it was not read; where they can be reached."""
        channel = self.channels[claim.conversation.channel]
        if not channel.fetched and claim.conversation.contact is None:
            return
        text = channel.unreadable("unknown", claim.conversation.holder, claim.conversation.language or "en")
        if claim.unreadable and text:
            said = [Content(text=text)]
            self._say(connection, claim.conversation, said, _now(), reply_to=claim.unreadable[-1])

    def _ready_or_none(self, connection: Connection, claim: ClaimedMessage) -> PreparedReply | None:
        try:
            return self._ready(connection, claim.conversation, claim.messages[0])
        except sa.exc.DBAPIError:
            raise
        except Exception as error:
            log.error("a conversation can't be looked up: %s", type(error).__name__)
            return None

    def prepare(self, connection: Connection, name: str, message: Message) -> PreparedReply | None:
        """What a further message of a claim needs; None where the claim was lost."""
        conversation = inbox.mine(connection, self.me, name, self.keys)
        return None if conversation is None else self._ready(connection, conversation, message)

    def _ready(self, connection: Connection, conversation: Conversation, message: Message) -> PreparedReply:
        text, payload = message.content.text, message.content.payload
        channel = self.channels[conversation.channel]
        if not payload and not channel.fetched:
            said = history.last_said(connection, self.keys, conversation.id)
            payload = (channel.resolve_choice(said, text) if said is not None else None) or ""
        desk = self.desk.situation(connection, conversation) if self.desk is not None else None
        return conversation, text, payload, desk

    def _own(self, connection: Connection, name: str, message: Message, state: str, last: bool, **about: Any) -> bool:
        """Whether this gateway may settle the message now, done in the same breath; the claim ends with the last."""
        if inbox.mine(connection, self.me, name) is None or not inbox.settle(connection, message.id, state, **about):
            return False
        if last:
            inbox.release(connection, self.me, [name])
        return True

    def noted(self, connection: Connection, name: str, message: Message, last: bool) -> bool:
        """A message that nothing is said about."""
        if not self._own(connection, name, message, "noted", last):
            return False
        if message.kind == "deleted" and message.content.replaces:
            history.blank(connection, self.keys, name, message.content.replaces, _now())
        return True

    def held(
        self, connection: Connection, conversation: Conversation, message: Message, danger: bool, back: bool, last: bool
    ) -> bool:
        """A message for the advisor who has the conversation."""
        if not self._own(connection, conversation.id, message, "held", last, safety=danger):
            return False
        if danger:
            cases.raise_urgency(connection, conversation.id, cases.DANGER)
        self._say_kind(connection, conversation, message)
        if back and self.desk is not None:
            contents = self.desk.ask_back(connection, conversation)
            self._say(connection, conversation, contents, _now(), reply_to=message.id)
        notify(connection, f"case:{conversation.id}")
        return True

    def direct(
        self,
        connection: Connection,
        conversation: Conversation,
        message: Message,
        direct: DirectAnswers,
        payload: str,
        last: bool,
    ) -> bool:
        """A button that is answered from the log."""
        if not self._own(connection, conversation.id, message, "answered", last):
            return False
        contents = direct.direct(connection, conversation, payload, _now()) or []
        if contents:
            self._say(connection, conversation, contents, _now(), reply_to=message.id)
        return True

    def kind(self, connection: Connection, conversation: Conversation, message: Message, last: bool) -> bool:
        """A message that Baken can't read, and the kind word for it."""
        if not self._own(connection, conversation.id, message, "answered", last):
            return False
        self._say_kind(connection, conversation, message)
        return True

    def together(
        self,
        connection: Connection,
        conversation: Conversation,
        messages: Sequence[Message],
        words: Callable[[str], str] | None,
    ) -> bool:
        """Messages that are not answered one by one, the last of a claim.

        Args:
            words: say so in a language; None where it was said a moment ago.
        """
        now_conversation = inbox.mine(connection, self.me, conversation.id) or conversation
        for message in messages:
            if not self._own(connection, conversation.id, message, "noted", message is messages[-1]):
                return False
        if words is not None:
            said = [Content(text=words(now_conversation.language))]
            self._say(connection, conversation, said, _now(), reply_to=messages[-1].id)
        return True

    def _say(
        self,
        connection: Connection,
        conversation: Conversation,
        contents: Sequence[Content],
        now: datetime,
        **about: Any,
    ) -> None:
        outbox.enqueue(connection, self.keys, self.channels, conversation.id, contents, now, **about)

    def _say_kind(self, connection: Connection, conversation: Conversation, message: Message) -> None:
        channel = self.channels[conversation.channel]
        text = channel.unreadable(message.kind, conversation.holder, conversation.language or "en")
        if text:
            self._say(connection, conversation, [Content(text=text)], _now(), reply_to=message.id)

    def replied(
        self,
        connection: Connection,
        conversation: Conversation,
        message: Message,
        turn: Turn,
        documents: Documents,
        last: bool,
    ) -> bool:
        """A message that the assistant answered: its replies, its files, and what it means for the desk."""
        about = {"topic": turn.topic, "understood": turn.understood, "safety": turn.safety}
        if not self._own(connection, conversation.id, message, "answered", last, **about):
            return False
        now = _now()
        contents = []
        for reply in turn.replies:
            document = None
            if reply.document is not None and reply.document.path in documents:
                content = documents[reply.document.path][1]
                name = files.store_file(connection, self.keys, conversation.id, content, now, now + _FILE_KEPT)
                document = FileRef(reply.document.filename, reply.document.media_type, file=name)
            contents.append(
                Content(
                    text=reply.text,
                    language=turn.language,
                    buttons=reply.buttons,
                    document=document,
                    safety=turn.safety,
                )
            )
        if turn.forget:
            self._forget(connection, conversation, contents, now)
            return True
        if self.desk is not None:
            contents += self.desk.after(connection, conversation, message, turn, now)
        self._say(connection, conversation, contents, now, reply_to=message.id, topic=turn.topic)
        conversations.set_language(connection, conversation.id, turn.language)
        return True

    def _forget(
        self, connection: Connection, conversation: Conversation, contents: list[Content], now: datetime
    ) -> None:
        """Everything that was said and kept goes; the word that it is gone is all that stays, until retention."""
        conversations.erase_content(connection, conversation.id)
        self._say(connection, conversation, contents, now)


def _now() -> datetime:
    return datetime.now(timezone.utc)
