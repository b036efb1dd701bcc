"""packaging/rehearse.sh where it can do nothing; what it does where it can is the rehearsal itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.containers import stack

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("found", ["no docker", "no engine"])
def test_without_an_engine_it_says_so_with_a_status_of_its_own(tmp_path: Path, found: str) -> None:
    if found == "no engine":
        docker = tmp_path / "docker"
        docker.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n")
        docker.chmod(0o755)
    for name in ("bash", "dirname", "python3"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    run = subprocess.run(
        [ROOT / "packaging/rehearse.sh"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 3, run.stderr
    assert "no Docker engine" in run.stderr and run.stdout == ""


def test_what_it_starts_is_nobody_elses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not the images, the ports or the project of an installation on the same machine."""
    asked: list[tuple[str, ...]] = []

    def command(*words: str, **_: object) -> str:
        asked.append(words)
        return ""

    monkeypatch.setattr(stack, "command", command)
    stack.Stack(tmp_path).compose("up")
    assert asked[0][asked[0].index("-p") + 1] == stack.PROJECT != "baken"
    assert all(image.startswith(f"{stack.PROJECT}-") and image in stack.OVERRIDE for image in stack.IMAGES.values())
    assert '!override ["127.0.0.1::443"]' in stack.OVERRIDE


@pytest.mark.parametrize(("text", "mebibytes"), [("468.2MiB", 468), ("1.5GiB", 1536), ("2048KiB", 2)])
def test_sizes_that_docker_prints(text: str, mebibytes: int) -> None:
    assert stack._mebibytes(text) == mebibytes
