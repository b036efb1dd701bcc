"""The tables of the test room: what was flagged, files with runs, and changes of the content."""

from __future__ import annotations

import sqlalchemy as sa

from bot.conversations.schema import Moment, Serial, metadata

#: A question that was answered wrongly or not understood. Goes with the message that it came from: with the
#: conversation's deletion, on request or by time, its flags go too.
flags = sa.Table(
    "flags",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("made", Moment, nullable=False),
    sa.Column("source", sa.String(8), nullable=False),  # try: by staff in the test room; talk: of a conversation
    sa.Column("message", sa.ForeignKey("messages.id", ondelete="CASCADE"), unique=True),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),  # encrypted; personal data masked before
    sa.Column("mark", sa.String(64), nullable=False, index=True),  # keyed hash of the text: the same is kept once
    sa.Column("topic_got", sa.String(40), nullable=False),
    sa.Column("topic_right", sa.String(40), nullable=False, server_default=""),
    sa.Column("understood", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(8), nullable=False, index=True),  # new, approved, rejected
    sa.Column("use", sa.String(5), nullable=False, server_default=""),  # train, test
    sa.Column("flagged_by", sa.Integer),
    sa.Column("decided_by", sa.Integer),
    sa.Column("decided", Moment),
    sqlite_autoincrement=True,  # an open page must never decide on another flag than it shows
)

#: A file of questions or conversations that staff brought.
suites = sa.Table(
    "suites",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(13), nullable=False),  # questions, conversations
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("must_pass", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("content", sa.LargeBinary, nullable=False),  # encrypted
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("brought_by", sa.Integer, nullable=False),
    sa.Column("brought", Moment, nullable=False),
    sa.Column("removed", Moment),
)

#: A change of one fact or figure, with its way back. Content is public; nothing here is about a person.
changes = sa.Table(
    "content_changes",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("state", sa.String(9), nullable=False, index=True),  # draft, published, dropped
    sa.Column("entry", sa.String(90), nullable=False, index=True),  # fact:<id> or figure:<id>
    sa.Column("file", sa.String(90), nullable=False),  # under facts/
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("translations_before", sa.Text, nullable=False),  # JSON: key, language, text
    sa.Column("translations", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("author", sa.Integer, nullable=False),
    sa.Column("made", Moment, nullable=False),
    sa.Column("published_by", sa.Integer),
    sa.Column("published", Moment),
    sa.Column("version", sa.Integer, unique=True),
    sa.Column("undoes", sa.ForeignKey("content_changes.id")),
)

#: A file run against the assistant, or the must-pass conversations run against a draft.
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("state", sa.String(8), nullable=False, index=True),  # waiting, running, done, failed, stopped
    sa.Column("suite", sa.ForeignKey("suites.id")),
    sa.Column("change", sa.ForeignKey("content_changes.id")),
    sa.Column("draft", sa.String(80), nullable=False, server_default=""),  # the exact content that was tried
    sa.Column("asked_by", sa.Integer, nullable=False),
    sa.Column("asked", Moment, nullable=False),
    sa.Column("started", Moment),
    sa.Column("beat", Moment),  # last sign of life of the one who runs it
    sa.Column("finished", Moment),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("report", sa.LargeBinary),  # encrypted JSON
    sa.Column("error", sa.String(200), nullable=False, server_default=""),
)
