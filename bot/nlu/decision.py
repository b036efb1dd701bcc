"""From probabilities and signs to one decision: answer, ask back, or safety first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

SAFETY = ("exploitation", "emergency")
#: Signs that mean now.
NOW = frozenset({"injury_now", "violence_now", "fire_gas_now", "locked_in_now", "followed_threatened_now", "suicide"})


class Thresholds(msgspec.Struct, frozen=True):
    """Set in config.yml; `threshold` and `ambiguity_threshold` are the names of Rasa's FallbackClassifier.

    Chosen on lines of writers who were left out of the training, measured in docs/quality.md.
    """

    safety_threshold: float = -0.85  #: evidence of danger from which the safety reply comes first
    hint_threshold: float = -1.2  #: evidence from which a quiet line is added
    topic_weight: float = 0.4  #: how much the topics' view counts beside the detector's score
    rule_threshold: float = -1.0  #: score below which a rule alone is only a hint; not for suicide
    threshold: float = 0.4  #: probability of the best topic below which Baken asks back
    ambiguity_threshold: float = 0.1  #: lead over the second topic below which Baken asks which of the two


class Decision(msgspec.Struct, frozen=True):
    """What to do with a message. `choices` are the topics to offer when asking back, or the runner-up."""

    intent: str
    confidence: float
    safety: bool = False
    hint: bool = False
    choices: tuple[str, ...] = ()


def evidence(score: float, share: Mapping[str, float], thresholds: Thresholds) -> float:
    """The detector's score, with what the topic classifier thinks of the two safety topics."""
    return score + thresholds.topic_weight * math.log(sum(share.get(name, 0.0) for name in SAFETY) + 0.001)


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
    share = dict(ranking)
    danger = evidence(score, share, thresholds)
    ruled = rule is not None and (score >= thresholds.rule_threshold or rule == "suicide")
    if ruled or danger >= thresholds.safety_threshold:
        now = rule in NOW if ruled else share.get("emergency", 0) > share.get("exploitation", 0)
        topic = "emergency" if now else "exploitation"
        return Decision(topic, max(share.get(topic, 0), 0.5), safety=True)
    hint = rule is not None or danger >= thresholds.hint_threshold or ranking[0][0] in SAFETY
    others = [(name, value) for name, value in ranking if name not in SAFETY]
    best, confidence = others[0]
    second, runner_up = others[1] if len(others) > 1 else ("", 0.0)
    if confidence < thresholds.threshold or confidence - runner_up < thresholds.ambiguity_threshold:
        likely = tuple(name for name, value in others[:3] if value >= 0.1)
        return Decision("ask_back", confidence, hint=hint, choices=likely)
    other_clauses = tuple(name for name in also if name != best and name not in SAFETY)[:1]
    beside = other_clauses or ((second,) if runner_up >= 0.25 else ())
    return Decision(best, confidence, hint=hint, choices=beside)
