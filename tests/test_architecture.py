"""docs/architecture.md and the index of decisions say what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import bot.desk.helpdesks.schema
import bot.desk.schema
import bot.review.schema
import bot.staff.schema  # noqa: F401  each schema adds its tables to the metadata
from bot.conversations.schema import metadata

ROOT = Path(__file__).parent.parent
DECISIONS = ROOT / "docs/decisions"
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
HEADING = re.compile(r"# (\d{4}): \S.*\n\nDate: (\d{4}-\d\d-\d\d)\nStatus: (accepted|superseded by \d{4})\b")


def _names(path: Path) -> set[str]:
    """Functions, classes and their methods of a module, as `function` and `Class.method`; classes and constants too."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ClassDef):
            methods = (part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {node.name, *(f"{node.name}.{method.name}" for method in methods)}
    return found


def test_every_step_of_a_message_is_in_the_file_that_the_page_names() -> None:
    steps = re.findall(r"`((?:bot|actions|facts)/\S+\.py)` `([\w.]+)`", PAGE)
    steps += [(path, name) for name, path in re.findall(r"`([\w.]+)` in `((?:bot|actions|facts)/\S+\.py)`", PAGE)]
    assert [(path, name) for path, name in steps if name not in _names(ROOT / path)] == []
    assert len(steps) > 30


def test_the_page_names_every_table() -> None:
    section = PAGE.split("## Tables")[1].split("## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(rows) == sorted(metadata.tables)


def test_every_decision_is_in_the_index_with_its_title_date_and_status() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    for path in sorted(DECISIONS.glob("0*.md")):
        text = path.read_text(encoding="utf-8")
        heading = HEADING.match(text)
        assert heading, path.name
        number, date, status = heading.groups()
        title = text.splitlines()[0].split(": ", 1)[1]
        assert path.name.startswith(number)
        assert f"| [{number}]({path.name}) | {title} | {date} | {status} |" in index, path.name


def test_no_number_of_a_decision_is_given_twice() -> None:
    numbers = [path.name[:4] for path in DECISIONS.glob("0*.md")]
    assert len(numbers) == len(set(numbers))
