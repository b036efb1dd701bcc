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


def without_virtual_environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIRTUAL_ENV")}
    environment["PATH"] = f"{uv().parent}{os.pathsep}{environment['PATH']}"
    return environment


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sources and the gateway's environment."""
    folder = tmp_path_factory.mktemp("gateway")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    install = [str(folder / "packaging/gateway/install.sh"), str(folder), newer_python()]
    environment = without_virtual_environment()
    run = subprocess.run(install, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return folder


def test_the_gateways_environment_has_no_rasa_and_starts(gateway: Path) -> None:
    python = gateway / ".venv/bin/python"
    names = (
        "import importlib.metadata as m; "
        "print(*sorted({d.metadata['Name'].lower().replace('_', '-') for d in m.distributions()}))"
    )
    installed = set(subprocess.run([python, "-c", names], capture_output=True, text=True, check=True).stdout.split())
    assert {"aiohttp", "sqlalchemy", "psycopg2-binary", "cryptography", "prometheus-client", "baken"} <= installed
    unwanted = {"rasa", "rasa-sdk", "tensorflow", "numpy", "scipy", "scikit-learn", "sanic", "pytest", "playwright"}
    assert unwanted & installed == set()

    told = subprocess.run(
        [gateway / ".venv/bin/baken", "--help"],
        env=without_virtual_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0 and "usage: baken" in told.stdout
    version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith(("Python 3.11", "Python 3.12", "Python 3.13"))


@pytest.mark.parametrize(
    ("package", "switch"),
    [
        ("", {}),
        ("multidict", {"MULTIDICT_NO_EXTENSIONS": "1"}),
        ("yarl", {"YARL_NO_EXTENSIONS": "1"}),
        ("frozenlist", {"FROZENLIST_NO_EXTENSIONS": "1"}),
        ("propcache", {"PROPCACHE_NO_EXTENSIONS": "1"}),
        ("aiohttp", {"AIOHTTP_NO_EXTENSIONS": "1"}),
        ("sqlalchemy", {"DISABLE_SQLALCHEMY_CEXT_RUNTIME": "1"}),
    ],
)
def test_a_package_that_fell_back_to_pure_python_is_named(gateway: Path, package: str, switch: dict[str, str]) -> None:
    look = [gateway / ".venv/bin/python", "packaging/gateway/compiled.py"]
    environment = {**without_virtual_environment(), **switch}
    run = subprocess.run(look, cwd=gateway, env=environment, capture_output=True, text=True, check=False)
    assert {line.split(":")[0].split(",")[0] for line in run.stderr.splitlines()} == ({package} if package else set())
    assert run.returncode == (1 if package else 0)


def test_dutch_time_needs_no_time_zones_of_the_system(gateway: Path) -> None:
    code = "from facts.clock import AMSTERDAM; print(AMSTERDAM)"
    environment = {**without_virtual_environment(), "PYTHONTZPATH": ""}
    run = subprocess.run(
        [gateway / ".venv/bin/python", "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "Europe/Amsterdam", run.stderr
