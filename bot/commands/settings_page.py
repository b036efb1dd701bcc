"""`python -m bot.commands.settings_page`: writes docs/settings.md from the settings themselves."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import msgspec

from bot.settings import Settings


def page() -> str:
    """The page, one row a setting."""
    described = dict(re.findall(r"^    (\w+): .*?#: (.*)$", inspect.getsource(Settings), re.MULTILINE))
    lines = [
        "# Settings",
        "",
        "From the environment or a `.env` file; `uv run baken` needs none of them. Made from `bot/settings.py` by "
        "`uv run python -m bot.commands.settings_page`.",
        "",
        "| setting | default | what it does |",
        "| --- | --- | --- |",
    ]
    for field in msgspec.structs.fields(Settings):
        default = f"`{field.default}`" if field.default != "" else ""
        lines.append(f"| `BAKEN_{field.name.upper()}` | {default} | {described.get(field.name, '')} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path("docs/settings.md").write_text(page(), encoding="utf-8")
