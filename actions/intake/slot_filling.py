"""Takes from a message what belongs to a case. The newest word wins: "no, 38 not 48" is a correction."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from actions.amounts.model import Age, AskedFor, DateRange, Duration, Extracted, Money, Number
from actions.amounts.short_answers import Plain
from actions.intake.state import FREE, LONGEST, Field, Intake, has
from actions.sums.wages import months_before

#: What the reader is told about the question that was asked.
READER: Final[dict[str, AskedFor]] = {
    "pay": "pay", "hours": "hours", "age": "age", "period": "period", "deduction": "deduction",
    "paid": "paid", "people": "count", "days": "count",
}  # fmt: skip
#: More hours than this in one number are of a day no more, and of a week no more.
_DAY, _WEEK = Decimal(16), Decimal(100)
#: There are no more hours than these: what says so was misread.
_HOURS_OF_A_DAY, _HOURS_OF_A_WEEK = Decimal(24), Decimal(168)
_DAYS_OF_A_WEEK: Final = 7
#: Ages of people who work.
_AGES: Final = range(13, 76)
CLAIMS: Final = ("unpaid_wages", "back_pay_without_permit")
_FOUR: Final = 4
#: Words of a message that says nothing but "I got nothing".
_BRIEF: Final = 7
#: Words of a message that is about one thing.
_CLAUSE: Final = 12


def fill(case: Intake, readings: Sequence[Extracted], today: date, months: tuple[int, int]) -> Intake:
    """The case with everything that the readings say. `months` is (weeks, months) of a year."""
    told: dict[str, object] = {}
    readings = _without_repeated(case, readings)
    edges = [reading for reading in readings if isinstance(reading, DateRange)]
    told |= _period(case, edges, today)
    for reading in readings:
        if isinstance(reading, Money):
            told |= _money(msgspec.structs.replace(case, **told), reading)
        elif isinstance(reading, Duration):
            told |= _span(msgspec.structs.replace(case, **told), reading, today, months)
        elif isinstance(reading, Age):
            told |= {"age": reading.years, "adult": False}
        elif isinstance(reading, Number):
            told |= _number(case, reading)
    if not told:
        return case
    changed = msgspec.structs.replace(case, **told)
    unknown = tuple(field for field in dict.fromkeys(changed.unknown) if _slot(field) not in told)
    return msgspec.structs.replace(changed, unknown=unknown)


def _without_repeated(case: Intake, readings: Sequence[Extracted]) -> Sequence[Extracted]:
    """Without bare amounts that were told before, where something new stands beside them ("135 a day, not 125")."""
    known = {case.hours, case.hours_day, case.days_week, case.paid}
    known |= {money.amount for money in (case.pay, case.deduction) if money is not None}

    def repeated(one: Extracted) -> bool:
        bare = isinstance(one, Number) or (isinstance(one, Money) and not (one.per or one.tax))
        return bare and one.amount in known  # type: ignore[union-attr]

    new = [one for one in readings if not repeated(one)]
    return new if new else readings


def corrected(case: Intake, bare: Sequence[Extracted], plain: Plain) -> Intake | None:
    """The case with a correction: "38 not 48" where 48 was told, or "no, 38" right after an answer; else None."""
    said = [one for one in bare if isinstance(one, Number | Money | Duration) and one.amount]
    if len(said) != len(bare):
        return None
    told: dict[str, Decimal | None] = {
        "hours": case.hours,
        "hours_day": case.hours_day,
        "days_week": case.days_week,
        "paid": case.paid,
        "age": Decimal(case.age) if case.age is not None else None,
        "pay": case.pay.amount if case.pay else None,
        "deduction": case.deduction.amount if case.deduction else None,
    }
    if len(said) == 2 and (plain.denies or all(_bare(one) for one in said)):
        for old, new in (said, said[::-1]):
            known = [name for name, value in told.items() if value == old.amount and new.amount not in told.values()]
            field = next((name for name in known if _can_be(old, name) and _can_be(new, name)), None)
            if field:
                return _replaced(case, field, new)
    if len(said) == 1 and plain.corrects and not plain.nothing and told.get(case.previous) is not None:
        return _replaced(case, case.previous, said[0]) if _bare(said[0]) and _can_be(said[0], case.previous) else None
    return None


def _bare(one: Number | Money | Duration) -> bool:
    """An amount that does not say of what it is."""
    return isinstance(one, Number) or (isinstance(one, Money) and not one.per and not one.tax)


def _can_be(one: Number | Money | Duration, field: str) -> bool:
    """Whether an amount can be that of a field, as far as it says."""
    if field == "age":
        return isinstance(one, Number) and one.amount in _AGES
    if isinstance(one, Duration):
        return one.unit == ("days" if field == "days_week" else "hours") and field in (
            "hours",
            "hours_day",
            "days_week",
        )
    if isinstance(one, Money) and not _bare(one):
        return field in ("pay", "deduction", "paid")
    most = {"hours": _HOURS_OF_A_WEEK, "hours_day": _HOURS_OF_A_DAY, "days_week": Decimal(_DAYS_OF_A_WEEK)}
    return field not in most or one.amount <= most[field]


def _replaced(case: Intake, field: str, one: Number | Money | Duration) -> Intake:
    amount = one.amount
    if field == "age":
        return msgspec.structs.replace(case, age=int(amount))
    money = case.pay if field == "pay" else case.deduction if field == "deduction" else None
    value: object = amount
    if money:
        per, tax = (one.per or money.per, one.tax or money.tax) if isinstance(one, Money) else (money.per, money.tax)
        value = msgspec.structs.replace(money, amount=amount, per=per, tax=tax)
    return msgspec.structs.replace(case, **{field: value})


def _slot(field: Field) -> str:
    return {"period": "first", "per": "pay", "tax": "pay", "deduction_per": "deduction"}.get(field, field)


def _period(case: Intake, edges: Sequence[DateRange], today: date) -> dict[str, object]:
    if not edges:
        return {}
    if case.asked == "birthday" and case.age is not None:
        day = edges[0].last  # "in May": its last day, so that nothing is counted too early
        had = (day.month, day.day) <= (today.month, today.day)
        year = today.year - case.age - (not had)
        return {"birthday": date(year, day.month, min(day.day, monthrange(year, day.month)[1]))}
    since = next((one for one in reversed(edges) if one.edge == "since"), None)
    until = next((one for one in reversed(edges) if one.edge == "until"), None)  # "not until July but until August"
    plain = [one for one in edges if not one.edge]
    others = [one for one in plain if (one.first.year, one.first.month) != (today.year, today.month)]
    plain = others or plain  # "in August … for that month": the month that was named counts
    if since is None and until is None:
        earliest, latest = min(one.first for one in plain), max(one.last for one in plain)
        return {"first": earliest, "last": min(latest, max(today, earliest))}
    first = since.first if since else case.first
    last = until.last if until else (max(one.last for one in plain) if plain and since else today)
    if first is None:
        first = min((one.first for one in plain), default=case.first)
    if first is None or last < first:
        return {}
    return {"first": first, "last": min(last, max(today, first))}


def _money(case: Intake, money: Money) -> dict[str, object]:
    if money.per == "piece" and case.pay is not None:
        return {}
    claims = case.flow in CLAIMS
    if claims and money.role == "agreed":
        return {"pay": _joined(case.pay, money)} if money.amount else {"unknown": (*case.unknown, "pay")}
    if claims and (money.role == "received" or (case.asked == "paid" and case.paid is None)):
        whole = money.per == "" or (money.per == "month" and _one_month(case))
        return {"paid": money.amount} if whole else {}  # "300 a week" is not what came in all: asked for
    if case.flow == "housing_deduction":
        told = case.deduction
        if money.role == "total" and told is not None and money.amount > told.amount:  # "700 and 50, together 750"
            return {"deduction": _joined(told, money)}
        again = told is not None and money.per == told.per and not money.tax and money.amount < told.amount * 2
        if again:
            return {"deduction": _joined(told, money)}
        wage = money.per == "hour" or money.tax != "" or (told is not None and case.asked != "deduction")
        if wage and case.asked not in ("deduction", "deduction_per"):
            return {"pay": _joined(case.pay, money)}
        return {"deduction": _joined(case.deduction, money)}
    if not money.amount:
        return {}
    if claims and not money.per and case.asked not in ("pay", "per"):
        return {}  # a sum that is owed, or was paid once: asked for when its turn comes
    if case.flow == "report_abuse":
        return {}
    if case.pay is not None and case.pay.per == "hour" and money.per not in ("", "hour") and case.asked != "pay":
        return {}  # the hourly wage is the surer one
    return {"pay": _joined(case.pay, money)}


def _one_month(case: Intake) -> bool:
    """Whether the time told lies within one calendar month."""
    first, last = case.first, case.last
    return first is not None and last is not None and (first.year, first.month) == (last.year, last.month)


def _whole_month(case: Intake) -> bool:
    """Whether the time told is one calendar month, from its first day to its last."""
    first, last = case.first, case.last
    whole = first is not None and last is not None and first.day == 1
    return whole and _one_month(case) and last.day == monthrange(last.year, last.month)[1]  # type: ignore[union-attr]


def _joined(before: Money | None, money: Money) -> Money:
    """A correction keeps what it does not mention: "no, 12 euro" stays per hour and gross."""
    if before is None:
        return money
    return msgspec.structs.replace(money, per=money.per or before.per, tax=money.tax or before.tax)


def _span(case: Intake, span: Duration, today: date, months: tuple[int, int]) -> dict[str, object]:
    amount = span.most or span.amount
    if span.unit == "hours":
        return _hours(case, span, amount, months)
    if span.unit == "days" and (span.per == "week" or (case.hours_day is not None and amount <= 7)):
        return {"days_week": amount, "hours": None} if case.hours_day is not None else {"days_week": amount}
    if span.unit == "days" and case.asked == "days":
        return {"days_week": amount}
    if case.flow == "check_my_pay" and case.asked != "period" and span.unit == "days":
        return {}
    whole = int(amount)
    if span.per or whole < 1 or (case.first is not None and case.asked != "period"):
        return {}
    if span.unit in ("days", "weeks"):
        first = today - timedelta(days=whole * (7 if span.unit == "weeks" else 1) - 1)
    else:
        first = months_before(today, whole * (12 if span.unit == "years" else 1))
    return {"first": first, "last": today}


def _hours(case: Intake, span: Duration, amount: Decimal, months: tuple[int, int]) -> dict[str, object]:
    weeks_per_year, months_per_year = months
    weekly = {
        "week": amount,
        "4weeks": amount / _FOUR,
        "month": amount * months_per_year / weeks_per_year,
        "year": amount / weeks_per_year,
    }
    by_hour = case.pay is not None and case.pay.per == "hour"
    if span.per == "month" and case.flow in CLAIMS and by_hour and _whole_month(case):  # "160 hours that month"
        return {"hours_total": amount, "hours": None}
    if span.per in weekly:
        hours = weekly[span.per]
        return {"hours": hours} if hours <= _HOURS_OF_A_WEEK else {}
    if span.per == "" and amount > _WEEK:
        return {"hours_total": amount} if case.flow in CLAIMS else {}
    of_a_day = span.per == "day" or (amount <= _DAY and (case.asked != "hours" or case.days_week is not None))
    if of_a_day:
        return {"hours_day": amount, "hours": None} if amount <= _HOURS_OF_A_DAY else {}
    return {"hours": amount}


def _number(case: Intake, number: Number) -> dict[str, object]:
    whole = int(number.amount)
    if case.asked == "people":
        return {"people": whole}
    if case.asked == "days" and 0 < whole <= 7:
        return {"days_week": number.amount}
    return {}


def shortened(text: str) -> str:
    """A person's own words as they are kept: on one line, not too many."""
    return " ".join(text.split())[:LONGEST]


def _not_known(case: Intake, plain: Plain, text: str) -> Field | None:
    """What a message says not to know, where it names something else than what was asked ("no idea since when")."""
    if any(word[0].isdigit() for word in text.split()) or case.flow == "report_abuse":
        return None
    open_pay = case.pay is None and "pay" not in case.unknown
    none, words = plain.nothing or plain.no or plain.corrects, len(text.split())
    about_pay = words <= _BRIEF or (words <= _CLAUSE and "pay" in plain.about)
    if case.flow in CLAIMS and open_pay and plain.agreed and none and about_pay:  # "nothing was agreed"
        return "pay"
    asked = {"per": "pay", "tax": "pay", "days": "hours"}.get(case.asked, case.asked)
    if not plain.no_idea or asked in plain.about:
        return None
    return next((name for name in plain.about if not has(case, name)), None)


def answer(case: Intake, plain: Plain, text: str, counted: bool = False) -> Intake | None:
    """The case with an answer that is no amount: yes, no, gross, per week, I don't know, or free words.

    None where the message does not answer the question. `counted`: an amount was read in it, to which its "per week"
    belongs.
    """
    field = case.asked
    if not field:
        return None
    claims = case.flow in CLAIMS
    named = _not_known(case, plain, text)
    if named:
        return msgspec.structs.replace(case, unknown=(*case.unknown, named))
    none = plain.nothing or plain.no or plain.corrects
    brief = len(text.split()) <= _BRIEF
    if claims and case.paid is None and plain.received and none and brief:  # "I got nothing", whatever was asked
        return msgspec.structs.replace(case, paid=Decimal(0))
    if field in FREE:
        if (plain.no_idea or plain.no) and len(text.split()) < 6:
            return msgspec.structs.replace(case, unknown=(*case.unknown, field))
        words = shortened(text)
        return msgspec.structs.replace(case, **{"account" if field == "what" else field: words}) if words else None
    if field in ("tax", "pay", "per") and plain.tax and case.pay is not None:
        return msgspec.structs.replace(case, pay=msgspec.structs.replace(case.pay, tax=plain.tax))
    if field == "per" and plain.per and not counted and case.pay is not None:
        return msgspec.structs.replace(case, pay=msgspec.structs.replace(case.pay, per=plain.per))
    if field == "deduction_per" and plain.per and case.deduction is not None:
        return msgspec.structs.replace(case, deduction=msgspec.structs.replace(case.deduction, per=plain.per))
    if field == "paid" and plain.nothing:
        return msgspec.structs.replace(case, paid=Decimal(0))
    nothing_agreed, only_now = field == "pay" and plain.nothing, field == "period" and plain.now
    if plain.no_idea or nothing_agreed or only_now:
        return msgspec.structs.replace(case, unknown=(*case.unknown, field))
    if field in ("abroad", "signed") and not counted:
        here = field == "abroad" and plain.dutch and not plain.agrees and not plain.corrects  # "the firm is Dutch"
        no = (
            plain.corrects or here or (brief and not plain.agrees and (plain.denies or plain.nothing))
        )  # "signed nothing"
        return msgspec.structs.replace(case, **{field: "no" if no else "yes"}) if no or plain.agrees else None
    if field == "age" and plain.yes:
        return msgspec.structs.replace(case, adult=True)
    if field == "paid" and plain.no and not any(letter.isdigit() for letter in text):
        return msgspec.structs.replace(case, paid=Decimal(0))
    return None
