"""One joint simulation of a portfolio: dates, money and benefits on the same samples, and what they are sensitive to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar, get_args

from ipmo.analysis.resources.capacity import Cut
from ipmo.analysis.risk import pictures
from ipmo.analysis.risk.merges import Merge, merge_table
from ipmo.analysis.risk.outcomes import Dates, Joint, Sums
from ipmo.analysis.risk.outcomes import percent as _share
from ipmo.analysis.risk.pictures import Drawing, Kind
from ipmo.analysis.risk.precision import of_share, percentile, sectioned
from ipmo.analysis.risk.readiness import Grade, grade
from ipmo.analysis.risk.removal import UNDATED, By, HandedOver, Removed, Responded, driver_table, hand_over_table
from ipmo.analysis.risk.simulated import Simulated
from ipmo.analysis.risk.sketched import SketchedDates
from ipmo.analysis.risk.told import costs_said, dates_said, done_said, end_said, sketch_said, undated_said, values_said
from ipmo.errors import ModelError, OptionError, one_of
from ipmo.figures.svg import Figure
from ipmo.findings import Finding, Findings, Severity
from ipmo.model.fields import FrozenMap
from ipmo.options import checked
from ipmo.tables import Column, Rows, Table
from ipmo.units import DAY
from ipmo.words import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.analysis.risk.charts import Chart

__all__ = ["Again", "Simulated", "Simulation"]

WHOLES = ("portfolio", "programme", "project")
"""Kinds of items that are made of others' work."""
T = TypeVar("T")


class Again(Protocol):
    """What makes a simulation once more with a change, on the same draws."""

    def drivers(self, item: str, percent: float, most: int, count: int, by: By) -> list[Removed]:
        """What each cause adds to a percentile of an item, or the best in order."""

    def responses(self, item: str, percent: float) -> list[Responded]:
        """What each response to a risk changes."""

    def hand_overs(self) -> list[HandedOver]:
        """What each link across projects costs by being late."""

    def merges(self) -> list[Merge]:
        """What each join is late by because several paths meet there."""

    def demand(self, every: Cut, percents: Sequence[float]) -> Table:
        """What is needed of each resource in each period."""


class Simulation(Rows[str, Simulated]):
    """The answer of `simulate`: what the samples say, item by item.

    Args:
        rows: the items whose samples were kept.
        portfolio: the id of the portfolio.
        made: how many samples, the seed of all streams, and the other settings in words.
        findings: what stands between the portfolio and figures that can be believed; what of it was not counted.
        work: criticality of open work and links, as tables.
        held: the projects of each programme and of the portfolio.
        again: makes it once more with a change; None of what was loaded from a file.
        left_out, unpriced: items whose dates, and whose costs, were not kept, for want of room.
        done: what is done, and has the same date in every sample; it has no row.
    """

    def __init__(
        self,
        rows: Mapping[str, Simulated],
        portfolio: str,
        made: tuple[int, int, str],
        findings: Sequence[Finding],
        work: tuple[Table, Table],
        *,
        held: Mapping[str, tuple[str, ...]],
        again: Again | None = None,
        left_out: Collection[str] = (),
        unpriced: Collection[str] = (),
        done: Mapping[str, Dates] = FrozenMap(),
    ) -> None:
        super().__init__(rows, f"the simulation of portfolio {portfolio!r}")
        self.portfolio, self.held, self._again = portfolio, dict(held), again
        self.samples, self.seed, self.settings = made
        self.findings = Findings(findings)
        self.left_out, self.unpriced, self.done = frozenset(left_out), frozenset(unpriced), dict(done)
        self._work, self._links = work

    @property
    def grade(self) -> Grade:
        """`ready`, `diagnostic` (good for finding out what is wrong with the plan), or `refused` (it answers nothing)."""
        return grade(tuple(self.findings))

    def finish(self, item: str) -> Dates:
        """The finish of an item; the start of an outcome or a benefit. What is done finishes on one day for sure.

        Raises:
            UnknownItemError: there is no such item among those kept.
            ModelError: it has no dates, or they were left out for want of room.
        """
        if item in self.done:
            return self.done[item]
        if self._row(item).sketch is not None:
            raise ModelError(f"of the dates of {item!r} a sketch alone was kept: ask sketch({item!r}), or simulate with keep=[{item!r}]")
        if (why := self[item].undated) is not None:
            raise ModelError(f"{item!r} has no dates in this simulation: {why.doubt}")
        return self._found(item, self[item].dates, "dates")

    def sketch(self, item: str) -> SketchedDates:
        """What is known of the dates of an item whose samples were not kept: exact moments, and days between which percentiles lie.

        Raises:
            UnknownItemError: there is no such item among those kept.
            ModelError: its samples were kept, or it has no dates.
        """
        return self._found(item, self._row(item).sketch, "sketch")

    def _row(self, item: str) -> Simulated:
        """The row of an item, unless its dates are asked for and were left out."""
        row = self._rows.get(item)
        if item in self.left_out and (row is None or row.basis == ""):
            room = f"raise memory=, name it as keep=[{item!r}], or keep sketches of all with sketches=True"
            raise ModelError(f"the dates of {item!r} were left out, for want of room for the samples of all items: {room}")
        return self[item]

    def cost(self, item: str) -> Sums:
        """What an item costs at completion.

        Raises:
            UnknownItemError: there is no such item among those kept.
            ModelError: no cost is known of it.
        """
        if item in self.unpriced:
            raise ModelError(
                f"the cost of {item!r} was left out, for want of room for the samples of all: raise memory=, or name it as keep=[{item!r}]"
            )
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
        The three shares are blank where the end of the portfolio is not known. Source: PMBOK; Vanhoucke, Measuring Time (2010).
        """
        return self._blank(self._work, "criticality", "error", "cruciality", "ssi")

    def links(self) -> Table:
        """One row a link between items of the network: those that stand under `links:` of the file, then those written as `after:` and the like.

        Columns: `source`, `target`, `type`, `criticality`, `error`; blank as in `criticality`.
        """
        return self._blank(self._links, "criticality", "error")

    def _blank(self, table: Table, *names: str) -> Table:
        """A table whose columns say something of the end of the portfolio: those are blank where it is not known."""
        row = self._rows.get(self.portfolio)
        if row is None or row.dates is None or not row.dates.unsure:
            return table
        columns = ((name, table.kind(name), table.unit(name), table[name]) for name in table.columns)
        return Table(Column(name, kind, [None] * len(cells) if name in names else cells, unit) for name, kind, unit, cells in columns)

    @checked
    def drivers(self, item: str | None = None, percent: float = 80, most: int = 12, in_order: int = 0, by: By = "finish") -> Table:
        """What drives an item: each driver, risk, branch, calendar risk, estimated lag and uncertain estimate taken out in turn, on the same draws.

        Estimates count as their central value then, of a branch the likeliest way is taken, and a benefit comes for sure. Columns: `cause`, `kind` (driver, risk,
        branch, calendar, lag, estimate; and, of what moves no date, cost estimate, benefit probability, benefit factor), `days` (how much earlier the percentile of its finish is without that cause,
        in days of 24 hours), `mean_days` (alike of the mean), `cost` (how much less the percentile of its cost is), `value` (how much more a benefit is worth,
        at what that percentage of the samples reaches or passes: at P20 where the others are at P80; of the portfolio with `by="value"`); each with its standard
        error, as `days_error` and so on, blank of too few samples. Days of an item whose end is not known are blank, and so is the cost of
        one that has none. The parts do not add up.
        Source: Hulett, removal of risk drivers; GAO Schedule Assessment Guide.

        Args:
            item: whose finish and cost; the portfolio when left out.
            percent: the percentile.
            most: how many estimates of work that leads to the item are tried, those that its finish goes with most; and how many of its
                costs, those that reach farthest.
            in_order: with a number, the rows are that many causes that are best taken out one after the other, each with what all
                so far gain together.
            by: whether causes of its `finish`, of its `cost` or of its `value` come first, and are best taken out.

        Raises:
            OptionError: the percentile is not above 0 and below 100.
            ModelError: the item has no dates, or, by value, none that is known; or the simulation was loaded, and cannot be made again.
        """
        _share("percent", percent)
        wanted = self.portfolio if item is None else item
        one_of("by", by, get_args(By))
        row = self._rows.get(wanted)
        dated, priced = row is None or row.dates is None or not row.dates.unsure, row is not None and row.costs is not None
        if by == "value":
            self.benefit(wanted)
        valued = row is not None and row.value is not None and (by == "value" or row.kind == "benefit")
        found = self._made_again.drivers(wanted, percent, max(most, 0), in_order, by if dated or by == "value" else "cost")
        digits, currency = self._money
        return driver_table(found, dated=dated, priced=priced, valued=valued, digits=digits, currency=currency)

    @checked
    def responses(self, item: str | None = None, percent: float = 80) -> Table:
        """What the response to each risk is worth, on the same draws with and without it; the best first.

        Columns: `risk`, `response`, `before` and `after` (its probability), `days` (how much earlier the percentile of the finish is),
        `saved` (mean cost of the portfolio, the response not counted), `gained` (mean value of benefits), `spent` (what the response
        costs), `net` (saved and gained less spent); `days_error` and `net_error` are standard errors, that of days blank of too few samples.
        Blank is what nobody knows, and so `net`: what a response costs that states no `response_cost`, or in a currency without a rate.

        Args:
            item: whose finish; the portfolio's when left out.
            percent: the percentile.

        Raises:
            OptionError: the percentile is not above 0 and below 100.
            ModelError: the item has no dates, the simulation is not of risks before their responses, or it was loaded.
        """
        _share("percent", percent)
        found = self._made_again.responses(self.portfolio if item is None else item, percent)
        digits, currency = self._money

        def money(name: str) -> Column:
            known = (getattr(one, name) for one in found)
            return Column(name, "float", [None if one is None else one / 10.0**digits for one in known], currency)

        return Table(
            [
                *(Column(name, "str", [getattr(one, name) for one in found]) for name in ("risk", "response")),
                *(Column(name, "float", [getattr(one, name) for one in found]) for name in ("before", "after")),
                Column("days", "float", [one.days for one in found], "days"),
                Column("days_error", "float", [one.days_error for one in found], "days"),
                *map(money, ("saved", "gained", "spent", "net", "net_error")),
            ]
        )

    def hand_overs(self) -> Table:
        """Links across projects by expected loss: which hand-over is most likely to hurt, on the same draws with it late and in time.

        Columns: `source`, `target`, `type`, `late` (the share of samples in which the finish of the giver, of an SS or SF link its start,
        is later than the schedule says), `missed` (later than it was promised or the receiver needs it; blank where nobody stated when), `days` (how much
        later the receiving project ends because of it, on average, in days of 24 hours), `end_days` (the portfolio alike), `lost` (what
        benefits are worth less because of it); each with its standard error, as `days_error` and so on.
        A hand-over is in time when it asks for no more than in the schedule; whatever else holds the receiver back still does. First stand those
        that never come, late in all samples, and those of which nothing says when: what they cost is blank, `not_known` says why. Last stand links that name a project as a whole, which move
        no date: how often they are late is known, and not what that costs.

        Raises:
            ModelError: each sample is a schedule of its own (work as late as possible), or the simulation was loaded.
        """
        digits, currency = self._money
        return hand_over_table(self._made_again.hand_overs(), samples=self.samples, digits=digits, currency=currency)

    def merges(self) -> Table:
        """Merge bias: by how much each join is later than the latest of what meets there is on average, on the same draws; the worst first.

        Columns: `id`, `name`, `kind`, `paths` (how many of what meets there is the last in some sample: of work, a milestone or a gate what
        it waits for, of a project its work, of a programme or the portfolio its projects), `latest` (which of them is the latest on
        average), `decides` (the share of samples in which that one is the last), `days` (the bias, in days of 24
        hours), `days_error` (its standard error). What one of several is enough for is no join, nor is a whole
        whose end is not known.
        Source: MacCrimmon and Ryavec (1964); GAO Schedule Assessment Guide.

        Raises:
            ModelError: each sample is a schedule of its own (work as late as possible), or the simulation was loaded.
        """
        return merge_table(self._made_again.merges())

    @checked
    def demand(self, every: Cut = "month", percents: Sequence[float] = (50, 80)) -> Table:
        """Demand by confidence: what open work needs of each resource by period, in the plan and in the samples, against what there is.

        Columns: `name`, `period`, `start`, `planned` (as `ipmo.capacity` has it), `mean`, a percentile each (`p50`, `p80`), `capacity`, all in person-days,
        `short` (the share of the samples in which more is needed than there is over the whole period; blank where nobody says how much there is) and its
        standard error. Each sample has its own dates and durations: units are needed for as long as the work lasts in it, an effort stays what it is.
        What is used up stands in no period.

        Args:
            every: week, month, quarter, year or financial year.
            percents: percentiles of the demand, 0 to 100.

        Raises:
            ModelError: each sample is a schedule of its own, or the simulation was loaded.
            OptionError: a percentile is none.
        """
        for one in percents:
            if not 0 <= one <= 100:
                raise OptionError("percents", one, takes="numbers from 0 to 100")
        return self._made_again.demand(every, percents)

    @property
    def _made_again(self) -> Again:
        if self._again is None:
            raise ModelError("this simulation was loaded from a file; simulate the portfolio again to change it")
        return self._again

    @property
    def _money(self) -> tuple[int, str]:
        """Decimal digits of a minor unit, and the currency."""
        found = next((one for row in self.rows for one in (row.costs, row.value) if one is not None), None)
        return (2, "") if found is None else (found.digits, found.currency)

    @checked
    def contingency(self, percent: float = 80) -> Table:
        """What to add to the plan so that it holds with a probability: project by project, and for programmes and the portfolio as wholes.

        Columns: `item`, `kind`, `plan`, `amount` (the percentile of its cost), `contingency` (the difference), `of_parts` (the sum of the
        contingencies of its projects), `diversification` (what is not needed because not everything goes wrong at once), `days` (alike of
        its finish); `amount_error` is the standard error of the amount and of the contingency, and so on, blank of too few samples.
        `not_counted` names what is in neither plan nor amount, as nobody knows its cost: no contingency is said then.
        Percentiles do not add up. Source: AACE 40R-08; the reserve of a portfolio is computed on its own samples.

        Args:
            percent: the probability, in per cent.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        share = _share("percent", percent)
        rows = [row for row in self.rows if row.kind in ("portfolio", "programme", "project") and (row.costs or row.dates)]
        known = {row.id: row.costs for row in rows if row.costs is not None and row.costs.planned is not None and not row.costs.missing}
        digits, currency = self._money

        def money(name: str, minor: Sequence[float | None]) -> Column:
            return Column(name, "float", [None if one is None else one / 10.0**digits for one in minor], currency)

        def at(*found: NDArray[np.int64]) -> float:
            return float(sum(percentile(one, share) for one in found))

        own = {name: costs.at(percent) - (costs.planned or 0) for name, costs in known.items()}
        parts = {name: held for name in known if (held := self.held.get(name)) and all(part in known for part in held)}
        minors = {name: [known[part].minor for part in held] for name, held in parts.items()}
        sums = {name: sum(own[part] for part in held) for name, held in parts.items()}
        spared = {name: whole - own[name] for name, whole in sums.items()}
        spared_error = {
            name: sectioned(lambda first, *others: at(*others) - at(first), known[name].minor, *found) for name, found in minors.items()
        }
        amounts = {row.id: row.costs.at(percent) for row in rows if row.costs is not None}
        amount_error = {row.id: sectioned(at, row.costs.minor) for row in rows if row.costs is not None}
        ids = [row.id for row in rows]
        late = [
            None if (d := row.dates) is None or d.planned is None or d.unsure else (d.instant(percent) - d.planned) / DAY for row in rows
        ]
        late_error = [None if (d := row.dates) is None or d.planned is None or d.unsure else d.p_error(percent) for row in rows]
        return Table(
            [
                *(Column(name, "str", [getattr(row, at) for row in rows]) for name, at in (("item", "id"), ("kind", "kind"))),
                money("plan", [None if row.costs is None else row.costs.planned for row in rows]),
                money("amount", [amounts.get(name) for name in ids]),
                money("amount_error", [amount_error.get(name) for name in ids]),
                money("contingency", [own.get(name) for name in ids]),
                money("of_parts", [sums.get(name) for name in ids]),
                money("of_parts_error", [sectioned(at, *minors[name]) if name in minors else None for name in ids]),
                money("diversification", [spared.get(name) for name in ids]),
                money("diversification_error", [spared_error.get(name) for name in ids]),
                Column("days", "float", late, "days"),
                Column("days_error", "float", late_error, "days"),
                Column("not_counted", "str", [", ".join(row.costs.missing) if row.costs else "" for row in rows]),
            ]
        )

    @checked
    def plot(self, kind: Kind = "fan", item: str | None = None, percent: float = 80) -> Figure:
        """A picture: shown in notebooks, saved as SVG, HTML or (by Chromium) PNG with `.save(path)`.

        Args:
            kind: `fan` of the finishes of wholes and of what is committed; `curve` of the finish and cost of an item; `tornado` of what
                drives its finish, `cost tornado` its cost; `joint`, both together with the frontier of 70 %; `responses`, what each is worth for it.
            item: which; the portfolio when left out. A fan has all.
            percent: the percentile of a tornado, and of responses.

        Raises:
            OptionError: there is no such kind.
            UnknownItemError: there is no such item among those kept.
            ModelError: it has no dates, no cost or no cause to draw; or a tornado or responses are asked of a simulation that was loaded.
        """
        return self._drawn(pictures, kind, item, percent)

    @checked
    def chart(self, kind: Kind = "fan", item: str | None = None, percent: float = 80) -> Chart:
        """The picture of `plot` as an Altair chart: to restyle, layer and filter; `.save("name.svg")` needs no network.

        Args:
            kind, item, percent: as for `plot`.

        Raises:
            MissingExtraError: the extra `charts` is not installed.
            OptionError, UnknownItemError, ModelError: as for `plot`.
        """
        from ipmo.analysis.risk import charts

        return self._drawn(charts, kind, item, percent)

    def _drawn(self, by: Drawing[T], kind: Kind, item: str | None, percent: float) -> T:
        one_of("kind", kind, get_args(Kind))
        if kind == "fan":
            wanted = [row for row in self.rows if row.kind in WHOLES or (row.dates is not None and row.dates.committed is not None)]
            return by.fans([(row.name or row.id, row.dates) for row in wanted if row.dates is not None])
        wanted_id = self.portfolio if item is None else item
        name = self._row(wanted_id).name or wanted_id
        if kind == "curve":
            return by.curves(name, self.finish(wanted_id), self[wanted_id].costs)
        if kind == "tornado":
            if why := self[wanted_id].not_known:
                raise ModelError(f"nothing says what drives {wanted_id!r}: its end is not known: {why}")
            found = self.drivers(wanted_id, percent)
            return by.causes(found.where(lambda row: row["kind"] not in UNDATED), f"P{percent:g} of the finish of {name}")
        if kind == "cost tornado":
            self.cost(wanted_id)
            return by.causes(self.drivers(wanted_id, percent, by="cost"), f"P{percent:g} of the cost of {name}", of="cost")
        if kind == "joint":
            return by.joint(self.joint(wanted_id), name)
        worth = self.responses(wanted_id, percent)
        known = worth.where(lambda row: row["net"] is not None)
        if len(worth) and not len(known):
            raise ModelError("nobody knows what a response is worth: none states what it costs, in money that can be counted")
        return by.responses(known)

    def table(self) -> Table:
        """One row an item: its schedule, mean, deviation in days, P10 to P90, what it is committed to and how sure that is; cost; value.

        `basis` says what the dates are read off: `samples`, or a `sketch`, whose percentiles are the latest days that they may be. `not_known`
        says why the end of an item is not known, because work of it, or that it waits for, has no date or no duration: its dates are blank
        then (`finish` has what they are at least), and `sure` is 0 if it never ends. `not_counted` names what is in no cost or value, because
        nobody knows it: what is known is more in the end, and no budget is said to be sure. Costs are blank where those of risks alone are known.
        """
        rows = self.rows
        known = [None if row.not_known else _either(row) for row in rows]
        dates, costs, values = [r.dates for r in rows], [r.priced for r in rows], [r.value for r in rows]
        currency = next((one.currency for one in (*costs, *values) if one is not None), "")

        def day(name: str, percent: int) -> Column:
            return Column(name, "date", [None if d is None else d.p(percent) for d in known])

        def money(name: str, found: Sequence[Sums | None], percent: int | None) -> Column:
            cells = [None if c is None else float((c.mean if percent is None else c.p(percent)).amount) for c in found]
            return Column(name, "float", cells, currency)

        def planned(found: Sequence[Sums | None]) -> list[float | None]:
            return [None if c is None or c.planned is None else float(c.money(c.planned).amount) for c in found]

        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("id", "name", "kind")),
                Column("schedule", "date", [None if d is None else d.planned_day for d in known]),
                Column("on_schedule", "float", [None if d is None else d.on_plan for d in dates]),
                Column("mean", "date", [None if d is None else d.mean_day for d in known]),
                Column("sd", "float", [None if d is None else d.sd for d in known], "days"),
                day("p10", 10),
                day("p50", 50),
                day("p80", 80),
                day("p90", 90),
                Column("committed", "date", [row.committed for row in rows]),
                Column("sure", "float", [row.sure for row in rows]),
                Column("sure_error", "float", [None if row.sure is None else of_share(row.sure, self.samples) for row in rows]),
                Column("cost_planned", "float", planned(costs), currency),
                Column(
                    "budget", "float", [None if c is None or c.budget is None else float(c.money(c.budget).amount) for c in costs], currency
                ),
                Column("within_budget", "float", [None if c is None else c.sure for c in costs]),
                Column(
                    "both_sure",
                    "float",
                    [None if r.dates is None or r.priced is None else Joint(dates=r.dates, costs=r.priced).sure for r in rows],
                ),
                money("cost_mean", costs, None),
                Column("cost_sd", "float", [None if c is None else c.sd for c in costs], currency),
                money("cost_p50", costs, 50),
                money("cost_p80", costs, 80),
                money("value_mean", values, None),
                money("value_p20", values, 20),
                Column("basis", "str", [row.basis for row in rows]),
                Column("not_known", "str", [row.not_known for row in rows]),
                Column("not_counted", "str", [", ".join(row.not_counted) for row in rows]),
            ]
        )

    def errors(self) -> Table:
        """One row an item: the standard error of each figure of `table()`; how far it may be from what endless samples would say.

        Columns: those of the figures, in days of 24 hours, shares or money; of percentiles and deviations blank of too few samples.
        """
        rows = self.rows
        dates, costs, values = [r.dates for r in rows], [r.priced for r in rows], [r.value for r in rows]
        currency = next((one.currency for one in (*costs, *values) if one is not None), "")

        def days(name: str, error: Callable[[Dates], float | None]) -> Column:
            return Column(name, "float", [None if d is None or d.unsure else error(d) for d in dates], "days")

        def late(percent: int) -> Column:
            return days(f"p{percent}", lambda d: d.p_error(percent))

        def money(name: str, found: Sequence[Sums | None], error: Callable[[Sums], float | None]) -> Column:
            return Column(name, "float", [None if c is None else error(c) for c in found], currency)

        def shares(name: str, found: Sequence[float | None]) -> Column:
            return Column(name, "float", [None if share is None else of_share(share, self.samples) for share in found])

        return Table(
            [
                Column("id", "str", [row.id for row in rows]),
                shares("on_schedule", [None if d is None else d.on_plan for d in dates]),
                days("mean", lambda d: d.mean_error),
                days("sd", lambda d: d.sd_error),
                *(late(percent) for percent in (10, 50, 80, 90)),
                shares("sure", [row.sure for row in rows]),
                shares("within_budget", [None if c is None else c.sure for c in costs]),
                shares(
                    "both_sure", [None if r.dates is None or r.priced is None else Joint(dates=r.dates, costs=r.priced).sure for r in rows]
                ),
                money("cost_mean", costs, lambda c: c.mean_error),
                money("cost_sd", costs, lambda c: c.sd_error),
                money("cost_p50", costs, lambda c: c.p_error(50)),
                money("cost_p80", costs, lambda c: c.p_error(80)),
                money("value_mean", values, lambda c: c.mean_error),
                money("value_p20", values, lambda c: c.p_error(20)),
            ]
        )

    def explain(self, item: str) -> str:
        """How sure an item is, in sentences: what it is made from, its dates, its money, and what to make of them.

        Raises:
            UnknownItemError: there is no such item among those kept.
        """
        if item in self.done and item not in self:
            return f"{item}: is done, on {self.done[item].planned_day}{done_said(self.done[item])}"
        row = self[item] if item in self else self._row(item)
        errors = [one.message for one in self.findings if one.severity is Severity.ERROR]
        refused = self.grade == "refused"
        lines = [f"REFUSED, its figures answer nothing: {'; '.join(errors)}"] if refused else []
        if row.dates is not None:
            lines.append(dates_said(row.dates))
        if row.undated is not None:
            lines.append(undated_said(row.undated))
        if row.sketch is not None:
            lines.append(sketch_said(row.sketch))
        if row.costs is not None:
            lines.append(costs_said(row.costs))
        if item in self.unpriced:
            lines.append("its cost was left out, for want of room")
        if row.value is not None:
            lines.append(values_said(row.value))
        if len(lines) == refused:
            lines.append("it has no dates and no money")
        verdict = {"ready": "ready", "diagnostic": f"diagnostic: {counted(len(self.findings), 'finding')}", "refused": "refused"}
        lines.append(f"{self.samples} samples, seed {self.seed}, {self.settings}; {verdict[self.grade]}")
        return f"{item}: " + "\n".join(lines)

    def __eq__(self, other: object) -> bool:
        """The same samples of the same items, made alike."""
        if not isinstance(other, Simulation):
            return NotImplemented
        mine, others = ((one.samples, one.seed, one.settings, tuple(one.findings)) for one in (self, other))
        return mine == others and super().__eq__(other) and self.criticality() == other.criticality() and self.links() == other.links()

    __hash__ = None

    def __repr__(self) -> str:
        row = self._rows.get(self.portfolio)
        end = "" if row is None or row.dates is None or self.grade == "refused" else f", {end_said(row.dates)}"
        return f"<Simulation: {self.samples} samples, {counted(len(self), 'item')}{end}, {self.grade}>"


def _either(row: Simulated) -> Dates | SketchedDates | None:
    """The dates of an item, or what is known of them."""
    return row.sketch if row.dates is None else row.dates
