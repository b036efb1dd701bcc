"""What a patch of Rasa is."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Patch(msgspec.Struct, frozen=True, kw_only=True):
    """A change of Rasa's code at run time. Applied to a process twice it does no more than once."""

    target: str  #: what it replaces, as Rasa names it
    why: str  #: what Rasa does there, and what happens instead
    saves: str = ""  #: what it saves of a message; nothing where it is not about speed
    stands_on: tuple[str, ...]  #: module, or module:function, that was read for it (tests/engine/test_rasa_sources.py)
    apply: Callable[..., None]  #: given the loaded agent where `of_agent`, else nothing
    of_agent: bool = False  #: changes one loaded agent, not the process
