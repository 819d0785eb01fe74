"""Money and effort by period: budget against actual against forecast, what is granted, and what has no date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from ipmo.analysis.money.amounts import Priced, Unrated
from ipmo.analysis.money.explanation import Explanation, Value
from ipmo.analysis.money.grouping import UNDATED, UNKNOWN
from ipmo.analysis.money.measures import MEASURES
from ipmo.analysis.money.periods import Every, Period, period_rule
from ipmo.analysis.money.pictures import Kind, money_picture
from ipmo.analysis.money.rollup import RollUp, roll_up
from ipmo.analysis.money.unrated import unrated_note
from ipmo.errors import UnknownItemError, close_matches
from ipmo.figures.svg import Figure
from ipmo.model.measures import Measure
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Column, NamedRow, Rows, Table
from ipmo.units import Money, as_day
from ipmo.words import counted

__all__ = ["TimePhased", "time_phase"]

PHASED = ("budget", "actual", "forecast", "funding", "effort")


class TimePhased(Rows[str, NamedRow[Fraction | None]]):
    """The answer of `time_phase`: by period, the exact amount of each measure; None where it is not known whether something lies there.

    Args:
        every: length of a period.
        item: what it is about.
        periods: in order, none missing between the first and the last.
        rolls: the roll-up behind each column.
        today: the status date; None where none is stated.
    """

    def __init__(self, *, every: str, item: str, periods: Iterable[Period], rolls: Mapping[str, RollUp], today: date | None = None) -> None:
        self.every, self.item, self.periods, self.rolls, self.today = every, item, tuple(periods), rolls, today
        names = [period.name for period in self.periods]
        rows = {period: NamedRow(period, {name: self._value(roll, period) for name, roll in rolls.items()}) for period in names}
        super().__init__(rows, f"these {every}s")

    @staticmethod
    def _value(roll: RollUp, period: str) -> Fraction | None:
        if period not in roll:
            known = UNKNOWN not in roll and any(group.item != UNDATED for group in roll.groups)
            return Fraction(0) if known else None
        carried = roll[period].carried
        if isinstance(carried, Priced):
            return carried.only(roll.measure.name)[1]
        return Fraction(carried) if isinstance(carried, Fraction | int) else None

    def value(self, measure: str, period: str) -> Fraction | None:
        """Exact amount of a measure in a period; 0 where nothing lies, None where it is not known whether something does.

        Raises:
            UnknownItemError: there is no such measure here.
        """
        return self._value(self._roll(measure), period)

    def undated(self, measure: str) -> Value:
        """What a measure has without a date; None when there is none.

        Raises:
            UnknownItemError: there is no such measure here.
        """
        roll = self._roll(measure)
        found: Value = roll[UNDATED].value if UNDATED in roll else None
        return found

    def explain(self, period: str, measure: str) -> Explanation:
        """What the amount of a measure in a period was made of.

        Raises:
            UnknownItemError: there is no such measure here, or nothing of it lies in that period.
        """
        return self._roll(measure).explain(period)

    def _roll(self, measure: str) -> RollUp:
        if measure not in self.rolls:
            raise UnknownItemError(measure, close_matches(measure, self.rolls), "these measures")
        return self.rolls[measure]

    def first(self, count: int = 10) -> Table:
        """The first rows of its table."""
        return self.table().head(count)

    def table(self) -> Table:
        """One row a period: period, start, each measure, then the running sum of what is known of it (`budget_so_far`, ...)."""
        columns = [
            Column("period", "str", [period.name for period in self.periods]),
            Column("start", "date", [period.start for period in self.periods]),
        ]
        running = []
        for name, roll in self.rolls.items():
            exact = [row[name] for row in self.rows]
            unit = roll.total.unit
            columns.append(Column(name, "float", [None if v is None else float(v) for v in exact], unit))
            total: Fraction | None = None
            sums = []
            for value in exact:
                total = value if total is None else total + (value or 0)
                sums.append(None if total is None else float(total))
            running.append(Column(f"{name}_so_far", "float", sums, unit))
        return Table([*columns, *running])

    def plot(self, kind: Kind = "curve", *, earned: Money | None = None, names: Mapping[str, str] | None = None) -> Figure:
        """A picture of the money: shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Args:
            kind: `curve`, running sums: what was planned, what is spent, what is forecast; or `columns`, each period's amounts side by side.
            earned: what is earned by the status date (`ipmo.earned_value(pf).total.ev`), drawn into the curve.
            names: what measures are called, by name.

        Raises:
            OptionError: there is no such kind.
            ModelError: no money has a date.
        """
        money = [roll.total.unit for name, roll in self.rolls.items() if name != "effort"]
        value = None if earned is None else float(earned.amount)
        return money_picture(
            kind, self.table(), self.periods, currency=money[0] if money else "", every=self.every, today=self.today,
            names={"actual": "actual cost", **(names or {})}, earned=value,
        )  # fmt: skip

    def notes(self) -> tuple[str, ...]:
        """What is not in the periods: amounts without a date, and figures that nobody knows."""
        out = []
        for name, roll in self.rolls.items():
            if UNDATED in roll:
                out.append(f"{name}: {roll[UNDATED].text} without a date")
            if UNKNOWN in roll:
                out.append(f"{name}: {roll[UNKNOWN].total} unknown")
        return (*out, *unrated_note(self.unrated))

    @property
    def unrated(self) -> tuple[str, ...]:
        """What has no exchange rate, and which: it lies in no period."""
        return tuple(dict.fromkeys(why for roll in self.rolls.values() for why in roll.unrated))

    def __repr__(self) -> str:
        return f"<TimePhased {self.item!r}: {', '.join([counted(len(self), self.every), *self.rolls])}>"


def time_phase(
    portfolio: Portfolio,
    *,
    every: Every = "month",
    item: str | None = None,
    as_of: date | str | None = None,
    measures: Mapping[str, Measure] = MEASURES,
    unrated: Unrated = "unknown",
    confidence: float | None = None,
) -> TimePhased:
    """Budget, actual, forecast, funding and effort by period, each exact: the periods sum to the whole.

    Of an item whose whole is not known, the lines that are dated and known stand in their periods all the same; it is
    counted as unknown beside them.

    Dated lines lie at their dates, lumps over the item's own working time by its spread; a lump beside lines that are stated
    for a time is the rest, and lies outside that time. A forecast at completion lies
    where its actual cost does, and the rest between the status date and the finish.

    Args:
        portfolio: the portfolio.
        every: month, quarter, year or financial year.
        item: a programme, project or summary; all when left out.
        as_of: the date at which lumps convert.
        measures: the measures known by name.
        unrated: what becomes of money without an exchange rate, as for `roll_up`.
        confidence: money counts at this percentile, each uncertain line in its own periods, as for `roll_up`.

    Raises:
        OptionError: there is no such period.
        UnknownItemError: there is no such item.
        MissingRateError: money in another currency has no exchange rate, and that is to be refused.
    """
    rule = period_rule(portfolio, every)
    rolls: dict[str, RollUp] = {}
    for name in PHASED:
        roll = roll_up(portfolio, name, by=every, within=item, as_of=as_of, measures=measures, unrated=unrated, confidence=confidence)
        if not any(f.item != UNKNOWN for f in roll.groups):
            continue
        rolls[name] = roll
    names = {f.item for roll in rolls.values() for f in roll.groups} - {UNDATED, UNKNOWN}
    found = sorted(map(rule.named, names))
    periods = tuple(rule.between(found[0].start, found[-1].start)) if found else ()
    today = None if portfolio.status_date is None else as_day(portfolio.status_date)
    return TimePhased(every=every, item=item or portfolio.id, periods=periods, rolls=rolls, today=today)
