"""Floods: so many messages at once, and so many a second, for each person and for each address."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from typing import Final

from aiohttp import web

#: Buckets kept at most; the one that was not used for longest goes first.
_MOST: Final = 50_000


class Buckets:
    """Token buckets by name: `burst` at once, refilled with `rate` a second."""

    def __init__(self, burst: float, rate: float) -> None:
        self.burst, self.rate = burst, rate
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float | None = None) -> float:
        """Take one token: 0 where there was one, else the seconds until there will be."""
        at = time.monotonic() if now is None else now
        left, since = self._kept.pop(name, (self.burst, at))
        left = min(self.burst, left + (at - since) * self.rate)
        missing = 1.0 - left
        self._kept[name] = (left if missing > 0 else left - 1.0, at)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return max(0.0, missing / self.rate) if missing > 0 else 0.0


def address(request: web.Request, proxies: int) -> str:
    """The client's address: behind `proxies` of ours the one that the outermost saw; IPv6 by its /64."""
    found = request.remote or ""
    if proxies:
        told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        found = told[-proxies] if len(told) >= proxies else found
    try:
        parsed = ipaddress.ip_address(found)
    except ValueError:
        return request.remote or "?"
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
