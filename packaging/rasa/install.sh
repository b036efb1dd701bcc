#!/usr/bin/env bash
# Rasa's environment, for its servers and the action server: Python 3.10, without what only tests need.
#   install.sh FOLDER PYTHON      FOLDER holds the sources and gets .venv; PYTHON is 3.10, a version or a path
set -euo pipefail
cd "$1"
UV_PROJECT_ENVIRONMENT="$PWD/.venv" uv sync --locked --no-dev --quiet --python "$2"
RASA_TELEMETRY_ENABLED=false .venv/bin/python -W ignore -c "import bot.engine.rasa.input_channel, bot.engine.rasa.action_server"
