"""The account of a worker: what happens, where, since when, to how many, and what can show it. Sent to nobody."""

from __future__ import annotations

from datetime import date
from typing import Final

from actions.intake.state import Intake
from actions.letters.paper import Paper
from actions.letters.store import store_letter
from actions.responses import Document
from facts import notation
from facts.wording import Wording

_ROWS: Final = ("what", "where", "since", "people", "proof")


class Reports:
    """Accounts in Dutch and the worker's language. The worker's own words stay as they were written."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    def rows(self, case: Intake, language: str, on: date) -> list[tuple[str, str]]:
        """Each part of the account: its heading and what was told."""
        text = self.wording.text
        kinds = [text(f"report.kind.{kind}", language) for kind in dict.fromkeys(case.what)]
        told = {
            "what": "; ".join([*kinds, *([f"«{case.account}»"] if case.account else [])]),
            "where": f"«{case.where}»" if case.where else "",
            "since": notation.day(case.first, language) if case.first else "",
            "people": str(case.people) if case.people is not None else "",
            "proof": f"«{case.proof}»" if case.proof else "",
        }
        unknown = text("report.not_told", language)
        rows = [(text(f"report.{name}", language), told[name] or unknown) for name in _ROWS]
        return [*rows, (text("report.date", language), notation.day(on, language))]

    def text(self, case: Intake, language: str, on: date) -> str:
        """The account as a message: in the worker's language, then in Dutch."""
        parts = [self.wording.text("report.intro", language)]
        for lang in dict.fromkeys((language, "nl")):
            rows = "\n".join(f"{head}: {body}" for head, body in self.rows(case, lang, on))
            parts.append(f"{self.wording.text('report.title', lang)}\n{rows}")
        return "\n\n".join(parts)

    def document(self, case: Intake, language: str, on: date) -> Document:
        """The account as PDF, written to the store."""
        text = self.wording.text
        paper = Paper(
            text("report.title", "nl"), language, text("letter.footer", "nl"), text("letter.footer", language)
        )
        paper.row(text("report.title", "nl"), text("report.title", language), bold=True, size=14, after=4)
        for (dutch, left), (other, right) in zip(self.rows(case, "nl", on), self.rows(case, language, on), strict=True):
            paper.row(dutch, other, bold=True, after=0.5)
            paper.row(left, right)
        name = f"baken-report-{on.isoformat()}.pdf"
        return Document(filename=name, media_type="application/pdf", path=str(store_letter(paper.bytes())))
