"""A real `baken` in a process of its own, on a real port, with a data folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.ports import free_port


class Server:
    """Started, asked, stopped."""

    def __init__(self, folder: Path, port: int | None = None, **environment: str) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._file = self.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli"],
            env={
                **os.environ,
                "BAKEN_PORT": str(self.port),
                "BAKEN_DATA_FOLDER": str(folder),
                "PYTHONUNBUFFERED": "1",
                "BAKEN_LIMIT_ADDRESS": "1000",  # all tests come from one address
                "BAKEN_LIMIT_ADDRESS_BURST": "10000",
                "BAKEN_LIMIT_PERSON_BURST": "10000",  # and write faster than people do
                **environment,
            },
            stdout=self._file,
            stderr=subprocess.STDOUT,
        )

    def wait(self, seconds: float = 150) -> float:
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if self.process.poll() is not None:
                raise AssertionError(f"it stopped: {self.output()[-2000:]}")
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/health", timeout=2):
                return time.monotonic() - start
            time.sleep(0.05)
        raise AssertionError(f"not ready after {seconds} s: {self.output()[-2000:]}")

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def post(self, path: str, body: Any, raw: bytes | None = None, kind: str = "application/json") -> tuple[int, Any]:
        request = urllib.request.Request(
            f"{self.address}{path}", raw if raw is not None else json.dumps(body).encode(), {"Content-Type": kind}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(errors="replace")

    def say(
        self,
        text: str,
        conversation: str | None = None,
        language: str | None = None,
        seconds: float = 30,
        typed: bool = False,
    ) -> dict[str, Any]:
        """Post a message as the chat does and wait for what is said to it. A text with a slash is a button.

        Args:
            typed: it is typed in any case.
        """
        talk = conversation or uuid.uuid4().hex
        payload = text if text.startswith("/") and not typed else ""
        message = {"conversation": talk, "id": uuid.uuid4().hex, "text": text, "language": language, "payload": payload}
        status, taken = self.post("/api/messages", message)
        assert status == 202, taken
        end, after = time.monotonic() + seconds, taken["message"]
        while time.monotonic() < end:
            status, news = self.post("/api/poll", {"conversation": talk, "after": after, "wait": 10})
            assert status == 200, news
            after = max(after, news["last"])
            gone = news["first"] > taken["message"]  # everything was deleted; what is left is the word that it is
            replies = [one for one in news["messages"] if one["to"] == taken["message"] or (gone and not one["me"])]
            if replies:
                return {
                    "language": replies[0]["language"],
                    "safety": any(one["safety"] for one in replies),
                    "holder": news["holder"],
                    "replies": replies,
                }
        raise AssertionError(f"no answer within {seconds} s: {self.output()[-2000:]}")

    def fetch(self, address: str, conversation: str) -> tuple[int, bytes, dict[str, str]]:
        """A file of a conversation, as the chat fetches it."""
        body = json.dumps({"conversation": conversation}).encode()
        request = urllib.request.Request(f"{self.address}{address}", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as refused:
            return refused.code, b"", dict(refused.headers)

    def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        try:
            with urllib.request.urlopen(f"{self.address}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as refused:
            return refused.code, "", dict(refused.headers)

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(20)
        self._file.close()
        return code


@contextlib.contextmanager
def running(folder: Path, **environment: str) -> Iterator[Server]:
    server = Server(folder, **environment)
    try:
        server.wait()
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
