"""A page in two columns: Dutch on the left, another language on the right, in whatever script and direction.

fpdf2 sets the text (HarfBuzz shapes it, the Unicode bidirectional algorithm orders it); FiraGO, which has Latin,
Cyrillic and Arabic letters in one family, comes with the package pymupdf-fonts.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue

from facts.languages import RIGHT_TO_LEFT

_FAMILY: Final = "FiraGO"
_MARGIN, _GAP, _LINE = 18.0, 8.0, 5.2  # millimetres
_ISOLATES: Final = dict.fromkeys(range(0x2066, 0x206A))
_SCRIPT: Final = {"ar": ("arab", "ARA ")}


_folder = tempfile.TemporaryDirectory(prefix="baken-fonts-")  # gone when the process ends


@cache
def _fonts() -> tuple[Path, Path]:
    """Regular and bold as files: fpdf2 reads fonts from files only."""
    from pymupdf_fonts import FiraGO_Bold, FiraGO_Regular

    place = Path(_folder.name)
    regular, bold = place / "FiraGO-Regular.ttf", place / "FiraGO-Bold.ttf"
    regular.write_bytes(FiraGO_Regular.fontbuffer)
    bold.write_bytes(FiraGO_Bold.fontbuffer)
    return regular, bold


class Paper:
    """An A4 document. Every method adds below what is there and breaks the page where it must."""

    def __init__(self, title: str, language: str, footer: str, other_footer: str) -> None:
        self.language = language
        self.both = language != "nl"
        self._pdf = _Document(footer, other_footer if self.both else "", language)
        self._pdf.set_title(title)
        self._pdf.set_lang("nl")
        self._pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self._pdf.set_auto_page_break(False)
        regular, bold = _fonts()
        self._pdf.add_font(_FAMILY, "", str(regular))
        self._pdf.add_font(_FAMILY, "B", str(bold))
        self._pdf.add_page()

    def row(self, dutch: str, other: str, *, bold: bool = False, size: float = 10, after: float = 2.5) -> None:
        """The same text in both languages, side by side; Dutch alone over the whole width for who reads Dutch."""
        pdf = self._pdf
        width = (pdf.epw - _GAP) / 2 if self.both else pdf.epw
        sides = [(dutch, "nl", pdf.l_margin)]
        if self.both:
            sides.append((other, self.language, pdf.l_margin + width + _GAP))
        style, height = "B" if bold else "", _LINE * size / 10
        needed = max(self._tall(text, language, width, style, size, height) for text, language, _ in sides)
        if pdf.get_y() + needed > pdf.h - _MARGIN - 8:
            pdf.add_page()
        top = pdf.get_y()
        for text, language, left in sides:
            pdf.set_xy(left, top)
            self._write(text, language, width, style, size, height)
        pdf.set_y(top + needed + after)

    def blank(self, dutch: str, other: str, lines: int = 2) -> None:
        """A label with empty lines to write on."""
        self.row(dutch, other, size=9, after=1)
        pdf = self._pdf
        for _ in range(lines):
            pdf.set_y(pdf.get_y() + 7)
            pdf.set_draw_color(120)
            pdf.line(pdf.l_margin, pdf.get_y(), pdf.l_margin + pdf.epw, pdf.get_y())
        pdf.set_y(pdf.get_y() + 4)

    def rule(self) -> None:
        """A thin line between two parts."""
        pdf = self._pdf
        pdf.set_draw_color(200)
        pdf.line(pdf.l_margin, pdf.get_y(), pdf.l_margin + pdf.epw, pdf.get_y())
        pdf.set_y(pdf.get_y() + 3)

    def bytes(self) -> bytes:
        """The finished document."""
        return bytes(self._pdf.output())

    def _ready(self, language: str, style: str, size: float) -> Align:
        script, tag = _SCRIPT.get(language, (None, None))
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        self._pdf.set_font(_FAMILY, style, size)
        self._pdf.set_text_shaping(True, direction=direction, script=script, language=tag)
        return Align.R if language in RIGHT_TO_LEFT else Align.L

    def _tall(self, text: str, language: str, width: float, style: str, size: float, height: float) -> float:
        align = self._ready(language, style, size)
        found: Any = self._pdf.multi_cell(
            width, height, _plain(text), align=align, dry_run=True, output=MethodReturnValue.HEIGHT
        )
        return float(found)

    def _write(self, text: str, language: str, width: float, style: str, size: float, height: float) -> None:
        align = self._ready(language, style, size)
        self._pdf.multi_cell(width, height, _plain(text), align=align)


class _Document(FPDF):
    def __init__(self, footer: str, other: str, language: str) -> None:
        super().__init__(format="A4")
        self._dutch, self._other, self._language = footer, other, language

    def footer(self) -> None:
        """The same line below every page: Dutch on the left, the other language on the right, the page between."""
        rtl = self._language in RIGHT_TO_LEFT
        self.set_font(_FAMILY, "", 8)
        self.set_text_color(90)
        for text, align, direction in (
            (self._dutch, Align.L, "ltr"),
            (str(self.page_no()), Align.C, "ltr"),
            (_plain(self._other), Align.R, "rtl" if rtl else "ltr"),
        ):
            self.set_xy(self.l_margin, -12)
            script, tag = _SCRIPT.get(self._language, (None, None)) if direction == "rtl" else (None, None)
            self.set_text_shaping(True, direction=direction, script=script, language=tag)
            self.cell(self.epw, 5, text, align=align)
        self.set_text_color(0)


def _plain(text: str) -> str:
    """Without the direction marks that a screen needs: HarfBuzz would draw them as boxes."""
    return text.translate(_ISOLATES).replace("\u200f", "").replace("\u200e", "")
