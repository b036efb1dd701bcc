"""Deadlines: `async with timeout(seconds)`, as asyncio has it from Python 3.11 on.

`asyncio.wait_for` makes a task for each wait and, on Python 3.10, can lose a cancellation.
"""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    from asyncio import timeout
else:
    from async_timeout import timeout

__all__ = ["timeout"]
