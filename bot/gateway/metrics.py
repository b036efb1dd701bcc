"""`GET /health` and `GET /metrics` (Prometheus text format). Counts only, never words."""

from __future__ import annotations

import time
from collections import Counter

from aiohttp import web

from bot.gateway.keys import COUNTS


class Counts:
    """Requests by route and status, and the seconds they took."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.seconds: dict[str, float] = {}
        self.refusals: Counter[tuple[str, str]] = Counter()

    def refused(self, channel: str, reason: str) -> None:
        """Count something that was not taken in."""
        self.refusals[channel, reason] += 1


@web.middleware
async def counted(request: web.Request, handler: web.Handler) -> web.StreamResponse:  # type: ignore[name-defined]
    """Counts every request under its route, so that no address with an id in it becomes a label."""
    start, status = time.perf_counter(), 500
    try:
        response: web.StreamResponse = await handler(request)
        status = response.status
        return response
    except web.HTTPException as refused:
        status = refused.status
        raise
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "other"
        counts = request.app[COUNTS]
        counts.requests[route, status] += 1
        counts.seconds[route] = counts.seconds.get(route, 0.0) + time.perf_counter() - start


async def health(_request: web.Request) -> web.Response:
    """200 while the assistant answers."""
    return web.json_response({"status": "ok"})


async def metrics(request: web.Request) -> web.Response:
    """Requests and seconds by route."""
    counts = request.app[COUNTS]
    lines = ["# HELP baken_requests_total Requests by route and status.", "# TYPE baken_requests_total counter"]
    lines += [
        f'baken_requests_total{{route="{route}",status="{status}"}} {count}'
        for (route, status), count in sorted(counts.requests.items())
    ]
    lines += ["# HELP baken_request_seconds_total Time by route.", "# TYPE baken_request_seconds_total counter"]
    lines += [
        f'baken_request_seconds_total{{route="{route}"}} {seconds:.6f}'
        for route, seconds in sorted(counts.seconds.items())
    ]
    return web.Response(text="\n".join(lines) + "\n", headers={"Content-Type": "text/plain; version=0.0.4"})
