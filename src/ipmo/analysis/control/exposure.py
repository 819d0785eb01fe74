"""Exposure to open risks: what they cost on average, before and after their responses, and which no longer count."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

import attrs

from ipmo.analysis.control.aspect import Aspect
from ipmo.analysis.dates.triggers import openings, past
from ipmo.analysis.money.amounts import Amounts, rounded
from ipmo.analysis.money.periods import EVERY, Every, Period, PeriodRule, period_rule
from ipmo.analysis.money.rollup import LEFT_OUT, LEVELS
from ipmo.errors import ModelError, listed, one_of
from ipmo.figures.exposure import exposure_bars, exposure_map
from ipmo.figures.svg import Figure
from ipmo.model.held import Held, by_project, owners_above, risks_of
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.risks import Exposure, Risk
from ipmo.model.work import Programme, Project
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import NO_CURRENCY, Money, When, as_day, as_when, minutes, moment
from ipmo.words import counted

__all__ = ["RiskExposure", "RiskExposures", "Threat", "exposure", "exposure_of", "risk_exposure", "risk_told"]

RANKED = 15
"""Threats in a picture at most."""


@attrs.frozen(kw_only=True)
class Threat:
    """One open threat that can still happen by today's plan.

    Args:
        item: its full id.
        noun: the risk as recorded.
        project: the project, programme or portfolio whose register it stands in.
        before: probability times mean cost before the response, exact, in the portfolio's currency; None when it is not known.
        after: the same once the response works; as before where nothing says what that changes.
        opens: from which day on it can happen: by its first day and what triggers it, and the day of the answer where that lies later; None where
            nothing says when.
    """

    item: str
    noun: Risk
    project: str
    before: Fraction | None
    after: Fraction | None
    opens: date | None = None

    @property
    def name(self) -> str:
        """Its title; its full id when it has none."""
        return self.noun.name or self.item

    @property
    def probability(self) -> float | None:
        """That it happens, before the response."""
        return None if self.noun.before is None else self.noun.before.probability


@attrs.frozen(kw_only=True)
class RiskExposure(Shown):
    """What the open threats of a project, a programme or the portfolio cost on average: its own, and those of all that lie in it.

    Source: expected monetary value, the sum of probability times mean impact. It is the mean of what may come, no safe reserve.

    Args:
        before: before the responses, of what is known.
        after: once the responses work, of what is known; a risk without an exposure after it counts as before.
        known, total: open threats whose probability and cost are known, and open threats in all.
        closed: ids of open risks whose window has closed: they count no longer.
        not_triggered: ids of those that cannot happen by today's plan, as what triggers them comes outside their window, or has no date: they do not count either.
        silent: projects at work that record no risk at all.
        recorded: risks recorded in all, whatever their state.
        missing: which exchange rates are missing.
        item: project, programme or portfolio, and its title and level.
    """

    item: str = ""
    name: str = ""
    level: str = ""
    before: Fraction
    after: Fraction
    known: int
    total: int
    closed: tuple[str, ...]
    not_triggered: tuple[str, ...] = ()
    silent: tuple[str, ...]
    recorded: int
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Every project records risks, and all that are open are known."""
        return self.recorded > 0 and self.known == self.total and not self.silent

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not in the figures, in words."""
        out = [f"{counted(self.total - self.known, 'risk')} unknown"] if self.known < self.total else []
        out += [f"no risk recorded for {', '.join(self.silent)}"] if self.silent else []
        out += [f"{counted(len(self.closed), 'risk')} not counted, whose window has closed"] if self.closed else []
        if self.not_triggered:
            out.append(
                f"{counted(len(self.not_triggered), 'risk')} not counted, whose trigger does not come in time ({listed(self.not_triggered)})"
            )
        return (*out, *self.missing)


class RiskExposures(Rows[str, RiskExposure]):
    """The answer of `risk_exposure`: by project, programme and portfolio, from the top down; and its threats, the dearest first."""

    def __init__(
        self, rows: Mapping[str, RiskExposure], as_of: date | None, currency: str, threats: Sequence[Threat] = (), first_month: int = 1
    ) -> None:
        super().__init__(rows, "these exposures")
        self._first_month = first_month
        self.as_of, self.currency, self.threats = as_of, currency, tuple(threats)

    def ranking(self) -> Table:
        """One row an open threat, the dearest on average first, those of unknown cost last by their probability.

        Columns: item, name, project, owner, probability, before, after, response, ends; money in the portfolio's currency, blank where
        it is not known.
        """
        rows = self.threats

        def money(amounts: Iterable[Fraction | None]) -> list[float | None]:
            return [None if amount is None else float(self.money(amount).amount) for amount in amounts]

        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("item", "name", "project")),
                Column("owner", "str", [row.noun.owner for row in rows]),
                Column("probability", "float", [row.probability for row in rows]),
                Column("before", "float", money(row.before for row in rows), self.currency),
                Column("after", "float", money(row.after for row in rows), self.currency),
                Column("response", "str", [row.noun.response for row in rows]),
                Column("ends", "date", [None if row.noun.ends is None else as_day(row.noun.ends) for row in rows]),
            ]
        )

    def by_objective(self) -> Table:
        """One row an objective that threats hit, the dearest before their responses first: a threat counts in full for each, so that rows do not add up.

        Columns: objective (blank: threats that name none), threats, known (of how many the cost is known), before, after.
        """
        found: dict[str, list[Threat]] = {}
        for threat in self.threats:
            for name in threat.noun.objectives or ("",):
                found.setdefault(name, []).append(threat)
        ranked = sorted(found, key=lambda name: (not name, -sum(one.before or 0 for one in found[name]), name))
        return Table([Column("objective", "str", ranked), *self._sums([found[name] for name in ranked])])

    def by_period(self, every: Every = "quarter") -> Table:
        """One row a period in which threats can begin to happen (their proximity), today's for what can happen already: rows add up to the exposure.

        Columns: period (blank, and last: nothing says when), start, threats, known (of how many the cost is known), before, after.

        Args:
            every: month, quarter, year or financial year.

        Raises:
            OptionError: it is none of them.
        """
        one_of("every", every, tuple(EVERY))
        rule = PeriodRule(every, self._first_month)
        found: dict[Period | None, list[Threat]] = {}
        for threat in self.threats:
            found.setdefault(None if threat.opens is None else rule.of(threat.opens), []).append(threat)
        periods = sorted(found, key=lambda one: (one is None, date.min if one is None else one.start))
        return Table(
            [
                Column("period", "str", ["" if one is None else one.name for one in periods]),
                Column("start", "date", [None if one is None else one.start for one in periods]),
                *self._sums([found[one] for one in periods]),
            ]
        )

    def _sums(self, groups: Sequence[Sequence[Threat]]) -> list[Column]:
        """How many threats groups have, and what they cost on average; blank where of none the cost is known."""
        known = [[one for one in some if one.before is not None and one.after is not None] for some in groups]

        def money(name: str) -> Column:
            amounts = [float(self.money(sum((getattr(one, name) for one in some), Fraction(0))).amount) if some else None for some in known]
            return Column(name, "float", amounts, self.currency)

        return [
            Column("threats", "int", [len(some) for some in groups]),
            Column("known", "int", [len(some) for some in known]),
            money("before"),
            money("after"),
        ]

    def plot(self, kind: Literal["map", "ranking"] = "map") -> Figure:
        """A picture of the open threats: shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Args:
            kind: `map`, how many lie in each cell of chance and cost (for triage: what lies in one cell differs by much); or `ranking`, the
                dearest on average, before and after the response.

        Raises:
            OptionError: there is no such kind.
            ModelError: of no threat chance and cost are known.
        """
        one_of("kind", kind, ("map", "ranking"))
        known = [
            (one.name, one.before, one.after, one.probability)
            for one in self.threats
            if one.before and one.probability and one.after is not None
        ]
        if not known:
            raise ModelError("no open threat has a chance and a cost to draw")
        costs = [float(before) / chance for _, before, _, chance in known]
        if kind == "ranking":
            found = [(name, float(before), float(after)) for name, before, after, _ in known]
            return exposure_bars(found[:RANKED], self.currency, len(known))
        return exposure_map([chance for *_, chance in known], costs, self.currency, len(self.threats) - len(known))

    def money(self, amount: Fraction) -> Money:
        """An exact amount as money, rounded once."""
        return rounded(amount, self.currency)

    def explain(self, item: str) -> str:
        """What an exposure is of, before and after the responses, and what is not in it.

        Raises:
            UnknownItemError: there is no such project or programme.
        """
        row = self[item]
        if not row.recorded:
            return f"{item}: no risks are recorded, so nothing is known of its exposure"
        least = "" if row.complete else "at least "
        said = f"{least}{self.money(row.before):,} on average, {self.money(row.after):,} after the responses"
        return "; ".join((f"{item}: {said}, of {row.known} of {counted(row.total, 'open threat')}", *row.notes))

    def table(self, level: str | None = None) -> Table:
        """One row an item: item, name, level, before, after, known, total, closed, recorded; blank where no risks are recorded."""
        if level is not None:
            one_of("level", level, LEVELS)
        rows = [row for row in self.rows if level is None or row.level == level]

        def money(amount: Fraction, row: RiskExposure) -> float | None:
            return float(self.money(amount).amount) if row.known or (row.recorded and not row.total) else None

        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("item", "name", "level")),
                Column("before", "float", [money(row.before, row) for row in rows], self.currency),
                Column("after", "float", [money(row.after, row) for row in rows], self.currency),
                Column("known", "int", [row.known for row in rows]),
                Column("total", "int", [row.total for row in rows]),
                Column("closed", "int", [len(row.closed) + len(row.not_triggered) for row in rows]),
                Column("recorded", "int", [row.recorded for row in rows]),
            ]
        )

    def __repr__(self) -> str:
        return f"<RiskExposures: {self.explain(self.ids[0])}>"


def risk_exposure(portfolio: Portfolio, *, as_of: date | str | None = None) -> RiskExposures:
    """What the open threats of every project, programme and the portfolio cost on average, before and after their responses.

    Source: expected monetary value, probability times mean impact. It is a mean and no reserve: P80s of risks do not add.

    Args:
        portfolio: the portfolio.
        as_of: risks whose window closed before it no longer count; the status date when left out. Nor do those whose trigger
            comes outside their window by the schedule.
    """
    when = as_when(as_of) if as_of is not None else portfolio.status_date
    tree = hierarchy(portfolio)
    rows: dict[str, RiskExposure] = {}
    registers = _registers(portfolio)

    def keep(noun: Portfolio | Programme | Project, level: str, projects: Iterable[Project]) -> None:
        held = [project for project in projects if project.counted_as not in LEFT_OUT]
        own = () if isinstance(noun, Project) else registers.get((level, noun.id), ())
        rows.setdefault(noun.id, attrs.evolve(_exposure(portfolio, held, own, when), item=noun.id, name=noun.name, level=level))

    def visit(noun: Portfolio | Programme) -> None:
        keep(noun, "portfolio" if isinstance(noun, Portfolio) else "programme", tree.projects(noun))
        for inner in tree.direct(noun):
            if isinstance(inner, Programme):
                visit(inner)
            elif inner.counted_as not in LEFT_OUT:
                keep(inner, "project", [inner])

    visit(portfolio)
    try:
        currency = Amounts(portfolio, date.max, "risk").currency
    except ModelError:  # no money is stated anywhere
        currency = NO_CURRENCY
    amounts = Amounts(portfolio, date.max if when is None else when, "risk", unrated="unknown")
    held = [project for project in tree.projects(portfolio) if project.counted_as not in LEFT_OUT]
    goes_on, gone, opening = {project.id for project in held}, past(portfolio, when), openings(portfolio)
    found = [
        attrs.evolve(threat, opens=_opens(opening.get(one.id), when))
        for one in risks_of(portfolio)
        if one.project is None or one.owner in goes_on
        for threat in _threats(amounts, [one], gone)
    ]
    ranked = sorted(found, key=lambda one: (one.before is None, -(one.before or 0), -(one.probability or 0), one.item))
    return RiskExposures(
        rows, None if when is None else as_day(when), currency, ranked, period_rule(portfolio, "financial year").first_month
    )


def _opens(instant: int | None, as_of: When | None) -> date | None:
    """The day from which on a risk can happen, today where that has begun; None where nothing says when."""
    found = [one for one in (instant, None if as_of is None else minutes(as_of)) if one is not None]
    return moment(max(found)).date() if found else None


def exposure(portfolio: Portfolio, projects: Iterable[Project], as_of: When | None) -> RiskExposure:
    """Exposure to the open threats of some projects, in the portfolio's currency.

    Args:
        portfolio: the portfolio.
        projects: whose risks; those of programmes and the portfolio stand in no project.
        as_of: windows that closed before it are over, and money converts at it; None when nothing says what day it is.
    """
    return _exposure(portfolio, projects, (), as_of)


def exposure_of(portfolio: Portfolio, noun: Portfolio | Programme, projects: Iterable[Project], as_of: When | None) -> RiskExposure:
    """`exposure` of what holds projects: their threats, and those of the registers above them, its own and of programmes in it."""
    level = "portfolio" if isinstance(noun, Portfolio) else "programme"
    return _exposure(portfolio, projects, _registers(portfolio).get((level, noun.id), ()), as_of)


def _registers(portfolio: Portfolio) -> Mapping[tuple[str, str], Sequence[Held[Risk]]]:
    """The risks of each programme and of the portfolio that stand in no project, at every level that they count for."""
    found: dict[tuple[str, str], list[Held[Risk]]] = {}
    for one in risks_of(portfolio):
        if one.project is None:
            *within, _ = owners_above(portfolio, one.owner) if one.level == "programme" else ("",)
            for programme in within:
                found.setdefault(("programme", programme), []).append(one)
            found.setdefault(("portfolio", portfolio.id), []).append(one)
    return found


def _exposure(portfolio: Portfolio, projects: Iterable[Project], more: Sequence[Held[Risk]], as_of: When | None) -> RiskExposure:
    """What `exposure` says of some projects, and of risks that stand in none."""
    amounts = Amounts(portfolio, date.max if as_of is None else as_of, "risk", unrated="unknown")
    before, after = Fraction(0), Fraction(0)
    known, total = 0, 0
    silent: list[str] = []
    registers = by_project(portfolio)
    held = list(more)
    for project in projects:
        own = registers.get(project.id, ())
        held += own
        if not own and project.counted_as not in ("closed", "cancelled") and project.actual_finish is None:
            silent.append(project.id)
    gone = past(portfolio, as_of)
    for threat in _threats(amounts, held, gone):
        total += 1
        if threat.before is not None and threat.after is not None:
            known += 1
            before += threat.before
            after += threat.after
    return RiskExposure(
        before=before,
        after=after,
        known=known,
        total=total,
        closed=tuple(one.id for one in held if _is_open(one.noun) and (found := gone.get(one.id)) and not found.by_trigger),
        not_triggered=tuple(one.id for one in held if _is_open(one.noun) and (found := gone.get(one.id)) and found.by_trigger),
        silent=tuple(silent),
        recorded=len(held),
        missing=tuple(dict.fromkeys(amounts.missing.values())),
    )


def _is_open(risk: Risk) -> bool:
    """An open threat, also one that can happen no longer."""
    return risk.state == "open" and not risk.opportunity


def _threats(amounts: Amounts, held: Iterable[Held[Risk]], gone: Container[str]) -> Iterator[Threat]:
    """Those that still count, each with what it costs on average; what is gone does not."""
    for one in held:
        risk = one.noun
        if _is_open(risk) and one.id not in gone:
            now = _mean(amounts, one.id, risk.before, None)
            then = None if now is None or risk.after is None else _mean(amounts, one.id, risk.after, risk.before)
            yield Threat(item=one.id, noun=risk, project=one.owner, before=now, after=now if then is None else then)


def _mean(amounts: Amounts, full_id: str, stated: Exposure | None, instead: Exposure | None) -> Fraction | None:
    """Probability times mean cost; what one exposure leaves out is as in the other; None when a part is not known."""
    probability = stated.probability if stated is not None else None
    impacts = stated.impacts if stated is not None else ()
    if instead is not None:
        probability = instead.probability if probability is None else probability
        impacts = impacts or instead.impacts
    if probability is None:
        return None
    if not probability:
        return Fraction(0)
    costs = [impact.cost.mean() for impact in impacts if impact.cost is not None]
    if not costs:
        return None  # what it costs is not known: a delay is none
    whole = Fraction(0)
    for cost in costs:
        lines = amounts.lines(full_id, cost) if isinstance(cost, Money) else None
        if lines is None:
            return None
        whole += sum((line.value for line in lines), Fraction(0))
    return Fraction(str(probability)) * whole


def risk_told(found: RiskExposure, limit: Fraction, tolerated: Money, currency: str, above: str = "") -> Aspect:
    """The aspect of risk in words.

    Args:
        found: the exposure.
        limit: what is tolerated, in the currency of the portfolio.
        tolerated: the same as it is stated.
        currency: of the portfolio.
        above: what that is tolerated of in all, where the item states none of its own.
    """
    least = "" if found.complete else "at least "
    text = f"exposure {least}{rounded(found.before, currency):,} of at most {tolerated:,}{f' for all of {above}' if above else ''}"
    text += f", {rounded(found.after, currency):,} after the responses" if found.after != found.before else ""
    text = ", ".join((text, *found.notes))
    if found.before > limit:
        over = f"{rounded(found.before - limit, currency):,} beyond tolerance"
        return Aspect(name="risk", rag="red", text=text, over=over, stake=found.before - limit)
    return Aspect(name="risk", rag="green" if found.complete else None, text=text, withholds=not found.complete)
