"""A clock that is off is seen by what WhatsApp delivers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.whatsapp.lateness import Lateness


def test_one_fresh_message_says_that_the_clock_is_right() -> None:
    lateness = Lateness()
    assert lateness.trouble() is None
    lateness.note(timedelta(days=3))
    assert lateness.doubtful() and "72.0 hours old" in str(lateness.trouble())
    lateness.note(timedelta(seconds=2))
    assert not lateness.doubtful() and lateness.trouble() is None


def test_what_came_long_ago_does_not_count(caplog: pytest.LogCaptureFixture) -> None:
    seconds = 0.0
    lateness = Lateness(lambda: seconds)
    lateness.note(timedelta(seconds=2))
    seconds = 1000.0
    for _ in range(3):
        lateness.note(timedelta(days=3))
    assert lateness.doubtful()
    assert len(caplog.records) == 1, "told once"
    seconds = 2000.0
    assert lateness.trouble() is None


def test_what_is_from_the_future_says_that_it_is_behind() -> None:
    lateness = Lateness()
    lateness.note(timedelta(hours=-2))
    assert "2.0 hours from the future" in str(lateness.trouble()) and not lateness.doubtful()
