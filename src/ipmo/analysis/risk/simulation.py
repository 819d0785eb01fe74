"""One joint simulation of a portfolio: dates, money and benefits on the same samples, and what they are sensitive to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import attrs

from ipmo.analysis.risk.outcomes import Dates, Joint, Sums
from ipmo.analysis.risk.readiness import Grade, grade
from ipmo.errors import ModelError
from ipmo.findings import Finding, Findings, Severity
from ipmo.tables import Column, Rows, Table
from ipmo.units import minutes
from ipmo.words import counted

__all__ = ["Simulated", "Simulation"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Simulated:
    """One item: what the samples say of its dates, its cost and its value.

    Args:
        id: full id.
        name: title.
        kind: portfolio, programme, project, summary, task, milestone, gate, outcome or benefit.
        dates: its finish, of an outcome or benefit its start; None where it has none.
        costs: its cost at completion; None where none is known.
        value: what a benefit is worth, of the portfolio what all are; None where that is not known.
    """

    id: str
    name: str
    kind: str
    dates: Dates | None = None
    costs: Sums | None = None
    value: Sums | None = None


class Simulation(Rows[str, Simulated]):
    """The answer of `simulate`: what the samples say, item by item.

    Args:
        rows: the items whose samples were kept.
        samples: how many.
        seed: of all streams.
        settings: how it was made, in words.
        findings: what stands between the portfolio and figures that can be believed; what of it was not counted.
        work: criticality of open work and links, as tables.
    """

    def __init__(
        self,
        rows: Mapping[str, Simulated],
        portfolio: str,
        samples: int,
        seed: int,
        settings: str,
        findings: Sequence[Finding],
        work: tuple[Table, Table],
    ) -> None:
        super().__init__(rows, f"the simulation of portfolio {portfolio!r}")
        self.portfolio, self.samples, self.seed, self.settings = portfolio, samples, seed, settings
        self.findings = Findings(findings)
        self._work, self._links = work

    @property
    def grade(self) -> Grade:
        """`ready`, `diagnostic` (good for finding out what is wrong with the plan), or `refused` (it answers nothing)."""
        return grade(tuple(self.findings))

    def finish(self, item: str) -> Dates:
        """The finish of an item; the start of an outcome or a benefit.

        Raises:
            UnknownItemError: there is no such item among those kept.
            ModelError: it has no dates.
        """
        return self._found(item, self[item].dates, "dates")

    def cost(self, item: str) -> Sums:
        """What an item costs at completion.

        Raises:
            UnknownItemError: there is no such item among those kept.
            ModelError: no cost is known of it.
        """
        return self._found(item, self[item].costs, "known cost")

    def benefit(self, item: str) -> Sums:
        """What a benefit is worth, or, of the portfolio, what all benefits are.

        Raises:
            UnknownItemError: there is no such item among those kept.
            ModelError: its value is not known.
        """
        return self._found(item, self[item].value, "known value")

    def joint(self, item: str) -> Joint:
        """Dates and money of an item together.

        Raises:
            UnknownItemError: there is no such item among those kept.
            ModelError: it has no dates, or no cost is known of it.
        """
        return Joint(dates=self.finish(item), costs=self.cost(item))

    @staticmethod
    def _found(item: str, found: T | None, what: str) -> T:
        if found is None:
            raise ModelError(f"{item!r} has no {what} in this simulation")
        return found

    def criticality(self) -> Table:
        """One row a piece of open work, the most critical first.

        Columns: `id`, `name`, `criticality` (the share of samples in which it lies on a driving path to the end), `error` (its standard
        error), `length_sd` (of its own duration, in days of its calendar), `cruciality` (how much the end goes with its duration: the
        correlation without its sign), `ssi` (schedule sensitivity index: criticality times its deviation by that of the end).
        Source: PMBOK; Vanhoucke, Measuring Time (2010).
        """
        return self._work

    def links(self) -> Table:
        """One row a link of the file between items of the network: `source`, `target`, `type`, `criticality`, `error`."""
        return self._links

    def table(self) -> Table:
        """One row an item: its schedule, mean, deviation in days, P10 to P90, what it is committed to and how sure that is; cost; value."""
        rows = self.rows
        dates, costs, values = [r.dates for r in rows], [r.costs for r in rows], [r.value for r in rows]
        currency = next((one.currency for one in (*costs, *values) if one is not None), "")

        def day(name: str, percent: int) -> Column:
            return Column(name, "date", [None if d is None else d.p(percent) for d in dates])

        def money(name: str, found: Sequence[Sums | None], percent: int | None) -> Column:
            cells = [None if c is None else float((c.mean if percent is None else c.p(percent)).amount) for c in found]
            return Column(name, "float", cells, currency)

        def planned(found: Sequence[Sums | None]) -> list[float | None]:
            return [None if c is None or c.planned is None else float(c.money(c.planned).amount) for c in found]

        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("id", "name", "kind")),
                Column("schedule", "date", [None if d is None or d.planned is None else d.day(d.planned) for d in dates]),
                Column("on_schedule", "float", [None if d is None else d.on_plan for d in dates]),
                Column("mean", "date", [None if d is None else d.day(minutes(d.mean)) for d in dates]),
                Column("sd", "float", [None if d is None else d.sd for d in dates], "days"),
                day("p10", 10),
                day("p50", 50),
                day("p80", 80),
                day("p90", 90),
                Column("committed", "date", [None if d is None else d.committed for d in dates]),
                Column("sure", "float", [None if d is None else d.sure for d in dates]),
                Column("sure_error", "float", [None if d is None or d.committed is None else d.by_error(d.committed) for d in dates]),
                Column("cost_planned", "float", planned(costs), currency),
                money("cost_mean", costs, None),
                Column("cost_sd", "float", [None if c is None else c.sd for c in costs], currency),
                money("cost_p50", costs, 50),
                money("cost_p80", costs, 80),
                money("value_mean", values, None),
                money("value_p20", values, 20),
            ]
        )

    def explain(self, item: str) -> str:
        """How sure an item is, in sentences: what it is made from, its dates, its money, and what to make of them.

        Raises:
            UnknownItemError: there is no such item among those kept.
        """
        row = self[item]
        lines = []
        if row.dates is not None:
            lines.append(_dates_said(row.dates))
        if row.costs is not None:
            lines.append(_costs_said(row.costs))
        if row.value is not None:
            lines.append(
                f"it is worth {row.value.mean:,} on average, {row.value.p(20):,} or more in four of five samples ({row.value.what})"
            )
        if not lines:
            lines.append("it has no dates and no money")
        errors = [one.message for one in self.findings if one.severity is Severity.ERROR]
        verdict = {"ready": "ready", "diagnostic": f"diagnostic: {counted(len(self.findings), 'finding')}", "refused": "; ".join(errors)}
        lines.append(f"{self.samples} samples, seed {self.seed}, {self.settings}; {verdict[self.grade]}")
        return f"{item}: " + "\n".join(lines)

    def __eq__(self, other: object) -> bool:
        """The same samples of the same items, made alike."""
        if not isinstance(other, Simulation):
            return NotImplemented
        mine, others = ((one.samples, one.seed, one.settings, tuple(one.findings)) for one in (self, other))
        return mine == others and super().__eq__(other) and self._work == other._work and self._links == other._links

    __hash__ = None

    def __repr__(self) -> str:
        row = self._rows.get(self.portfolio)
        end = "" if row is None or row.dates is None else f", finish P50 {row.dates.p(50)}, P80 {row.dates.p(80)}"
        return f"<Simulation: {self.samples} samples, {counted(len(self), 'item')}{end}, {self.grade}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _dates_said(found: Dates) -> str:
    verb = "starts" if found.begins else "finishes"
    said = f"{verb} by {found.p(50)} in half of the samples, by {found.p(80)} in four of five"
    if found.planned is not None and found.on_plan is not None:
        said += f"; the schedule says {found.day(found.planned)}, which {found.on_plan:.0%} of the samples keep"
    if found.committed is not None and found.sure is not None:
        said += f"; its commitment of {found.committed} is {found.sure:.1%} sure (standard error {found.by_error(found.committed):.1%})"
    return said


def _costs_said(found: Sums) -> str:
    said = f"it costs {found.p(50):,} or less in half of the samples, {found.p(80):,} or less in four of five ({found.what})"
    if found.planned is not None:
        said += f"; the plan says {found.money(found.planned):,}, which {found.within(found.money(found.planned)):.0%} of the samples keep"
    return f"{said}; not in it: {', '.join(found.missing)}" if found.missing else said
