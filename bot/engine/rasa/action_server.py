"""`python -m bot.engine.rasa.action_server`: the server of `rasa run actions`, logging nobody's words."""

from __future__ import annotations

import argparse
import os

from rasa_sdk.endpoint import run

from actions import rasa_actions
from bot.redacted_logging import configure_logging


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5055)
    parser.add_argument("--interface", default="127.0.0.1")
    options = parser.parse_args()
    configure_logging(os.environ.get("BAKEN_LOG_LEVEL", "WARNING"))
    os.environ["SANIC_HOST"] = options.interface
    rasa_actions.answers()  # the facts are read before anybody asks, and not while somebody waits
    run("actions.rasa_actions", options.port)


if __name__ == "__main__":
    main()
