"""`baken evaluate`: questions and conversations against the real assistant."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from actions.turn_context import DeskStatus, Preview
from bot.assistant import Assistant
from bot.commands.start import start
from bot.engine.turn import TurnRequest
from bot.evaluation import judge, report
from bot.evaluation.files import TestConversation, TestQuestion, conversations, questions
from bot.evaluation.transcript import Transcript
from bot.settings import Settings
from facts.read import BrokenFile


def evaluate(settings: Settings, files: list[Path], out: Path | None, transcript: Path | None) -> int:
    """Prints the report, and writes it where asked. Questions are measured; a conversation that fails is status 1.

    Args:
        out: the report as JSON goes there.
        transcript: every message and reply goes there as Markdown, to be read by a person.

    Raises:
        BrokenFile: a file that is neither, or not readable.
    """
    asked: list[TestQuestion] = []
    talks: list[TestConversation] = []
    for path in files:
        if path.suffix == ".csv":
            asked += questions(path)
        elif path.suffix in (".yaml", ".yml"):
            talks += conversations(path)
        else:
            raise BrokenFile(path, 1, "expected .csv or .yaml")
    said = Transcript() if transcript else None
    made = asyncio.run(run(settings, asked, talks, said))
    print(report.readable(made))
    if out:
        out.write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    if transcript and said:
        transcript.write_text(said.markdown(), encoding="utf-8")
    failed = made.get("conversations", {}).get("run", 0) - made.get("conversations", {}).get("passed", 0)
    if failed:
        print(f"{failed} conversations failed", file=sys.stderr)
        return 1
    return 0


async def run(
    settings: Settings, asked: list[TestQuestion], talks: list[TestConversation], said: Transcript | None = None
) -> dict[str, Any]:
    """The report of docs/contract.md; each row is a conversation of its own, its language not told.

    What is said goes into `said` too, where it is given.
    """
    assistant = await start(settings, keep=False)
    made: dict[str, Any] = {}
    try:
        if asked:
            results = [await _question(assistant, number, row, said) for number, row in enumerate(asked)]
            made["questions"] = report.of_questions(asked, results)
        if talks:
            made["conversations"] = report.of_conversations(
                [await _conversation(assistant, number, talk, said) for number, talk in enumerate(talks)]
            )
    finally:
        await assistant.close()
    return made


async def _question(
    assistant: Assistant, number: int, row: TestQuestion, said: Transcript | None
) -> judge.QuestionResult:
    from actions.rasa_actions import answers

    name = f"question-{number}"
    turn = await assistant.reply(TurnRequest(conversation=name, text=row.text))
    await assistant.erase(name)
    if said:
        said.add(row.id, row.language, [row.text], [turn])
    return judge.question(row, turn, {topic: entry.kind for topic, entry in answers().base.topics.items()})


async def _conversation(
    assistant: Assistant, number: int, talk: TestConversation, said: Transcript | None
) -> judge.ConversationResult:
    name = f"conversation-{number}"
    request = TurnRequest(conversation=name)
    if talk.today is not None:
        request = msgspec.structs.replace(request, desk=DeskStatus(), preview=Preview(today=talk.today))
    turns = [await assistant.reply(msgspec.structs.replace(request, text=text)) for text in talk.turns]
    await assistant.erase(name)
    if said:
        said.add(talk.id, talk.language, talk.turns, turns)
    return judge.conversation(talk, turns)
