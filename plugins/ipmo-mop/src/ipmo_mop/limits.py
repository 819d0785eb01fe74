"""Tolerances side by side: whether that of a part is wider than that of what holds it (GOV-R03)."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import ipmo
from ipmo import Money
from ipmo.model import Portfolio, Programme, Project, Span, Task, Tolerance
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import CheckContext, Finding, IpmoError
from ipmo_mop.catalogue import SELECTED
from ipmo_mop.wording import TONNES, finding, in_currency

__all__ = ["Limits"]

Noun = Portfolio | Programme | Project | Task
MONTH = Fraction(146097, 4800)
"""Days of a month on average in the Gregorian calendar."""
NUMBERS = ("time", "cost", "benefits", "risk", "carbon")
SUMMED: Mapping[str, tuple[str, str]] = {
    "cost": ("the cost above budget that {} may have sums to", "have"),
    "benefits": ("the benefits that {} may lose sum to", "lose"),
    "risk": ("the risk that {} may bear sums to", "bear"),
    "carbon": ("the carbon above plan that {} may emit sums to", "emit"),
}
"""How the sum of an aspect is told, and what the whole may do."""
NAMED = 5
EXACT = Fraction(1, 10**9)
"""Below this a difference is none."""


def _summaries(project: Project) -> list[Task]:
    """The open work of a project that holds other work."""
    above = {task.parent for task in project.tasks}
    return [task for task in project.tasks if task.id in above and not task.finished]


class Limits:
    """The tolerances of a portfolio, compared from part to whole.

    Args:
        context: what the check is asked with.
    """

    def __init__(self, context: CheckContext) -> None:
        self.context, self.pf = context, context.portfolio
        self.budgets = None
        with contextlib.suppress(IpmoError):  # where a rate is missing, shares are compared as shares
            self.budgets = context.roll_up("budget") if self.pf.money is not None else None

    def nested(self, kind: str, full_id: str, noun: Project | Programme | Task) -> Iterator[Finding]:
        """A finding for each holder whose limits an item's own are wider than; of each aspect the nearest that states one counts."""
        own = noun.tolerance
        assert own is not None
        wider: dict[str, list[str]] = {}
        for aspect in NUMBERS:
            if getattr(own, aspect) is None:
                continue
            above = next(
                (one for one in self._holders(full_id, noun) if one.tolerance is not None and getattr(one.tolerance, aspect) is not None),
                None,
            )
            if above is not None and above.tolerance is not None:
                found = getattr(self, f"_{aspect}")(full_id, own, above, above.tolerance)
                if found:
                    wider.setdefault(above.id, []).append(f"{aspect} {found}")
        for name, found in wider.items():
            message = f"tolerance of {kind} {full_id!r} is wider than that of {name!r}: {'; '.join(found)}"
            yield finding("tolerances", full_id, message, "narrow it, or widen the one above")

    def sums(self) -> Iterator[Finding]:
        """What holds others, and may exceed less than they may together: amounts add up, though each fits.

        Times do not add up: what lies beside one another is late together. What states no limit adds none.
        """
        projects = [p for p in self.pf.projects if p.counted_as in SELECTED and p.tasks]
        tops: list[Portfolio | Programme | Project] = [self.pf, *self.pf.programmes, *projects]
        wholes: list[tuple[str, Noun]] = [(one.id, one) for one in tops]
        wholes += [(f"{p.id}/{task.id}", task) for p in projects for task in _summaries(p)]
        for name, whole in wholes:
            if whole.tolerance is None or not (whole is self.pf or self.context.covers(self.pf.project_of(name) or name)):
                continue
            for aspect in SUMMED:
                if getattr(whole.tolerance, aspect) is None:
                    continue
                told = self._together(name, whole, whole.tolerance, aspect)
                if told:
                    yield finding("tolerances", "" if whole is self.pf else name, told, "narrow them, or widen the one above", part=aspect)

    def _together(self, full_id: str, whole: Noun, limit: Tolerance, aspect: str) -> str:
        """That the limits of what something holds are too much together; empty where they are not, or one by itself is told already."""
        most, said = self._most(full_id, limit, aspect)
        if most is None:
            return ""
        stated = [(name, own, self._allowed(name, own, aspect)) for name, own in self._stated(full_id, whole, aspect)]
        parts = [(name, own, amount) for name, own, amount in stated if amount is not None]
        together = self._lost_once(parts) if aspect == "benefits" else sum((amount for *_, amount in parts), Fraction(0))
        if together <= most + EXACT or any(amount > most + EXACT for *_, amount in parts):
            return ""
        shown = [repr(name) for name, *_ in parts]
        names = ", ".join(shown[:NAMED]) + (f" and {len(shown) - NAMED} more" if len(shown) > NAMED else "")
        front, may = SUMMED[aspect]
        return f"{front.format(names)} {float(together):,.10g}; {full_id!r}, which holds them, may {may} {said}"

    def _most(self, full_id: str, limit: Tolerance, aspect: str) -> tuple[Fraction | None, str]:
        """(what something may exceed, in words); None where what that is a share of is not wholly known."""
        if aspect == "risk":
            return in_currency(self.pf, limit.risk), str(limit.risk)
        if aspect == "cost":
            figure = self._figure(full_id)
            if figure is None or not isinstance(figure.value, Money) or figure.known < figure.total:
                return None, ""
            share, amount, text = limit.cost, Fraction(figure.value.amount), str(figure.value)
        else:
            found = self._planned(full_id) if aspect == "benefits" else self._carbon_of(full_id)
            if found is None:
                return None, ""
            share, amount = getattr(limit, aspect), Fraction(str(found))
            text = f"{float(found):,.6g} {TONNES}" if aspect == "carbon" else f"{float(found):,.0f}"
        assert share is not None
        return Fraction(str(share)) * amount, f"{100 * share:.4g}% of {text}"

    def _allowed(self, name: str, own: Tolerance, aspect: str) -> Fraction | None:
        """What a part may exceed by its own limit; None where that is not known."""
        if aspect == "risk":
            return in_currency(self.pf, own.risk)
        if aspect == "cost":
            budget = self._budget(name)
            return Fraction(str(own.cost)) * Fraction(budget.amount) if isinstance(budget, Money) else None
        found = self._planned(name) if aspect == "benefits" else self._carbon_of(name)
        return None if found is None else Fraction(str(getattr(own, aspect))) * Fraction(str(found))

    def _lost_once(self, parts: Sequence[tuple[str, Tolerance, Fraction]]) -> Fraction:
        """What several may lose together: a benefit that needs more than one of them is lost once, at most by the widest share."""
        shares: dict[str, float] = {}
        for name, own, _ in parts:
            for benefit in self._benefits_of(name):
                shares[benefit] = max(shares.get(benefit, 0.0), own.benefits or 0.0)
        return sum((Fraction(str(share)) * Fraction(str(self._worth[one] or 0)) for one, share in shares.items()), Fraction(0))

    def _stated(self, full_id: str, whole: Noun, aspect: str) -> Iterator[tuple[str, Tolerance]]:
        """The nearest limits of an aspect below: of a part, or where it states none, of its parts."""
        if isinstance(whole, Project | Task):
            project = whole if isinstance(whole, Project) else self.pf[self.pf.project_of(full_id)]
            assert isinstance(project, Project)
            if aspect != "benefits":  # what the work of a project may lose is a share of the benefits of all of it
                yield from self._in_work(project, aspect, None if whole is project else whole.id)
            return
        for part in hierarchy(self.pf).direct(whole):
            if isinstance(part, Project) and part.counted_as not in SELECTED:
                continue
            if part.tolerance is not None and getattr(part.tolerance, aspect) is not None:
                yield part.id, part.tolerance
            elif isinstance(part, Programme | Project):
                yield from self._stated(part.id, part, aspect)

    def _in_work(self, project: Project, aspect: str, within: str | None) -> Iterator[tuple[str, Tolerance]]:
        """The nearest limits of an aspect in the work of a project, or in one of its summaries; that of a summary before those of what it holds."""
        own = {task.id: task.tolerance for task in project.tasks if task.tolerance is not None and not task.finished}
        stated = {name: limit for name, limit in own.items() if getattr(limit, aspect) is not None}
        parents = {task.id: task.parent for task in project.tasks} if stated else {}
        for name, limit in stated.items():
            above = parents[name]
            while above is not None and above != within and above not in stated:
                above = parents[above]
            if above == within and name != within:
                yield f"{project.id}/{name}", limit

    def _holders(self, full_id: str, noun: Noun) -> list[Noun]:
        """What holds an item, the closest first: summaries, the project, programmes, the portfolio."""
        out: list[Noun] = []
        if isinstance(noun, Task):
            project = self.pf[self.pf.project_of(full_id)]
            assert isinstance(project, Project)
            inside = {task.id: task for task in project.tasks}
            parent = noun.parent
            while parent is not None:
                out.append(inside[parent])
                parent = inside[parent].parent
            out.append(project)
            full_id = project.id
        return [*out, *hierarchy(self.pf).programmes_of(full_id), self.pf]

    # ------------------------------------------------------------------------------------------- aspects

    def _time(self, full_id: str, own: Tolerance, above: Noun, limit: Tolerance) -> str:
        assert own.time is not None
        assert limit.time is not None
        if own.time.unit == limit.time.unit:
            wider = own.time.amount > limit.time.amount
        else:
            wider = self._days(full_id, own.time) > self._days(self._full(above), limit.time) * (1 + Fraction(1, 10**9))
        return f"{own.time} against {limit.time}" if wider else ""

    def _days(self, full_id: str, span: Span) -> Fraction:
        """How many days of the wall clock a length lasts, on an item's calendar, in weeks and months of the usual length."""
        if span.dimension == "elapsed":
            return Fraction(span.elapsed_minutes, 1440)
        if span.dimension == "step":
            return span.months * MONTH
        calendar = self.pf.calendar_for(full_id)
        return Fraction(calendar.minutes(span) * 7, calendar.week_minutes)

    def _full(self, noun: Noun) -> str:
        """The full id whose calendar counts; of a task, which has no full id of its own here, the portfolio's calendar."""
        return noun.id if isinstance(noun, Project) else self.pf.id

    def _cost(self, full_id: str, own: Tolerance, above: Noun, limit: Tolerance) -> str:
        assert own.cost is not None
        assert limit.cost is not None
        inside, whole = self._budget(full_id), self._budget(self._name(full_id, above))
        if isinstance(inside, Money) and isinstance(whole, Money):
            wider = own.cost * float(inside.amount) > limit.cost * float(whole.amount) + 1e-9
            return f"{100 * own.cost:.4g}% of {inside} against {100 * limit.cost:.4g}% of {whole}" if wider else ""
        return f"{100 * own.cost:.4g}% against {100 * limit.cost:.4g}% of budgets that are not known" if own.cost > limit.cost else ""

    def _name(self, full_id: str, above: Noun) -> str:
        return f"{self.pf.project_of(full_id)}/{above.id}" if isinstance(above, Task) else above.id

    def _budget(self, name: str) -> object:
        """The budget of an item; None where a rate is missing in it, so that shares are compared as shares."""
        figure = self._figure(name)
        return None if figure is None or figure.reasons else figure.value

    def _figure(self, name: str) -> ipmo.RolledUpValue | None:
        if self.budgets is None or (name != self.pf.id and name not in self.budgets):
            return None
        return self.budgets.total if name == self.pf.id else self.budgets[name]

    def _benefits(self, full_id: str, own: Tolerance, above: Noun, limit: Tolerance) -> str:
        assert own.benefits is not None
        assert limit.benefits is not None
        inside, whole = self._planned(full_id), self._planned(self._name(full_id, above))
        if inside is not None and whole is not None:
            wider = own.benefits * inside > limit.benefits * whole + 1e-9
            return f"{100 * own.benefits:.4g}% of {inside:,.0f} against {100 * limit.benefits:.4g}% of {whole:,.0f}" if wider else ""
        return f"{100 * own.benefits:.4g}% against {100 * limit.benefits:.4g}%" if own.benefits > limit.benefits else ""

    def _planned(self, name: str) -> float | None:
        """The planned benefits that an item's work leads to; None where one of them is not known."""
        found = [self._worth[benefit] for benefit in self._benefits_of(name)]
        return None if not found or any(value is None for value in found) else sum(value for value in found if value is not None)

    def _benefits_of(self, name: str) -> set[str]:
        """The benefits that an item's work leads to."""
        if name == self.pf.id:
            return set(self._worth)
        noun = self.pf[name]
        projects = {p.id for p in hierarchy(self.pf).projects(noun)} if isinstance(noun, Programme) else {self.pf.project_of(name) or name}
        return {benefit for benefit, before in self._led.items() if before & projects}

    @functools.cached_property
    def _led(self) -> Mapping[str, frozenset[str]]:
        """The projects that lead to each benefit."""
        return {
            b: before for b, before in ipmo.leads_to(self.pf, [*(p.id for p in self.pf.projects), *self._worth]).items() if b in self._worth
        }

    @functools.cached_property
    def _worth(self) -> Mapping[str, float | None]:
        """What each benefit is planned to bring in all its years, not discounted."""
        if not self.pf.benefits:
            return {}
        try:
            rows = ipmo.benefits(self.pf).rows
        except IpmoError:
            return {b.id: None for b in self.pf.benefits}
        profiles = {row.id: row.planned or row.forecast for row in rows}
        return {name: None if one is None else sum(float(flow.amount) for flow in one.flows) for name, one in profiles.items()}

    def _risk(self, full_id: str, own: Tolerance, above: Noun, limit: Tolerance) -> str:
        mine, theirs = in_currency(self.pf, own.risk), in_currency(self.pf, limit.risk)
        return f"{own.risk} against {limit.risk}" if mine is not None and theirs is not None and mine > theirs else ""

    def _carbon(self, full_id: str, own: Tolerance, above: Noun, limit: Tolerance) -> str:
        assert own.carbon is not None
        assert limit.carbon is not None
        inside, whole = self._carbon_of(full_id), self._carbon_of(self._name(full_id, above))
        if inside is not None and whole is not None:
            wider = own.carbon * float(inside) > limit.carbon * float(whole) + 1e-9
            return (
                f"{100 * own.carbon:.4g}% of {float(inside):,.6g} {TONNES} against {100 * limit.carbon:.4g}% of {float(whole):,.6g}"
                if wider
                else ""
            )
        return f"{100 * own.carbon:.4g}% against {100 * limit.carbon:.4g}% of carbon that is not known" if own.carbon > limit.carbon else ""

    def _carbon_of(self, name: str) -> Fraction | None:
        """The planned carbon of an item; None where nobody states any."""
        roll = self._emitted
        return roll.total.exact if name == self.pf.id else roll[name].exact if name in roll else None

    @functools.cached_property
    def _emitted(self) -> ipmo.RollUp:
        return ipmo.roll_up(self.pf, "carbon")
