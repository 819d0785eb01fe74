"""Tolerances side by side: whether that of a part is wider than that of what holds it (GOV-R03)."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
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
        """What holds others, and less risk than they may bear together: amounts add up, though each fits."""
        wholes: list[Portfolio | Programme] = [self.pf, *self.pf.programmes]
        for whole in wholes:
            limit = in_currency(self.pf, whole.tolerance.risk) if whole.tolerance is not None else None
            if limit is None or not (whole is self.pf or self.context.covers(whole.id)):
                continue
            parts = [(name, amount) for name, risk in self._risks(whole) if (amount := in_currency(self.pf, risk)) is not None]
            together = sum((amount for _, amount in parts), Fraction(0))
            if together > limit and all(amount <= limit for _, amount in parts):
                assert whole.tolerance is not None
                names = ", ".join(repr(name) for name, _ in parts)
                message = f"the risk that {names} may bear sums to {float(together):,.0f}; {whole.id!r}, which holds them, may bear {whole.tolerance.risk}"
                yield finding(
                    "tolerances", "" if whole is self.pf else whole.id, message, "narrow them, or widen the one above", part="risk"
                )

    def _risks(self, whole: Portfolio | Programme) -> Iterator[tuple[str, Money]]:
        """The nearest stated risk below: of a part, or where it states none, of its parts."""
        for part in hierarchy(self.pf).direct(whole):
            if isinstance(part, Project) and part.counted_as not in SELECTED:
                continue
            stated = part.tolerance.risk if part.tolerance is not None else None
            if stated is not None:
                yield part.id, stated
            elif isinstance(part, Programme):
                yield from self._risks(part)

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
            return f"{own.cost:.4g} of {inside} against {limit.cost:.4g} of {whole}" if wider else ""
        return f"{own.cost:.4g} against {limit.cost:.4g} of budgets that are not known" if own.cost > limit.cost else ""

    def _name(self, full_id: str, above: Noun) -> str:
        return f"{self.pf.project_of(full_id)}/{above.id}" if isinstance(above, Task) else above.id

    def _budget(self, name: str) -> object:
        if self.budgets is None:
            return None
        return self.budgets.total.value if name == self.pf.id else self.budgets[name].value if name in self.budgets else None

    def _benefits(self, full_id: str, own: Tolerance, above: Noun, limit: Tolerance) -> str:
        assert own.benefits is not None
        assert limit.benefits is not None
        inside, whole = self._planned(full_id), self._planned(self._name(full_id, above))
        if inside is not None and whole is not None:
            wider = own.benefits * inside > limit.benefits * whole + 1e-9
            return f"{own.benefits:.4g} of {inside:,.0f} against {limit.benefits:.4g} of {whole:,.0f}" if wider else ""
        return f"{own.benefits:.4g} against {limit.benefits:.4g}" if own.benefits > limit.benefits else ""

    def _planned(self, name: str) -> float | None:
        """The planned benefits that an item's work leads to; None where one of them is not known."""
        if name == self.pf.id:
            wanted = set(self._worth)
        else:
            projects = (
                {p.id for p in hierarchy(self.pf).projects(self.pf[name])}
                if isinstance(self.pf[name], Programme)
                else {self.pf.project_of(name) or name}
            )
            wanted = {benefit for benefit, before in self._led.items() if before & projects}
        found = [self._worth[benefit] for benefit in wanted]
        return None if not found or any(value is None for value in found) else sum(value for value in found if value is not None)

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
        roll = self._emitted
        inside = roll[full_id].exact if full_id in roll else None
        name = self._name(full_id, above)
        whole = roll.total.exact if name == self.pf.id else roll[name].exact if name in roll else None
        if inside is not None and whole is not None:
            wider = own.carbon * float(inside) > limit.carbon * float(whole) + 1e-9
            return f"{own.carbon:.4g} of {float(inside):,.6g} {TONNES} against {limit.carbon:.4g} of {float(whole):,.6g}" if wider else ""
        return f"{own.carbon:.4g} against {limit.carbon:.4g} of carbon that is not known" if own.carbon > limit.carbon else ""

    @functools.cached_property
    def _emitted(self) -> ipmo.RollUp:
        return ipmo.roll_up(self.pf, "carbon")
