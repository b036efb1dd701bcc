"""The patches as a table. `uv run python -m bot.engine.rasa.patches.table` writes it into its decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from bot.engine.rasa.patches import PATCHES
from bot.engine.rasa.patches.patch import Patch

_DECISION = Path("docs/decisions/0003-behind-the-door.md")
_TABLE = re.compile(r"^\| replaced \| why .*?\n(?!\|)", re.MULTILINE | re.DOTALL)


def as_table(patches: Sequence[Patch]) -> str:
    """The patches as docs/decisions/0003-behind-the-door.md shows them."""
    rows = ["| replaced | why | saves | file in `bot/engine/rasa/patches` |", "| --- | --- | --- | --- |"]
    for patch in patches:
        file = patch.apply.__module__.rpartition(".")[2]
        rows.append(f"| `{patch.target}` | {patch.why} | {patch.saves or '–'} | `{file}.py` |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    page = _DECISION.read_text(encoding="utf-8")
    _DECISION.write_text(_TABLE.sub(lambda _: as_table(PATCHES), page, count=1), encoding="utf-8")
