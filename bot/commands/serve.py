"""`baken`: everything on one machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket

from aiohttp import web

from bot.commands.event_loop import use_uvloop
from bot.commands.start import start
from bot.commands.start_errors import check_storage
from bot.delivery.service import MessageService, open_log
from bot.desk.handoff import Handoff
from bot.gateway.app import IDLE, make
from bot.privacy.about_me import AboutMe
from bot.settings import BadSetting, Settings
from bot.web.request_log import use_json
from facts import published
from facts.wording import Wording


def serve(settings: Settings) -> int:
    """Runs until it is told to stop."""
    use_uvloop()
    asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    os.umask(0o077)  # what is written here is for this user alone
    listening = _claim(settings)  # before the model is read: a busy port is said at once
    if settings.log_format == "json":
        use_json()
    check_storage(settings)
    print("Starting Baken …", flush=True)
    database, keys = open_log(settings)  # before the model is read: a wrong key is said at once
    assistant = await start(settings, own=True)
    base = published.base()
    handoff = Handoff(settings, keys, published.base) if settings.desk == "on" else None
    about_me = AboutMe(Wording(base), settings)
    office = MessageService(settings, assistant, desk=handoff, directs=(about_me,), database=database, keys=keys)
    app = make(settings, office, base, handoff)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=10, keepalive_timeout=IDLE)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    address = f"http://{settings.host}:{settings.port}"
    desk = f"Desk: {address}/desk   " if handoff is not None else ""
    print(f"Baken is ready. Chat page: {address}/   {desk}Health: {address}/health   Stop with Ctrl-C.", flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    print("Stopping; messages already received are answered first.", flush=True)
    await runner.cleanup()
    await assistant.close()


def _claim(settings: Settings) -> socket.socket:
    """The listening socket.

    Raises:
        BadSetting: the port is taken or not allowed, or the address not ours; the message names the setting to change.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(128)
    except socket.gaierror as error:
        listening.close()
        raise BadSetting(
            f"BAKEN_HOST={settings.host!r} is not an address: use 127.0.0.1, or 0.0.0.0 for all"
        ) from error
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise BadSetting(f"BAKEN_HOST={settings.host!r} is not an address of this machine; 127.0.0.1 is") from error
        why = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
        other = settings.port + 1 if 1024 <= settings.port < 65535 else 8080
        raise BadSetting(
            f"port {settings.port} {why}: set BAKEN_PORT to another, for example BAKEN_PORT={other}"
        ) from error
    return listening
