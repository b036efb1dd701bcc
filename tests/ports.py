"""Ports for servers that must be told theirs before they start."""

from __future__ import annotations

import itertools
import os
import socket

#: Below the range that systems hand out by themselves (32768 and up), a thousand for each worker of pytest-xdist, so
#: that nobody takes a port between its choice and the start of its server; begun elsewhere by each process, for a
#: second run of the tests on the same machine.
_FIRST = 20000 + 1000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10)
_numbers = itertools.count(os.getpid())


def free_port() -> int:
    """A port of loopback that nobody listens on, another one at each call."""
    for _ in range(1000):
        port = _FIRST + next(_numbers) % 1000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"all ports from {_FIRST} on are in use")
