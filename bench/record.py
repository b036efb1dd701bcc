"""Keeps what load and fault commands measured in docs/load.json, and shows it in docs/load.md."""

from __future__ import annotations

import json
import shlex
import sys
from datetime import date
from typing import Any, Final

from bench.servers import ROOT

#: What issue 5 asks for, by the part of the page.
_ASKED: Final = {
    "load": "Target: 100 messages a second, sustained, end to end, with answers; p95 under 100 ms at half of that",
    "faults": "Target: 0 lost and 0 duplicated over 10,000 messages with duplicates, reordering, kill -9 of each "
    "process, a database restart and a failing Graph API",
    "connections": "Target: 1,000 open chats in under 250 MiB",
}


def record(part: str, name: str, seen: dict[str, Any]) -> None:
    """Keep one row of a part ("load", "faults", "connections") under a name, and write the page anew."""
    path = ROOT / "docs" / "load.json"
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    command = shlex.join(["python", "-m", f"bench.{part}", *sys.argv[1:]])
    shown = {key: value for key, value in seen.items() if key != "log"}
    kept.setdefault(part, {})[name] = {"on": f"{date.today()}", "command": command, **shown}
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    (ROOT / "docs" / "load.md").write_text(_page(kept), encoding="utf-8")


def _page(kept: dict[str, Any]) -> str:
    lines = [
        "# Load and faults",
        "",
        "On one shared machine of 2 cores that also runs the sender and the stand-in for the Graph API, over loopback. "
        "Read rates as ± 20 %. The commands are below each table.",
    ]
    for part, rows in kept.items():
        lines += ["", f"## {part.title()}", "", f"{_ASKED[part]}.", ""]
        columns = list(dict.fromkeys(key for row in rows.values() for key in row if key != "command"))
        lines += [f"| run | {' | '.join(columns)} |", "| --- " * (len(columns) + 1) + "|"]
        for name, row in rows.items():
            lines.append(f"| {name} | {' | '.join(str(row.get(column, '')) for column in columns)} |")
        lines += ["", *dict.fromkeys(f"    uv run {row['command']}" for row in rows.values())]
    return "\n".join(lines) + "\n"
