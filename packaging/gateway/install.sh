#!/usr/bin/env bash
# The gateway's environment: a supported Python, without Rasa and without what only tests need.
#   install.sh FOLDER PYTHON      FOLDER holds the sources and gets .venv; PYTHON is 3.11 to 3.13, a version or a path
set -euo pipefail
cd "$1"
export UV_PROJECT_ENVIRONMENT="$PWD/.venv"
# Wheels only: without a compiler some packages fail to build, and others quietly become slow pure Python.
uv sync --locked --no-dev --no-install-project --no-build --quiet --python "$2"
uv sync --locked --no-dev --quiet --python "$2"
# A gateway that could import Rasa would carry its old packages with it.
if .venv/bin/python -c "import rasa" 2>/dev/null; then
  echo "Rasa is installed: use Python 3.11 or newer for the gateway" >&2
  exit 1
fi
.venv/bin/python packaging/gateway/compiled.py
.venv/bin/python -c "import bot.commands.serve, bot.gateway.app"
