"""Earned value on every level: work packages as columns, each level a range of them; sums first, divisions last."""

from __future__ import annotations

import functools
from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from ipmo.analysis.money.amounts import Amounts, Unrated, rounded
from ipmo.analysis.money.earned_item import EarnedItem, Later
from ipmo.analysis.money.indices import EarnedSchedule, Indices
from ipmo.analysis.money.made_rows import MadeRows, Parts
from ipmo.analysis.money.measures import budget_of
from ipmo.analysis.money.package_columns import PackageColumns, between
from ipmo.analysis.money.periods import PeriodRule
from ipmo.analysis.money.plain_packages import COSTED
from ipmo.analysis.money.plan_curve import PlanCurve, Planned
from ipmo.analysis.money.work_packages import PERCENT, UNKNOWN, Package, WorkPackages, packages_of, stands_whole
from ipmo.analysis.money.work_tree import LEFT_OUT
from ipmo.model.columns import columns_of
from ipmo.model.hierarchy import hierarchy, subtasks
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import Inside, names_of_plain_work
from ipmo.model.work import Programme, Project, Task
from ipmo.units import Money, When, as_day

__all__ = ["EarnedRows", "EarnedTree"]

Counted = Portfolio | Programme | Project | Task


class EarnedRows(MadeRows[EarnedItem]):
    """The rows of a tree, each made when it is looked at.

    Args:
        tree: the tree.
    """

    def __init__(self, tree: EarnedTree) -> None:
        super().__init__(tree.places, tree.item, self._at_top)
        self.tree = tree

    def _at_top(self, key: object) -> int | None:
        """The position of what is no task, without the names of all tasks."""
        return self.places.get(key) if not isinstance(key, str) or "/" in key else self.tree.at_top.get(key)  # type: ignore[call-overload]


class EarnedTree:
    """Earned value of a portfolio: every item a range of work packages, in the order in which each comes after what it holds.

    Args:
        portfolio: the portfolio.
        as_of: the date of the figures.
        plan: what budgets and dates are taken from.
        rule: the periods of earned schedule.
        own: projects with a status date of their own are seen from that one.
        unrated: what becomes of money without an exchange rate.
    """

    def __init__(self, portfolio: Portfolio, as_of: When, plan: Portfolio, rule: PeriodRule, own: bool, unrated: Unrated) -> None:
        self.portfolio, self.as_of, self.plan, self.rule = portfolio, as_of, plan, rule
        dates = {p.id: p.status_date for p in portfolio.projects if own and p.status_date is not None}
        self.budgets = Amounts(plan, as_day(as_of), "budget", unrated=unrated)
        self.actuals = Amounts(portfolio, as_day(as_of), "actual", unrated=unrated)
        self._of_added = Amounts(portfolio, as_day(as_of), "budget", unrated=unrated)
        self.currency = self.budgets.currency
        self.packages = WorkPackages(portfolio, plan, as_of, dates, self.budgets, self.actuals)
        self.columns = PackageColumns(self.packages)
        self.nouns: list[Counted | int] = []
        """The items; of a task that nobody has looked at its place among those of its project."""
        self.plain: dict[str, Inside] = {}
        """By project, the ids of tasks that nobody has looked at."""
        self.above: list[Project | None] = []
        self.first, self.end = array("q"), array("q")
        """Of each item, its first package and the one behind its last."""
        self.parts: dict[int, Sequence[int]] = {}
        self.scope: dict[int, tuple[str, str]] = {}
        self.added: dict[int, tuple[Fraction | None, Fraction | None]] = {}
        self.single = bytearray()
        """Of each item, whether it is one work package."""
        self._top: list[int] = []
        """The items that are no tasks, and those that one of two plans does not have."""

    def rows(self) -> EarnedRows:
        """Every level; what the baseline has and the portfolio does not, beside its project or programme, else below the whole."""
        pf = self.portfolio
        tree = hierarchy(pf)
        gone = self._gone()

        def initiative(noun: Programme | Project) -> int:
            if isinstance(noun, Project):
                return self._project(noun, gone)
            return whole(noun, noun.id)

        def whole(noun: Portfolio | Programme, name: str) -> int:
            first = self.columns.size
            parts = [initiative(n) for n in tree.direct(noun) if not isinstance(n, Project) or n.counted_as not in LEFT_OUT]
            parts += self._removed(gone, name)
            return self._keep(noun, None, first, parts)

        self.flat = self._flat_projects()
        self.columns.plain.gather(list(self.flat.values()))
        whole(pf, "")
        self.made = EarnedRows(self)
        return self.made

    def places(self) -> dict[str, int]:
        """The position of every id, the portfolio's first: it was kept last."""
        whole = len(self.nouns) - 1
        found = {self.portfolio.id: whole}
        fronts = {project.id: f"{project.id}/" for project in self.portfolio.projects}
        plain = {name: [fronts[name] + one for one in inside] for name, inside in self.plain.items()}
        scope = self.scope
        for position, (noun, project) in enumerate(zip(self.nouns[:whole], self.above, strict=False)):
            if position in scope:
                name = scope[position][1]
            elif type(noun) is int and project is not None:
                name = plain[project.id][noun]
            elif type(noun) is Task and project is not None:
                name = fronts[project.id] + noun.id
            else:
                name = self.noun(position).id
            if name != self.portfolio.id:
                found[name] = position
        return found

    @functools.cached_property
    def at_top(self) -> dict[str, int]:
        """The positions of those whose ids hold no slash, as `places` has them."""
        whole, scope = len(self.nouns) - 1, self.scope
        found = {self.portfolio.id: whole}
        for position in self._top:
            if position < whole and (position in scope or not isinstance(self.nouns[position], Task)):
                name = scope[position][1] if position in scope else self.noun(position).id
                if name != self.portfolio.id and "/" not in name:
                    found[name] = position
        return found

    def noun(self, position: int) -> Counted:
        """The item at a position."""
        noun, project = self.nouns[position], self.above[position]
        if not isinstance(noun, int):
            return noun
        assert project is not None
        return project.tasks[noun]

    def _gone(self) -> dict[str, dict[str, Task | Project]]:
        """Packages of the baseline that the portfolio no longer counts, by the project or programme of now that they belonged to."""
        if self.plan is self.portfolio:
            return {}
        now = {p.id for p in self.portfolio.projects if p.counted_as not in LEFT_OUT}
        programmes = {p.id for p in self.portfolio.programmes}
        out: dict[str, dict[str, Task | Project]] = {}
        for project in self.plan.projects:
            if project.counted_as in LEFT_OUT:
                continue
            above = project.id if project.id in now else project.programme if project.programme in programmes else ""
            packages = dict(packages_of(project))
            if project.id in now:
                held = dict(packages_of(self.portfolio.items[project.id], packages.keys() == {project.id}))
                packages = {name: noun for name, noun in packages.items() if name not in held}
            if packages:
                out.setdefault(above or "", {}).update(packages)
        return out

    def _removed(self, gone: Mapping[str, Mapping[str, Task | Project]], above: str) -> list[int]:
        """What was removed from one project or programme: its budget stays in BAC, and nobody reports on it."""
        out = []
        for full_id, noun in gone.get(above, {}).items():
            stated = budget_of(self.plan, full_id, noun)
            lines = None if stated is None else self.budgets.lines(full_id, stated)
            budget = None if lines is None else sum((line.value for line in lines), Fraction(0))
            first = self.columns.size
            self.columns.add(Package(budget=budget, bases={line.base: full_id for line in lines or () if line.base}))
            if budget is not None:
                self.columns.given["removed"][first] = budget
            position = self._keep(noun, None, first)
            self.scope[position] = "removed", full_id
            out.append(position)
        return out

    def _project(self, project: Project, gone: Mapping[str, Mapping[str, Task | Project]]) -> int:
        columns, own_plan = self.columns, self.plan is self.portfolio
        planned = self.plan.items.get(project.id) if not own_plan else project
        counted = planned is not None and planned.counted_as not in LEFT_OUT
        plan = planned if counted and isinstance(planned, Project) else project
        first = columns.size
        if stands_whole(plan):
            if not own_plan and not counted:
                return self._added(project.id, project, project)
            noun = project if project.progress is not None or not project.tasks else self.packages.with_progress(project)
            columns.add(self.packages.package(project.id, noun, project))
            return self._keep(project, project, first, single=True)
        unseen = names_of_plain_work(project) if own_plan else None
        parts: Sequence[int]
        if unseen is not None and project.id not in self.plain:
            parts = self._unseen(project, unseen)
        elif project.id in self.flat:
            parts = self._flat(project)
        else:
            known = {name for name, _ in packages_of(plan)} if not own_plan and counted else None
            parts = self._nested(project, known) + self._removed(gone, project.id)
        if columns.size == first and not project.tasks and not gone.get(project.id):
            columns.add(UNKNOWN)
        return self._keep(project, project, first, parts)

    def _flat_projects(self) -> dict[str, tuple[Project, Sequence[Task]]]:
        """The projects of a portfolio that is its own plan whose tasks lie below no summaries, with these, in the order of the tree."""
        if self.plan is not self.portfolio:
            return {}
        tree = hierarchy(self.portfolio)
        found: dict[str, tuple[Project, Sequence[Task]]] = {}

        def below(noun: Portfolio | Programme) -> None:
            for one in tree.direct(noun):
                if not isinstance(one, Project):
                    below(one)
                elif one.counted_as not in LEFT_OUT and not stands_whole(one) and names_of_plain_work(one) is None:
                    tasks = one.tasks
                    if {task.parent for task in tasks} <= {None}:
                        found[one.id] = one, [task for task in tasks if not task.milestone]

        below(self.portfolio)
        return found

    def _flat(self, project: Project) -> range:
        """The tasks of a project without summaries, milestones left out."""
        columns, before, first = self.columns, len(self.nouns), self.columns.size
        _, tasks = self.flat[project.id]
        others, plain = columns.plain.stand(project, first)
        for place in others if columns.plain.possible else [place for place, task in enumerate(tasks) if task.budget is not None]:
            if plain is not None and place > plain:
                _ = self.packages.schedule  # refused where the first package is
            columns.size = first + place
            columns.add(self.packages.package(f"{project.id}/{tasks[place].id}", tasks[place], project))
            columns.one_base(columns.size - 1, columns.size)
        if plain is not None:
            _ = self.packages.schedule
        columns.size = first + len(tasks)
        self.nouns += tasks
        return self._each(project, before, first)

    def _unseen(self, project: Project, names: Inside) -> range:
        """The tasks of a project that nobody has looked at, none of which states money."""
        before, first = len(self.nouns), self.columns.size
        self.plain[project.id] = names
        self.nouns += range(len(names))
        self.columns.size += len(names)
        return self._each(project, before, first)

    def _each(self, project: Project, before: int, first: int) -> range:
        """Keeps the tasks of a project from a position on as one package each."""
        import numpy as np

        count, packages = len(self.nouns) - before, np.arange(first, self.columns.size + 1, dtype=np.int64)
        self.above += [project] * count
        self.first.frombytes(packages[:-1].tobytes())
        self.end.frombytes(packages[1:].tobytes())
        self.single += b"\1" * count
        return range(before, before + count)

    def _nested(self, project: Project, known: set[str] | None) -> list[int]:
        """The tasks of a project by its summaries.

        Args:
            project: the project.
            known: its packages in the named baseline; None where it does not have the project, or none is named.
        """
        below, own_plan = subtasks(project), self.plan is self.portfolio

        def work(task: Task) -> int | None:
            full_id, first = f"{project.id}/{task.id}", self.columns.size
            inner = below.get(task.id, ())
            if inner:
                return self._keep(task, project, first, [p for t in inner if (p := work(t)) is not None])
            if task.milestone:
                return None
            if not own_plan and (known is None or full_id not in known):
                return self._added(full_id, task, project)
            self.columns.add(self.packages.package(full_id, task, project))
            return self._keep(task, project, first, single=True)

        return [position for task in below.get(None, ()) if (position := work(task)) is not None]

    def _added(self, full_id: str, noun: Task | Project, project: Project) -> int:
        """What the baseline does not have is shown with its own budget and actual cost, and is in no sum."""
        amounts = self._of_added
        stated = ((amounts, budget_of(self.portfolio, full_id, noun)), (self.actuals, noun.actual))
        budget, actual = (None if money is None else known.lines(full_id, money) for known, money in stated)
        position = self._keep(noun, project, self.columns.size)
        bac, ac = (None if lines is None else sum((line.value for line in lines), Fraction(0)) for lines in (budget, actual))
        self.scope[position], self.added[position] = ("added", full_id), (bac, ac)
        return position

    @property
    def unrated(self) -> tuple[str, ...]:
        """What has no exchange rate, and which."""
        return tuple(why for known in (self.budgets, self._of_added, self.actuals) for why in known.missing.values())

    def _keep(self, noun: Counted, project: Project | None, first: int, parts: Sequence[int] = (), *, single: bool = False) -> int:
        """An item that is all packages from one on; its position."""
        position = len(self.nouns)
        self.columns.one_base(first, self.columns.size)
        self.nouns.append(noun)
        self.above.append(project)
        self.first.append(first)
        self.end.append(self.columns.size)
        if parts:
            self.parts[position] = parts
        self.single.append(single)
        self._top.append(position)
        return position

    # ------------------------------------------------------------------------------------- one item

    def _id(self, position: int) -> str:
        if position in self.scope:
            return self.scope[position][1]
        noun, project = self.noun(position), self.above[position]
        return f"{project.id}/{noun.id}" if isinstance(noun, Task) and project is not None else noun.id

    def _money(self, amount: Fraction) -> Money:
        return rounded(amount, self.currency) if amount else self._zero

    @functools.cached_property
    def _zero(self) -> Money:
        return rounded(Fraction(0), self.currency)

    def names(self, positions: Sequence[int]) -> list[str]:
        """The titles of items."""
        read = columns_of(self.portfolio)
        if read is None or not self.plain:
            return [self.noun(position).name for position in positions]
        titles = read.names if read.names is not None else [""] * len(read.ids)
        own = {id(local) for local in read.local}
        places = {name: list(inside.values()) for name, inside in self.plain.items() if id(inside) in own}
        found = []
        for position in positions:
            noun, project = self.nouns[position], self.above[position]
            if isinstance(noun, int) and project is not None and project.id in places:
                found.append(titles[places[project.id][noun]])
            else:
                found.append(self.noun(position).name)
        return found

    def kinds(self, positions: Sequence[int]) -> tuple[list[str], list[str]]:
        """(level, rule that it is earned by, empty where it is the sum of others) of items."""
        levels, rules = [], []
        for position in positions:
            noun, project = self.nouns[position], self.above[position]
            if isinstance(noun, int):
                levels.append("task")
                rules.append(((project and project.earning) or PERCENT).rule)
            else:
                levels.append(LEVEL_OF[type(noun)])
                rules.append(self._rule(noun, project) if self.single[position] else "")
        return levels, rules

    def _rule(self, noun: Counted, project: Project | None) -> str:
        """The rule that a work package is earned by."""
        if not isinstance(noun, Task | Project) or project is None:
            return ""
        return (noun.earning or project.earning or PERCENT).rule

    def item(self, position: int) -> EarnedItem:
        """The row of a position."""
        first, end = self.first[position], self.end[position]
        noun, project, columns = self.noun(position), self.above[position], self.columns
        running = columns.running
        money = self._money
        budget, ac = running["budget"].known(first, end), running["ac"].known(first, end)
        pv, ev, bac = (running[name].sum(first, end) for name in ("pv", "ev", "bac"))
        measured, uncosted = (len(between(places, first, end)) for places in (columns.seen_at, columns.uncosted_at))
        scope = self.scope.get(position, ("", ""))[0]
        rule = self._rule(noun, project) if self.single[position] else ""
        if position in self.added:
            budget, ac = self.added[position]
        effort_ac = running["effort_ac"].known(first, end)
        return EarnedItem(
            item=self._id(position),
            name=noun.name,
            level=LEVEL_OF[type(noun)],
            bac=None if budget is None else money(budget),
            pv=money(pv) if measured else None,
            ev=money(ev) if measured else None,
            ac=None if ac is None else money(ac),
            effort=(money(running["effort"].sum(first, end)), money(running["effort_value"].sum(first, end))),
            known=measured - uncosted,
            measured=measured,
            total=end - first,
            rule=rule,
            indices=self.indices(first, end) if not scope else Indices(bac=bac, pv=pv, ev=ev, ac=None),
            schedule=Later(functools.partial(self._timed, first, end, bac, ev)),
            parts=Parts(self.made, self.parts[position]) if position in self.parts else (),
            ac_effort=None if effort_ac is None else money(effort_ac),
            floating=len(between(columns.floating_at, first, end)),
            scope=scope,
            planned=Later(functools.partial(self._planned, first, end)),
        )

    def indices(self, first: int, end: int) -> Indices:
        """The exact figures of some packages; what was removed stays in BAC, wherever anything is known."""
        running, columns = self.columns.running, self.columns
        removed = running["removed"].sum(first, end) if len(between(columns.seen_at, first, end)) else 0
        bac, pv, ev = (running[name].sum(first, end) for name in COSTED)
        ac, part = running["ac"].known(first, end), None
        if ac is not None and len(between(columns.uncosted_at, first, end)):
            some = {name: running[costed].sum(first, end) for name, costed in COSTED.items()}
            part = Indices(bac=some["bac"] + removed, pv=some["pv"], ev=some["ev"], ac=ac)
        return Indices(bac=bac + removed, pv=pv, ev=ev, ac=ac, costed=part)

    def _curve(self, first: int, end: int) -> PlanCurve | None:
        """The plan of what is summed; None where there is none, or it has a credit."""
        pieces = [piece for place in between(self.columns.planned_at, first, end) for piece in self.columns.pieces(place)]
        if not any(piece.value for piece in pieces) or any(piece.value < 0 for piece in pieces):
            return None
        return PlanCurve([Planned(piece.value, piece.stretch) for piece in pieces if piece.stretch is not None], self.rule)

    def _planned(self, first: int, end: int) -> tuple[tuple[datetime, float], ...]:
        """Planned value at the ends of periods and at the date that it is seen from."""
        curve, seen = self._curve(first, end), between(self.columns.seen_at, first, end)
        if curve is None:
            return ()
        return curve.points(max(self.columns.seen_from(place) for place in seen) if len(seen) else None)

    def _timed(self, first: int, end: int, bac: Fraction, ev: Fraction) -> EarnedSchedule | None:
        """Earned schedule of what is summed: time runs from the plan's first instant to now, or to the end of finished work."""
        columns = self.columns
        planned, seen = between(columns.planned_at, first, end), between(columns.seen_at, first, end)
        curve = self._curve(first, end) if bac > 0 and ev >= 0 else None
        if curve is None:
            return None  # a credit in the plan: it has no earned schedule
        ends = [columns.ended_at(place) for place in planned]
        ended = None if None in ends else max(one for one in ends if one is not None)
        return curve.earned(ev, max(columns.seen_from(place) for place in seen), ended)


LEVEL_OF = {Task: "task", Project: "project", Programme: "programme", Portfolio: "portfolio"}
