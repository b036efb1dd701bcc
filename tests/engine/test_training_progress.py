"""How far a training is: one line that changes on a terminal, a line a step in a log, and nobody else's noise."""

from __future__ import annotations

import ast
import fcntl
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest

from bot.engine.rasa.model import ROOT
from bot.engine.rasa.training_progress import STEPS, TrainingProgress, spoken
from bot.nlu import progress

MAKE = (
    "import sys; from pathlib import Path; from bot.redacted_logging import configure_logging; configure_logging(); "
    "from bot.engine.rasa.model import make; make(Path(sys.argv[1]))"
)
#: The same, printing at last which parts of which steps were told.
HEAR = f"""
from bot.engine.rasa.training_progress import TrainingProgress
hear, heard = TrainingProgress.hear, {{"reading": {{""}}}}
def hearing(self, step, part, done, of):
    heard.setdefault(step, set()).add(part)
    hear(self, step, part, done, of)
TrainingProgress.hear = hearing
{MAKE}
print({{step: sorted(parts) for step, parts in heard.items()}})
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root whose training takes seconds: the lines of one writer in two languages."""
    for language in ("en", "pl"):
        (tmp_path / "data" / "nlu" / language).mkdir(parents=True)
        shutil.copy(ROOT / "data" / "nlu" / language / "a.yml", tmp_path / "data" / "nlu" / language)
    for name in ("domain.yml", "config.yml", "data/rules.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_log_gets_a_line_a_step_and_nothing_else(root: Path) -> None:
    run = subprocess.run([sys.executable, "-c", HEAR, root], capture_output=True, text=True, check=True, timeout=200)
    lines = run.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"Step {number} of 6" for number in range(1, 7)], run.stderr
    assert all(re.search(r"\(\d+% done, (about|a few) .* left\)$", line) for line in lines)
    made, heard = run.stdout.splitlines()
    assert re.fullmatch(r"Model made: [\d.]+ MB, in .*\d s\.", made)
    told = ast.literal_eval(heard)
    expected = {step: sorted(parts) for step, parts in STEPS.items() if step != "packing"}
    assert told == expected and [*told] == [*expected], "the shares are of the steps that there are, in their order"


def terminal(columns: int) -> tuple[int, int]:
    """A terminal's two ends."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return here, there


def test_a_terminal_that_does_not_know_its_width_gets_the_line_too() -> None:
    here, there = terminal(0)
    with os.fdopen(there, "w") as stream, TrainingProgress(stream):
        assert b"step 1/6: reading the training lines" in os.read(here, 4096) + os.read(here, 4096)
    os.close(here)


def test_a_terminal_gets_one_line_that_changes(root: Path) -> None:
    here, there = terminal(100)
    said = bytearray()

    def read() -> None:
        try:
            while piece := os.read(here, 4096):
                said.extend(piece)
        except OSError:
            pass  # the other side closed

    reader = threading.Thread(target=read)
    with subprocess.Popen([sys.executable, "-c", MAKE, root], stdout=there, stderr=there) as process:
        os.close(there)
        reader.start()
        assert process.wait(200) == 0
    reader.join(10)
    text = said.decode()
    shown = [line for line in text.replace("\r\n", "\n").split("\r") if "%" in line]
    assert text.replace("\r\n", "\n").count("\n") == 1, text  # only that the model is made
    percentages = [int(line.split("%")[0]) for line in shown]
    assert percentages == sorted(percentages) and len(set(percentages)) > 10
    for step in range(1, 7):
        assert any(f"left; step {step}/6: " in line for line in shown), step
    assert any(re.search(r"topics, [\d,]+ of [\d,]+", line) for line in shown)
    assert max(map(len, shown)) <= 100


def test_a_fault_in_the_data_is_shown(root: Path) -> None:
    (root / "domain.yml").write_text("version: '3.1'\nslots: [1]\n")
    run = subprocess.run([sys.executable, "-c", MAKE, root], capture_output=True, text=True, check=False, timeout=200)
    assert run.returncode == 1 and "StartError: Rasa made no model: " in run.stderr


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_time_that_is_left_follows_the_speed_of_the_machine() -> None:
    clock = Clock()
    with TrainingProgress(io.StringIO(), clock) as shown:
        whole = shown.left()
        clock.now += 2 * STEPS["reading"][""]  # a machine of half the speed
        with progress.stage("topics"):
            assert shown.left() == pytest.approx(2 * (whole - STEPS["reading"][""]))
            before = shown.percentage()
            clock.now += 2  # nothing is told meanwhile
            assert shown.percentage() > before


def test_the_percentage_never_goes_back_and_ends_near_a_hundred() -> None:
    clock, seen = Clock(), [0.0]
    with TrainingProgress(io.StringIO(), clock) as shown:
        for step, parts in list(STEPS.items())[1:-1]:
            with progress.stage(step):
                for part in filter(None, parts):
                    tally = progress.Tally(part, 4)
                    for _ in range(4):
                        clock.now += 3
                        tally.add()
                        seen.append(shown.percentage())
    assert seen == sorted(seen) and seen[-1] > 90
    assert shown.took == f"{int(clock.now - 100) // 60} min {int(clock.now - 100) % 60} s"


@pytest.mark.parametrize(
    ("seconds", "said"), [(3, "a few seconds"), (41, "about 40 s"), (100, "about 2 min"), (175, "about 3 min")]
)
def test_no_more_exact_than_is_known(seconds: float, said: str) -> None:
    assert spoken(seconds) == said
