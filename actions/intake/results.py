"""From a case to a result: which sum to make, what it rests on, and the lines that tell it. Knows no language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

import msgspec

from actions.intake.state import Intake
from actions.sums.housing import housing
from actions.sums.pay import Calendar, Check, check_pay, exact, hourly
from actions.sums.rates import Rates, TooYoung, UnknownMinimum, WagePeriod, Worker
from actions.sums.wages import LatePaymentIncrease, WageClaim, claim, months_before
from facts.base import FactBase

LetterKind = Literal["", "wages", "wage_minimum", "permit", "housing", "papers"]


class Product(msgspec.Struct, frozen=True):
    """A working: hours times euros per hour."""

    hours: Fraction
    wage: Fraction


class Quotient(msgspec.Struct, frozen=True):
    """A working: euros divided by hours."""

    amount: Fraction
    hours: Fraction


class FigureOf(msgspec.Struct, frozen=True):
    """A figure of the fact base, told with its unit."""

    id: str


class Years(msgspec.Struct, frozen=True):
    """Years of age."""

    age: int


#: What a line is filled with: euros (Fraction), a plain number (Decimal), a day, or one of the above.
Value = Fraction | Decimal | date | str | Product | Quotient | FigureOf | Years


class ResultLine(msgspec.Struct, frozen=True):
    """One line of a result: the key of its text, and what is filled in."""

    key: str
    values: dict[str, Value] = {}


class IntakeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came out."""

    lines: tuple[ResultLine, ...]
    facts: tuple[str, ...]  #: that the result rests on
    letter: LetterKind = ""
    asks: bool = False  #: the result asks for something more


#: Facts that every result of a flow rests on, the first ones shown as its legal basis in a letter.
BASIS: Final[dict[str, tuple[str, ...]]] = {
    "check_my_pay": ("wml-amount", "pay-check-formula", "hol-8-percent", "pay-check-cao"),
    "housing_deduction": ("housing-max-25", "housing-conditions", "housing-not-for-posted"),
    "unpaid_wages": ("wage-on-time", "hol-8-percent", "wage-late-increase", "wage-limitation-5y"),
    "back_pay_without_permit": ("wav23-wage-right", "wav23-six-months", "wav23-chain", "hol-8-percent"),
    "report_abuse": ("rep-no-residence-first", "rep-labour-inspectorate"),
}


#: What a claim needs besides its sum: proof, who can be asked and in which order, until when.
ADVICE: Final[dict[str, tuple[str, ...]]] = {
    "unpaid_wages": ("wage-proof", "wage-limitation-5y", "wage-chain-client", "wage-get-help"),
    "back_pay_without_permit": ("wav23-proof", "wav23-chain", "wage-limitation-5y", "wav23-talk-first"),
}
#: What the letter that asks for payslips and hours rests on.
PAPERS: Final = ("proof-ask-in-writing", "pay-check-papers")


class Sums:
    """Makes the sums of a case from the dated figures of a fact base."""

    def __init__(self, base: FactBase) -> None:
        self.base = base
        self.rates = Rates(base)
        always = date.max  # these two do not change
        self.calendar = Calendar(
            weeks_per_year=int(self.figure("pay_weeks_per_year", always)),
            months_per_year=int(self.figure("pay_months_per_year", always)),
        )

    def figure(self, name: str, day: date) -> Decimal:
        """A figure's number on a day.

        Raises:
            UnknownMinimum: the figure has no value on that day.
        """
        period = self.base.figures[name].on(day)
        if period is None:
            raise UnknownMinimum(day)
        return Decimal(period.value)

    def lateness(self, day: date) -> LatePaymentIncrease:
        """The increase for late wages (BW 7:625), by the figures of a day."""
        return LatePaymentIncrease(
            free_days=int(self.figure("wage_late_free_days", day)),
            first_days=int(self.figure("wage_late_first_days", day)),
            first_share=self.figure("wage_late_first_share", day),
            next_share=self.figure("wage_late_next_share", day),
            most=self.figure("wage_late_max_share", day),
        )

    def result(self, case: Intake, today: date) -> IntakeResult:
        """The result of a case that is complete. What cannot be counted is said, never guessed."""
        try:
            if case.flow == "check_my_pay":
                return self._pay(case, today)
            if case.flow == "housing_deduction":
                return self._housing(case, today)
            return self._claim(case, today)
        except UnknownMinimum as missing:
            where = self.base.figures["wml_hourly"].look_up or ""
            return IntakeResult(
                lines=(ResultLine("pay.unknown_minimum", {"day": missing.day, "where": where}),),
                facts=BASIS[case.flow][:1],
            )
        except TooYoung:
            youngest = min(self.base.figures["wml_hourly"].periods[-1].by_age)
            return IntakeResult(
                lines=(ResultLine("pay.too_young", {"age": Years(youngest)}),), facts=BASIS[case.flow][:1]
            )

    def worker(self, case: Intake) -> Worker:
        """For whom the minimum is looked up."""
        return Worker(age=case.age, birthday=case.birthday, bbl=case.bbl)

    # -- pay ----------------------------------------------------------------------------------------------------

    def wage(self, case: Intake) -> Fraction | None:
        """The told pay as euros per hour, or None where it cannot be turned into that."""
        if case.pay is None or case.pay.per in ("", "piece"):
            return None
        try:
            return hourly(case.pay.amount, case.pay.per, case.weekly, self.calendar, case.hours_day)
        except ValueError:
            return None

    def _stretches(self, case: Intake, today: date) -> list[WagePeriod]:
        first, last = case.first or today, case.last or today
        return self.rates.stretches(first, last, self.worker(case))

    def _pay(self, case: Intake, today: date) -> IntakeResult:
        wage = self.wage(case)
        if wage is None or case.pay is None:
            return IntakeResult(lines=(ResultLine("pay.piece"),), facts=BASIS["check_my_pay"][:2], asks=True)
        stretches = self._stretches(case, today)
        made = check_pay(wage, case.weekly, stretches, self.figure("holiday_allowance_share", today))
        lines = (
            []
            if case.pay.per == "hour"
            else [ResultLine("pay.hourly", {"hourly": wage, "working": self.working(case)})]
        )
        lines += self._minimums(stretches, case.first is not None)
        newest = stretches[-1]
        pupil = self.rates.minimum(newest.first, Worker(age=newest.age, bbl=True))
        if pupil < self.rates.minimum(newest.first, Worker(age=newest.age)):
            lines.append(ResultLine("pay.bbl", {"minimum": exact(pupil)}))
        if case.pay.tax == "net":
            lines += self._net(case, made)
            return IntakeResult(lines=tuple(lines), facts=BASIS["check_my_pay"])
        sure = case.pay.tax == "gross"
        lines.append(ResultLine(f"pay.{made.verdict}" + ("" if sure else "_if_gross")))
        lines += self._short(case, made, today)
        letter: LetterKind = "wage_minimum" if made.verdict == "below" else ""
        return IntakeResult(lines=tuple(lines), facts=BASIS["check_my_pay"], letter=letter)

    def _minimums(self, stretches: Sequence[WagePeriod], dated: bool) -> list[ResultLine]:
        lines = []
        for stretch in stretches:
            period = self.base.figures["wml_hourly"].on(stretch.first)
            first = stretch.first if dated else (period.from_ if period else None) or stretch.first
            last = stretch.last if dated else (period.until if period else None) or stretch.last
            lines.append(ResultLine("pay.minimum", {"minimum": exact(stretch.minimum), "first": first, "last": last}))
        return lines

    def _short(self, case: Intake, made: Check, today: date) -> list[ResultLine]:
        share = FigureOf("holiday_allowance_share")
        if made.verdict == "enough":
            if case.weekly is None:
                return []
            weekly = made.hourly * exact(case.weekly) * exact(self.figure("holiday_allowance_share", today)) / 100
            return [ResultLine("pay.holiday", {"share": share, "amount": weekly})]
        lines = [ResultLine("pay.short_hour", {"amount": made.short_hour})] if made.short_hour else []
        if made.short_week:
            lines.append(ResultLine("pay.short_week", {"amount": made.short_week}))
        if case.first is not None and made.total:
            lines.append(ResultLine("pay.short_total", {"amount": made.total}))
            lines.append(ResultLine("pay.short_holiday", {"amount": made.holiday, "share": share}))
        return lines

    def _net(self, case: Intake, made: Check) -> list[ResultLine]:
        lines = [ResultLine("pay.net")]
        if all(made.hourly >= exact(stretch.minimum) for stretch in made.stretches):
            lines.append(ResultLine("pay.net_enough"))
        elif case.weekly is not None:
            least = exact(made.minimum) * exact(case.weekly)
            lines.append(ResultLine("pay.net_minimum", {"hours": case.weekly, "amount": least}))
        return lines

    # -- housing ------------------------------------------------------------------------------------------------

    def _housing(self, case: Intake, today: date) -> IntakeResult:
        taken, weekly = case.deduction, case.weekly
        if taken is None or weekly is None or taken.per in ("", "piece", "hour", "day"):
            return IntakeResult(lines=(ResultLine("case.no_result"),), facts=BASIS["housing_deduction"], asks=True)
        hours = self.calendar.hours(exact(weekly), taken.per)
        day = case.last or today
        minimum = self.rates.minimum(day, self.worker(case))
        wage = self.wage(case)
        allowed = case.abroad != "yes" and case.signed != "no"
        share = self.figure("housing_max_share", day)
        made = housing(
            taken.amount, hours, minimum, share, allowed=allowed, wage=None if wage is None else wage * hours
        )
        working = Product(hours, exact(minimum))
        lines = [
            ResultLine("housing.minimum", {"hours": _hours(hours), "amount": made.minimum_wage, "working": working})
        ]
        if allowed:
            lines.append(ResultLine("housing.most", {"share": FigureOf("housing_max_share"), "amount": made.most}))
        if made.verdict == "nothing_allowed":
            lines.append(ResultLine("housing.posted" if case.abroad == "yes" else "housing.unsigned"))
            lines.append(ResultLine("housing.all_back", {"amount": exact(taken.amount)}))
        if made.verdict == "too_much":
            lines.append(ResultLine("housing.too_much", {"amount": made.too_much}))
            if wage is None:
                lines.append(ResultLine("housing.wage_unknown"))
        if made.doubtful and allowed:
            lines.append(ResultLine("housing.depends", {"amount": made.doubtful}))
        if made.verdict == "within":
            lines.append(ResultLine("housing.within_signed" if case.signed == "yes" else "housing.within"))
        bad = made.verdict in ("too_much", "nothing_allowed")
        return IntakeResult(lines=tuple(lines), facts=BASIS["housing_deduction"], letter="housing" if bad else "")

    # -- claims -------------------------------------------------------------------------------------------------

    def _claim(self, case: Intake, today: date) -> IntakeResult:
        lines: list[ResultLine] = []
        permit = case.flow == "back_pay_without_permit"
        first, last = case.first, case.last or today
        months = int(self.figure("wav23_presumed_months", today))
        presumed = months_before(last, months)
        span: dict[str, Value] = {"months": FigureOf("wav23_presumed_months"), "first": presumed, "last": last}
        longer = permit and first is not None and first < presumed
        if permit and (first is None or first > presumed):
            first = presumed
            lines.append(ResultLine("claim.presumed", span))
        stretches = self.rates.stretches(first or last, last, self.worker(case))
        made = self._made(case, stretches, today)
        lines += self._claimed(case, made, stretches)
        if longer:
            short = self._made(case, self.rates.stretches(presumed, last, self.worker(case)), today)
            lines.append(ResultLine("claim.longer", {**span, "amount": short.total}))
        letter: LetterKind = "" if not made.unpaid else "permit" if permit else "wages"
        return IntakeResult(lines=tuple(lines), facts=BASIS[case.flow], letter=letter)

    def _made(self, case: Intake, stretches: Sequence[WagePeriod], today: date) -> WageClaim:
        return claim(
            stretches,
            case.weekly,
            self.wage(case),
            case.paid or Decimal(0),
            self.lateness(today),
            self.figure("holiday_allowance_share", today),
            today,
            hours=case.hours_total if case.weekly is None else None,
            monthly_hours=self.calendar.hours(exact(case.weekly), "month")
            if case.weekly and case.pay is not None and case.pay.per == "month"
            else None,
        )

    def _claimed(self, case: Intake, made: WageClaim, stretches: Sequence[WagePeriod]) -> list[ResultLine]:
        lines: list[ResultLine] = []
        wage = self.wage(case)
        for stretch in stretches:
            counted = max(exact(stretch.minimum), wage or Fraction(0))
            hours = sum(
                (month.hours for month in made.months if stretch.first <= month.first <= stretch.last), Fraction(0)
            )
            values: dict[str, Value] = {"first": stretch.first, "last": stretch.last, "hours": _hours(hours)}
            values |= {"amount": hours * counted, "working": Product(hours, counted)}
            lines.append(ResultLine("claim.owed", values))
        if made.below_minimum:
            lines.append(ResultLine("claim.minimum_used"))
        if case.pay is not None and case.pay.tax == "net":
            lines.append(ResultLine("claim.net"))
        if made.paid:
            lines.append(ResultLine("claim.paid", {"amount": made.paid}))
        if not made.unpaid:
            return [*lines, ResultLine("claim.nothing")]
        lines.append(ResultLine("claim.unpaid", {"amount": made.unpaid}))
        share = FigureOf("holiday_allowance_share")
        lines.append(ResultLine("claim.holiday", {"amount": made.holiday, "share": share}))
        lines.append(ResultLine("claim.total", {"amount": made.total}))
        if made.increase:
            values = {"none": Fraction(0), "amount": made.increase, "most": made.increase_most}
            lines.append(ResultLine("claim.increase", values))
        lines.append(ResultLine("claim.do_not_sign"))
        return lines

    def working(self, case: Intake) -> Quotient | str:
        """How pay per period became an hourly wage."""
        pay = case.pay
        if pay is not None and pay.per == "day" and case.hours_day:
            return Quotient(exact(pay.amount), exact(case.hours_day))
        if pay is None or case.weekly is None or pay.per in ("", "piece", "day"):
            return ""
        return Quotient(exact(pay.amount), self.calendar.hours(exact(case.weekly), pay.per))


def _hours(hours: Fraction) -> Decimal:
    """Hours as they are told: to two decimals."""
    return (Decimal(hours.numerator) / Decimal(hours.denominator)).quantize(Decimal("0.01"))
