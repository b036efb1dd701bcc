"""Floods: so many messages at once, and so many a second, for each person and for each address."""

from __future__ import annotations

import ipaddress
import re
import time
from collections import OrderedDict
from typing import Final

from aiohttp import web

#: Buckets kept at most; the one that was not used for longest goes first.
_MOST: Final = 50_000
#: "192.0.2.1:443", "[2001:db8::1]:443" and "[2001:db8::1]".
_WITH_PORT: Final = re.compile(r"([0-9.]+):\d{1,5}|\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?")


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
        # A proxy may add a line instead of joining: the lines are one list (RFC 9110, 5.3).
        lines = ",".join(request.headers.getall("X-Forwarded-For", ()))
        told = [part.strip() for part in lines.split(",") if part.strip()]
        found = told[-proxies] if len(told) >= proxies else found
    parsed = _parsed(found)
    if parsed is None:
        return request.remote or "?"
    if parsed.version == 6:
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as proxies write it: bare, with a port, in brackets; an IPv4 address in IPv6's clothes is IPv4."""
    match = _WITH_PORT.fullmatch(text)
    try:
        parsed = ipaddress.ip_address((match[1] or match[2]) if match else text)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed
