"""The containers of docker-compose.yml as a project of their own: with other names and ports, beside what else runs."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PROJECT = "baken-rehearsal"
IMAGES = {"gateway": f"{PROJECT}-gateway", "rasa": f"{PROJECT}-rasa"}
#: What the compose file's own services get here: images that are thrown away, a free port on this machine alone.
OVERRIDE = f"""
services:
  proxy: {{ports: !override ["127.0.0.1::443"]}}
  gateway: {{image: {IMAGES["gateway"]}}}
  rasa: {{image: {IMAGES["rasa"]}}}
  actions: {{image: {IMAGES["rasa"]}}}
"""
SERVICES = ("proxy", "gateway", "rasa", "actions", "postgres", "redis")


class Failed(Exception):
    """Something is not as it must be; says what."""


def engine() -> str:
    """The version of the Docker engine and of Compose; empty, where there is none."""
    if shutil.which("docker") is None:
        return ""
    said = []
    for command in (["docker", "version", "-f", "{{.Server.Version}}"], ["docker", "compose", "version", "--short"]):
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if run.returncode:
            return ""
        said.append(run.stdout.strip())
    return "Docker {}, Compose {}".format(*said)


def command(*words: str, seconds: float, folder: Path | None = None) -> str:
    """Run it; its standard output.

    Raises:
        Failed: another exit status than 0, or it took longer than `seconds`.
    """
    try:
        run = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as late:
        raise Failed(f"not done after {seconds:.0f} s: {' '.join(words)}") from late
    if run.returncode:
        raise Failed(f"exit status {run.returncode}: {' '.join(words)}\n{(run.stdout + run.stderr)[-4000:]}")
    return run.stdout


class Stack:
    """The project, in a folder that holds a clone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def clone(self, *, model: bool) -> str:
        """What is committed, and an `.env` with fresh secrets; `model` takes the one beside along. The commit."""
        command("git", "clone", "--quiet", "--no-local", str(ROOT), str(self.folder), seconds=120)
        if model and (ROOT / "models").is_dir():
            shutil.copytree(ROOT / "models", self.folder / "models")
            for path in (self.folder / "models").iterdir():
                path.chmod(
                    0o600
                )  # as `uv run baken` leaves it: the image's own user must be able to read it all the same
        text = (self.folder / ".env.example").read_text()
        filled = {
            "BAKEN_SITE": "localhost",
            "BAKEN_KEY": b64encode(secrets.token_bytes(32)).decode(),
            **{
                name: secrets.token_urlsafe(32) for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "BAKEN_RASA_SECRET")
            },
        }
        lines = [line for line in text.splitlines() if line.partition("=")[0] not in filled]
        lines += [f"{name}={value}" for name, value in filled.items()]
        # all visitors come from one address
        lines += ["BAKEN_TODAY=2026-11-23", "BAKEN_LIMIT_ADDRESS=1000", "BAKEN_LIMIT_ADDRESS_BURST=10000"]
        (self.folder / ".env").write_text("\n".join(lines) + "\n")
        (self.folder / "rehearsal.yml").write_text(OVERRIDE)
        return command("git", "log", "-1", "--format=%h %s", folder=self.folder, seconds=20).strip()

    def compose(self, *words: str, seconds: float = 120) -> str:
        """`docker compose …` for this project."""
        files = ("-f", "docker-compose.yml", "-f", "rehearsal.yml")
        return command(
            "docker", "compose", "--ansi", "never", "-p", PROJECT, *files, *words, folder=self.folder, seconds=seconds
        )

    def containers(self) -> list[dict[str, Any]]:
        """As `docker compose ps --all` says."""
        return [json.loads(line) for line in self.compose("ps", "--all", "--format", "json").splitlines() if line]

    def ids(self, service: str) -> list[str]:
        """The containers of a service that run, the oldest number first."""
        found = [one for one in self.containers() if one["Service"] == service and one["State"] == "running"]
        return [one["ID"] for one in sorted(found, key=lambda one: str(one["Name"]))]

    def up(self, *words: str, seconds: float = 300) -> float:
        """Bring up, and wait until all are healthy; the seconds that it took."""
        start = time.monotonic()
        self.compose("up", "--detach", *words, seconds=seconds)
        self.healthy(seconds)
        return time.monotonic() - start

    def healthy(self, seconds: float) -> None:
        """Wait until each service runs and says that it is well.

        Raises:
            Failed: not within `seconds`.
        """
        end = time.monotonic() + seconds
        while True:
            now = [one for one in self.containers() if one["Service"] in SERVICES]
            running = {one["Service"] for one in now}
            ill = [f"{one['Name']}: {one['Status']}" for one in now if one["Health"] != "healthy"]
            if not ill and running == set(SERVICES):
                return
            if time.monotonic() > end:
                raise Failed(f"not healthy after {seconds:.0f} s: {ill or sorted(set(SERVICES) - running)}")
            time.sleep(1)

    def kill(self, service: str) -> None:
        """One of its containers, in the midst of what it does."""
        command("docker", "kill", "--signal", "KILL", self.ids(service)[0], seconds=30)

    def port(self) -> int:
        """Where the proxy is reached on this machine."""
        return int(self.compose("port", "proxy", "443").strip().rpartition(":")[2])

    def certificate(self) -> str:
        """That of the authority that signed the proxy's."""
        return self.compose("exec", "-T", "proxy", "cat", "/data/caddy/pki/authorities/local/root.crt")

    def logs(self) -> str:
        """What all said so far, with the service before each line."""
        return self.compose("logs", "--no-color", "--timestamps").replace("\x1b[2K", "")

    def memory(self) -> dict[str, int]:
        """MiB that each service takes now; the largest, where there are several."""
        found: dict[str, int] = {}
        for one in (one for one in self.containers() if one["State"] == "running"):
            said = command("docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", one["ID"], seconds=60)
            found[one["Service"]] = max(found.get(one["Service"], 0), _mebibytes(said.partition("/")[0].strip()))
        return found

    def down(self) -> None:
        """Take down what runs; what is kept stays."""
        self.compose("down", seconds=180)

    def remove(self) -> None:
        """Everything that this made: containers, volumes, networks, images."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "10", seconds=180)
        for image in IMAGES.values():
            subprocess.run(["docker", "image", "rm", image], capture_output=True, timeout=120, check=False)


def size(image: str) -> int:
    """MB of an image, as `docker image ls` counts them."""
    return round(int(command("docker", "image", "inspect", "-f", "{{.Size}}", image, seconds=30)) / 1e6)


def own_size(folder: Path, dockerfile: str, image: str) -> int:
    """MB of an image beyond the one it stands on."""
    base = [line.split()[1] for line in (folder / dockerfile).read_text().splitlines() if line.startswith("FROM ")][-1]
    try:
        return size(image) - size(base)
    except Failed:  # BuildKit keeps its own copy of what it pulled
        command("docker", "pull", "--quiet", base, seconds=300)
        return size(image) - size(base)


def compilers(image: str) -> str:
    """What an image has to compile with."""
    look = "command -v cc gcc g++ clang c++ make || true"
    return command("docker", "run", "--rm", "--network", "none", image, "sh", "-c", look, seconds=60).strip()


def _mebibytes(text: str) -> int:
    for unit, factor in (("GiB", 1024.0), ("MiB", 1.0), ("KiB", 1 / 1024), ("B", 1 / 1024**2)):
        if text.endswith(unit):
            return round(float(text.removesuffix(unit)) * factor)
    raise Failed(f"no size: {text}")
