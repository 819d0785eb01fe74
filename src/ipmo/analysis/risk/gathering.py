"""The samples of one simulation gathered into its answer: dates, costs, values, how often work and links decide the end."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from ipmo.analysis.benefits.profiles import profile
from ipmo.analysis.benefits.realisation import BenefitValue
from ipmo.analysis.dates.committed import PLANNED
from ipmo.analysis.risk.driving import Numbered
from ipmo.analysis.risk.outcomes import Dates, Sums
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.precision import of_share
from ipmo.analysis.risk.sampling import Batch
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.analysis.risk.simulation import Again, Simulated, Simulation
from ipmo.analysis.risk.sketched import SketchedDates
from ipmo.analysis.risk.sketches import Sketches
from ipmo.analysis.risk.spending import cost_rows
from ipmo.analysis.risk.uncertain import Piece
from ipmo.analysis.risk.undated import undated
from ipmo.errors import UnitError, listed
from ipmo.findings import Finding, Severity
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme
from ipmo.network.states import EFFECTS, LIVE, TYPE_NAMES
from ipmo.tables import Column, Table
from ipmo.units import DAY, WEEK, minor_digits, moment
from ipmo.words import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Gathering"]


def _half_known(portfolio: str, costs: Mapping[str, Sums], values: Mapping[str, Sums]) -> Iterator[Finding]:
    """Says that the costs or the values of all are the sum of those that are known alone."""
    for found, code, what in ((costs, "ipmo/costs-not-known", "cost"), (values, "ipmo/values-not-known", "value")):
        whole = found.get(portfolio)
        if whole is not None and whole.missing and whole.missing != (portfolio,):
            names = listed(whole.missing)
            message = f"the {what} of {counted(len(whole.missing), 'item')} is not known, and in no sum: {names}"
            hint = (
                f"state the {what} of each, exchange rates for its currency, and when it comes; until then nothing says how sure a sum is"
            )
            yield Finding(code=code, item=whole.missing[0], severity=Severity.INFO, message=message, hint=hint)


class Gathering:
    """What the samples of a plan come to.

    Args:
        plan: what was simulated.
        setup: as it was simulated: the plan's own, with as many samples as were made.
    """

    def __init__(self, plan: Plan, setup: Setup) -> None:
        self.plan, self.setup = plan, setup
        self._valued: dict[tuple[str, int], int] = {}

    def answer(self, batches: Sequence[Batch], again: Again, told: str = "", more: Sequence[Finding] = ()) -> Simulation:
        """All samples as one answer.

        Args:
            batches: in order.
            again: makes the simulation once more with a change.
            told: how it came to that many samples, in words; nothing where they were asked for.
            more: what was found on the way.
        """
        pf, setup = self.plan.portfolio, self.setup
        dates = np.concatenate([one.dates for one in batches], axis=1)
        money = np.concatenate([one.costs for one in batches], axis=1)
        comes = np.concatenate([one.comes for one in batches], axis=1)
        costs = self._costs(money)
        found = {kept.full_id: self._dates(kept, dates[place]) for place, kept in enumerate(setup.kept)}
        values = self.values(found, comes)
        rest = self._sketched(batches[-1].rest)
        blocked = undated(self.plan, found.keys() | rest.keys(), costs.keys() | values.keys())
        rows: dict[str, Simulated] = {}
        names = dict.fromkeys([*self.plan.parts, *(benefit.id for benefit in pf.benefits)])
        for name in names:
            kind = self.plan.parts[name][0] if name in self.plan.parts else "benefit"
            if name in found or name in costs or name in values or name in rest or name in blocked:
                noun = pf.items.get(name, pf)
                rows[name] = Simulated(
                    id=name,
                    name=noun.name,
                    kind=kind,
                    dates=found.get(name),
                    costs=costs.get(name),
                    value=values.get(name),
                    sketch=rest.get(name),
                    undated=blocked.get(name),
                )
        findings = [*self.plan.findings, *more, *self._below_zero(batches), *_half_known(pf.id, costs, values)]
        work = self._criticality(batches), self._links(batches)
        tree = hierarchy(pf)
        whole: list[Programme | Portfolio] = [*pf.programmes, pf]
        held = {noun.id: tuple(project.id for project in tree.projects(noun)) for noun in whole if noun.id in rows}
        made = (setup.samples, setup.seed, self.plan.settings + told)
        done = {kept.full_id: self._fact(kept, decided=decided) for kept, decided in self.plan.done()}
        return Simulation(
            rows, pf.id, made, findings, work, held=held, again=again, left_out=self.plan.left_out, unpriced=self.plan.unpriced, done=done
        )

    def _fact(self, kept: Kept, *, decided: bool) -> Dates:
        """The date of what is done: the same in every sample."""
        name, at = kept.full_id, np.int64(kept.done)
        mornings = frozenset({kept.done}) if decided else frozenset[int]()
        committed = self.plan.committed(name)
        row = np.broadcast_to(at, self.setup.samples)  # no room for each
        return Dates(id=name, instants=row, begins=False, planned=kept.done, committed=committed, mornings=mornings)

    def _sketched(self, rest: Sketches | None) -> dict[str, SketchedDates]:
        """What is known of the dates that are not kept."""
        base, begins = self.setup.structures.base.network.base, [kept.begins for kept in self.setup.sketched]
        return {
            kept.full_id: SketchedDates(
                id=kept.full_id,
                sketch=rest.one(place),
                base=base,
                begins=begins[place],
                planned=self.plan.planned(kept),
                at_least=self.bound(kept),
            )
            for place, kept in enumerate(self.setup.sketched)
            if rest is not None
        }

    def bound(self, kept: Kept) -> bool:
        """The dates of an item are lower bounds."""
        if self.plan.schedule.commitments.doubts.blocked(kept.full_id):
            return True
        net, passes, nodes = self.plan.schedule.network, self.plan.schedule.passes, self.plan.parts[kept.full_id][1]
        return any(net.state[v] in LIVE and passes.lists.pos[v] in passes.lower_bounded for v in nodes)

    def _dates(self, kept: Kept, row: NDArray[np.int64]) -> Dates:
        """The dates of one item."""
        row.flags.writeable = False
        doubts = self.plan.schedule.commitments.doubts
        doubt, bound = doubts.held(kept.full_id), self.bound(kept)
        planned, committed = self.plan.planned(kept), self.plan.committed(kept.full_id)
        stated = self.plan.stated.get(kept.full_id)
        return Dates(
            id=kept.full_id, planned_start=stated is not None and stated.word == PLANNED, instants=row, begins=kept.begins, planned=planned, committed=committed, at_least=bound,
            mornings=self.plan.mornings(kept), doubt=doubt, never=bool(doubt and doubts.never(kept.full_id)),
        )  # fmt: skip

    def _costs(self, money: NDArray[np.int64]) -> dict[str, Sums]:
        """What each item costs: its own, or the sum of what is inside it, and what happens to it."""
        costs = self.setup.costs
        above = {name for event in self.setup.events for item, *_ in event.costs for name in costs.holding(costs.owner_of(item))}
        above |= {name for event in self.setup.events if event.response for name in costs.holding(event.owner)}
        out: dict[str, Sums] = {}
        for name in dict.fromkeys([*costs.made_of, *sorted(above)]):
            if name in self.plan.unpriced:
                continue
            parts = costs.made_of.get(name, ())
            whole = money[cost_rows(self.setup, name)].sum(axis=0)
            planned = sum(self._planned_cost(part) for part in parts)
            lacks = costs.missing.get(name, ()) if parts else (name,)
            words = costs.sources.get(name, "")
            if name in above:
                words = f"{words} and what happens to it" if words else "what happens to it alone: no other cost of it is known"
            out[name] = self._money(name, whole, round(planned) if parts else None, words, lacks, costs.budgets.get(name))
        return out

    def _planned_cost(self, bearer: str) -> float:
        """Minor units that a bearer costs by its central values."""
        found = self.setup.costs.bearers[bearer]
        return float(round(max(found.planned, found.spent)))

    def _money(
        self,
        name: str,
        whole: NDArray[np.int64],
        planned: int | None,
        what: str,
        missing: tuple[str, ...] = (),
        budget: float | None = None,
    ) -> Sums:
        costs = self.setup.costs
        currency = costs.currency or next((one.currency for one in self.plan.worth.values()), "")
        whole.flags.writeable = False
        return Sums(
            id=name,
            minor=whole,
            currency=currency,
            digits=minor_digits(currency),
            planned=planned,
            what=what,
            missing=missing,
            budget=None if budget is None else round(budget),
        )

    def values(self, found: Mapping[str, Dates], comes: NDArray[np.float64]) -> dict[str, Sums]:
        """What benefits are worth: by their start in each sample, and nothing where they do not come.

        Args:
            found: when what the samples date begins.
            comes: what part of each benefit comes, in the order of those that may not come as planned.
        """
        out: dict[str, Sums] = {}
        total = np.zeros(self.setup.samples, np.int64)
        missing, most = [], 0
        for name, one in self.plan.worth.items():
            row = self.worth(name, found[name].instants if name in found else None, comes)
            if row is None:
                missing.append(name)
                continue
            most += int(np.abs(row).max(initial=0))
            if most >= 2**63:
                raise UnitError(f"{name!r}: its value, with all others, does not fit 64-bit minor units; state money in a larger unit")
            total = total + row
            out[name] = self._money(name, row, None, self._what(one))
        if out and self.plan.portfolio.id not in out:
            first = next(iter(out))
            out[self.plan.portfolio.id] = self._money(self.plan.portfolio.id, total, None, out[first].what, tuple(missing))
        return out

    def worth(self, benefit: str, instants: NDArray[np.int64] | None, comes: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """What a benefit is worth in some samples, in minor units; None where that is not known.

        Args:
            benefit: its id.
            instants: when it begins in them; None of one that nothing dates.
            comes: what part of each benefit comes in them, in the order of those that may not come as planned.
        """
        one = self.plan.worth.get(benefit)
        if one is None or one.yearly is None or one.forecast is None or (instants is None and one.start is None):
            return None
        probability = Fraction(str(one.noun.probability)) if one.noun.probability is not None else Fraction(1)
        full = one.yearly / probability if probability else Fraction(0)
        if instants is not None:
            days, back = np.unique(-(-instants // DAY), return_inverse=True)  # the first whole day of each
            row = np.array([self._worth_from(one, int(day), full) for day in days], np.int64)[back.ravel()]
        else:
            assert one.start is not None
            row = np.full(comes.shape[1], self._worth_from(one, one.start.toordinal() - 1, full), np.int64)
        if benefit not in self._likely:
            return row
        part = comes[self._likely[benefit]]
        found = row * part
        if float(np.abs(found).max(initial=0.0)) >= 2.0**63:
            raise UnitError(f"{benefit!r}: its value does not fit 64-bit minor units; state money in a larger unit")
        return np.where(part == 1, row, np.rint(found).astype(np.int64))

    @functools.cached_property
    def _likely(self) -> dict[str, int]:
        """The place of each benefit that may not come as planned."""
        return {name: place for place, name in enumerate(self.setup.likely)}

    def _worth_from(self, one: BenefitValue, day: int, yearly: Fraction) -> int:
        """What a benefit is worth from a day on, in minor units; each day is valued once."""
        key = one.id, day
        if key not in self._valued:
            self._valued[key] = self._worth(one, moment(day * DAY).date(), yearly)
        return self._valued[key]

    def _worth(self, one: BenefitValue, start: date, yearly: Fraction) -> int:
        """Minor units that a benefit is worth from a day on."""
        if one.valued is None:
            made = profile(one.noun, start, yearly)
            worth = None if made is None else float(made.total)
        else:
            worth = one.valued.worth(one.noun, start, yearly)
        found = 0 if worth is None else round(worth * float(10 ** minor_digits(one.currency)))
        if abs(found) >= 2**63:
            raise UnitError(f"{one.noun.id!r}: its value does not fit 64-bit minor units; state money in a larger unit")
        return found

    @staticmethod
    def _what(one: BenefitValue) -> str:
        return "the sum of its years, undiscounted" if one.valued is None else f"present value on {one.at}"

    def _below_zero(self, batches: Sequence[Batch]) -> Iterator[Finding]:
        """Says of which work draws were below zero."""
        below = sum(one.below for one in batches)
        for piece, count in zip(sorted(self.setup.structures.pieces), np.asarray(below).tolist(), strict=True):
            if count:
                message = f"{count / self.setup.samples:.1%} of the draws of {piece!r} are below zero, and count as no time at all"
                yield Finding(code="ipmo/time-below-zero", item=piece, severity=Severity.INFO, message=message, hint="narrow its estimate")

    def _criticality(self, batches: Sequence[Batch]) -> Table:
        """How often open work is critical, and how much the end goes with it."""
        net, pf, n = self.plan.schedule.network, self.plan.portfolio, self.setup.samples
        counts = np.sum([one.critical for one in batches], axis=0)
        pieces = [self.setup.structures.pieces[name] for name in sorted(self.setup.structures.pieces)]
        parts = zip(*(one.lengths.tolist() for one in batches), strict=True)  # numbers of Python have room for every sum
        sums = [[sum(column) for column in zip(*rows, strict=True)] for rows in parts]
        ends = [sum(one.ends[part] for one in batches) for part in range(2)]
        spread = {piece.full_id: self._moments(piece, sums[place], ends) for place, piece in enumerate(pieces)}
        shown = [
            (name, count / n)
            for name, count, state, kind in zip(net.ids, counts.tolist(), net.state, net.kinds, strict=False)
            if state in LIVE and kind not in EFFECTS and name in pf.items
        ]
        shown.sort(key=lambda one: (-one[1], one[0]))
        none = (None, None, None)
        figures = [spread.get(name, none) for name, _ in shown]
        return Table(
            [
                Column("id", "str", [name for name, _ in shown]),
                Column("name", "str", [pf.items[name].name for name, _ in shown]),
                Column("criticality", "float", [share for _, share in shown]),
                Column("error", "float", [of_share(share, n) for _, share in shown]),
                Column("length_sd", "float", [one[0] for one in figures], "days"),
                Column("cruciality", "float", [one[1] for one in figures]),
                Column(
                    "ssi", "float", [None if one[2] is None else share * one[2] for (_, share), one in zip(shown, figures, strict=True)]
                ),
            ]
        )

    def _moments(self, piece: Piece, sums: Sequence[int], ends: Sequence[int]) -> tuple[float, float | None, float | None]:
        """Deviation of a length in days, its correlation with the end without the sign, its deviation by that of the end.

        The end counts in time around the clock, so that working time counts for as much of it as it takes up in a week.
        """
        n = self.setup.samples
        own, end = n * sums[1] - sums[0] ** 2, n * ends[1] - ends[0] ** 2
        day, week = (1440, WEEK) if piece.elapsed else (piece.calendar.day_minutes, piece.calendar.week_minutes)
        deviation = math.sqrt(own / (n * (n - 1)))
        if not own or not end:
            return deviation / day, None, None
        correlation = abs(n * sums[2] - sums[0] * ends[0]) / math.sqrt(own) / math.sqrt(end)
        return deviation / day, correlation, math.sqrt(own / end) * WEEK / week

    def _links(self, batches: Sequence[Batch]) -> Table:
        """How often each link that somebody wrote lies on a driving path to the end: those of the portfolio's links first."""
        net, n = self.plan.schedule.network, self.setup.samples
        links = self.plan.portfolio.links
        written = Numbered(net).written
        counts = Counter[int]()
        for one in batches:
            counts.update(one.driving)
        rows = [
            (links[number].source, links[number].target, links[number].type) if number >= 0 else self._ends_of(-1 - number)
            for number in written
        ]
        shares = [counts[number] / n for number in written]
        return Table(
            [
                *(Column(name, "str", [row[place] for row in rows]) for place, name in enumerate(("source", "target", "type"))),
                Column("criticality", "float", shares),
                Column("error", "float", [of_share(share, n) for share in shares]),
            ]
        )

    def _ends_of(self, link: int) -> tuple[str, str, str]:
        """What a link of the network joins, as people know it, and how."""
        net = self.plan.schedule.network
        return net.shown(int(net.src[link])), net.shown(int(net.dst[link])), TYPE_NAMES[int(net.typ[link])]
