"""What the report of an evaluation counts."""

from __future__ import annotations

from actions.responses import Button, Reply
from bot.engine.turn import Turn
from bot.evaluation import files, judge, report
from bot.evaluation.transcript import Transcript

KINDS = {"sick_pay": "rights", "out_of_scope": "dialogue"}


def turn(
    text: str,
    *,
    topic: str = "sick_pay",
    questions: tuple[str, ...] = (),
    understood: bool = True,
    safety: bool = False,
) -> Turn:
    return Turn(
        language="en",
        language_confidence=1.0,
        topic=topic,
        confidence=0.9,
        questions=questions,
        understood=understood,
        safety=safety,
        safety_hint=False,
        handoff=False,
        replies=(Reply(text, (Button("Source", "/show_source"),)),),
    )


def row(*questions: str) -> files.TestQuestion:
    return files.TestQuestion("a", "en", "sick_pay", (), "plain", "Who pays when I am ill?", questions)


def test_a_row_that_names_its_questions_is_right_when_one_of_them_is_answered() -> None:
    wanted = row("sick_pay/who-pays", "sick_pay/how-much")
    answered = judge.question(wanted, turn("70", questions=("sick_pay/how-much",)), KINDS)
    another = judge.question(wanted, turn("No.", questions=("sick_pay/waiting-days",)), KINDS)
    back = judge.question(wanted, turn("Which?", understood=False), KINDS)
    assert [one.question_outcome for one in (answered, another, back)] == ["right", "wrong", "asked_back"]
    assert another.outcome == "right", "the topic is judged by itself"
    counts = report.of_questions([wanted] * 3, [answered, another, back])["by_question"]
    assert counts == {"sick_pay/who-pays": {"rows": 3, "right": 1, "asked_back": 1, "wrong": 1}}


def test_a_row_without_questions_is_counted_under_none() -> None:
    plain = row()
    assert report.of_questions([plain], [judge.question(plain, turn("70"), KINDS)])["by_question"] == {}


def test_the_same_question_again_counts_and_the_same_answer_does_not() -> None:
    talk = files.TestConversation("t", ["a"] * 5)
    texts = ["Read.\nHow many hours?", "Not read.\nHow many hours?", "The same.", "The same.", "كم ساعة؟"]
    judged = judge.conversation(talk, [turn(text) for text in texts])
    assert judged.asked_again == 1
    counts = report.of_conversations([judged])
    assert (counts["turns"], counts["asked_again"], counts["characters"]) == (5, 1, sum(map(len, texts)))


def test_a_safety_reply_is_an_alarm_only_in_a_talk_that_expects_none() -> None:
    calm = judge.conversation(files.TestConversation("calm", ["a", "b"]), [turn("x"), turn("112", safety=True)])
    due = judge.conversation(
        files.TestConversation("due", ["a"], expect=files.Expect(topics=["emergency"])),
        [turn("112", topic="emergency", safety=True)],
    )
    counts = report.of_conversations([calm, due])
    assert (counts["turns"], counts["calm"], counts["alarms"]) == (3, 2, 1)


def test_a_transcript_has_each_message_with_its_reply_and_buttons() -> None:
    said = Transcript()
    said.add("t-1", "en", ["Hello\nthere", "Ill"], [turn("Hi."), turn("70", questions=("sick_pay/how-much",))])
    parts = said.markdown().split("\n\n")
    assert parts == [
        "## t-1 (en)",
        "> Hello\n> there",
        "Hi.",
        "[Source]",
        "*sick_pay 0.90, complete*",
        "> Ill",
        "70",
        "[Source]",
        "*sick_pay 0.90, complete, sick_pay/how-much*\n",
    ]
