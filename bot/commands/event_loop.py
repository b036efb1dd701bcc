"""The event loop of a process: uvloop where it is installed, since a message is many small waits."""

from __future__ import annotations

import contextlib


def use_uvloop() -> None:
    """To be called before `asyncio.run`."""
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.install()
