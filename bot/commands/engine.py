"""`python -m bot.commands.engine`: an engine for the gateway that started it (bot/engine/engine_pool.py).

Prints its port once it can answer, and ends when its standard input does: with its parent, however that ended.
"""

from __future__ import annotations

import asyncio
import os
import sys

from aiohttp import web

from bot.commands.event_loop import use_uvloop
from bot.commands.start import start
from bot.commands.start_errors import sentence
from bot.engine.engine_pool import SECRET, EngineServer
from bot.redacted_logging import configure_logging
from bot.settings import load


async def serve() -> None:
    """Runs until the parent ends."""
    settings = load()
    configure_logging(settings.log_level)
    os.umask(0o077)
    assistant = await start(settings)
    runner = web.AppRunner(EngineServer(assistant.engine, os.environ.pop(SECRET)).app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)
    await runner.cleanup()
    await assistant.close()


def main() -> int:
    """1 where it can't start, said in a sentence on standard error."""
    use_uvloop()
    try:
        asyncio.run(serve())
    except Exception as error:
        said = sentence(error)
        if said is None:
            raise
        print(said, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
