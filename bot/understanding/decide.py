"""From probabilities and signs to one decision: answer, ask back, or safety first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

SAFETY = ("exploitation", "emergency")
#: Signs that mean now.
NOW = frozenset({"injury_now", "violence_now", "fire_gas_now", "locked_in_now", "followed_threatened_now", "suicide"})


class Thresholds(msgspec.Struct, frozen=True):
    """Set in config.yml; measured in docs/quality.md."""

    sure: float = 0.0  #: danger score from which the safety reply comes first
    possible: float = -0.4  #: danger score from which a quiet line is added
    enough: float = 0.3  #: probability of the best topic below which Baken asks back
    margin: float = 0.1  #: lead over the second topic below which Baken asks which of the two


class Decision(msgspec.Struct, frozen=True):
    """What to do with a message. `choices` are the topics to offer when asking back, or the runner-up."""

    intent: str
    confidence: float
    safety: bool = False
    hint: bool = False
    choices: tuple[str, ...] = ()


def decide(
    ranking: Sequence[tuple[str, float]],
    *,
    score: float,
    rule: str | None,
    thresholds: Thresholds,
    also: Sequence[str] = (),
) -> Decision:
    """One decision from the ranked topics, the danger score and the rule that matched, if one did.

    `also` are topics that single clauses of the message are surely about: the second is offered beside the answer.
    """
    best, confidence = ranking[0]
    share = dict(ranking)
    if rule is not None or score >= thresholds.sure:
        if rule in NOW or (rule is None and share.get("emergency", 0) > share.get("exploitation", 0)):
            return Decision("emergency", max(share.get("emergency", 0), 0.5), safety=True)
        return Decision("exploitation", max(share.get("exploitation", 0), 0.5), safety=True)
    if best in SAFETY and confidence >= 0.5:
        return Decision(best, confidence, safety=True)
    hint = score >= thresholds.possible or best in SAFETY
    others = [(name, value) for name, value in ranking if name not in SAFETY]
    best, confidence = others[0]
    second, runner_up = others[1] if len(others) > 1 else ("", 0.0)
    if confidence < thresholds.enough or confidence - runner_up < thresholds.margin:
        likely = tuple(name for name, value in others[:3] if value >= 0.1)
        return Decision("ask_back", confidence, hint=hint, choices=likely)
    other_clauses = tuple(name for name in also if name != best and name not in SAFETY)[:1]
    beside = other_clauses or ((second,) if runner_up >= 0.25 else ())
    return Decision(best, confidence, hint=hint, choices=beside)
