"""langdetect read our way says what langdetect says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from langdetect import DetectorFactory, detect_langs, detector_factory

from bot.nlu import langdetect_profiles

#: Languages that Baken does not write, and some that it does.
LINES = {
    "sw": "mwajiri wangu hajanilipa mshahara wa mwezi uliopita",
    "fi": "työnantajani ei ole maksanut minulle palkkaa viime kuussa",
    "it": "il mio capo non mi ha pagato lo stipendio del mese scorso",
    "de": "mein chef hat mir den lohn vom letzten monat nicht bezahlt",
    "hi": "मेरे मालिक ने पिछले महीने का वेतन नहीं दिया",
    "el": "το αφεντικό μου δεν με πλήρωσε τον προηγούμενο μήνα",
    "vi": "chủ của tôi chưa trả lương tháng trước cho tôi",
    "pl": "szef nie zapłacił mi za ostatni miesiąc",
    "nl": "mijn baas heeft mijn loon van vorige maand niet betaald",
}


@pytest.fixture
def stock() -> Iterator[None]:
    """langdetect as it reads itself, until the end of the test."""
    before = detector_factory._factory
    detector_factory._factory = None
    detector_factory.init_factory()
    yield
    detector_factory._factory = before


def test_it_is_the_same_language_and_as_likely(stock: None) -> None:
    assert DetectorFactory.seed == 0  # langdetect throws dice; ours are thrown alike
    usual = {line: detect_langs(line)[0] for line in LINES.values()}
    detector_factory._factory = None
    for code, line in LINES.items():
        found = langdetect_profiles.detect(line)
        assert found is not None
        assert found[0] == usual[line].lang == code
        assert found[1] == pytest.approx(usual[line].prob, abs=1e-5)


@pytest.mark.parametrize("nothing", ["", "   ", "12 34"])
def test_where_there_are_no_words_there_is_no_language(nothing: str) -> None:
    assert langdetect_profiles.detect(nothing) is None
