"""One quantity of one item: a date, a cost or a benefit's value, read off a portfolio, and what can have moved it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.change.differences import Difference
from ipmo.analysis.change.paths import ends_of, items_at
from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.dates.schedule import schedule
from ipmo.analysis.dependencies.targets import targets
from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import ScheduleError
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Programme, Project, Task
from ipmo.network.states import LIVE
from ipmo.units import first_day, minutes, moment

__all__ = ["Quantity", "What"]

What = Literal["date", "budget", "forecast", "value"]


class Quantity:
    """A quantity of an item, before and after.

    Args:
        before: the earlier portfolio.
        after: the later one.
        item: its id.
        what: `date`, `budget`, `forecast` or `value`.

    Raises:
        UnknownItemError: there is no such item.
        ScheduleError: it is no benefit, and has no value.
    """

    def __init__(self, before: Portfolio, after: Portfolio, item: str, what: What) -> None:
        self.before, self.after, self.what = before, after, what
        self.item = reference(item).item
        for portfolio in (before, after):
            if self.item != portfolio.id and self.item not in portfolio.items:
                _ = portfolio[self.item]  # raises, with the closest names
        whole = self.item == after.id and self.item not in after.items
        self.noun: object = after if whole else after[self.item]
        if what == "value" and not isinstance(self.noun, Benefit):
            raise ScheduleError(f"{self.item!r} is no benefit; it has no value of its own")
        self.unit = self._unit()

    def _unit(self) -> str:
        if self.what == "date":
            return "ed" if isinstance(self.noun, Benefit) else "d"
        return self.after.money.currency if self.after.money is not None else ""

    def of(self, portfolio: Portfolio) -> Fraction | None:
        """The quantity; None where it is not known. Dates are days from the beginning of the calendar of the portfolio before."""
        if self.what == "date":
            instant = self._instant(portfolio)
            return None if instant is None else self._days(instant)
        if self.what == "value":
            found = benefits(portfolio, unrated="unknown")
            npv = found[self.item].npv if self.item in found else None
            return None if npv is None else Fraction(npv.amount)
        roll = roll_up(portfolio, self.what, include=("proposed",))
        figure = roll[self.item] if self.item in roll else None
        return None if figure is None or figure.value is None or figure.reasons else Fraction(figure.value.amount)

    def of_projects(self, portfolio: Portfolio) -> dict[str, Fraction]:
        """What each project below the item costs, where that is known."""
        noun = portfolio if self.item == portfolio.id else portfolio.items.get(self.item)
        held = hierarchy(portfolio).projects(noun) if isinstance(noun, Portfolio | Programme) else ()
        roll = roll_up(portfolio, self.what, include=("proposed",))
        out = {}
        for project in held:
            if project.id in roll and project.counted_as != "cancelled":
                value = roll[project.id].value
                if value is not None:
                    out[project.id] = Fraction(value.amount)
        return out

    def _days(self, instant: int) -> Fraction:
        if self.unit == "ed":
            return Fraction(instant, 1440)
        s = schedule(self.before, on_cycle="cut")
        clock = s.network.clock(targets(s).clock_of(self.item))
        return Fraction(clock.work(instant), clock.day_minutes)

    @functools.cached_property
    def _doubtful(self) -> frozenset[str]:
        """The blocked work because of which the date is not known before: where other work is blocked, nothing is said of how it moved."""
        return schedule(self.before, on_cycle="cut").commitments.doubts.blocked(self.item)

    def doubt(self, portfolio: Portfolio) -> str:
        """Why its date is not known; empty where it is known, and of money."""
        return schedule(portfolio, on_cycle="cut").doubt(self.item) if self.what == "date" else ""

    def _instant(self, portfolio: Portfolio) -> int | None:
        s = schedule(portfolio, on_cycle="cut")
        if s.commitments.doubts.blocked(self.item) != self._doubtful:
            return None
        rows = targets(s)
        for name in (self.item, f"{self.item}@finish"):
            if name in rows.place:
                return rows.date(rows.place[name])
        end = s.dates(self.item)[1] if self.item in s else None
        return None if end is None else minutes(end)

    def words(self, portfolio: Portfolio) -> str:
        """The quantity as people read it."""
        if self.what == "date":
            instant = self._instant(portfolio)
            if instant is not None and isinstance(self.noun, Benefit):
                return str(first_day(moment(instant)))
            s = schedule(portfolio, on_cycle="cut")
            day = "" if instant is None else str(s.day_of(self.item, moment(instant)))
            return end_not_known(day) if self.doubt(portfolio) else day
        value = self.of(portfolio)
        return "" if value is None else f"{float(value):,.2f} {self.unit}"

    @functools.cached_property
    def path(self) -> frozenset[str]:
        """Items on the driving path to the item, before or after."""
        out: set[str] = set()
        for portfolio in (self.before, self.after):
            s = schedule(portfolio, on_cycle="cut")
            rows = targets(s)
            name = next((n for n in (self.item, f"{self.item}@finish") if n in rows.place), None)
            if name is not None:
                ends = ends_of(rows, rows.place[name])
            elif self.item in s.passes.nodes and s.network.state[s.passes.nodes[self.item]] in LIVE:
                ends = [int(s.passes.positions.pos[s.passes.nodes[self.item]])]
            else:
                continue
            out.update(items_at(s, s.passes.driving_to(ends)))
        return frozenset(out)

    def relevant(self, differences: Sequence[Difference]) -> list[int]:
        """The changes that can have moved it: those of its own, and of every project that leads to it by any links."""
        if self.what in ("budget", "forecast"):
            if not isinstance(self.noun, Project | Task):
                return list(range(len(differences)))
            inside = {reference(self.item).top}  # what a project costs, no other project changes
        else:
            inside = self._leading()
        return [i for i, one in enumerate(differences) if one.everywhere or any(top in inside for top in one.tops)]

    def _leading(self) -> set[str]:
        """Projects, benefits and outcomes that lead to the item, by the links of both portfolios."""
        top = reference(self.item).top
        into: dict[str, set[str]] = {}
        found = {top}
        for portfolio in (self.before, self.after):
            for source, target in _ways(portfolio):
                into.setdefault(target, set()).add(source)
            noun = portfolio if top == portfolio.id else portfolio.items.get(top)
            if isinstance(noun, Portfolio):
                found |= {project.id for project in noun.projects}
            elif isinstance(noun, Programme):
                found |= {one.id for one in hierarchy(portfolio).below(noun)}
        waiting = list(found)
        while waiting:
            for source in into.get(waiting.pop(), ()):
                if source not in found:
                    found.add(source)
                    waiting.append(source)
        return found


def _ways(portfolio: Portfolio) -> list[tuple[str, str]]:
    """(source, target) of every link and of what enables outcomes and benefits, by what stands at the top."""

    def top(end: str) -> str:
        return reference(portfolio.resolve(end) or end).top

    out = [(top(link.source), top(link.target)) for link in portfolio.links]
    effects: list[Outcome | Benefit] = [*portfolio.outcomes, *portfolio.benefits]
    for effect in effects:
        out += [(top(enabler.source), effect.id) for enabler in (*effect.enabled_by, *effect.any_of)]
        if isinstance(effect, Benefit) and effect.outcome:
            out.append((top(effect.outcome), effect.id))
    return out
