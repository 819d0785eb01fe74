"""What stopping or pausing projects frees: money still to be spent less what getting out costs, people, and from when on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import attrs

from ipmo.analysis.change.stated import Moved
from ipmo.analysis.dates.schedule import schedule
from ipmo.analysis.money.remaining import NO_EXIT, Remaining, exit_cost_of
from ipmo.analysis.resources.capacity import Need, needs
from ipmo.errors import IpmoError, listed
from ipmo.model.hierarchy import hierarchy, summaries
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money
from ipmo.words import agree, counted

__all__ = ["Freed", "FreedProject", "freed_between"]

How = Literal["stopping", "pausing", "removing"]


@attrs.frozen(kw_only=True)
class FreedProject(Shown):
    """What is freed where one project, or all of a programme, stops or pauses.

    Args:
        item: its id.
        name: its title.
        how: stopping, pausing (nothing is saved, the money waits) or removing.
        cost: what was still to be spent; None where it is not known.
        exit_cost: what getting out costs; None where it is not stated, or the work is only paused.
        spent: what was spent and stays spent; None where nothing is known to be.
        years: the cost still to come by financial year; empty where it cannot be told apart.
        people: what its open work needed of each resource, and when.
        unnamed: how many of its open tasks name nobody.
        undated: how many that name somebody have no dates.
        open: how many open tasks it has; None of a project without tasks.
        within: the programme that states an exit cost for all of it, in whose row its own is counted; empty where it stands for itself.
        base: in whose prices the money is; empty where nobody says.
        reason: why the cost is not known.
        no_exit: why what getting out costs is not known.
        unrecorded: begun work of which nobody says what it has cost so far: the cost still to come is at most what is said.
    """

    item: str
    name: str = ""
    how: How
    cost: Money | None
    exit_cost: Money | None
    spent: Money | None
    years: tuple[tuple[str, Money], ...] = ()
    people: tuple[Need, ...] = ()
    unnamed: int = 0
    undated: int = 0
    open: int | None = 0
    within: str = ""
    base: str = ""
    reason: str = ""
    no_exit: str = NO_EXIT
    unrecorded: tuple[str, ...] = ()

    @property
    def net(self) -> Money | None:
        """What is freed once the way out is paid; None where a half is not known, or nothing is saved because the work only waits."""
        if self.how == "pausing" or self.cost is None or self.exit_cost is None:
            return None
        return Money(self.cost.amount - self.exit_cost.amount, self.cost.currency)

    @property
    def money(self) -> str:
        """The money in a sentence."""
        if self.cost is None:
            text = f"what {self.how} {self.item} frees is not known: {self.reason}"
            if self.how != "pausing":
                text += f"; {self.no_exit if self.exit_cost is None else f'getting out costs {self.exit_cost:,}'}"
            return text
        years = ", ".join(f"{amount:,} in {year}" for year, amount in self.years)
        most = "at most " if self.unrecorded else ""
        left = f"{most if self.net is not None or self.within or self.how == 'pausing' else ''}{self.cost:,} still to be spent{f' ({years})' if len(self.years) > 1 else ''}"
        if self.how == "pausing":
            return f"pausing {self.item} keeps {left} waiting; nothing of it is saved"
        head = f"{self.how} {self.item} frees"
        if self.within:
            text = f"{head} {left}; what getting out costs is counted with {self.within}"
        elif self.net is None:
            text = f"{head} at most {left}: {self.no_exit}"
        elif self.net.amount > 0:
            text = f"{head} {most}{self.net:,}: {left} less {self.exit_cost:,} to get out"
        else:
            text = f"{head} nothing: {left}, and getting out costs {self.exit_cost:,}"
        text += f"; what {listed(self.unrecorded)} cost so far is not recorded (actual:)" if self.unrecorded else ""
        return text + (f"; {self.spent:,} are spent either way" if self.spent is not None and self.spent.amount else "")

    @property
    def staff(self) -> str:
        """The people in a sentence; empty where it has no open work."""
        if self.open is None:
            return f"whom {self.how} {self.item} frees is not known: it has no tasks that name anybody"
        if not self.open:
            return ""
        head = f"{self.how} {self.item} frees"
        if self.unnamed == self.open:
            return f"whom {self.how} {self.item} frees is not known: its {counted(self.open, 'open task')} {agree(self.open, 'names', 'name')} nobody"
        text = f"{head} {'; '.join(map(str, self.people))}" if self.people else f"{head} nobody who is at work by dates"
        if self.undated:
            text += f"; {counted(self.undated, 'task')} without dates {agree(self.undated, 'is', 'are')} not counted"
        return text + (
            f"; at least, {self.unnamed} of {counted(self.open, 'open task')} {agree(self.unnamed, 'names', 'name')} nobody"
            if self.unnamed
            else ""
        )


class Freed(Rows[str, FreedProject]):
    """What a change frees: by project, in the order of the file; a programme that states an exit cost after its projects."""

    def __init__(self, rows: Iterable[FreedProject], waiting: Sequence[str] = ()) -> None:
        super().__init__({row.item: row for row in rows}, "what stops or pauses")
        self.waiting = tuple(waiting)
        """Other projects that wait without dates for what stops or pauses."""

    @property
    def net(self) -> Money | None:
        """What is freed in all once the ways out are paid; None where a part is not known or in other prices, or the work only waits."""
        some = [row for row in self.rows if row.how != "pausing" and not row.within]
        nets = [row.net for row in some]
        known = [net for net in nets if net is not None]
        if not known or len(known) < len(nets) or _mixed(some):
            return None
        return Money(sum((net.amount for net in known), Decimal(0)), known[0].currency)

    @property
    def effort(self) -> dict[str, Fraction]:
        """By resource, the person-days that are freed."""
        out: dict[str, Fraction] = {}
        for row in self.rows:
            for need in row.people:
                out[need.resource] = out.get(need.resource, Fraction(0)) + need.effort
        return out

    def explain(self, item: str) -> str:
        """What stopping or pausing one item frees, a sentence for the money and one for the people.

        Raises:
            UnknownItemError: it neither stops nor pauses.
        """
        row = self[item]
        return "\n".join(filter(None, (row.money, row.staff)))

    def moved(self) -> tuple[Moved, ...]:
        """The same as effects of a change: `money freed`, `exit cost` and `people freed` of each item."""
        out = []
        for row in self.rows:
            saved = row.net if row.how != "pausing" else None
            out.append(
                Moved(
                    item=row.item, kind="project", name=row.name, what="money freed", before="" if row.cost is None else f"{row.cost:,}", after="" if saved is None else f"{saved:,}",
                    change=None if saved is None else float(saved.amount), unit="" if saved is None else saved.currency, note=row.money,
                )
            )  # fmt: skip
            if row.staff:
                whole = sum((need.effort for need in row.people), Fraction(0))
                known = row.people and not row.unnamed and not row.undated
                out.append(
                    Moved(
                        item=row.item, kind="project", name=row.name, what="people freed", before="", after=", ".join(need.resource for need in row.people),
                        change=float(whole) if known else None, unit="pd" if known else "", note=row.staff,
                    )
                )  # fmt: skip
        return tuple(out)

    def table(self) -> Table:
        """One row an item: item, how, cost, exit_cost, net, spent, effort, people, unnamed, undated, open, reason."""
        rows = self.rows
        currency = next((one.currency for row in rows for one in (row.cost, row.exit_cost, row.spent) if one is not None), "")

        def money(name: str) -> Column:
            values = [getattr(row, name) for row in rows]
            return Column(name, "float", [None if one is None else float(one.amount) for one in values], currency)

        return Table(
            [
                Column("item", "str", [row.item for row in rows]),
                Column("how", "str", [row.how for row in rows]),
                *map(money, ("cost", "exit_cost", "net", "spent")),
                Column(
                    "effort",
                    "float",
                    [float(sum((n.effort for n in row.people), Fraction(0))) if row.people else None for row in rows],
                    "pd",
                ),
                Column("people", "str", ["; ".join(map(str, row.people)) for row in rows]),
                Column("unnamed", "int", [row.unnamed for row in rows]),
                Column("undated", "int", [row.undated for row in rows]),
                Column("open", "int", [row.open for row in rows]),
                Column("reason", "str", [row.reason for row in rows]),
            ]
        )

    def __repr__(self) -> str:
        net = "not all known" if self.net is None else f"{self.net:,}"
        return f"<Freed: {counted(len(self), 'item')}, {net}>"

    def __str__(self) -> str:
        return "\n".join(self.explain(item) for item in self.ids)


def freed_between(before: Portfolio, after: Portfolio, waiting: Sequence[str] = ()) -> Freed:
    """What is freed where projects that run in one portfolio are stopped, paused or gone in another.

    Money still to be spent is the forecast at completion less what was spent, as it stands before, of what ends alone: what
    others state, and in whose prices, does not matter. Getting out costs what `exit_cost:` says; where all that runs of a
    programme ends and the programme states an exit cost, that stands for its projects.
    People are what the open work needs from the status date on.

    Args:
        before: the portfolio in which they run.
        after: the one in which they do not.
        waiting: other projects that are left waiting.
    """
    ended = {project.id: how for project in before.projects if (how := _how(project, after)) is not None}
    if not ended:
        return Freed(())
    try:
        staff: tuple[Need, ...] | IpmoError = needs(before, ended)
    except IpmoError as error:
        staff = error
    whole = _programmes(before, ended)
    rows = [_row(before, before[name], how, staff, whole.get(name, "")) for name, how in ended.items()]
    rows += [_of_programme(before, name, [row for row in rows if row.within == name]) for name in dict.fromkeys(whole.values())]
    return Freed(rows, [name for name in waiting if name not in ended])


def _of_programme(before: Portfolio, programme: str, parts: Sequence[FreedProject]) -> FreedProject:
    """What all of a programme frees that states an exit cost of its own."""
    noun = before[programme]
    known, reason = [row.cost for row in parts if row.cost is not None], next((row.reason for row in parts if row.reason), "")
    mixed = _mixed(parts)
    cost = None
    if len(known) == len(parts) and not mixed:
        cost = Money(sum((one.amount for one in known), Decimal(0)), known[0].currency)
    elif mixed:
        reason = f"its projects are in {' and '.join(mixed)} prices, which do not add: bring them to one base"
    exit_cost, no_exit = exit_cost_of(before, noun)
    return FreedProject(
        item=programme, name=noun.name, how="stopping", cost=cost, exit_cost=exit_cost, spent=None, reason=reason, no_exit=no_exit,
        base=next((row.base for row in parts if row.base), ""),
    )  # fmt: skip


def _mixed(rows: Iterable[FreedProject]) -> tuple[str, ...]:
    """The price bases of some rows, where there are several."""
    bases = sorted({row.base for row in rows if row.base})
    return tuple(bases) if len(bases) > 1 else ()


def _how(project: Project, after: Portfolio) -> How | None:
    """What becomes of a project that runs; None where it goes on, or had ended already."""
    if project.stopped or project.state == "closed" or project.actual_finish is not None:
        return None
    now = after.items.get(project.id)
    if not isinstance(now, Project):
        return "removing"
    if now.stopped:
        return "stopping"
    return "pausing" if now.state == "paused" and project.state != "paused" else None


def _programmes(before: Portfolio, ended: Mapping[str, How]) -> dict[str, str]:
    """By project, the highest programme that states an exit cost and ends with all that runs of it."""
    tree, out = hierarchy(before), dict[str, str]()
    for programme in before.programmes:
        running = [p.id for p in tree.projects(programme) if not (p.stopped or p.state == "closed" or p.actual_finish is not None)]
        if programme.exit_cost is None or not running or any(ended.get(name, "pausing") == "pausing" for name in running):
            continue
        above = {one.id for one in tree.programmes_of(programme.id)}
        if not above & {whole for name, whole in out.items() if name in running}:
            out |= dict.fromkeys(running, programme.id)
    return out


def _row(before: Portfolio, project: Project, how: How, staff: tuple[Need, ...] | IpmoError, within: str) -> FreedProject:
    """What one project frees."""
    cost: Money | None = None
    exit_cost, no_exit = (None, NO_EXIT) if how == "pausing" or within else exit_cost_of(before, project)
    spent: Money | None = None
    years: tuple[tuple[str, Money], ...] = ()
    unrecorded: tuple[str, ...] = ()
    base = ""
    try:
        money = Remaining(before, project)
        cost, reason = money.left(project.id)
        spent, years, base = money.spent(project.id), money.years(project.id), money.base(project.id)
        unrecorded = () if cost is None else money.unrecorded(project.id)
    except IpmoError as error:
        cost, reason = None, str(error).splitlines()[0]
    wholes = summaries(project)
    work = [task for task in project.tasks if task.id not in wholes and not task.milestone and not task.finished]
    people = () if isinstance(staff, IpmoError) else tuple(need for need in staff if need.project == project.id)
    return FreedProject(
        item=project.id, name=project.name, how=how, cost=cost, exit_cost=exit_cost, spent=spent, years=years, people=people,
        unnamed=sum(not task.assignments for task in work), undated=_undated(before, project, work), open=len(work) if project.tasks else None,
        within=within, base=base, reason=reason, no_exit=no_exit, unrecorded=unrecorded,
    )  # fmt: skip


def _undated(portfolio: Portfolio, project: Project, work: Iterable[Task]) -> int:
    """How many tasks that name somebody have no dates."""
    try:
        s = schedule(portfolio, on_cycle="cut")
    except IpmoError:
        return sum(bool(task.assignments) for task in work)
    named = [f"{project.id}/{task.id}" for task in work if task.assignments]
    return sum(name not in s or bool(s[name].undated) or s[name].finish is None or bool(s[name].lower_bound) for name in named)
