# The commands of a developer's day: `just` before a commit, `just --list` for all of them.
# Without `just` on the machine: `uv run just …`. CONTRIBUTING.md says what to do when.

set positional-arguments

# What to run before each commit: `lint` and `fast`.
default: lint fast

# Style, types and imports between the parts; nothing is changed.
lint:
    uv run ruff format --check .
    uv run ruff check .
    uv run mypy
    uv run lint-imports
    @if command -v npm >/dev/null; then "{{just_executable()}}" scripts; \
        else echo "the pages' scripts are not checked: that needs Node (apt-get install nodejs npm)"; fi

# The scripts of the pages: eslint, and types by their JSDoc.
scripts:
    [ -d node_modules ] || npm ci --silent
    npm run --silent lint
    npm run --silent types

# Formats the code and mends what the linter can mend by itself.
fix:
    uv run ruff check --fix .
    uv run ruff format .

# The tests without servers in processes of their own, without Chromium and without the long runs: about two minutes.
fast *arguments:
    uv run pytest -m "not slow and not browser" "$@"

# All tests, as `uv run pytest`: about twelve minutes on two cores.
test *arguments:
    uv run pytest "$@"

# Everything: `lint`, the content and all tests.
all: lint content test

# The chat page: its scripts, its API, the widget and its accessibility, in Chromium.
page *arguments:
    uv run pytest tests/channels/web "$@"

# Everything that is tested in Chromium: the chat, the desk and the test room.
browser *arguments:
    uv run pytest -m browser "$@"

# What is tested on PostgreSQL as well as on SQLite.
postgres *arguments:
    uv run pytest -m postgres "$@"

# The content: quotes, figures, translations, dates.
content:
    uv run baken check
    uv run pytest tests/facts

# Makes the model where the training data, the domain or the configuration changed: four to five minutes.
train:
    uv run baken train

# Baken on this machine: the chat on http://127.0.0.1:8080, the desk and a telephone to try WhatsApp.
run:
    BAKEN_DEV=on uv run baken

# What CI runs, from a fresh clone of the last commit.
ci:
    bash .ci/run
