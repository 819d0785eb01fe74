"""How the portfolio is balanced: shares by number and money over horizon, risk, objective and business area, and a bubble chart.

Source of the four quarters: Matheson and Matheson, The Smart Organization (1998), with the portfolio grid that MoP's balance step uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import attrs

import ipmo
from ipmo.figures.axes import amount_text
from ipmo.figures.bubbles import Bubble, bubbles
from ipmo.model import Portfolio, Project
from ipmo.plugin import Column, Figure, IpmoError, ModelError, Shown, ShownAnswer, Table, UnitError, UnknownItemError, counted
from ipmo_mop.catalogue import OPEN, fields_of
from ipmo_mop.scoring import criteria_of
from ipmo_mop.wording import day_of

__all__ = ["NOT_KNOWN", "PANELS", "Balance", "BalanceRow", "Spot", "balance"]

PANELS = ("horizon", "risk", "objective", "area")
NOT_KNOWN = "not known"
"""The group of what nothing is stated of; it is the last of its panel."""
RISK_BANDS = (0.05, 0.15)
"""Up to which share of its budget what threats cost on average is low, and medium."""
HORIZONS = ((365, "within a year"), (3 * 365, "one to three years"))
QUARTERS = ("pearls", "oysters", "bread and butter", "white elephants")
HALF = 50.0
FEW = 6


@attrs.frozen(kw_only=True)
class BalanceRow(Shown):
    """One group of a panel.

    Args:
        panel: horizon, risk, objective or area.
        group: its name; `not known` for what nothing is stated of.
        projects: those in it.
        share: by number.
        money: what is known of their budgets.
        money_share: of all that is known; None where nothing is.
        unknown: those whose budget is not known in full.
    """

    panel: str
    group: str
    projects: tuple[str, ...]
    share: float
    money: Fraction
    money_share: float | None
    unknown: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Spot(Shown):
    """A project on the bubble chart.

    Args:
        item: the project.
        attractiveness, achievability: weighted points of the criteria of each, 0 to 100.
        cost: its budget; None where it is not known in full.
        quarter: pearls, oysters, bread and butter or white elephants.
    """

    item: str
    attractiveness: float
    achievability: float
    cost: Fraction | None
    quarter: str


class Balance(ShownAnswer):
    """The answer of `balance`.

    Args:
        rows: the groups, panel by panel.
        spots: projects that are scored on every criterion of both axes.
        unplaced: those that are not.
        names: what projects are called.
        unit: of the money.
    """

    def __init__(
        self, rows: tuple[BalanceRow, ...], spots: tuple[Spot, ...], unplaced: tuple[str, ...], names: Mapping[str, str], unit: str
    ) -> None:
        self.rows, self.spots, self.unplaced, self.names, self.unit = rows, spots, unplaced, dict(names), unit

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[BalanceRow]:
        return iter(self.rows)

    def panel(self, name: str) -> tuple[BalanceRow, ...]:
        """The groups of one panel.

        Raises:
            UnitError: there is no such panel.
        """
        if name not in PANELS:
            raise UnitError(f"panel is {name!r}; write one of {', '.join(PANELS)}")
        return tuple(row for row in self.rows if row.panel == name)

    def explain(self, panel: str, group: str) -> str:
        """A group in a sentence, with its projects and those whose budget is not known.

        Raises:
            UnitError: there is no such panel.
            UnknownItemError: there is no such group.
        """
        row = next((row for row in self.panel(panel) if row.group == group), None)
        if row is None:
            raise UnknownItemError(group, (), f"the groups of {panel}")
        money = (
            "no budget is known"
            if row.money_share is None
            else f"{amount_text(float(row.money), self.unit)}, {row.money_share:.0%} of the money"
        )
        lack = f"; the budget of {', '.join(row.unknown)} is not known in full" if row.unknown else ""
        return f"{panel} {group}: {counted(len(row.projects), 'project')} ({', '.join(row.projects)}), {row.share:.0%} by number, {money}{lack}"

    def table(self, panel: str | None = None) -> Table:
        """One row a group: panel, group, projects, share, budget, budget_share, which.

        Raises:
            UnitError: there is no such panel.
        """
        rows = self.rows if panel is None else self.panel(panel)
        return Table(
            [
                Column("panel", "str", [row.panel for row in rows]),
                Column("group", "str", [row.group for row in rows]),
                Column("projects", "int", [len(row.projects) for row in rows]),
                Column("share", "float", [100 * row.share for row in rows], "%"),
                Column("budget", "float", [float(row.money) for row in rows], self.unit),
                Column("budget_share", "float", [None if row.money_share is None else 100 * row.money_share for row in rows], "%"),
                Column("which", "str", [_listed(row.projects) for row in rows]),
            ]
        )

    def bubbles(self) -> Table:
        """One row a project of the chart: project, attractiveness, achievability, budget, quarter."""
        return Table(
            [
                Column("project", "str", [one.item for one in self.spots]),
                Column("attractiveness", "float", [one.attractiveness for one in self.spots]),
                Column("achievability", "float", [one.achievability for one in self.spots]),
                Column("budget", "float", [None if one.cost is None else float(one.cost) for one in self.spots], self.unit),
                Column("quarter", "str", [one.quarter for one in self.spots]),
            ]
        )

    def plot(self) -> Figure:
        """The bubble chart: achievability to the right, attractiveness upwards, as large as the budget.

        Raises:
            ModelError: no project is scored on both.
        """
        if not self.spots:
            raise ModelError(
                "no project is scored on both; give criteria axis: attractiveness and axis: achievability, and projects scores"
            )
        rows = [
            Bubble(
                name=self.names.get(one.item) or one.item,
                across=one.achievability,
                up=one.attractiveness,
                size=None if one.cost is None else float(one.cost),
                said="" if one.cost is None else amount_text(float(one.cost), self.unit),
            )
            for one in self.spots
        ]
        known = [one for one in rows if one.size is not None]
        largest = max(known, key=lambda one: one.size or 0.0, default=None)
        note = "Area: budget" + (f"; the largest: {largest.name}, {largest.said}" if largest is not None else "")
        note += "; dashed: not known in full" if len(known) < len(rows) else ""
        note += f"; not scored on both: {_listed(self.unplaced)}" if self.unplaced else ""
        return bubbles(rows, across="achievability", up="attractiveness", quarters=QUARTERS, title="Balance of the portfolio", note=note)

    def __repr__(self) -> str:
        said = ", ".join(f"{name} {len([row for row in self.panel(name) if row.group != NOT_KNOWN])}" for name in PANELS)
        return f"<Balance: groups by {said}; {counted(len(self.spots), 'project')} placed, {len(self.unplaced)} not>"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else "")


def balance(portfolio: Portfolio) -> Balance:
    """How open projects (proposed, approved, active, paused) lie over four panels, by number and by planned cost.

    * horizon: the attribute `horizon` of the project, else how long after the status date it finishes: within a year, one to three years, later;
    * risk: what its open threats cost on average before the responses, as a share of its budget: low to 5 %, medium to 15 %, high;
    * objective: what it serves by the line of sight; who serves several is a group of its own, so that nothing counts twice;
    * area: the attribute `area` of the project, else where its tasks go live (`goes_live_in`).

    The bubble chart has weighted points of the criteria that say `axis: achievability` to the right, of the others upwards; the quarters meet at 50.

    Args:
        portfolio: the portfolio.
    """
    projects = [project for project in portfolio.projects if project.counted_as in OPEN]
    roll = ipmo.roll_up(portfolio, "budget", include=("proposed",), unrated="unknown")
    money = {project.id: roll.amount(project.id) for project in projects}
    known = sum((amount for amount, _ in money.values() if amount is not None), Fraction(0))
    asked: Mapping[str, Callable[[Project], str]] = {
        "horizon": _horizons(portfolio),
        "risk": _risks(portfolio, money),
        "objective": _objectives(portfolio),
        "area": _area,
    }
    rows = []
    for panel, group_of in asked.items():
        groups: dict[str, list[str]] = {}
        for project in projects:
            groups.setdefault(group_of(project), []).append(project.id)
        for group in sorted(groups, key=lambda name: (name == NOT_KNOWN, _order(panel, name), name)):
            names = groups[group]
            amount = sum((found for name in names if (found := money[name][0]) is not None), Fraction(0))
            rows.append(
                BalanceRow(
                    panel=panel,
                    group=group,
                    projects=tuple(names),
                    share=len(names) / len(projects),
                    money=amount,
                    money_share=float(amount / known) if known else None,
                    unknown=tuple(name for name in names if not money[name][1]),
                )
            )
    spots = [spot for project in projects if (spot := _spot(portfolio, project, money[project.id])) is not None]
    placed = {one.item for one in spots}
    unit = portfolio.money.currency if portfolio.money is not None else ""
    return Balance(tuple(rows), tuple(spots), tuple(p.id for p in projects if p.id not in placed), {p.id: p.name for p in projects}, unit)


def _order(panel: str, group: str) -> int:
    orders = {"horizon": [*(name for _, name in HORIZONS), "later"], "risk": ["low", "medium", "high"]}
    known = orders.get(panel, [])
    return known.index(group) if group in known else len(known)


def _horizons(portfolio: Portfolio) -> Callable[[Project], str]:
    when = portfolio.status_date or portfolio.start
    try:
        plan = ipmo.schedule(portfolio)
    except IpmoError:  # nothing says when it starts, or work waits for itself
        return lambda project: project.attributes.get("horizon") or NOT_KNOWN

    def horizon(project: Project) -> str:
        stated = project.attributes.get("horizon")
        finish = plan.days(project.id)[1] if project.id in plan else None
        if stated or finish is None or when is None:
            return stated or NOT_KNOWN
        days = (finish - day_of(when)).days
        found = next((name for most, name in HORIZONS if days <= most), "later")
        return NOT_KNOWN if found != "later" and plan.doubt(project.id) else found  # it ends then at the earliest

    return horizon


def _risks(portfolio: Portfolio, money: Mapping[str, tuple[Fraction | None, bool]]) -> Callable[[Project], str]:
    if any(project.state == "proposed" and project.risks for project in portfolio.projects):  # totals leave proposals out, a panel does not
        chosen = [attrs.evolve(one, state="approved") if one.state == "proposed" else one for one in portfolio.projects]
        portfolio = portfolio.evolve(projects=chosen)
    rows = ipmo.risk_exposure(portfolio)

    def risk(project: Project) -> str:
        amount, whole = money[project.id]
        if project.id not in rows or not whole or not amount:
            return NOT_KNOWN
        row = rows[project.id]
        if not row.recorded or not row.complete:
            return NOT_KNOWN
        share = row.before / amount
        low, medium = map(Fraction, map(str, RISK_BANDS))
        return "low" if share <= low else "medium" if share <= medium else "high"

    return risk


def _objectives(portfolio: Portfolio) -> Callable[[Project], str]:
    served = {row.id: set(row) for row in ipmo.line_of_sight(portfolio, include=("proposed",))} if portfolio.objectives else {}
    order = [objective.id for objective in portfolio.objectives]
    return lambda project: " + ".join(name for name in order if name in served.get(project.id, ())) or ("none" if order else NOT_KNOWN)


def _area(project: Project) -> str:
    stated = project.attributes.get("area")
    live = sorted({area for task in project.tasks if (area := task.attributes.get("goes_live_in"))})
    return stated or " + ".join(live) or NOT_KNOWN


def _spot(portfolio: Portfolio, project: Project, money: tuple[Fraction | None, bool]) -> Spot | None:
    """Where a project lies on the chart; None where it is not scored on every criterion of both axes."""
    given, found = fields_of(project).scores, {}
    for axis in ("attractiveness", "achievability"):
        some = [one for one in criteria_of(portfolio, project.category) if one.axis == axis]
        weight = sum(one.weight for one in some)
        if not weight or any(one.id not in given for one in some):
            return None
        try:
            found[axis] = sum(one.weight * one.points(given[one.id]) for one in some) / weight
        except UnitError:  # a score that is not on its scale, which a check of its own says
            return None
    up, across = found["attractiveness"] >= HALF, found["achievability"] >= HALF
    quarter = QUARTERS[(0 if across else 1) if up else (2 if across else 3)]
    return Spot(item=project.id, **found, cost=money[0] if money[1] else None, quarter=quarter)
