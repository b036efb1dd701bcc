"""The talk in which a case is worked out: hear a message, then say what comes next."""

from __future__ import annotations

from collections.abc import Callable

from actions.answers import Answers
from actions.intake.policy import Hearing
from actions.intake.replies import Speaking
from actions.intake.results import Sums
from actions.responses import ActionResult
from actions.tracker_state import Heard
from actions.turn_context import TurnContext


class Cases:
    """Hears and speaks with one fact base."""

    def __init__(
        self, answers: Answers, respond: Callable[[Heard], ActionResult], goes_on: Callable[[TurnContext], str | None]
    ) -> None:
        self.sums = Sums(answers.base)
        hearing, speaking = Hearing(self.sums, goes_on), Speaking(answers, self.sums, respond)
        self.hear, self.speak, self.leave, self.papers = hearing.hear, speaking.speak, speaking.leave, speaking.papers
        self.noted, self.result_text = hearing.noted, speaking.result_text
