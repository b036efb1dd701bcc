"""Answer, ask back, or safety first."""

from __future__ import annotations

from bot.nlu.decision import Thresholds, decide

LIMITS = Thresholds(
    safety_threshold=-0.5,
    hint_threshold=-1.1,
    topic_weight=0.4,
    rule_threshold=-1.0,
    threshold=0.3,
    ambiguity_threshold=0.1,
)


def test_a_clear_topic_is_answered() -> None:
    made = decide([("minimum_wage", 0.8), ("check_my_pay", 0.1)], score=-2, rule=None, thresholds=LIMITS)
    assert (made.intent, made.safety, made.hint) == ("minimum_wage", False, False)


def test_two_close_topics_are_asked_back_with_both() -> None:
    made = decide([("minimum_wage", 0.45), ("check_my_pay", 0.4)], score=-2, rule=None, thresholds=LIMITS)
    assert made.intent == "ask_back"
    assert made.choices == ("minimum_wage", "check_my_pay")


def test_nothing_likely_is_asked_back() -> None:
    made = decide([("greet", 0.2), ("menu", 0.05)], score=-2, rule=None, thresholds=LIMITS)
    assert made.intent == "ask_back"


def test_sure_signs_override_the_topic() -> None:
    made = decide([("unpaid_wages", 0.6), ("exploitation", 0.3)], score=0.2, rule=None, thresholds=LIMITS)
    assert made.intent == "exploitation" and made.safety


def test_a_score_that_no_topic_shares_is_only_possible() -> None:
    made = decide([("goodbye", 0.99), ("greet", 0.01)], score=2.0, rule=None, thresholds=LIMITS)
    assert made.intent == "goodbye" and made.hint and not made.safety


def test_a_rule_overrides_the_topic() -> None:
    made = decide([("greet", 0.99), ("menu", 0.01)], score=-0.9, rule="documents", thresholds=LIMITS)
    assert made.intent == "exploitation" and made.safety


def test_a_rule_that_everything_else_contradicts_is_only_possible() -> None:
    made = decide([("work_accident", 0.99), ("menu", 0.01)], score=-2.0, rule="injury_now", thresholds=LIMITS)
    assert made.intent == "work_accident" and made.hint and not made.safety


def test_suicide_is_never_contradicted() -> None:
    made = decide([("greet", 0.99), ("menu", 0.01)], score=-9, rule="suicide", thresholds=LIMITS)
    assert made.intent == "emergency" and made.safety


def test_an_unlikely_safety_topic_is_not_told_as_the_topic_but_hinted() -> None:
    made = decide([("exploitation", 0.4), ("housing_problem", 0.35)], score=-1.5, rule=None, thresholds=LIMITS)
    assert made.intent == "housing_problem" and made.hint and not made.safety


def test_a_second_clause_is_offered_beside_the_answer() -> None:
    ranking = [("housing_deduction", 0.8), ("dismissal", 0.1)]
    made = decide(ranking, score=-3, rule=None, thresholds=LIMITS, also=["housing_deduction", "dismissal"])
    assert made.intent == "housing_deduction" and made.choices == ("dismissal",)
