"""Whether the containers work: built from a clean clone, started, used, killed, restarted, taken down and up again.

    packaging/rehearse.sh [--train] [--minutes N] [--keep]

Prints what it does and sees, a line each, and removes what it made. Exit status: 0 all went well, 1 something did not,
3 there is no Docker engine on this machine.
"""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.containers import stack as docker
from tests.containers.people import Advisor, Door, Visitor
from tests.containers.stack import IMAGES, Failed, Stack

NO_ENGINE = 3
#: A question in each of three languages; every answer names the hourly wage of the day that is set.
QUESTIONS = {
    "pl": "Ile wynosi płaca minimalna?",
    "ro": "Cât este salariul minim pe oră?",
    "en": "What is the minimum wage?",
}
WAGE = re.compile(r"14[.,]99")
#: One person's talk: later messages are only understood by who remembers the earlier ones.
TALK = (QUESTIONS["pl"], "Ile mogą potrącić za łóżko?", "/show_source", "Czy dostanę pieniądze za urlop?")
PEOPLE = 12
#: What must stand in no log: an error's inner workings, or what people wrote.
TRACES = re.compile(r"Traceback|panic:|minimalna|potrącić|salariul|minimum wage|urlop")


class Rehearsal:
    """The steps, in their order."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.visitors: list[Visitor] = []
        self.advisor: Advisor | None = None
        self.link = ""
        self.logs = ""

    def door(self) -> Door:
        """The proxy has another port after each start."""
        return Door(self.stack.port(), self.stack.certificate())

    def build(self) -> str:
        """Both images, without a compiler in them."""
        start = time.monotonic()
        self.stack.compose("build", "gateway", "rasa", seconds=2400)
        found = {image: docker.compilers(image) for image in IMAGES.values()}
        if any(found.values()):
            raise Failed(f"there is a compiler in an image: {found}")
        told = []
        for service, image in IMAGES.items():
            own = docker.own_size(self.stack.folder, f"packaging/{service}/Dockerfile", image)
            told.append(f"{service} {docker.size(image)} MB, {own} of it above its base image")
        return f"{time.monotonic() - start:.0f} s; {'; '.join(told)}"

    def start(self) -> str:
        """From nothing to all healthy."""
        return f"all healthy after {self.stack.up():.0f} s"

    def ask(self) -> str:
        """In three languages, through the proxy, with its certificate verified."""
        door = self.door()
        for language, question in QUESTIONS.items():
            visitor = Visitor(door, language)
            text = " ".join(visitor.say(question))
            if not WAGE.search(text):
                raise Failed(f"the answer in {language} does not name the wage: {text[:200]}")
            self.visitors.append(visitor)
        for path in ("/metrics", "/health"):
            if door.ask("GET", path)[0] != 404:
                raise Failed(f"{path} is open to the world")
        return ", ".join(f"{one.language} {one.slowest:.1f} s" for one in self.visitors)

    def staff(self) -> str:
        """An account is made as docs/operations.md says; its owner chooses a password and sees the desk."""
        command = ("exec", "-T", "gateway", "/srv/baken/.venv/bin/baken", "staff", "add", "anna", "--role", "admin")
        self.link = self.stack.compose(*command).split()[-1]
        self.advisor = Advisor(self.door())
        self.advisor.welcome(self.link)
        self.advisor.sign_in("anna")
        return "account made, signed in, the desk is open"

    def again(self) -> str:
        """A second `up` changes nothing and ends with 0."""
        before = {service: self.stack.ids(service) for service in docker.SERVICES}
        took = self.stack.up()
        if {service: self.stack.ids(service) for service in docker.SERVICES} != before:
            raise Failed("containers were made anew")
        return f"ended well after {took:.0f} s, the same containers"

    def scale(self) -> str:
        """Two gateways, two Rasa servers."""
        took = self.stack.up("--scale", "gateway=2", "--scale", "rasa=2")
        if [len(self.stack.ids(service)) for service in ("gateway", "rasa")] != [2, 2]:
            raise Failed("there are not two of each")
        return f"all healthy after {took:.0f} s"

    def kill(self) -> str:
        """One of each dies in the midst of talks; each message is answered, and once."""
        return self._among_talks(
            lambda: self.stack.kill("rasa"),
            lambda: self.stack.kill("gateway"),
            lambda: self.stack.up("--scale", "gateway=2", "--scale", "rasa=2"),
        )

    def restart(self) -> str:
        """PostgreSQL and Redis are started anew, and killed and started, in the midst of talks."""
        return self._among_talks(
            lambda: self.stack.compose("restart", "redis"),
            lambda: self.stack.compose("restart", "postgres"),
            lambda: self.stack.kill("postgres"),
            lambda: self.stack.kill("redis"),
            lambda: self.stack.up("--scale", "gateway=2", "--scale", "rasa=2"),
            lambda: self.stack.compose("restart", "actions"),
        )

    def memory(self) -> str:
        """MiB of each container after all this."""
        return ", ".join(f"{service} {used} MiB" for service, used in sorted(self.stack.memory().items()))

    def down_and_up(self) -> str:
        """Everything is taken down and brought up again: what was said and who may come in is still there."""
        self._read_logs()
        start = time.monotonic()
        self.stack.compose("stop", seconds=180)
        took = time.monotonic() - start
        hard = [one["Name"] for one in self.stack.containers() if one["ExitCode"] not in (0, 143)]
        if hard:
            raise Failed(f"did not stop by themselves: {hard}")
        self.stack.down()
        up = self.stack.up()
        door = self.door()
        for visitor in self.visitors:
            visitor.door = door
        said = sum(len(visitor.kept()) for visitor in self.visitors)
        text = " ".join(self.visitors[0].say("/show_source"))
        if "http" not in text:
            raise Failed(f"the talk does not go on where it was: {text[:200]}")
        assert self.advisor is not None
        self.advisor.door = door
        self.advisor.at_the_desk("anna")
        Advisor(door).sign_in("anna")
        return f"stopped in {took:.0f} s, healthy after {up:.0f} s; {said} messages, answers, the account: there"

    def read_logs(self) -> str:
        """No error's inner workings in a log, nothing that was said."""
        self._read_logs()
        levels = re.findall(r'^(\S+?)-\d+ .*"level": ?"(warning|error|critical)"', self.logs, re.MULTILINE)
        counts = {pair: levels.count(pair) for pair in sorted(set(levels))}
        return f"{len(self.logs.splitlines())} lines; " + (
            ", ".join(f"{service} {level} {count}" for (service, level), count in counts.items()) or "no warnings"
        )

    # -- parts of steps -----------------------------------------------------------------------------------------

    def _among_talks(self, *disturbances: Callable[[], Any]) -> str:
        """People talk for as long as things are disturbed, and then to the end of their talk."""
        door, over = self.door(), threading.Event()
        alone = Visitor(door, "pl")
        usual = [len(alone.say(text)) for text in TALK]
        crowd = [Visitor(door, "pl") for _ in range(PEOPLE)]

        def talk(visitor: Visitor) -> None:
            while True:
                for text in TALK:
                    visitor.say(text)
                    time.sleep(0.5)
                if over.is_set():
                    return

        with ThreadPoolExecutor(PEOPLE) as pages:
            talks = [pages.submit(talk, visitor) for visitor in crowd]
            try:
                for disturb in disturbances:
                    time.sleep(2)
                    before = sum(len(one.said) for one in crowd)
                    disturb()
                    print(f"    … {before} messages so far", flush=True)
                    self._read_logs()  # before a container is replaced by another
            finally:
                over.set()
            for one in talks:
                one.result()
        self.stack.healthy(60)
        self.visitors += crowd
        for visitor in crowd:
            counts = visitor.kept()
            if any(count != usual[place % len(TALK)] for place, count in enumerate(counts)):
                raise Failed(f"answered more or less often than once: {counts}, usual is {usual}")
        return (
            f"{sum(len(one.said) for one in crowd)} messages of {PEOPLE} people, each answered once; "
            f"the slowest after {max(one.slowest for one in crowd):.1f} s"
        )

    def _read_logs(self) -> None:
        self.logs = self.stack.logs()
        found = TRACES.findall(self.logs)
        if found:
            lines = [line for line in self.logs.splitlines() if TRACES.search(line)]
            raise Failed(f"in the logs: {sorted(set(found))}\n" + "\n".join(lines[:5]))


STEPS = ("build", "start", "ask", "staff", "again", "scale", "kill", "restart", "memory", "down_and_up", "read_logs")


def main() -> int:
    """Do it all; the exit status."""
    parser = argparse.ArgumentParser(
        prog="packaging/rehearse.sh", description=__doc__.split("\n")[0] if __doc__ else ""
    )
    parser.add_argument("--train", action="store_true", help="make the model in the image, though there is one beside")
    parser.add_argument("--minutes", type=float, default=30, help="after so many it is given up (30)")
    parser.add_argument("--keep", action="store_true", help="leave the containers and the clone as they are at the end")
    given = parser.parse_args()
    engine = docker.engine()
    if not engine:
        print("rehearsal: no Docker engine with Compose is to be had here; nothing was done", file=sys.stderr)
        return NO_ENGINE
    signal.signal(signal.SIGALRM, _too_late)
    signal.signal(signal.SIGTERM, _too_late)
    signal.alarm(round(given.minutes * 60))
    folder = Path(tempfile.mkdtemp(prefix="baken-rehearsal-"))
    stack = Stack(folder / "baken")
    try:
        print(f"{engine}; {stack.clone(model=not given.train)}", flush=True)
        stack.remove()  # what a rehearsal left that was killed
        rehearsal = Rehearsal(stack)
        for step in STEPS:
            print(f"  {step.replace('_', ' ')}", flush=True)
            print(f"    {getattr(rehearsal, step)()}", flush=True)
    except (Failed, OSError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        _show_logs(stack)
        return 1
    finally:
        signal.alarm(0)
        if given.keep:
            print(f"left as it is: {stack.folder}, project {docker.PROJECT}")
        else:
            _clean_up(stack, folder)
    print("all went well")
    return 0


def _too_late(*_: object) -> None:
    raise Failed("given up: out of time, or told to stop")


def _show_logs(stack: Stack) -> None:
    try:
        print("\n".join(stack.logs().splitlines()[-60:]), file=sys.stderr)
    except Failed as error:
        print(error, file=sys.stderr)


def _clean_up(stack: Stack, folder: Path) -> None:
    if (stack.folder / "rehearsal.yml").exists():
        stack.remove()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
