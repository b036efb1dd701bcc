"""`baken`: everything on one machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket

from aiohttp import web

from bot.commands.start import start
from bot.gateway.app import make
from bot.gateway.chat import Page
from bot.settings import BadSetting, Settings


def serve(settings: Settings) -> int:
    """Runs until it is told to stop."""
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.install()
    asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    listening = _claim(settings)  # before the model is read: a busy port is said at once
    from actions.rasa_actions import answers

    print("Starting Baken …", flush=True)
    assistant = await start(settings)
    runner = web.AppRunner(make(assistant, Page(answers().base)), access_log=None, shutdown_timeout=10)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    address = f"http://{settings.host}:{settings.port}"
    print(f"Baken is ready. Chat page: {address}/   Health: {address}/health   Stop with Ctrl-C.", flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    print("Stopping: what was taken in is answered first.", flush=True)
    await runner.cleanup()
    await assistant.close()


def _claim(settings: Settings) -> socket.socket:
    """The listening socket.

    Raises:
        BadSetting: the port is taken or not allowed; the message names the setting to change.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        why = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
        raise BadSetting(
            f"port {settings.port} {why}: set BAKEN_PORT to another, for example BAKEN_PORT={settings.port + 1}"
        ) from error
    return listening
