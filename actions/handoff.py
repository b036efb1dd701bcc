"""What is said to who asks for a human, where there is a desk."""

from __future__ import annotations

from actions.answers import Answers, remember
from actions.responses import ActionResult, Button, Reply
from actions.turn_context import TurnContext
from facts import notation

#: What the buttons about the desk send. The gateway answers these itself (bot/desk/handoff.py).
SHARE, IMPROVE, LEAVE, STAY, RATE = "/share", "/improve", "/leave_human", "/stay_human", "/rate_human"


def waiting(answers: Answers, situation: TurnContext, found: ActionResult) -> ActionResult:
    """In the queue at once: who answers when, what to do meanwhile, and whether the talk so far may be read.

    Args:
        found: the answer to "who can help me": organisations to go to meanwhile.
    """
    wording, language, desk = answers.wording, situation.language, situation.desk
    phone = wording.figure("phone_emergency", language, situation.on) or ""
    parts = [
        when(answers, situation),
        wording.text("desk.danger", language, phone=phone),
        wording.text("desk.meanwhile", language),
        f"{wording.text('desk.others', language)}\n{found.replies[0].text}",
    ]
    stop = answers.button("button.stop_waiting", LEAVE, language)
    replies = [Reply("\n\n".join(parts), (stop, *answers.common("menu", language=language)))]
    if desk.holder == "bot":
        asked = share(answers, language) if desk.spoke else improve(answers, language)
        replies.append(asked)
    return ActionResult(
        replies=tuple(replies),
        topic="talk_to_human",
        language=language,
        handoff=True,
        facts=found.facts,
        sources=found.sources,
        slots=remember(situation.memory, waits=True),
    )


def when(answers: Answers, situation: TurnContext) -> str:
    """Who answers and when, or that it can't be said."""
    wording, language, desk = answers.wording, situation.language, situation.desk
    if desk.holder == "waiting" and desk.staffed and desk.open:
        return wording.text("desk.again", language, place=desk.place)
    if desk.staffed and desk.open:
        return wording.text("desk.queue", language, place=desk.place)
    if desk.staffed and desk.opens is not None:
        return wording.text("desk.closed", language, when=notation.moment(desk.opens, language))
    return wording.text("desk.unsure", language)


def share(answers: Answers, language: str) -> Reply:
    """May the advisor read what was said before?"""
    return Reply(
        answers.wording.text("desk.ask_share", language),
        (
            answers.button("button.share_yes", f'{SHARE}{{"answer": "yes"}}', language),
            answers.button("button.share_no", f'{SHARE}{{"answer": "no"}}', language),
        ),
    )


def improve(answers: Answers, language: str) -> Reply:
    """May the talk be used to make Baken better?"""
    return Reply(
        answers.wording.text("desk.ask_improve", language),
        (
            answers.button("button.improve_yes", f'{IMPROVE}{{"answer": "yes"}}', language),
            answers.button("button.improve_no", f'{IMPROVE}{{"answer": "no"}}', language),
        ),
    )


def rating(answers: Answers, language: str) -> tuple[Button, ...]:
    """How the talk with the advisor was: good 3, not so good 2, bad 1."""
    return tuple(
        answers.button(f"button.{name}", f'{RATE}{{"answer": "{value}"}}', language)
        for name, value in (("good", 3), ("fair", 2), ("poor", 1))
    )


def left(answers: Answers, situation: TurnContext) -> ActionResult:
    """Who waited goes back to Baken."""
    language = situation.language
    text = answers.wording.text("desk.left", language)
    buttons = tuple(answers.common("menu", "human", language=language))
    return ActionResult(
        replies=(Reply(text, buttons),),
        topic="cancel",
        language=language,
        slots=remember(situation.memory, waits=False),
    )
