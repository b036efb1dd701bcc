""" "What do you know about me?", answered from the log: what is kept of a conversation, who can read it, until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions.responses import Button
from bot.conversations import cases, schema
from bot.conversations.models import Content, Conversation
from bot.settings import Settings
from facts import notation
from facts.languages import NAMES, SOURCE
from facts.wording import Wording

#: What the button sends; it never reaches Rasa.
PAYLOAD: Final = "/my_data"
_HERE: Final = ZoneInfo("Europe/Amsterdam")


class AboutMe:
    """The button's answer. `takes` and `direct` are what the post room calls (bot/delivery/ports.py, Direct)."""

    def __init__(self, wording: Wording, settings: Settings) -> None:
        self.wording = wording
        self.keep, self.keep_case = timedelta(days=settings.keep_days), timedelta(days=settings.keep_case_days)

    def takes(self, payload: str) -> bool:
        """Whether a pressed button is this one."""
        return payload == PAYLOAD

    def direct(
        self, connection: Connection, conversation: Conversation, payload: str, now: datetime
    ) -> list[Content] | None:
        """What is kept, in the conversation's language."""
        language = conversation.language if conversation.language in NAMES else SOURCE
        lines = [self.wording.text("kept.intro", language)]
        lines += [f"• {line}" for line in self._kept(connection, conversation, language)]
        case = cases.latest(connection, conversation.id)
        until = now + (self.keep if case is None else max(self.keep, self.keep_case))
        lines += [
            "",
            self.wording.text("kept.readers", language),
            self.wording.text("kept.until", language, date=_day(until, language)),
        ]
        buttons = (
            Button(self.wording.text("button.delete", language), "/delete_my_data"),
            Button(self.wording.text("button.menu", language), "/menu"),
        )
        return [Content(text="\n".join(lines), language=language, buttons=buttons)]

    def _kept(self, connection: Connection, conversation: Conversation, language: str) -> list[str]:
        def say(key: str, **values: str) -> str:
            return self.wording.text(f"kept.{key}", language, **values)

        table, stored = schema.messages, schema.files
        count, first = connection.execute(
            sa.select(sa.func.count(), sa.func.min(table.c.id)).where(table.c.conversation == conversation.id)
        ).one()
        begun = connection.execute(sa.select(table.c.at).where(table.c.id == first)).scalar_one()
        kept = [
            say("messages", count=str(count), date=_day(begun, language)),
            say("no_contact" if conversation.contact is None else "contact"),
            say("sums"),
        ]
        files = sa.select(sa.func.count()).where(stored.c.conversation == conversation.id)
        held = int(connection.execute(files).scalar_one())
        if held:
            kept.append(say("files", count=str(held)))
        case = cases.latest(connection, conversation.id)
        if case is not None:
            kept.append(say("case", date=_day(case.opened, language)))
            kept.append(say("shared" if case.share == "yes" else "not_shared"))
            if case.improve == "yes":
                kept.append(say("improve"))
        return kept


def _day(moment: datetime, language: str) -> str:
    return notation.day(moment.astimezone(_HERE).date(), language)
