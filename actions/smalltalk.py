"""Everything that is not an answer about rights: hello, the menu, languages, privacy, not understanding."""

from __future__ import annotations

import re

import msgspec

from actions.answers import Answers, remember
from actions.handoff import left, waiting
from actions.mentions import mentioned
from actions.responses import ActionResult, Button, Reply
from actions.turn_context import TurnContext
from facts.languages import NAMES

#: The menu's groups: WhatsApp shows at most ten rows at a time.
GROUPS: dict[str, tuple[str, ...]] = {
    "pay": (
        "minimum_wage", "check_my_pay", "unpaid_wages", "back_pay_without_permit", "proof_of_hours",
        "other_deductions", "holiday_pay_and_leave",
    ),
    "home": ("housing_deduction", "housing_problem"),
    "contract": (
        "contract_terms", "temp_contract", "working_hours", "dismissal", "false_self_employment", "agency_licence",
        "domestic_work", "good_employer_code", "dutch_lessons",
    ),
    "health": ("sick_pay", "pregnancy_and_family_leave", "work_accident", "unsafe_work"),
    "abuse": (
        "report_abuse", "fear_of_reporting", "discrimination_and_harassment", "exploitation", "emergency",
        "employer_fines", "find_help",
    ),
    "permit": ("work_permit", "asylum_seeker_work", "posted_worker", "skilled_migrant", "government_plans"),
}  # fmt: skip

#: A message of so many words can go on with the talk without naming its subject.
FEW_WORDS = 7

_ORDINAL = re.compile(r"^\W*([1-3])\W*$")


class Dialogue:
    """The talk around the answers."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.wording = answers.wording

    def say(self, key: str, situation: TurnContext, buttons: list[Button], topic: str | None = None) -> ActionResult:
        """One text with buttons."""
        text = self.wording.text(key, situation.language)
        return ActionResult(
            replies=(Reply(text, tuple(buttons)),),
            topic=topic or situation.intent,
            language=situation.language,
            slots=remember(situation.memory),
        )

    def groups(self, language: str) -> list[Button]:
        """The menu's groups as buttons."""
        return [
            self.answers.button(f"button.{group}", f'/show_group{{"group": "{group}"}}', language) for group in GROUPS
        ]

    def talk(self, situation: TurnContext) -> ActionResult:
        """Hello, thanks, yes, no, the menu and so on."""
        language, memory = situation.language, situation.memory
        full = [*self.groups(language), *self.answers.common("human", "language", language=language)]
        if situation.intent == "affirm" and memory.asked == "human":
            return self.human(situation)
        if situation.intent == "cancel" and situation.desk.holder == "waiting":
            return left(self.answers, situation)
        if situation.intent == "affirm" and memory.offered:
            return self.answers.answer(memory.offered[0], situation)
        if situation.intent in ("tell", "unknown_button"):
            return self.old_button(situation)
        keys = {"greet": "greeting", "menu": "menu.intro"}
        few = situation.intent in ("goodbye", "thanks", "bot_challenge", "privacy")
        if situation.intent == "privacy":
            erase = self.answers.button("button.delete", "/delete_my_data", language)
            kept = self.answers.button("button.my_data", "/my_data", language)  # answered by the gateway's log
            return self.say(
                "privacy", situation, [kept, erase, *self.answers.common("human", "menu", language=language)]
            )
        buttons = self.answers.common("menu", "human", language=language) if few else full
        return self.say(keys.get(situation.intent, situation.intent), situation, buttons)

    def old_button(self, situation: TurnContext) -> ActionResult:
        """A button whose question is over, or that this version does not know."""
        said = self.say(
            "fallback.old_button", situation, self.answers.common("menu", "human", language=situation.language)
        )
        return msgspec.structs.replace(said, topic="out_of_scope", understood=False, complete="unknown")

    def group(self, situation: TurnContext) -> ActionResult:
        """The topics of a group of the menu."""
        language = situation.language
        topics = GROUPS.get(str(situation.values.get("group", "")))
        if topics is None:
            return self.say("menu.intro", situation, self.groups(language), topic="menu")
        buttons = [self.answers.topic_button(topic, language) for topic in topics]
        return self.say("menu.group", situation, [*buttons, *self.answers.common("menu", language=language)], "menu")

    def human(self, situation: TurnContext) -> ActionResult:
        """A human is asked for: put in the queue and told who answers when. Without a desk Baken says so."""
        found = self.answers.answer("find_help", situation)
        if situation.desk.on:
            return waiting(self.answers, situation, found)
        text = self.wording.text("human.none", situation.language)
        replies = (Reply(f"{text}\n\n{found.replies[0].text}", found.replies[0].buttons),)
        return ActionResult(
            replies=replies,
            topic="talk_to_human",
            language=situation.language,
            facts=found.facts,
            sources=found.sources,
            slots=found.slots,
        )

    def ask_back(self, situation: TurnContext) -> ActionResult:
        """Not sure enough: the likely topics as buttons; none likely: an honest word, the menu and a human."""
        language, memory = situation.language, situation.memory
        picked = self._picked(situation)
        if picked:
            return self.answers.answer(picked, situation)
        times = memory.not_understood + 1
        topics = [topic for topic in situation.choices if self.answers.offers(topic)][:3]
        if topics and times < 3:
            key = "fallback.choose"
            buttons = [self.answers.topic_button(topic, language) for topic in topics]
            buttons += self.answers.common("menu", "human", language=language)
        else:
            key = "fallback.again" if times > 1 else "fallback.sorry"
            topics = []
            buttons = [*self.answers.common("human", language=language), *self.groups(language)]
        text = self.wording.text(key, language)
        if situation.hint:
            text = f"{text}\n\n{self.answers.hint(situation)}"
        return ActionResult(
            replies=(Reply(text, tuple(buttons)),),
            topic=situation.choices[0] if situation.choices else "out_of_scope",
            language=language,
            understood=False,
            complete="unknown",
            safety_hint=situation.hint,
            slots=remember(memory, not_understood=times, offered=tuple(topics), asked="human" if times > 1 else ""),
        )

    def _picked(self, situation: TurnContext) -> str | None:
        """The offered topic that an answer points to, or the one that the talk goes on with."""
        meant = self.goes_on(situation)
        return meant or next((topic for topic in situation.choices if topic in situation.memory.offered), None)

    def goes_on(self, situation: TurnContext) -> str | None:
        """The topic that a few words go on with: "2" after a choice, "and if I am 19?" after the minimum wage."""
        memory = situation.memory
        number = _ORDINAL.match(situation.text)
        if number and int(number[1]) <= len(memory.offered):
            return memory.offered[int(number[1]) - 1]
        if memory.topic and len(situation.text.split()) <= FEW_WORDS:
            named = mentioned(situation.text)
            if any(fact.when in named for fact in self.answers.base.facts_of(memory.topic)):
                return memory.topic
        return None

    def change_language(self, situation: TurnContext, wanted: str | None) -> ActionResult:
        """Asked for a language: switched to it, with the way back as a button; not named: all twelve to choose from."""
        if wanted is None:
            buttons = [Button(name, f'/set_language{{"code": "{code}"}}') for code, name in NAMES.items()]
            return self.say("language.ask", situation, buttons, "change_language")
        key = "language.same" if wanted == situation.before else "language.switched"
        text = self.wording.text(key, wanted, language=NAMES[wanted])
        return ActionResult(
            replies=(Reply(text, (*undo(situation.before, wanted), *self.groups(wanted))),),
            topic="change_language",
            language=wanted,
            slots=remember(situation.memory) | {"language": wanted},
        )

    def delete(self, situation: TurnContext) -> ActionResult:
        """Delete everything: asked once more, then done by the engine."""
        language = situation.language
        if situation.intent == "confirm_delete" or (
            situation.intent == "affirm" and situation.memory.asked == "delete"
        ):
            text = self.wording.text("delete.done", language)
            return ActionResult(
                replies=(Reply(text),), topic="delete_my_data", language=language, forget=True, slots={"memory": None}
            )
        if situation.intent == "keep_data":
            return self.say("delete.kept", situation, self.answers.common("menu", language=language), "delete_my_data")
        buttons = (
            self.answers.button("button.delete", "/confirm_delete", language),
            self.answers.button("button.keep", "/keep_data", language),
        )
        return ActionResult(
            replies=(Reply(self.wording.text("delete.ask", language), buttons),),
            topic="delete_my_data",
            language=language,
            slots=remember(situation.memory, asked="delete"),
        )


def undo(before: str | None, now: str) -> list[Button]:
    """The button back to the language that was spoken before."""
    return [Button(NAMES[before], f'/set_language{{"code": "{before}"}}')] if before in NAMES and before != now else []
