"""A log on each database."""

from __future__ import annotations

import pytest

from bot.conversations.crypto import Keys


@pytest.fixture
def keys() -> Keys:
    """A key of this test's own."""
    return Keys(bytes(range(32)))
