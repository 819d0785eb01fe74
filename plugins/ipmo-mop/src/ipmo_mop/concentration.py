"""How much of the portfolio lies in few initiatives, suppliers, technologies and people: MOP-R11."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

import attrs

import ipmo
from ipmo.model import Portfolio, Project, Task
from ipmo.plugin import CheckContext, Column, Finding, IpmoError, Severity, ShownAnswer, Table, UnitError, beside, counted
from ipmo_mop.catalogue import SELECTED, fields_of
from ipmo_mop.contracts import Suppliers, contracts
from ipmo_mop.fields import BY, OF
from ipmo_mop.wording import finding

__all__ = ["Concentration", "concentrated", "concentration"]


@attrs.frozen(kw_only=True)
class Concentration(ShownAnswer):
    """How an amount lies over those that hold it.

    Args:
        of: initiative, supplier, supplier group, technology or person.
        by: budget, exposure or contract.
        whole: the amount in all, in the portfolio's currency, of what is known.
        holders: (name, amount), the largest first.
        unknown: initiatives, or contracts, whose amount is not known in full.
        currency: of the amounts; empty where the portfolio states none.
    """

    of: str
    by: str
    whole: Fraction
    holders: tuple[tuple[str, Fraction], ...]
    unknown: tuple[str, ...] = ()
    currency: str = ""

    def share(self, top: int = 1) -> float | None:
        """What the largest hold of the whole; what nobody holds by name is part of the whole. None where the whole is nothing."""
        return float(sum((amount for _, amount in self.holders[:top]), Fraction(0)) / self.whole) if self.whole else None

    def __repr__(self) -> str:
        top = f", the largest of them {self.holders[0][0]!r} with {self.share():.0%}" if self.holders and self.whole else ""
        return f"<Concentration of {self.by} by {self.of}: {counted(len(self.holders), 'holder')}{top}>"

    @property
    def index(self) -> float | None:
        """The Herfindahl index: the sum of squared shares, 1 where one holds all; None where the whole is nothing."""
        return float(sum((amount / self.whole) ** 2 for _, amount in self.holders)) if self.whole else None

    def table(self) -> Table:
        """name, amount, share, together (the share of this and all larger ones)."""
        running, together = Fraction(0), []
        for _, amount in self.holders:
            running += amount
            together.append(float(running / self.whole) if self.whole else None)
        return Table(
            [
                Column("name", "str", [name for name, _ in self.holders]),
                Column("amount", "float", [float(amount) for _, amount in self.holders], self.currency),
                Column("share", "float", [float(amount / self.whole) if self.whole else None for _, amount in self.holders], "share"),
                Column("together", "float", together, "share"),
            ]
        )


def concentration(portfolio: Portfolio, of: str = "initiative", by: str = "budget") -> Concentration:
    """How much lies with the largest initiatives, suppliers, technologies or people.

    Of projects that are approved, active or paused. A supplier is the attribute of a task, else the contract that names the task, else the same of its
    project; several contracts for one item share it by their values. A technology is an attribute alone; a person is who owns the project. Source of the
    index: Hirschman (1964), Herfindahl (1950).

    Where the work states more than its project does, its parts are cut down to what the project states: nothing is counted twice.

    Args:
        portfolio: the portfolio.
        of: `initiative`, `supplier`, `supplier group` (those under one owner together), `technology` or `person`.
        by: `budget` (planned cost), `exposure` (what open threats cost on average, before their responses; of projects only as a whole), or, of
            suppliers and their groups, `contract` (what contracts that run still commit to).

    Raises:
        UnitError: there is no such holder, or nothing of that name is counted.
        ScheduleError: contracts are counted, and nothing says when the portfolio starts.
    """
    for name, value, known in (("of", of, OF), ("by", by, BY)):
        if value not in known:
            raise UnitError(f"{name} is {value!r}; write one of {', '.join(known)}")
    suppliers = Suppliers(portfolio, grouped=of == "supplier group")
    if by == "contract":
        return _committed(portfolio, of, suppliers)
    projects = [project for project in portfolio.projects if project.counted_as in SELECTED]
    amounts: dict[str, Fraction] = {}
    unknown: list[str] = []
    roll = ipmo.roll_up(portfolio, "budget", unrated="unknown") if by == "budget" else None
    risks = ipmo.risk_exposure(portfolio) if roll is None else None
    for project in projects:
        if roll is not None:
            found, whole = roll.amount(project.id)
            amounts[project.id] = found or Fraction(0)
            if not whole:
                unknown.append(project.id)
        elif risks is not None:
            amounts[project.id] = risks[project.id].before
            if not risks[project.id].complete:
                unknown.append(project.id)
    held: dict[str, Fraction] = {}
    for project in projects:
        for name, amount in _shared(project, _holders(of, suppliers), amounts[project.id], roll):
            held[name] = held.get(name, Fraction(0)) + amount
    return Concentration(
        of=of,
        by=by,
        whole=sum(amounts.values(), Fraction(0)),
        holders=tuple(sorted(((name, amount) for name, amount in held.items() if name), key=lambda row: (-row[1], row[0]))),
        unknown=tuple(unknown),
        currency=portfolio.money.currency if portfolio.money is not None else "",
    )


def _committed(portfolio: Portfolio, of: str, suppliers: Suppliers) -> Concentration:
    """What contracts that run still commit to, by whom they are with.

    Raises:
        UnitError: nobody has contracts but suppliers.
    """
    if of not in ("supplier", "supplier group"):
        raise UnitError(f"contracts are with suppliers; write of: supplier, not {of}")
    held: dict[str, Fraction] = {}
    unknown = []
    for row in contracts(portfolio):
        if row.committed is None:
            unknown.append(row.id)
        elif row.open:
            name = suppliers.called(row.supplier)
            held[name] = held.get(name, Fraction(0)) + row.committed
    order = sorted(held.items(), key=lambda row: (-row[1], row[0]))
    currency = portfolio.money.currency if portfolio.money is not None else ""
    whole = sum(held.values(), Fraction(0))
    return Concentration(of=of, by="contract", whole=whole, holders=tuple(order), unknown=tuple(unknown), currency=currency)


Holders = Callable[[str, Project | Task], tuple[tuple[str, Fraction], ...]]
"""(holder, share) of a project or a task, by its full id."""


def _holders(of: str, suppliers: Suppliers) -> Holders:
    def held(item: str, noun: Project | Task) -> tuple[tuple[str, Fraction], ...]:
        if of == "initiative":
            return ((item, Fraction(1)),) if isinstance(noun, Project) else ()
        if of == "person":
            return ((noun.owner or "", Fraction(1)),) if isinstance(noun, Project) else ()
        if of == "technology":
            return ((name, Fraction(1)),) if (name := noun.attributes.get(of, "")) else ()
        return suppliers.of(item, noun.attributes)

    return held


def _shared(project: Project, holders: Holders, amount: Fraction, roll: ipmo.RollUp | None) -> Iterable[tuple[str, Fraction]]:
    """(holder, amount) of a project: what its tasks say goes to others is taken off what the project's own holders have."""
    own = holders(project.id, project)
    named = {task.id: found for task in project.tasks if (found := holders(f"{project.id}/{task.id}", task)) and found != own}
    if roll is None or not named:
        return [(name, amount * share) for name, share in own]
    costs = {task.id: roll.amount(f"{project.id}/{task.id}")[0] or Fraction(0) for task in project.tasks}
    below: dict[str, Fraction] = {}
    for task in project.tasks:
        if task.parent is not None:
            below[task.parent] = below.get(task.parent, Fraction(0)) + costs[task.id]
    out = []
    for part, found in named.items():
        cost = costs[part] - below.get(part, Fraction(0))  # of a summary what is not in its parts
        if cost > 0:
            out += [(name, cost * share) for name, share in found]
    stated = sum((cost for _, cost in out), Fraction(0))
    if stated > amount:
        out = [(name, cost * amount / stated) for name, cost in out]
    rest = max(amount - stated, Fraction(0))
    return [*out, *((name, rest * share) for name, share in own)]


def concentrated(context: CheckContext) -> Iterable[Finding]:
    """MOP-R11: no more than agreed of cost or exposure lies in the few largest initiatives, suppliers, technologies or people."""
    pf = context.portfolio
    for limit in fields_of(pf).concentration:
        try:
            found = concentration(pf, limit.of, limit.by)
        except IpmoError as error:
            yield finding("concentration", "", f"how {limit.by} lies over each {limit.of} cannot be said: {error}", severity=Severity.INFO)
            continue
        share = found.share(limit.top)
        what = {"budget": "planned cost", "exposure": "exposure", "contract": "contracted money"}[limit.by]
        kind = "contract" if limit.by == "contract" else "project"
        if share is None or share <= limit.most:
            if found.unknown:
                message = f"whether the {what} lies with too few ({limit.of}) cannot be said: of {counted(len(found.unknown), kind)} it is not known in full"
                hint = f"not known in full: {', '.join(found.unknown[:3])}"
                yield finding("concentration", "", message, hint, Severity.INFO, part=f"{limit.of} {limit.by}")
            continue
        names = ", ".join(repr(name) for name, _ in found.holders[: limit.top])
        message = f"{beside(share, limit.most, 0, percent=True)} of the {what} lies with {limit.of} {names}; agreed is {beside(limit.most, share, 0, percent=True)} at most"
        hint = f"not known in full: {', '.join(found.unknown[:3])}" if found.unknown else "spread it, or agree to it on the record"
        yield finding("concentration", "", message, hint, part=f"{limit.of} {limit.by}")
