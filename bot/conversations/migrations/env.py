"""Alembic reads this; the connection comes from `run.upgrade`."""

from alembic import context

from bot.conversations.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
