"""The portfolio dashboard: one page of the delivery cycle, each figure beside a named baseline; a query, never stored."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction

import attrs

import ipmo
from ipmo.model import Portfolio
from ipmo.model.held import gates_of, risks_of
from ipmo.plugin import Column, IpmoError, Shown, ShownAnswer, Table, UnknownItemError, close_matches, counted
from ipmo_mop.catalogue import OPEN, SELECTED

__all__ = ["VIEWS", "Dashboard", "DashboardFigure", "dashboard"]

VIEWS = (
    "management control",
    "benefits management",
    "financial management",
    "risk management",
    "stakeholder engagement",
    "organisational governance",
    "resource management",
)
"""The practices of the delivery cycle, as public summaries of MoP name them."""
CLOSED = ("closed", "occurred", "rejected", "expired")
"""States in which a risk is open no more."""
Value = date | Fraction | int


@attrs.frozen(kw_only=True)
class DashboardFigure(Shown):
    """A figure of a view.

    Args:
        view: practice of the delivery cycle.
        figure: what it is.
        planned: in the baseline; None where it is not known there.
        now: in the portfolio; None where it is not known.
        unit: of both: `date`, a currency, `pd`, or nothing for a number.
        items: what it is about: the latest first, of risks those that are new, of money the work of which it is not known.
    """

    view: str
    figure: str
    planned: Value | None
    now: Value | None
    unit: str
    items: tuple[str, ...] = ()

    @property
    def change(self) -> Fraction | int | None:
        """What is now less what was planned; of dates in days; None where one of both is not known."""
        if isinstance(self.now, date) and isinstance(self.planned, date):
            return (self.now - self.planned).days
        if isinstance(self.now, date) or isinstance(self.planned, date) or self.now is None or self.planned is None:
            return None
        return self.now - self.planned


class Dashboard(ShownAnswer):
    """The answer of `dashboard`: the figures, view by view.

    Args:
        rows: the figures.
        baseline: what they are held against.
    """

    def __init__(self, rows: tuple[DashboardFigure, ...], baseline: str) -> None:
        self.rows, self.baseline = rows, baseline

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[DashboardFigure]:
        return iter(self.rows)

    def __getitem__(self, figure: str) -> DashboardFigure:
        for row in self.rows:
            if row.figure == figure:
                return row
        raise UnknownItemError(figure, close_matches(figure, [row.figure for row in self.rows]), "the figures of the dashboard")

    def view(self, name: str) -> tuple[DashboardFigure, ...]:
        """The figures of one practice of the delivery cycle.

        Raises:
            UnknownItemError: there is no such practice.
        """
        if name not in VIEWS:
            raise UnknownItemError(name, (), f"the practices {', '.join(VIEWS)}")
        return tuple(row for row in self.rows if row.view == name)

    def table(self) -> Table:
        """One row a figure: view, figure, planned, now, change (of dates in days), unit, items."""
        return Table(
            [
                Column("view", "str", [row.view for row in self.rows]),
                Column("figure", "str", [row.figure for row in self.rows]),
                Column("planned", "str", [_said(row.planned) for row in self.rows]),
                Column("now", "str", [_said(row.now) for row in self.rows]),
                Column("change", "float", [None if row.change is None else float(row.change) for row in self.rows]),
                Column("unit", "str", ["d" if row.unit == "date" else row.unit or None for row in self.rows]),
                Column(
                    "items",
                    "str",
                    [
                        ", ".join(row.items[:4]) + (f" and {len(row.items) - 4} more" if len(row.items) > 4 else "") or None
                        for row in self.rows
                    ],
                ),
            ]
        )

    def __repr__(self) -> str:
        moved = sum(bool(row.change) for row in self.rows)
        return f"<Dashboard against {self.baseline}: {counted(len(self.rows), 'figure')}, {moved} moved>"


def _said(value: Value | None) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else f"{float(value):,.10g}"


def dashboard(portfolio: Portfolio, against: str | Portfolio | None = None) -> Dashboard:
    """The delivery cycle on one page: dates, benefits, money, risks, people, decisions and effort, each beside a named baseline.

    Nothing of it is kept: ask again, of another month or another baseline.

    Args:
        portfolio: the portfolio.
        against: the id of a baseline that the portfolio names, or a portfolio; the latest baseline when left out.

    Raises:
        UnknownItemError: there is no such baseline, or none has a file.
        FileError: its file is missing, or was changed after it was frozen.
    """
    then = against if isinstance(against, Portfolio) else ipmo.baseline(portfolio, against)
    name = against if isinstance(against, str) else then.id if against is not None else "the latest baseline"
    unit = portfolio.money.currency if portfolio.money is not None else ""

    def row(view: str, figure: str, ask: Callable[[Portfolio], Value | None], unit: str = "", items: Iterable[str] = ()) -> DashboardFigure:
        return DashboardFigure(
            view=view, figure=figure, planned=_asked(ask, then), now=_asked(ask, portfolio), unit=unit, items=tuple(items)
        )

    later = _later(then, portfolio, [p.id for p in portfolio.projects if p.counted_as in SELECTED])
    starts = _later(then, portfolio, [one.id for one in portfolio.benefits])
    missed = _names(lambda pf: [one.name for one in ipmo.schedule(pf, on_cycle="cut").commitments.missed], portfolio)
    control, money = "management control", "financial management"
    rows = [
        row(control, "finish of the portfolio", lambda pf: ipmo.roll_up(pf, "finish").total.day, "date"),
        row(control, "commitments missed", lambda pf: len(ipmo.schedule(pf, on_cycle="cut").commitments.missed), items=missed),
        DashboardFigure(view=control, figure="initiatives that finish later", planned=0, now=len(later), unit="", items=later),
        DashboardFigure(view="benefits management", figure="benefits that start later", planned=0, now=len(starts), unit="", items=starts),
        row("benefits management", "present value of benefits", _worth, unit),
        *(row(money, title, functools.partial(_amount, name), unit, _not_known(name, portfolio)) for name, title in MONEY),
        row(
            "risk management",
            "open risks",
            lambda pf: len(_open_risks(pf)),
            items=sorted(set(_open_risks(portfolio)) - set(_open_risks(then))),
        ),
        row("stakeholder engagement", "initiatives nobody answers for", lambda pf: len(_unowned(pf)), items=_unowned(portfolio)),
        row("organisational governance", "gates decided", lambda pf: sum(one.noun.decision is not None for one in gates_of(pf))),
        row("organisational governance", "decisions too late for a commitment", lambda pf: len(_late(pf)), items=_names(_late, portfolio)),
        row("resource management", "effort planned", lambda pf: _exact(ipmo.roll_up(pf, "effort")), "pd"),
    ]
    return Dashboard(tuple(rows), name)


MONEY = (("budget", "budget"), ("at_completion", "forecast at completion"), ("actual", "spent"))
"""Measures of money, and what they are called."""


def _asked(ask: Callable[[Portfolio], Value | None], portfolio: Portfolio) -> Value | None:
    """A figure; None where the portfolio says too little for it."""
    try:
        return ask(portfolio)
    except IpmoError:
        return None


def _names(ask: Callable[[Portfolio], list[str]], portfolio: Portfolio) -> list[str]:
    try:
        return ask(portfolio)
    except IpmoError:
        return []


def _exact(roll: ipmo.RollUp) -> Fraction | None:
    """The total where all of it is known: a part of it beside the whole would tell of a change that is none."""
    return roll.total.exact if roll.total.known == roll.total.total else None


def _amount(measure: str, portfolio: Portfolio) -> Fraction | None:
    return _exact(ipmo.roll_up(portfolio, measure, unrated="unknown"))


def _not_known(measure: str, portfolio: Portfolio) -> tuple[str, ...]:
    """The work whose amount is not known, so that the sum of all is not."""
    try:
        roll = ipmo.roll_up(portfolio, measure, unrated="unknown")
    except IpmoError:
        return ()
    if roll.total.known == roll.total.total:
        return ()
    wholes = {project.id for project in portfolio.projects if project.tasks} | {programme.id for programme in portfolio.programmes}
    return tuple(f"not known: {row.item}" for row in roll if row.known < row.total and row.item not in wholes and row.item != portfolio.id)


def _worth(portfolio: Portfolio) -> Fraction | None:
    """What all benefits are worth; None where one is not known."""
    worths = [row.worth for row in ipmo.benefits(portfolio)]
    return None if not worths or None in worths else Fraction(round(sum(one for one in worths if one is not None)))


def _open_risks(portfolio: Portfolio) -> list[str]:
    return [one.id for one in risks_of(portfolio) if one.noun.state not in CLOSED]


def _unowned(portfolio: Portfolio) -> list[str]:
    return [one.id for one in portfolio.projects if one.counted_as in OPEN and one.owner is None]


def _late(portfolio: Portfolio) -> list[str]:
    return [one.item for one in ipmo.decisions_due(portfolio, on_cycle="cut") if one.late_by > 0]


def _later(then: Portfolio, now: Portfolio, items: Iterable[str]) -> tuple[str, ...]:
    """Items that finish, or begin to bring, later than in a baseline, by how much, first those that never do by today's plan.

    What is in one of both alone is not among them, nor what nobody knows the end of, unless it is later already.
    """
    try:
        before, after = ipmo.schedule(then, on_cycle="cut"), ipmo.schedule(now, on_cycle="cut")
    except IpmoError:
        return ()
    found = list[tuple[float, str]]()
    for item in items:
        planned = before.days(item)[1] if item in before else None
        expected = after.days(item)[1] if item in after else None
        if planned is None or before.doubt(item):
            continue
        if item in after and (expected is None or after.doubt(item)) and after.commitments.doubts.never(item):
            found.append((math.inf, item))
        elif expected is not None and expected > planned:
            found.append(((expected - planned).days, item))
    return tuple(item for _, item in sorted(found, key=lambda pair: (-pair[0], pair[1])))
