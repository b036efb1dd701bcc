"""Does what the README tells first, `uv run baken` with nothing set, until a question is answered; then Ctrl-C.

Needs no more than Python itself. Exit status 1 where something was not as told.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

#: Seconds: the model is made in four to five minutes on two cores, and this machine may be slower.
READY, ANSWER, STOP = 540, 60, 30
ADDRESS = f"http://127.0.0.1:{os.environ.get('BAKEN_PORT', '8080')}"


def fetch(path: str, body: dict[str, object] | None = None) -> str:
    """What an address says to a GET, or to a POST of an object."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADDRESS + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())


def wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    """Until the gateway says that it is healthy."""
    end = time.monotonic() + READY
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"`uv run baken` stopped by itself with exit status {process.returncode}")
        try:
            fetch("/health")
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"not ready after {READY} s")


def ask(text: str) -> str:
    """A question as the chat page asks it, and its answer."""
    conversation = uuid.uuid4().hex
    message = {"conversation": conversation, "id": uuid.uuid4().hex, "text": text, "language": "en"}
    taken = json.loads(fetch("/api/messages", message))["message"]
    end = time.monotonic() + ANSWER
    while time.monotonic() < end:
        news = json.loads(fetch("/api/poll", {"conversation": conversation, "after": taken, "wait": 10}))
        replies = [one["text"] for one in news["messages"] if one["to"] == taken]
        if replies:
            return "\n".join(replies)
    raise SystemExit(f"no answer within {ANSWER} s")


def main() -> None:
    """Starts it, asks it, stops it."""
    begun = time.monotonic()
    process = subprocess.Popen(["uv", "run", "baken"], start_new_session=True)
    try:
        wait_until_ready(process)
        print(f"ready after {time.monotonic() - begun:.0f} s")
        if "/widget.js" not in fetch("/"):
            raise SystemExit("the page has no chat")
        answer = ask("What is the minimum wage?")
        if "€" not in answer:
            raise SystemExit(f"no amount in the answer: {answer}")
        print(answer.splitlines()[0])
        process.send_signal(signal.SIGINT)  # uv passes it on; to the whole group it would come twice
        status = process.wait(STOP)
        if status != 0:
            raise SystemExit(f"stopped by Ctrl-C with exit status {status}")
        print("stopped")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    main()
