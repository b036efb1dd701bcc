"""Those who come through the proxy, over TLS: visitors of the chat page, and staff at the desk."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.containers.stack import Failed

SITE = "localhost"
#: Seconds that a page goes on trying until its message is taken, and until it is answered.
PATIENCE = 120.0
PASSWORD = "a lamp by the harbour"


@dataclass
class Door:
    """The way in: a port of this machine, and the authority that signs the proxy's certificate."""

    port: int
    authority: str

    def ask(
        self, method: str, path: str, body: bytes = b"", seconds: float = 40, **headers: str
    ) -> tuple[int, str, list[str]]:
        """Status, text and cookies of an answer.

        Raises:
            OSError, http.client.HTTPException: nobody answered.
        """
        trusted = ssl.create_default_context(cadata=self.authority)
        way = http.client.HTTPSConnection(SITE, self.port, timeout=seconds, context=trusted)
        try:
            way.request(method, path, body or None, {"Host": SITE, **headers})
            answer = way.getresponse()
            text = answer.read().decode()
            where = answer.getheader("Location")
            return answer.status, where if where is not None else text, answer.headers.get_all("Set-Cookie") or []
        finally:
            way.close()

    def post(self, path: str, body: Any) -> Any:
        """JSON there and back, tried until it is taken, as the chat page does.

        Raises:
            Failed: nobody took it for two minutes.
        """
        end, last = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end:
            try:
                status, text, _ = self.ask(
                    "POST", path, json.dumps(body).encode(), **{"Content-Type": "application/json"}
                )
                if status in (200, 202):
                    return json.loads(text)
                last = str(status)
            except (OSError, http.client.HTTPException) as error:
                last = type(error).__name__
            time.sleep(0.3)
        raise Failed(f"{path} was not taken for {PATIENCE:.0f} s, at last: {last}")


@dataclass
class Visitor:
    """One page, and what was said on it."""

    door: Door
    language: str
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    #: number in the log and text of each message
    said: list[tuple[int, str]] = field(default_factory=list)
    slowest: float = 0.0

    def say(self, text: str) -> list[str]:
        """A message, or with a slash a button; the texts that answer it.

        Raises:
            Failed: not taken, or not answered, within two minutes each.
        """
        start = time.monotonic()
        body = {
            "conversation": self.name,
            "id": uuid.uuid4().hex,
            "text": text,
            "language": self.language,
            "payload": text if text.startswith("/") else "",
        }
        message = self.door.post("/api/messages", body)["message"]
        self.said.append((message, text))
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            news = self.door.post("/api/poll", {"conversation": self.name, "after": message, "wait": 10})
            replies = [str(one["text"]) for one in news["messages"] if one["to"] == message]
            if replies:
                self.slowest = max(self.slowest, time.monotonic() - start)
                return replies
        raise Failed(f"message {message} was not answered within {PATIENCE:.0f} s")

    def history(self) -> list[dict[str, Any]]:
        """All of the conversation, as the page shows it after a reload."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["id"] if found else 0
            news = self.door.post("/api/poll", {"conversation": self.name, "after": after, "wait": 0})["messages"]
            if not news:
                return found
            found += news

    def kept(self) -> list[int]:
        """How many replies each message has.

        Raises:
            Failed: a message, or its answer, is not there.
        """
        shown = self.history()
        mine = {one["id"]: one["text"] for one in shown if one["me"]}
        counts = []
        for message, text in self.said:
            if message not in mine or (not text.startswith("/") and mine[message] != text):
                raise Failed(f"message {message} is lost")
            counts.append(sum(one["to"] == message for one in shown))
            if not counts[-1]:
                raise Failed(f"the answer to message {message} is lost")
        return counts


class Advisor:
    """A browser of staff: it keeps its cookies and fills in the form that it got."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._cookies: dict[str, str] = {}

    def _ask(self, method: str, path: str, **form: str) -> tuple[int, str]:
        headers = {"Origin": f"https://{SITE}", "Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        status, text, cookies = self.door.ask(method, path, urllib.parse.urlencode(form).encode(), **headers)
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value
        return status, text

    def page(self, path: str) -> str:
        """A page that staff see.

        Raises:
            Failed: another status than 200.
        """
        status, text = self._ask("GET", path)
        if status != 200:
            raise Failed(f"{path}: {status}")
        return text

    def form(self, path: str, **fields: str) -> str:
        """Fill in the form of a page; where it leads.

        Raises:
            Failed: it was refused.
        """
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.page(path))
        status, to = self._ask("POST", path, csrf=found[1] if found else "", **fields)
        if status != 303:
            raise Failed(f"the form of {path.rpartition('/')[0]} was refused: {status}")
        return to

    def welcome(self, link: str) -> None:
        """Open the link of a new account and choose a password."""
        self.form(urllib.parse.urlparse(link).path, password=PASSWORD, again=PASSWORD)

    def sign_in(self, name: str) -> None:
        """Sign in and look at the desk."""
        self.form("/staff/sign-in", name=name, password=PASSWORD)
        self.at_the_desk(name)

    def at_the_desk(self, name: str) -> None:
        """The desk is open to whoever is signed in here.

        Raises:
            Failed: it is not.
        """
        if name not in self.page("/staff/account"):
            raise Failed("the account's page does not know who is there")
        if 'name="password"' in self.page("/desk"):
            raise Failed("the desk asks for a password of somebody who is signed in")
