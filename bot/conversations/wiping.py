"""What was deleted goes from the files as well, not only from the tables.

SQLite zeroes what is deleted (`secure_delete`) in the write-ahead log's new pages; the old ones stay in the database's
file and in the log until a checkpoint, and what a page held before it was put in order anew can stay in its gaps until
the file is written anew. PostgreSQL keeps old row versions until VACUUM, and their bytes until the space is used again
(docs/privacy.md).
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

#: Any number, the same in every gateway: one of them vacuums.
_VACUUMING: Final = 0x62616C
#: Milliseconds that a checkpoint waits for another program that reads; the writer waits with it.
_PATIENCE: Final = 200


def wipe_sqlite(driver: Any, *, thorough: bool) -> bool:
    """Bring every page into the database's file and empty the write-ahead log.

    Args:
        driver: SQLite's connection, outside of a transaction.
        thorough: write the file anew, without what stands in its gaps.

    Returns:
        False where another program reads and the log could not be emptied: try again later.
    """
    if thorough:
        driver.execute("VACUUM")
    (usual,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute(f"PRAGMA busy_timeout={_PATIENCE}")
    try:
        busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        driver.execute(f"PRAGMA busy_timeout={usual}")
    return not busy


def wipe_postgresql(connection: Connection) -> bool:
    """Take old versions of rows away; the connection must be in autocommit. True: once is enough."""
    if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(_VACUUMING))).scalar():
        return True  # another gateway does it
    try:
        connection.execute(sa.text("VACUUM"))
    finally:
        connection.execute(sa.select(sa.func.pg_advisory_unlock(_VACUUMING)))
    return True
