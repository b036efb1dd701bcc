"""How long a turn of a case takes, and a letter: wall time, and processor time, which a busy machine changes less.

uv run python -m bench.cases            # every conversation of tests/conversations; each letter in each language
uv run python -m bench.cases --quick    # the conversations of one language
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

from actions.amounts.model import Money
from actions.intake.state import Intake
from actions.letters import store
from actions.rasa_actions import answers
from bot.commands.start import start
from bot.engine.turn import TurnRequest
from bot.evaluation.files import conversations
from bot.redacted_logging import configure_logging
from bot.settings import Settings
from facts import clock
from facts.languages import NAMES

FOLDER: Final = Path(__file__).parent.parent / "tests" / "conversations"
#: Asked for: a turn in a form, in milliseconds at the 95th percentile; a PDF, in milliseconds at most.
MOST_TURN, MOST_PDF = 40.0, 2000.0
#: A case of each kind of letter.
CASES: Final = (
    Intake(flow="check_my_pay", pay=Money(Decimal("11.50"), "hour", "gross"), hours=Decimal(45), adult=True),
    Intake(
        flow="housing_deduction", deduction=Money(Decimal(700), "month"), hours=Decimal(40), adult=True, signed="no"
    ),
    Intake(
        flow="unpaid_wages", pay=Money(Decimal(16), "hour", "gross"), hours=Decimal(40), adult=True, paid=Decimal(0)
    ),
    Intake(flow="back_pay_without_permit", hours=Decimal(60), adult=True, paid=Decimal(500), unknown=("pay",)),
)

Times = list[tuple[float, float]]  #: wall and processor time of each, in milliseconds


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor time of a piece of work, in milliseconds."""
    wall, busy = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - busy) * 1000


async def turns(names: list[str]) -> Times:
    """The turns of the conversations, one after another; without those that bring a PDF, which are measured apart."""
    assistant = await start(Settings(), keep=False)
    found: Times = []
    try:
        await assistant.reply(TurnRequest(conversation="first", text="I get 11.50 an hour, is that ok?"))
        for talk in (talk for name in names for talk in conversations(FOLDER / f"{name}.yaml")):
            for text in talk.turns:
                wall, busy = time.perf_counter(), time.process_time()
                turn = await assistant.reply(TurnRequest(conversation=talk.id, text=text))
                took = (time.perf_counter() - wall) * 1000, (time.process_time() - busy) * 1000
                if not any(reply.document for reply in turn.replies):
                    found.append(took)
            await assistant.erase(talk.id)
    finally:
        await assistant.close()
    return found


def letters() -> Times:
    """A letter of each kind in every language; the first, which loads the fonts, is counted too."""
    from actions.intake.results import Sums
    from actions.letters.letter import Letters

    made, sums, found = Letters(answers()), Sums(answers().base), Times()
    with tempfile.TemporaryDirectory() as folder:
        store.use(Path(folder))
        for language in NAMES:
            for case in CASES:
                result = sums.result(case, clock.today())
                found.append(timed(lambda: made.make(case, result, language, clock.today())))  # noqa: B023
    return found


def told(name: str, times: Times) -> str:
    """A line: how many, and the median, the 95th percentile and the longest of both times."""
    parts = []
    for kind, values in zip(("wall", "processor"), zip(*times, strict=True), strict=True):
        ordered = sorted(values)
        late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        parts.append(f"{kind} median {statistics.median(ordered):.1f}, p95 {late:.1f}, most {ordered[-1]:.1f} ms")
    return f"{name} ({len(times)}): " + "; ".join(parts)


def main() -> None:
    """Prints the two lines."""
    configure_logging()
    os.environ.setdefault("BAKEN_TODAY", "2026-11-23")
    names = ["en"] if "--quick" in sys.argv else [path.stem for path in sorted(FOLDER.glob("*.yaml"))]
    print(told(f"a turn of a case, asked p95 {MOST_TURN:.0f} ms", asyncio.run(turns(names))))
    print(told(f"a letter as PDF, asked {MOST_PDF:.0f} ms", letters()))


if __name__ == "__main__":
    main()
