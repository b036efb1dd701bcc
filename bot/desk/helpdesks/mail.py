"""The simplest notice: an e-mail that a case waits. No word of the person, no name, no number is in it."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from bot.conversations.models import NotDelivered
from bot.desk.helpdesks.config import MailConfig as Config
from bot.desk.helpdesks.helpdesk import Opened, Referral, TranscriptLine

#: Seconds that the mail server has for each step.
_PATIENCE: Final = 10.0
_URGENCY: Final = {
    "danger": ("MOGELIJK GEVAAR", "POSSIBLE DANGER"),
    "asked": ("gewoon", "normal"),
    "offered": ("laag", "low"),
}


class Mail:
    """Sends one notice a case, and another when the case becomes urgent."""

    name = "mail"
    carries = False

    def __init__(self, config: Config) -> None:
        self.config = config

    async def open(self, referral: Referral) -> Opened | NotDelivered:
        """Send the notice."""
        failed = await self._send(referral)
        return failed if failed is not None else Opened(str(referral.number))

    async def urge(self, opened: Opened, referral: Referral) -> NotDelivered | None:
        """Send it again, with the new urgency."""
        return await self._send(referral)

    async def say(self, theirs: str, line: TranscriptLine, *, doubtful: bool) -> NotDelivered | None:
        """Nothing: no words go by e-mail."""
        return None

    async def note(self, theirs: str, text: str) -> NotDelivered | None:
        """Nothing."""
        return None

    async def close(self, theirs: str) -> NotDelivered | None:
        """Nothing."""
        return None

    async def reopen(self, theirs: str) -> NotDelivered | None:
        """Nothing: who had it put it back, and knows."""
        return None

    async def erase(self, opened: Opened) -> NotDelivered | None:
        """Nothing: there was nothing of the person in it."""
        return None

    async def end(self) -> None:
        """Nothing stays open."""

    async def _send(self, referral: Referral) -> NotDelivered | None:
        try:
            await asyncio.to_thread(self._deliver, compose(self.config, referral))
        except smtplib.SMTPResponseException as error:  # before OSError, which it is too
            return NotDelivered(f"smtp {error.smtp_code}")
        except (OSError, smtplib.SMTPException) as error:
            return NotDelivered(type(error).__name__[:40])
        return None

    def _deliver(self, message: EmailMessage) -> None:
        config, context = self.config, ssl.create_default_context()
        if config.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(config.host, config.port, timeout=_PATIENCE, context=context)
        else:
            server = smtplib.SMTP(config.host, config.port, timeout=_PATIENCE)
        with server:
            if not config.tls and not config.plain:
                server.starttls(context=context)
            if config.user:
                server.login(config.user, config.password)
            server.send_message(message, config.sender, list(config.to))


def compose(config: Config, referral: Referral) -> EmailMessage:
    """The notice, in Dutch and English."""
    dutch, english = _URGENCY[referral.urgency]
    topic = referral.topic or "–"
    message = EmailMessage()
    message["Subject"] = (
        f"Baken: {'! ' if referral.urgency == 'danger' else ''}zaak {referral.number} wacht / case waits"
    )
    message["From"], message["To"] = config.sender, ", ".join(config.to)
    message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain="baken.invalid")
    message["Auto-Submitted"] = "auto-generated"
    link = [referral.link] if referral.link else []
    message.set_content(
        "\n".join(
            [
                "Een nieuwe zaak wacht. / A new case waits.",
                "",
                f"Zaak / case: {referral.number}",
                f"Taal / language: {referral.language or '–'}",
                f"Onderwerp / topic: {topic}",
                f"Urgentie / urgency: {dutch} / {english}",
                *link,
            ]
        )
        + "\n"
    )
    return message
