"""What keeps a command from starting, in one sentence that says what helps, instead of a traceback."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import sqlalchemy as sa

from bot.conversations.crypto import BadKey
from bot.settings import Settings, StartError
from facts.read import BrokenFile

_FILES = ("baken.db", "rasa.db", "key")


def check_storage(settings: Settings) -> None:
    """Make the data folder, and see that its files can be written and that the database answers.

    Raises:
        StartError: they can't, or it does not.
    """
    content = Path(settings.content_folder)  # not set, it is the folder that we stand in
    if content.exists() and not content.is_dir():
        raise StartError(f"BAKEN_CONTENT_FOLDER={settings.content_folder!r} is not a folder")
    _check_data_folder(settings)
    if settings.database_url:
        try:
            _check_server(sa.engine.make_url(settings.database_url))
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise StartError(_of_database(error)) from error


def _check_server(url: sa.engine.URL) -> None:
    if url.get_backend_name() == "sqlite":  # its file is made, and looked at, by whoever opens it
        return
    engine = sa.create_engine(url, connect_args={"connect_timeout": 5})
    try:
        engine.connect().close()
    finally:
        engine.dispose()


def _check_data_folder(settings: Settings) -> None:
    folder = Path(settings.data_folder)
    remedy = "set BAKEN_DATA_FOLDER to a folder that Baken may write to"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (FileExistsError, NotADirectoryError) as error:
        raise StartError(f"the data folder {folder} is, or is inside, a file: {remedy}") from error
    except OSError as error:
        raise StartError(f"the data folder {folder} can't be written to ({error.strerror}): {remedy}") from error
    for path in (folder / name for name in _FILES):
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            raise StartError(f"{path} can't be read and written by this user: change its owner, or {remedy}")


def sentence(error: Exception) -> str | None:
    """What to say of an error; None where it is a fault of the program, whose traceback is needed."""
    if isinstance(error, (StartError, BrokenFile, BadKey, ValueError)):
        return str(error)
    if isinstance(error, sa.exc.DBAPIError):
        return _of_database(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return None


def _of_database(error: Exception) -> str:
    """Without the address, as a password stands in it."""
    if isinstance(error, sa.exc.DBAPIError):
        said = str(error.orig).strip().partition("\n")[0]
        return f"the database can't be used ({said}): check that it is running and that BAKEN_DATABASE_URL is right"
    return "BAKEN_DATABASE_URL is not a database address: postgresql://user:password@host/name; leave it out for SQLite"
