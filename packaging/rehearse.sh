#!/usr/bin/env bash
# Builds the images from a clean clone of what is committed, starts everything on the Docker engine that is to be had,
# and sees whether it works: tests/containers/rehearse.py says what is done. An installation that runs here is not touched.
#   packaging/rehearse.sh [--train] [--minutes N] [--keep]
# Exit status: 0 all went well, 1 something did not, 2 wrong usage, 3 there is no Docker engine.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" -m tests.containers.rehearse "$@"
