"""Logging that never has a person's words in it, and a start without Rasa's telemetry."""

from __future__ import annotations

import logging
import os
import sys
import warnings

#: Of Rasa and what it brings; they speak up only when something is wrong.
_LOUD = ("rasa", "rasa_sdk", "matplotlib", "sqlalchemy", "apscheduler", "asyncio", "urllib3", "sanic", "aiohttp.access")


def be_quiet(level: str = "WARNING") -> None:
    """Set up logging for the whole process, before Rasa is imported."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    warnings.filterwarnings("ignore")
    number: int = logging.getLevelName(level.upper())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=number, handlers=[handler], force=True)
    hush()


def hush() -> None:
    """Hold Rasa, and what it brings, to warnings: at its debug level it prints what people write."""
    import structlog

    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
