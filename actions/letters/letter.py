"""The claim letter: what is asked, the sum with its working, and the law that it rests on."""

from __future__ import annotations

from datetime import date
from typing import Final

from actions.answers import Answers
from actions.intake.rendering import told, understood
from actions.intake.results import IntakeResult, LetterKind
from actions.intake.state import Intake
from actions.letters.paper import Paper
from actions.letters.store import store_letter
from actions.responses import Document

_TITLE: Final[dict[LetterKind, str]] = {
    "wages": "letter.title.wages", "wage_minimum": "letter.title.wage_minimum", "permit": "letter.title.permit",
    "housing": "letter.title.housing", "papers": "letter.title.papers",
}  # fmt: skip
_BODY: Final[dict[LetterKind, str]] = {
    "wages": "letter.wages", "wage_minimum": "letter.wage_minimum", "permit": "letter.permit",
    "housing": "letter.housing", "papers": "letter.papers",
}  # fmt: skip
#: Lines of a result that are for the worker, not for the employer.
_FOR_WORKER: Final = (
    "claim.presumed",
    "claim.increase",
    "claim.do_not_sign",
    "housing.wage_unknown",
    "claim.longer",
    "pay.below_if_gross",
    "pay.bbl",
    "claim.net",
)
_SOURCES: Final = 3


class Letters:
    """Makes letters in Dutch and the worker's language."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.wording = answers, answers.wording

    def make(self, case: Intake, result: IntakeResult, language: str, on: date) -> Document:
        """The letter of a result, written to the store."""
        kind = result.letter or "papers"
        path = store_letter(self.pdf(case, result, kind, language, on))
        name = f"baken-{kind.replace('_', '-')}-{on.isoformat()}.pdf"
        return Document(filename=name, media_type="application/pdf", path=str(path))

    def pdf(self, case: Intake, result: IntakeResult, kind: LetterKind, language: str, on: date) -> bytes:
        """The letter's PDF."""
        text = self.wording.text
        title = text(_TITLE[kind], "nl")
        paper = Paper(title, language, text("letter.footer", "nl"), text("letter.footer", language))
        if language != "nl":
            paper.row("", text("letter.copy", language), size=8, after=1)
        paper.row(title, text(_TITLE[kind], language), bold=True, size=14, after=4)
        for key, lines in (("letter.from", 2), ("letter.to", 2), ("letter.place_date", 1)):
            paper.blank(text(key, "nl"), text(key, language), lines)
        paper.row(text("letter.dear", "nl"), text("letter.dear", language))
        months = self.wording.figure
        values = {"months": "wav23_presumed_months"} if kind == "permit" else {}
        paper.row(
            *(
                text(_BODY[kind], lang, **{name: months(figure, lang, on) or "" for name, figure in values.items()})
                if values
                else text(_BODY[kind], lang)
                for lang in ("nl", language)
            )
        )
        if kind != "papers":
            self._sum(paper, case, result, language, on)
            paper.row(text("letter.ask_pay", "nl"), text("letter.ask_pay", language))
            paper.row(text("letter.ask_papers", "nl"), text("letter.ask_papers", language))
        self._basis(paper, result.facts, language)
        paper.row(text("letter.regards", "nl"), text("letter.regards", language), after=1)
        paper.blank(text("letter.signature", "nl"), text("letter.signature", language), 2)
        return paper.bytes()

    def _sum(self, paper: Paper, case: Intake, result: IntakeResult, language: str, on: date) -> None:
        text = self.wording.text
        paper.rule()
        paper.row(text("letter.sum", "nl"), text("letter.sum", language), bold=True, after=1)
        ours = [line for line in result.lines if line.key not in _FOR_WORKER]
        known = zip(understood(case, self.wording, "nl", on), understood(case, self.wording, language, on), strict=True)
        for dutch, other in known:
            paper.row(f"• {dutch}", f"• {other}", after=0.8)
        for line in ours:
            dutch, other = (told(line, self.wording, lang, on) for lang in ("nl", language))
            paper.row(f"• {dutch}", f"• {other}", after=0.8)
        paper.rule()

    def _basis(self, paper: Paper, facts: tuple[str, ...], language: str) -> None:
        """The laws, by title and article; the letter says nothing that a fact does not."""
        text, sources = self.wording.text, self.answers.base.sources
        paper.row(text("letter.basis", "nl"), text("letter.basis", language), bold=True, after=1)
        seen: list[str] = []
        for name in facts:
            fact = self.answers.base.facts[name]
            for source in fact.sources:
                where = f"{sources.title(source)}, {sources.section(source)}"
                if source.law and where not in seen:
                    seen.append(where)
        for where in seen[: _SOURCES * 2]:
            paper.row(f"• {where}", f"• {where}", size=9, after=0.6)
