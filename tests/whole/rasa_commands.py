"""Rasa's own commands, as a Rasa developer types them: in a clean clone, with nothing set.

    uv run python tests/whole/rasa_commands.py     # or .ci/rasa-commands: all of them, `rasa train` for real

Prints each command with its exit status and its seconds; a failing one shows what it printed. Exit status 1 where one
failed. test_rasa_commands.py runs the same steps against a model that is there already.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
QUESTION, IN_ANSWER = "Wat is het minimumloon per uur?", "minimumloon"
#: What `rasa test nlu` is asked to judge: a file of a developer's own.
LINES = """version: "3.1"
nlu:
- intent: minimum_wage
  examples: |
    - Wat is het minimumloon per uur?
    - what is the minimum wage
- intent: greet
  examples: |
    - hallo
    - good morning
"""


class Failed(Exception):
    """A command did not do what it is there for; the message holds what it printed."""


class Clone:
    """The files that git knows, in a folder of their own, and commands in it with a bare environment."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder / "clone", folder / "home"
        self.home.mkdir()
        names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        for name in filter(None, names.decode().split("\0")):
            if (ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.folder / name)

    @property
    def environment(self) -> dict[str, str]:
        """What a fresh shell has: a home, a path, a language."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", "TERM": "xterm"}

    def run(self, *command: str, seconds: float = 600) -> str:
        """Run a command to its end; what it printed.

        Raises:
            Failed: its exit status is not 0.
        """
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode:
            raise Failed(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout[-3000:]}")
        return done.stdout

    @contextlib.contextmanager
    def serving(self, *command: str, until: str) -> Iterator[None]:
        """A command that runs on; from when it has printed `until`."""
        log = self.home / f"{command[1]}-{len(command)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait(lambda: until in log.read_text(errors="replace") or process.poll() is not None)
            said = log.read_text(errors="replace")
            if until not in said:
                raise Failed(f"{' '.join(command)}: not ready\n{said[-3000:]}")
            yield
        finally:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def validate(clone: Clone) -> None:
    """`rasa data validate`"""
    said = clone.run("rasa", "data", "validate")
    if "No story structure conflicts found" not in said or "safety_rules" in said:
        raise Failed(said[-3000:])


def train(clone: Clone) -> None:
    """`rasa train`"""
    clone.run("rasa", "train", seconds=1800)
    if not [*(clone.folder / "models").glob("*.tar.gz")]:
        raise Failed("rasa train made no model")


def test_nlu(clone: Clone) -> None:
    """`rasa test nlu --nlu FILE`"""
    (clone.home / "mine.yml").write_text(LINES, encoding="utf-8")
    clone.run("rasa", "test", "nlu", "--nlu", str(clone.home / "mine.yml"))
    report = json.loads((clone.folder / "results" / "intent_report.json").read_text())
    if report["accuracy"] < 1 or not (clone.folder / "results" / "intent_histogram.png").is_file():
        raise Failed(f"rasa test nlu: {report}")


def run(clone: Clone, port: int = 5005, actions_port: int = 5055) -> None:
    """`rasa run` with `rasa run actions`, asked over Rasa's REST channel"""
    with (
        _actions(clone, actions_port),
        clone.serving("rasa", "run", *_unless(5005, port), until="Rasa server is up and running"),
    ):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/webhooks/rest/webhook",
            json.dumps({"sender": "developer", "message": QUESTION}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            said = json.loads(reply.read())
    if not said or IN_ANSWER not in said[0].get("text", ""):
        raise Failed(f"rasa run: answered {said}")


def shell(clone: Clone, port: int = 5005, actions_port: int = 5055) -> None:
    """`rasa shell` with `rasa run actions`, typed into on a terminal"""
    command = ["rasa", "shell", *_unless(5005, port)]
    with _actions(clone, actions_port):
        here, there = pty.openpty()
        process = subprocess.Popen(
            command, cwd=clone.folder, env=clone.environment, stdin=there, stdout=there, stderr=there, close_fds=True
        )
        os.close(there)
        said = bytearray()
        reader = threading.Thread(target=_read, args=(here, said), daemon=True)
        reader.start()
        try:
            for until, line in (("Your input", QUESTION), (IN_ANSWER + r"[^?]*\n.*Your input", "/stop")):
                before = len(said)
                _wait(lambda: process.poll() is not None or re.search(until, _text(said[before:]), re.S))  # noqa: B023
                time.sleep(0.5)  # the prompt is drawn before it reads
                os.write(here, line.encode() + b"\r")
            status = process.wait(60)
        except (subprocess.TimeoutExpired, OSError) as error:
            raise Failed(f"rasa shell: {error}\n{_text(said)[-3000:]}") from error
        finally:
            process.kill()
            process.wait()
            reader.join(5)
            os.close(here)
    if status or "minimumloon is" not in _text(said):
        raise Failed(f"rasa shell: exit status {status}\n{_text(said)[-3000:]}")


def _actions(clone: Clone, port: int) -> contextlib.AbstractContextManager[None]:
    return clone.serving("rasa", "run", "actions", *_unless(5055, port), until="Action endpoint is up and running")


def _unless(usual: int, port: int) -> Sequence[str]:
    return () if port == usual else ("--port", str(port))


def _read(terminal: int, into: bytearray) -> None:
    with contextlib.suppress(OSError):  # the other side closed
        while piece := os.read(terminal, 4096):
            into += piece


def _text(said: bytes) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said.decode(errors="replace")).replace("\r", "")


def _wait(enough: Callable[[], object], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not enough() and time.monotonic() < end:
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def main() -> int:
    """Run all; 1 where one failed."""
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        clone = Clone(Path(folder))
        for step in (validate, train, test_nlu, run, shell):
            start = time.monotonic()
            try:
                step(clone)
                result = "exit status 0"
            except Failed as failed:
                result, status = f"FAILED\n{failed}", 1
            print(f"{step.__doc__}: {result} ({time.monotonic() - start:.0f} s)", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
