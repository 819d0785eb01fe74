"""Suppliers and contracts: whose work is whose, what is committed to whom, and contracts that end before their work does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

import attrs

import ipmo
from ipmo.model import Portfolio
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import (
    CheckContext,
    Column,
    Finding,
    IpmoError,
    Severity,
    Shown,
    ShownAnswer,
    Table,
    UnknownItemError,
    agree,
    close_matches,
    counted,
)
from ipmo_mop.catalogue import OPEN, fields_of
from ipmo_mop.fields import Contract
from ipmo_mop.wording import day_of, finding, in_currency

__all__ = ["ContractRow", "Contracts", "Suppliers", "contracts", "contracts_in_order"]


class Suppliers:
    """Whose each piece of work is: by its attribute `supplier`, else by the contracts that name it.

    Args:
        portfolio: the portfolio.
        grouped: suppliers of one group are one.
    """

    def __init__(self, portfolio: Portfolio, *, grouped: bool = False) -> None:
        stated = fields_of(portfolio)
        self._names = {word: one.id for one in stated.suppliers for word in (one.name, one.id) if word}
        self._groups = {one.id: one.group for one in stated.suppliers if one.group} if grouped else {}
        self._by: dict[str, list[tuple[str, Fraction | None]]] = {}
        for contract in stated.contracts:
            for item in contract.items:
                self._by.setdefault(item, []).append((self.called(contract.supplier), in_currency(portfolio, contract.value)))

    def called(self, word: str) -> str:
        """The supplier, or the group, that an id or a name means; the word itself where it is not declared."""
        name = self._names.get(word.strip(), word.strip())
        return self._groups.get(name, name)

    def part(self, item: str, value: Fraction | None) -> Fraction:
        """The share of an item that falls to a contract of this value among all that are for it."""
        found = self._by.get(item, [])
        values = [other for _, other in found if other]
        return value / sum(values, Fraction(0)) if value and len(values) == len(found) else Fraction(1, max(len(found), 1))

    def of(self, item: str, attributes: Mapping[str, str]) -> tuple[tuple[str, Fraction], ...]:
        """(supplier, share) of an item; several contracts share it by their values, alike where not all values are known."""
        if word := attributes.get("supplier", ""):
            return ((self.called(word), Fraction(1)),)
        out: dict[str, Fraction] = {}
        for name, value in self._by.get(item, []):
            out[name] = out.get(name, Fraction(0)) + self.part(item, value)
        return tuple(out.items())


@attrs.frozen(kw_only=True)
class ContractRow(Shown):
    """A contract beside the work that it is for.

    Args:
        id: its name.
        name: its title.
        supplier: id of the supplier.
        items: the work that it is for.
        value: in the portfolio's currency; None where it is not known.
        paid: of it so far.
        planned: what its work is planned to cost, its part of what several contracts are for; None where not all of it is known.
        ends: its last day; None where it states none.
        finish: the day on which the last of its open work is done; None where nothing is open, or it is not known.
        why: why the finish is not known.
        open: whether it runs: it has not ended, and some of its work is open, or it names none.
    """

    id: str
    name: str
    supplier: str
    items: tuple[str, ...]
    value: Fraction | None
    paid: Fraction | None
    planned: Fraction | None
    ends: date | None
    finish: date | None
    why: str = ""
    open: bool = True

    @property
    def short(self) -> int | None:
        """The days by which its work goes on after it has ended; None where that is not known, or it does not."""
        if self.ends is None or self.finish is None or self.finish <= self.ends:
            return None
        return (self.finish - self.ends).days

    @property
    def committed(self) -> Fraction | None:
        """What is still to be paid: its value less what was paid; 0 of one that has ended, None where its value is not known."""
        return Fraction(0) if not self.open else None if self.value is None else max(self.value - (self.paid or 0), Fraction(0))


class Contracts(ShownAnswer):
    """The answer of `contracts`: one row a contract, in the order in which they are stated."""

    def __init__(self, rows: tuple[ContractRow, ...], currency: str) -> None:
        self.rows, self.currency = rows, currency

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[ContractRow]:
        return iter(self.rows)

    def __getitem__(self, contract: str) -> ContractRow:
        for row in self.rows:
            if row.id == contract:
                return row
        raise UnknownItemError(contract, close_matches(contract, [row.id for row in self.rows]), "the contracts")

    @property
    def short(self) -> tuple[ContractRow, ...]:
        """Those that end before their work does."""
        return tuple(row for row in self.rows if row.short)

    def explain(self, contract: str) -> str:
        """A contract in a sentence."""
        row = self[contract]
        ends = f"ends {row.ends}" if row.ends else "has no end"
        work = (
            f"its work is done {row.finish}"
            if row.finish
            else f"when its work is done is not known: {row.why}"
            if row.why
            else "none of its work is open"
        )
        late = f", {counted(row.short, 'day')} later" if row.short else ""
        return f"{row.id} with {row.supplier} {ends}; {work}{late}"

    def table(self) -> Table:
        """One row a contract: contract, supplier, value, paid, committed, planned (cost of its work), ends, work_done, days_short."""
        rows = self.rows

        def money(name: str) -> Column:
            return Column(name, "float", [None if (x := getattr(r, name)) is None else float(x) for r in rows], self.currency)

        return Table(
            [
                Column("contract", "str", [row.name or row.id for row in rows]),
                Column("supplier", "str", [row.supplier for row in rows]),
                *map(money, ("value", "paid", "committed", "planned")),
                Column("ends", "date", [row.ends for row in rows]),
                Column("work_done", "date", [row.finish for row in rows]),
                Column("days_short", "int", [row.short for row in rows], "d"),
            ]
        )

    def __repr__(self) -> str:
        owed = sum((row.committed or Fraction(0) for row in self.rows), Fraction(0))
        blind = sum(row.committed is None for row in self.rows)
        rest = f" and {counted(blind, 'contract')} of unknown value" if blind else ""
        return (
            f"<Contracts: {counted(len(self.rows), 'contract')} with {counted(len({row.supplier for row in self.rows}), 'supplier')},"
            f" {float(owed):,.0f} {self.currency} still committed{rest}; {len(self.short)} {agree(len(self.short), 'ends before its work', 'end before their work')}>"
        )


def contracts(portfolio: Portfolio) -> Contracts:
    """Each contract beside its work: what it is worth and what that is planned to cost, when it ends and when its work is done.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
    """
    stated = fields_of(portfolio).contracts
    plan = ipmo.schedule(portfolio, on_cycle="cut") if stated else None
    roll = ipmo.roll_up(portfolio, "budget", unrated="unknown") if stated else None
    today = None if portfolio.status_date is None else day_of(portfolio.status_date)
    rows, suppliers = [], Suppliers(portfolio)
    for one in stated:
        value = in_currency(portfolio, one.value)
        known = [item for item in dict.fromkeys(one.items) if item in portfolio]
        outer = [item for item in known if not _above(portfolio, item) & set(known)]
        costs = [(*roll.amount(item), suppliers.part(item, value)) for item in outer if item in roll] if roll is not None else []
        finish, why, active = _finish(portfolio, plan, outer) if plan is not None else (None, "", False)
        rows.append(
            ContractRow(
                id=one.id,
                name=one.name,
                supplier=suppliers.called(one.supplier),
                items=one.items,
                value=value,
                paid=in_currency(portfolio, one.paid),
                planned=sum(((cost or 0) * share for cost, _, share in costs), Fraction(0))
                if costs and all(whole for _, whole, _ in costs)
                else None,
                ends=one.ends,
                finish=finish,
                why=why,
                open=not (one.ends is not None and today is not None and one.ends < today) and (active or not outer),
            )
        )
    return Contracts(tuple(rows), portfolio.money.currency if portfolio.money is not None else "")


def _above(pf: Portfolio, item: str) -> set[str]:
    """What an item lies in: summaries, its project, programmes."""
    out = {programme.id for programme in hierarchy(pf).programmes_of(item)} - {item}
    project = pf.project_of(item)
    if not project or project == item:
        return out
    out.add(project)
    parent = getattr(pf[item], "parent", None)
    while parent is not None:
        out.add(f"{project}/{parent}")
        parent = pf[f"{project}/{parent}"].parent
    return out


def _finish(pf: Portfolio, plan: ipmo.Schedule, items: Iterable[str]) -> tuple[date | None, str, bool]:
    """(last day of what is open, why it is not known, whether anything is open)."""
    last, why, active = None, "", False
    for item in items:
        noun = pf[item]
        if getattr(noun, "finished", False) or getattr(noun, "counted_as", "active") not in (*OPEN, "paused"):
            continue
        active = True
        doubt = plan.doubt(item) if item in pf.items else None
        day = plan.days(item)[1]
        if day is None or doubt:
            why = why or str(doubt or f"{item} has no date")
        else:
            last = day if last is None else max(last, day)
    return (None if why else last), why, active


def contracts_in_order(context: CheckContext) -> Iterable[Finding]:
    """A contract is with a supplier that is known, for work that there is, lasts until that is done, and pays for what it is planned to cost."""
    pf = context.portfolio
    stated = fields_of(pf)
    if not stated.contracts:
        return
    known = {word for one in stated.suppliers for word in (one.id, one.name) if word}
    for one in stated.contracts:
        if stated.suppliers and one.supplier not in known:
            message = f"contract {one.id!r} is with the unknown supplier {one.supplier!r}"
            yield finding(
                "contracts", "", message, f"known are {', '.join(sorted(s.id for s in stated.suppliers))}", Severity.ERROR, part=one.id
            )
        for item in one.items:
            if item not in pf:
                near = close_matches(item, pf.items)
                hint = f"close: {', '.join(near)}" if near else "correct items:"
                yield finding("contracts", "", f"contract {one.id!r} is for the unknown item {item!r}", hint, Severity.ERROR, part=one.id)
    try:
        rows = contracts(pf)
    except IpmoError as error:
        yield finding("contracts", "", f"whether contracts last as long as their work cannot be said: {error}", severity=Severity.INFO)
        return
    for row, one in zip(rows, stated.contracts, strict=True):
        yield from _lasts(context, row, one)


def _lasts(context: CheckContext, row: ContractRow, one: Contract) -> Iterable[Finding]:
    item = next((item for item in row.items if item in context.portfolio and context.covers(item)), None)
    if item is None:
        return
    if row.short:
        message = (
            f"contract {row.id!r} with {row.supplier!r} ends {row.ends}; its work is done {row.finish}, {counted(row.short, 'day')} later"
        )
        yield finding("contracts", item, message, "extend it, or finish its work before it ends", part=f"{row.id} end")
    if row.value is not None and row.planned is not None and row.planned > row.value:
        unit = f" {context.portfolio.money.currency}" if context.portfolio.money is not None else ""
        message = (
            f"the work of contract {row.id!r} with {row.supplier!r} is planned at {float(row.planned):,.0f}{unit},"
            f" {float(row.planned - row.value):,.0f} above its value of {float(row.value):,.0f}"
        )
        yield finding(
            "contracts", item, message, "vary the contract, or say who else is paid for it", Severity.INFO, part=f"{row.id} value"
        )
