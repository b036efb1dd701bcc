"""Bars as SVG, made here: no script, no foreign code. The same numbers stand in a table beside each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import msgspec
from markupsafe import Markup

_ROW: Final = 22
_LABEL: Final = 170
_BAR: Final = 360
_NUMBER: Final = 90


class Bar(msgspec.Struct, frozen=True):
    """A line of the chart: parts of a whole, by the class that colours them, and a mark for what it was before."""

    label: str
    parts: tuple[tuple[str, int], ...]
    whole: int
    was: int | None = None
    said: str = ""  #: beside the bar


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """One bar a row, its parts always in the same order; colours come from the style sheet (bot/review/static).

    The picture is one image for a screen reader, with its title; the numbers are read from the table.
    """
    height = len(rows) * _ROW + 4
    width = _LABEL + _BAR + _NUMBER
    out = [
        f'<svg class="chart" role="img" aria-label="{escape(title, quote=True)}" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="xMinYMin meet">'
    ]
    for number, row in enumerate(rows):
        top = number * _ROW + 4
        label = f'<text x="{_LABEL - 8}" y="{top + 13}" text-anchor="end" class="label">{escape(row.label)}</text>'
        out.append(label)
        left = float(_LABEL)
        out.append(f'<rect x="{_LABEL}" y="{top}" width="{_BAR}" height="{_ROW - 6}" class="bar-all"/>')
        for kind, value in row.parts:
            length = _BAR * value / row.whole if row.whole else 0.0
            if length:
                place = f'x="{left:.1f}" y="{top}" width="{length:.1f}" height="{_ROW - 6}"'
                out.append(f'<rect {place} class="bar-{escape(kind, quote=True)}"/>')
            left += length
        if row.was is not None and row.whole:
            at = _LABEL + _BAR * min(row.was / row.whole, 1.0)
            out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top - 2}" y2="{top + _ROW - 4}" class="bar-was"/>')
        out.append(f'<text x="{_LABEL + _BAR + 8}" y="{top + 13}" class="number">{escape(row.said)}</text>')
    out.append("</svg>")
    return Markup("".join(out))  # noqa: S704 (everything that is not ours is escaped above)
