"""Rasa's own commands work in a clean clone with nothing set. `.ci/rasa-commands` runs them too, with `rasa train`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import rasa_commands
from rasa_commands import Clone, free_port


@pytest.fixture(scope="module")
def clone(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    made = Clone(tmp_path_factory.mktemp("rasa"))
    (made.folder / "models").mkdir()
    os.link(model, made.folder / "models" / "20260101-000000-trained-before.tar.gz")
    return made


@pytest.fixture(scope="module")
def actions_port(clone: Clone) -> int:
    """Of the action server. The clone's endpoints name it, as other tests may use Rasa's own at the same time."""
    port, endpoints = free_port(), clone.folder / "endpoints.yml"
    endpoints.write_text(endpoints.read_text().replace("5055", str(port)))
    return port


def test_data_validate_finds_no_fault_and_reads_nothing_but_rasas_files(clone: Clone) -> None:
    rasa_commands.validate(clone)


def test_test_nlu_judges_a_file_and_draws_its_pictures(clone: Clone) -> None:
    rasa_commands.test_nlu(clone)


def test_run_answers_with_run_actions_beside_it(clone: Clone, actions_port: int) -> None:
    rasa_commands.run(clone, free_port(), actions_port)


def test_shell_answers_what_is_typed(clone: Clone, actions_port: int) -> None:
    rasa_commands.shell(clone, free_port(), actions_port)


def test_rasa_neither_reports_anything_nor_writes_a_number_of_this_machine(clone: Clone) -> None:
    """Even where somebody switches telemetry on: Baken sends nothing."""
    asks = (
        "from rasa.__main__ import create_argument_parser; create_argument_parser(); from rasa import telemetry; "
        "print(telemetry.is_telemetry_enabled(), telemetry.initialize_telemetry())"
    )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asks],
        cwd=clone.folder,
        capture_output=True,
        text=True,
        check=True,
        env={**clone.environment, "RASA_TELEMETRY_ENABLED": "true"},
    )
    assert run.stdout.split() == ["False", "False"]
    clone.run("rasa", "telemetry", "--help")
    assert not [*clone.home.rglob("global.yml")]
