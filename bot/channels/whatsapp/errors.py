"""Error codes of the Graph API, and what each means for a message that is to be sent.

Source: developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes. The comment is Meta's own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

import msgspec

from bot.conversations.models import NotDelivered

#: permanent: trying again is no use. throttled: later. again: soon. window: only a template gets through.
#: token: nothing gets through until an operator mends it; the message waits.
Fate = Literal["permanent", "throttled", "again", "window", "token"]


class Known(msgspec.Struct, frozen=True):
    """What is known about a code."""

    fate: Fate
    after: float | None = None  #: seconds to wait where Meta does not say


CODES: Final[Mapping[int, Known]] = {
    0: Known("token", 60),  # AuthException
    1: Known("again"),  # API Unknown
    2: Known("again", 10),  # API Service
    3: Known("token", 60),  # API Method: capability or permissions
    4: Known("throttled", 60),  # API Too Many Calls
    10: Known("token", 60),  # Permission Denied
    33: Known("permanent"),  # Parameter value is not valid: the number was deleted
    100: Known("permanent"),  # Invalid parameter
    190: Known("token", 60),  # Access token has expired
    368: Known("token", 3600),  # Temporarily blocked for policies violations
    80007: Known("throttled", 60),  # Rate limit issues (of the account)
    130429: Known("throttled", 5),  # Rate limit hit: throughput of Cloud API
    130472: Known("permanent"),  # User's number is part of an experiment
    130497: Known("permanent"),  # Business account is restricted from messaging users in this country
    131000: Known("again", 5),  # Something went wrong
    131005: Known("token", 60),  # Access denied
    131008: Known("permanent"),  # Required parameter is missing
    131009: Known("permanent"),  # Parameter value is not valid
    131016: Known("again", 10),  # Service unavailable
    131021: Known("permanent"),  # Recipient cannot be sender
    131026: Known("permanent"),  # Message undeliverable
    131030: Known("permanent"),  # Recipient phone number not in allowed list
    131031: Known("token", 3600),  # Account has been locked
    131037: Known("token", 3600),  # Display name of the number is not approved
    131042: Known("token", 600),  # Business eligibility payment issue
    131045: Known("token", 600),  # Incorrect certificate: number is not registered
    131047: Known("window"),  # Re-engagement message: more than 24 hours
    131048: Known("throttled", 600),  # Spam rate limit hit
    131049: Known("permanent"),  # Meta chose not to deliver
    131050: Known("permanent"),  # User has stopped marketing messages
    131051: Known("permanent"),  # Unsupported message type
    131052: Known("permanent"),  # Media download error
    131053: Known("permanent"),  # Media upload error
    131056: Known("throttled", 6),  # (Business account, consumer account) pair rate limit hit
    131057: Known("again", 300),  # Account in maintenance mode
    131062: Known("permanent"),  # Business-scoped user ids are not supported for this message
    131064: Known("throttled", 600),  # Messaging limit reached
    132000: Known("permanent"),  # Template param count mismatch
    132001: Known("permanent"),  # Template does not exist
    132005: Known("permanent"),  # Template hydrated text too long
    132007: Known("permanent"),  # Template format character policy violated
    132008: Known("permanent"),  # Template parameter value is not valid
    132012: Known("permanent"),  # Template parameter format mismatch
    132015: Known("permanent"),  # Template is paused
    132016: Known("permanent"),  # Template is disabled
    132018: Known("permanent"),  # Template parameters are not valid
    132068: Known("permanent"),  # Flow is blocked
    132069: Known("throttled", 600),  # Flow is throttled
    133000: Known("again", 60),  # Incomplete deregistration
    133004: Known("again", 10),  # Server temporarily unavailable
    133010: Known("token", 600),  # Phone number not registered
    133016: Known("throttled", 3600),  # Account register or deregister rate limit exceeded
    135000: Known("permanent"),  # Generic user error
    137000: Known("permanent"),  # Identity key of the recipient does not match
}
_PERMISSIONS: Final = range(200, 300)  # API Permission
#: Longest wait that is believed, in seconds.
LONGEST_WAIT: Final = 3600.0


def fate(code: int | None, status: int, *, transient: bool = False) -> Known:
    """What a code means; by the HTTP status where the code is not known."""
    if code is not None and code in CODES:
        return CODES[code]
    if code is not None and code in _PERMISSIONS:
        return Known("token", 60)
    if status == 429:
        return Known("throttled", 5)
    if status >= 500 or transient:
        return Known("again")
    if status in (401, 403):
        return Known("token", 60)
    return Known("permanent")


def not_sent(
    code: int | None, status: int, *, transient: bool = False, retry_after: float | None = None
) -> NotDelivered:
    """A refusal of the Graph API, as the sender understands it."""
    known = fate(code, status, transient=transient)
    permanent = known.fate in ("permanent", "window")
    after = known.after if retry_after is None else retry_after
    return NotDelivered(
        str(code if code is not None else f"http {status}"), permanent=permanent, after=None if permanent else after
    )


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds of a `Retry-After` header: a number or a date. None where it says nothing."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except (ValueError, TypeError):
            return None
        if moment.tzinfo is None:
            return None
        seconds = (moment - now).total_seconds()
    if seconds != seconds:  # "nan"
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
