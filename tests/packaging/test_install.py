"""What the gateway's image runs to install, run here in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
COPIED = ("pyproject.toml", "uv.lock", "README.md", "LICENSE", "packaging", "facts", "actions", "bot")


def uv() -> Path:
    """The uv that runs this, or the one that is installed."""
    found = os.environ.get("UV") or shutil.which("uv")
    assert found, "these tests need uv: https://docs.astral.sh/uv/"
    return Path(found)


def newer_python() -> str:
    """A Python that Rasa does not run on: what this machine has of 3.11 to 3.13, else one that uv brings."""
    environment = {**os.environ, "UV_PYTHON": ""}
    for version in ("3.13", "3.12", "3.11"):
        command = [str(uv()), "python", "find", "--no-project", "--no-python-downloads", version]
        run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/", check=False)
        if run.returncode == 0:
            return run.stdout.strip()
    return "3.13"


def test_the_gateways_environment_has_no_rasa_and_starts(tmp_path: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIRTUAL_ENV")}
    environment["PATH"] = f"{uv().parent}{os.pathsep}{environment['PATH']}"
    install = [str(tmp_path / "packaging/gateway/install.sh"), str(tmp_path), newer_python()]
    run = subprocess.run(install, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    python = tmp_path / ".venv/bin/python"

    names = (
        "import importlib.metadata as m; "
        "print(*sorted({d.metadata['Name'].lower().replace('_', '-') for d in m.distributions()}))"
    )
    installed = set(subprocess.run([python, "-c", names], capture_output=True, text=True, check=True).stdout.split())
    assert {"aiohttp", "sqlalchemy", "psycopg2-binary", "cryptography", "prometheus-client", "baken"} <= installed
    unwanted = {"rasa", "rasa-sdk", "tensorflow", "numpy", "scipy", "scikit-learn", "sanic", "pytest", "playwright"}
    assert unwanted & installed == set()

    told = subprocess.run(
        [tmp_path / ".venv/bin/baken", "--help"], env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0 and "usage: baken" in told.stdout
    version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith(("Python 3.11", "Python 3.12", "Python 3.13"))
