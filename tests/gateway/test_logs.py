"""Logs: one JSON object a line, with the request or message it belongs to, and nobody in it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import secrets
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.redacted_logging import RedactingFormatter, configure_logging
from bot.web.request_log import AsJson
from tests.gateway.conftest import NAME, NUMBER, Gateway


@pytest.fixture(params=[AsJson, RedactingFormatter])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """All that is logged, in each of the two formats."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    with warnings.catch_warnings():
        configure_logging("INFO")
        logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
        yield stream
        configure_logging()


def objects(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("written", [AsJson], indirect=True)
async def test_what_goes_wrong_with_a_message_is_told_by_its_id_its_type_and_its_place(
    gateway: Gateway, written: io.StringIO
) -> None:
    talk = secrets.token_hex(16)
    await gateway.say(f"break, my name is {NAME}", talk)
    for _ in range(100):
        if "ValueError" in written.getvalue():
            break
        await asyncio.sleep(0.05)
    line = next(one for one in objects(written) if "ValueError" in one["event"])
    assert line["level"] == "error" and line["logger"] == "bot.delivery.reply_worker"
    assert "ValueError" in line["event"] and "conftest.py" in line["event"]
    assert line["correlation"].startswith("in-")
    assert NAME not in written.getvalue() and talk not in written.getvalue()


async def test_an_exception_shows_neither_its_message_nor_its_variables(written: io.StringIO) -> None:
    text = f"{NAME} {NUMBER}"
    try:
        raise KeyError(text)
    except KeyError:
        logging.getLogger("rasa.core.processor").exception("Encountered an exception while running an action")
        logging.getLogger("bot.somewhere").exception("it went wrong")
        structlog.get_logger("rasa").exception("rest.message.received.failure", text=text)
        structlog.get_logger("rasa").error("processor.parse", text=text, user_text=[text])
    assert "KeyError at test_logs.py" in written.getvalue()
    assert "rest.message.received.failure" in written.getvalue() and "processor.parse" in written.getvalue()
    assert NAME not in written.getvalue() and NUMBER not in written.getvalue()


async def test_values_in_the_messages_of_others_are_left_out(written: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error handling request from %s", "192.0.2.7")
    assert "Error handling request from %s" in written.getvalue() and "192.0.2.7" not in written.getvalue()

    async def fails() -> None:
        raise ValueError(NAME)

    task = asyncio.get_running_loop().create_task(fails())
    await asyncio.sleep(0)
    del task
    assert "Task exception was never retrieved" in written.getvalue()
    assert NAME not in written.getvalue()


async def test_rasas_structured_lines_below_a_warning_are_not_written(written: io.StringIO) -> None:
    structlog.get_logger("rasa").debug("processor.message.parse", parse_data_text=NAME)
    structlog.get_logger("rasa").info("processor.message.parse", parse_data_text=NAME)
    logging.getLogger("rasa.core").info("Received %s", NAME)
    assert written.getvalue() == ""


async def test_a_request_has_an_id_of_its_own_or_the_proxys(gateway: Gateway) -> None:
    _, _, headers = await gateway.get("/health")
    _, _, others = await gateway.get("/health")
    assert len(headers["X-Request-ID"]) == 16 and headers["X-Request-ID"] != others["X-Request-ID"]
    _, _, headers = await gateway.get("/health", **{"X-Request-ID": "proxy-0123456789"})
    assert headers["X-Request-ID"] == "proxy-0123456789"
    _, _, headers = await gateway.get("/no/such/page", **{"X-Request-ID": f"{NAME} {NUMBER}!"})
    assert len(headers["X-Request-ID"]) == 16


def test_a_message_of_others_ends_where_a_value_begins(written: io.StringIO) -> None:
    rasa = logging.getLogger("rasa.core.processor")
    rasa.warning(f"Circuit breaker tripped. Stopped predicting more actions for sender '{NAME}'.")
    rasa.warning(f"Could not find {NUMBER}, because: {NAME}")
    rasa.warning("Not reached: %s is away", NAME)
    rasa.warning("Nothing to see here.")
    told = written.getvalue()
    assert NAME not in told and NUMBER not in told
    for kept in ("more actions for sender …", "Could not find …", "Not reached: %s is away", "Nothing to see here."):
        assert kept in told
