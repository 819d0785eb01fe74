"""Figures of any measure combined item by item, from the leaves up; each says what it was made of."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import Amount, Amounts, Priced, rounded
from ipmo.analysis.money.explanation import RolledUpValue, Value, show
from ipmo.analysis.money.measures import MEASURES, NO_TASKS
from ipmo.analysis.money.work_tree import LEFT_OUT, Bearing, works_of
from ipmo.errors import IpmoError, UnitError
from ipmo.findings import Finding, Severity
from ipmo.model.hierarchy import hierarchy, subtasks
from ipmo.model.measures import Combine, Measure
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.units import Money, said_day

__all__ = ["STATED", "Combining", "Shown"]

STATED = "stated as a whole"


class Shown(NamedTuple):
    """What people see of what is carried."""

    value: Value = None
    base: str = ""
    apart: Money | None = None
    note: str = ""


class Combining:
    """One roll-up, item by item: also what measures may ask (a MeasureContext).

    Args:
        portfolio: the portfolio.
        measure: the measure.
        amounts: how its money becomes exact.
        include: states to count although totals leave them out.
        mixed: money of several price bases is no error: it is shown by base.
    """

    def __init__(self, portfolio: Portfolio, measure: Measure, amounts: Amounts, include: frozenset[str], *, mixed: bool = False) -> None:
        self.portfolio, self.measure, self.amounts, self.include, self.mixed = portfolio, measure, amounts, include, mixed
        self.as_of = amounts.as_of
        self.findings: list[Finding] = []
        self._doubts: dict[str, str] = {}
        self._of_ends = MEASURES.get(measure.name) is measure and measure.unit == "date" and measure.combine is Combine.MAX

    def same_amounts(self, what: str) -> Amounts:
        """Amounts of another kind by the same rules."""
        return Amounts(self.portfolio, self.as_of, what, unrated=self.amounts.unrated, confidence=self.amounts.confidence)

    @functools.cached_property
    def schedule(self) -> Schedule:
        """The portfolio's schedule, loops cut."""
        return schedule(self.portfolio, on_cycle="cut")

    def dates(self, item: str) -> tuple[datetime | None, datetime | None]:
        """Scheduled start and finish of an item."""
        return self.schedule.dates(item)

    # ---------------------------------------------------------------------------------- one item

    def own(self, full_id: str, item: Bearing) -> tuple[object, str]:
        """(exact figure, note) of one item: what is carried further."""
        if self.measure.combine is Combine.RATIO:
            above, below = (self._exact(part, full_id, item) if part.applies(item) else (None, "") for part in self.measure.of)
            if above[0] is None or below[0] is None:
                return None, (above[1] if above[0] is None else "") or (below[1] if below[0] is None else "")
            return (above[0], below[0]), "; ".join(note for note in (above[1], below[1]) if note)
        return self._exact(self.measure, full_id, item)

    def _exact(self, measure: Measure, full_id: str, item: Bearing) -> tuple[object, str]:
        value = measure.value(self, full_id, item)
        if isinstance(value, Budget | Money):
            lines = self.amounts if measure is self.measure else self.same_amounts(measure.name)
            found = lines.lines(full_id, value)
            return (
                (None, lines.missing.get(full_id, ""))
                if found is None
                else (_summed(found, full_id), "; ".join(dict.fromkeys(a.note for a in found if a.note)))
            )
        if value is not None and measure.unit == "money" and not isinstance(value, Priced):
            return Priced.of(Fraction(value), self.amounts.base_of(full_id), full_id), ""
        return value, ""

    def shown(self, carried: object) -> Shown:
        """What people see: money rounded once, a mean or ratio divided last, the price base beside it."""
        measure = self.measure
        if carried is None:
            return Shown()
        if isinstance(carried, Priced):
            if self.mixed and len(carried.bases) > 1:
                return Shown(note=f"prices of {len(carried.bases)} bases do not add")
            base, amount = carried.only(measure.name)
            apart = carried.apart
            currency = self.amounts.currency
            return Shown(rounded(amount, currency), base, None if apart is None else rounded(apart, currency))
        if measure.combine is Combine.RATIO and isinstance(carried, tuple):
            above, below = (part.only(measure.name) if isinstance(part, Priced) else ("", part) for part in carried)
            if above[0] != below[0]:
                raise UnitError(f"{measure.name}: {above[0] or 'unknown'} prices above the line, {below[0] or 'unknown'} prices below")
            return Shown(measure.finish((above[1], below[1])))
        return Shown(measure.finish(carried))

    @functools.cached_property
    def _unit(self) -> str:
        """The unit of the figures; `money` where no currency is stated or used."""
        try:
            return self.amounts.currency if self.measure.unit == "money" else self.measure.unit
        except IpmoError:
            return self.measure.unit

    def made(
        self,
        item: str,
        level: str,
        carried: object,
        counts: tuple[int, int],
        *,
        name: str = "",
        note: str = "",
        parts: Sequence[RolledUpValue] = (),
        left_out: tuple[str, ...] = (),
    ) -> RolledUpValue:
        """A figure from what is carried and (known, total); unknown where one unknown part makes it so."""
        known, total = counts
        spoiled = self.measure.unknown == "spoils" and known < total and bool(parts)
        shown = Shown(note="one unknown makes it unknown") if spoiled else self.shown(carried)
        doubt = self._doubt(item, level, parts) if self._of_ends else ""
        if doubt:
            day = self._day(item, level, shown.value, parts)
            shown = Shown(note=doubt if day is None else f"at least {day}: {doubt}")
            known = known if parts else 0
        return RolledUpValue(
            item=item,
            name=name,
            level=level,
            value=shown.value,
            unit=self._unit,
            known=known,
            total=total,
            parts=parts,
            left_out=left_out,
            note=shown.note or note,
            base=shown.base,
            apart=shown.apart,
            carried=carried,
            day=self._day(item, level, shown.value, parts),
        )

    def _doubt(self, item: str, level: str, parts: Sequence[RolledUpValue]) -> str:
        """Why the end of an item is not known; of what holds others, why one of theirs is not."""
        own = self.schedule.doubt(item) if level in ("project", "task") else ""
        found = own or next((doubt for part in parts if (doubt := self._doubts.get(part.item, ""))), "")
        if found:
            self._doubts[item] = found
        return found

    def _day(self, item: str, level: str, value: Value, parts: Sequence[RolledUpValue]) -> date | None:
        """The day that people say of a date: as the schedule says it, of what holds others the last or the first of theirs."""
        if not isinstance(value, datetime):
            return None
        first = self.measure.combine is Combine.MIN
        if MEASURES.get(self.measure.name) is self.measure and level in ("project", "task"):
            return self.schedule.days(item)[0 if first else 1]
        days = [part.day for part in parts if part.day is not None]
        return (min(days) if first else max(days)) if days else said_day(value, finish=not first)

    def portion(self, figure: RolledUpValue, part: Priced | Fraction, note: str) -> RolledUpValue:
        """A part of a figure, by period or price base: itself it is known."""
        shown = self.shown(part)
        return attrs.evolve(
            figure,
            carried=part,
            parts=(),
            value=shown.value,
            base=shown.base,
            apart=shown.apart,
            note=shown.note or note,
            known=figure.total,
        )

    def _figure(
        self, full_id: str, item: Bearing, level: str, parts: tuple[RolledUpValue, ...], left_out: tuple[str, ...] = ()
    ) -> RolledUpValue:
        measure = self.measure
        left_out = tuple(sorted((*left_out, *(name for part in parts for name in part.left_out))))
        asked = (not parts or self.states_totals) and measure.applies(item)
        own, note = self.own(full_id, item) if asked else (None, "")
        if not parts:
            counts_here = asked and level in ("project", "task")
            if own is not None and self.states_totals and level in ("portfolio", "programme"):
                counts_here = True
            if measure.combine is Combine.MEAN and isinstance(item, Project) and item.tasks:
                counts_here, own = False, None  # milestones only: there is no work to weigh
            counts = int(own is not None and counts_here), int(counts_here)
            return self.made(full_id, level, own, counts, name=item.name, note=note, left_out=left_out)
        if own is None and note:  # its own total is stated and has no exchange rate: the sum of its parts is another figure
            return self.made(full_id, level, None, (0, 1), name=item.name, note=note, parts=parts, left_out=left_out)
        carried, known, total = self.joined(parts)
        if own is not None:
            stated = self.amounts.confidence is None  # percentiles of parts need not add up to that of the whole
            if stated and measure.combine is Combine.SUM and known == total and _one_figure(carried) and carried != own:
                self.findings.append(self.differs(full_id, own, carried))
            note = f"{STATED}{f'; {note}' if note else ''}"
            return self.made(full_id, level, own, (1, 1), name=item.name, note=note, parts=parts, left_out=left_out)
        if self._of_ends and carried is not None and full_id in self.schedule.network.ends:  # a link holds when it ends, whatever its work
            carried = self.dates(full_id)[1] or carried
        return self.made(full_id, level, carried, (known, total), name=item.name, parts=parts, left_out=left_out)

    def differs(self, full_id: str, own: object, carried: object) -> Finding:
        """That the stated total of an item is other than the sum of its parts."""
        stated, summed = (show(self.shown(one).value) for one in (own, carried))
        return Finding(
            code="ipmo/total-differs",
            item=full_id,
            severity=Severity.WARNING,
            message=f"{self.measure.name} of {full_id!r} is stated as {stated}, its parts sum to {summed}",
            hint="the stated figure is used",
        )

    @functools.cached_property
    def states_totals(self) -> bool:
        """An item's own figure is its total."""
        measure = self.measure
        return measure.own_total or (measure.combine is Combine.RATIO and all(part.own_total for part in measure.of))

    def joined(self, parts: Iterable[RolledUpValue]) -> tuple[object, int, int]:
        """(what figures carry as one, known, total)."""
        carried: object = None
        known, total = 0, 0
        for part in parts:
            known, total = known + part.known, total + part.total
            if part.carried is not None:
                carried = part.carried if carried is None else self.measure.join(carried, part.carried)
        return carried, known, total

    # -------------------------------------------------------------------------------------- trees

    def tree(self) -> dict[str, RolledUpValue]:
        """Figures of the portfolio, its programmes, projects and tasks, from the top down."""
        pf = self.portfolio
        roots = hierarchy(pf).direct(pf)
        parts = tuple(self._initiative(n) for n in self._counted(roots))
        return _collected(self._figure(pf.id, pf, "portfolio", parts, self._left_out(roots)))

    def tree_of(self, noun: Programme | Project) -> dict[str, RolledUpValue]:
        """Figures of one programme or project and what it holds, from the top down: no other adds to them."""
        return _collected(self._initiative(noun))

    def _initiative(self, noun: Programme | Project) -> RolledUpValue:
        if isinstance(noun, Project):
            return self._project(noun)
        inner = hierarchy(self.portfolio).direct(noun)
        return self._figure(noun.id, noun, "programme", tuple(map(self._initiative, self._counted(inner))), self._left_out(inner))

    def _counted(self, nouns: Iterable[Programme | Project]) -> list[Programme | Project]:
        return [n for n in nouns if not isinstance(n, Project) or n.counted_as not in LEFT_OUT or n.counted_as in self.include]

    def _left_out(self, nouns: Iterable[Programme | Project]) -> tuple[str, ...]:
        return tuple(
            f"{n.id} ({n.counted_as})"
            for n in nouns
            if isinstance(n, Project) and n.counted_as in LEFT_OUT and n.counted_as not in self.include
        )

    def _project(self, project: Project) -> RolledUpValue:
        if self.measure.applies in NO_TASKS and works_of(self.portfolio).of(project).parent is None:
            return self._figure(project.id, project, "project", ())  # none of its tasks has a figure
        below = subtasks(project)

        def work(task: Task) -> RolledUpValue | None:
            parts = [f for t in below.get(task.id, ()) if (f := work(t)) is not None]
            if task.id not in below and not self.measure.applies(task):
                return None
            return self._figure(f"{project.id}/{task.id}", task, "task", tuple(parts))

        return self._figure(project.id, project, "project", tuple(f for t in below.get(None, ()) if (f := work(t)) is not None))


def _collected(whole: RolledUpValue) -> dict[str, RolledUpValue]:
    """A figure and all that it was made of, by id; of several of one id the highest."""
    out: dict[str, RolledUpValue] = {}
    waiting = [whole]
    while waiting:
        figure = waiting.pop()
        out.setdefault(figure.item, figure)
        waiting += reversed(figure.parts)
    return out


def _one_figure(carried: object) -> bool:
    """Whether what is carried is known and makes one figure: money of several known price bases does not."""
    return carried is not None and not (isinstance(carried, Priced) and len(carried.bases) > 1)


def _summed(lines: list[Amount], item: str) -> Priced:
    whole = Priced({})
    for line in lines:
        whole = whole + Priced.of(line.value, line.base, item)
    return whole if whole.entries else Priced.of(Fraction(0), "", item)
