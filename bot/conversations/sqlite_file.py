"""Whether a SQLite file is whole, before anything is built on it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from bot.settings import StartError


def check_file(path: Path, remedy: str) -> None:
    """Nothing where the file is whole, new or not there; reads all of it, a second for some hundred megabytes.

    Raises:
        StartError: it is damaged, or no database; the message names it and says what helps.
    """
    if not path.is_file() or not path.stat().st_size:
        return
    found = "ok"
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5)) as connection:
            found = str(connection.execute("pragma quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError:
        return  # in use, or not to be opened: whoever opens it says so
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise StartError(f"{path} is damaged ({' '.join(found.split())}): {remedy}")
