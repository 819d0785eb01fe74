"""Whether benefits lead somewhere, belong to somebody and are counted once: BEN-R01 to BEN-R10."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ipmo.analysis.benefits.realisation import Benefits, benefits
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.errors import IpmoError, listed
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.benefits import Benefit
from ipmo.model.benefits_map import BenefitsMap, benefits_map
from ipmo.model.people import Person
from ipmo.model.portfolio import Portfolio
from ipmo.network.losses import losses
from ipmo.rules.themes import Theme, fact
from ipmo.units import as_day
from ipmo.words import beside

__all__ = ["BENEFIT_CHECKS"]

PROFILE = ("owner", "measure", "unit", "baseline", "baseline_date", "target", "target_date", "method")


def _find(context: CheckContext) -> Iterator[Finding]:
    """What is found in the benefits of a portfolio that has any on its map."""
    portfolio = context.portfolio
    if not portfolio.benefits and not portfolio.outcomes:
        return
    found = benefits_map(portfolio)
    worth = _worth(portfolio)
    yield from _reached(portfolio, found)
    yield from _shares(portfolio, found)
    for benefit in portfolio.benefits:
        yield from _profile(benefit, worth)
        yield from _owner(portfolio, benefit)
        yield from _timing(benefit, worth)
        if benefit.cashable and not benefit.booked:
            yield fact(
                "benefit-not-booked",
                benefit.id,
                f"benefit {benefit.id!r} is cashable and is taken out of no budget",
                "book it: booked: true",
            )
        lacking = [
            n for n, v in (("probability", benefit.probability), ("price base", benefit.price_base or _base(portfolio))) if v is None
        ]
        if benefit.value is not None and lacking:
            yield fact(
                "benefit-unadjusted",
                benefit.id,
                f"the value of benefit {benefit.id!r} states no {' and no '.join(lacking)}",
                "adjust it for optimism and say in whose prices it is",
                Severity.INFO,
            )
    yield from _disbenefits(portfolio, found)
    yield from _twice(portfolio)
    yield from _at_gates(context, worth)


def _worth(portfolio: Portfolio) -> Benefits | None:
    try:
        return benefits(portfolio)
    except IpmoError:
        return None


def _base(portfolio: Portfolio) -> object:
    return portfolio.money.price_base if portfolio.money is not None else None


def _reached(portfolio: Portfolio, found: BenefitsMap) -> Iterator[Finding]:
    objectives = {objective.id for objective in portfolio.objectives}
    onward = losses(portfolio).onward
    for effect in (*portfolio.outcomes, *portfolio.benefits):
        name = str(getattr(effect, "id", ""))
        kind = found.kind(name)
        if objectives and not onward({name}) & objectives:
            yield fact(
                "benefit-no-objective",
                name,
                f"{kind} {name!r} leads to no objective",
                "connect it under contributions:, or ask why it is made",
            )
        sources = found.sources_of([name])
        funded = [s for s in sources if getattr(portfolio.items.get(s), "counted_as", "active") not in LEFT_OUT]
        if isinstance(effect, Benefit) and not funded:
            why = "only proposed or cancelled work leads to it" if sources else "no work leads to it"
            yield fact("benefit-no-work", name, f"benefit {name!r}: {why}", "say what enables it: enabled_by:")


def _shares(portfolio: Portfolio, found: BenefitsMap) -> Iterator[Finding]:
    for target, ways in found.into.items():
        stated = math.fsum(way.share or 0.0 for way in ways if way.need == "share")
        if stated > 1 + 1e-9:
            yield fact(
                "benefit-overclaimed",
                target,
                f"the shares into {target!r} sum to {beside(stated, 1, 0, percent=True)}",
                "together they are at most 100 %",
                Severity.ERROR,
                part="shares",
            )
        unstated = [way.source for way in ways if way.need == "share" and way.share is None]
        if unstated:
            yield fact(
                "benefit-no-share",
                target,
                f"{listed(sorted(unstated))} contribute to {target!r} and no share is stated",
                "write share:",
                Severity.INFO,
            )
    groups: dict[tuple[str, str], list[Benefit]] = {}
    for benefit in portfolio.benefits:
        if benefit.measure and benefit.population:
            groups.setdefault((benefit.measure.lower(), benefit.population.lower()), []).append(benefit)
    for group in groups.values():
        for place, one in enumerate(group):
            for other in group[place + 1 :]:
                if _overlap(one, other):
                    yield fact(
                        "benefit-overlap",
                        one.id,
                        f"benefits {one.id!r} and {other.id!r} count the same {one.measure!r} of the same {one.population!r} in the same period",
                        "count it once, or split it by share",
                    )


def _overlap(one: Benefit, other: Benefit) -> bool:
    """Their measured periods meet; a period that is not stated may be any."""

    def span(benefit: Benefit) -> tuple[float, float]:
        start = benefit.planned_start or benefit.baseline_date
        end = benefit.until or benefit.target_date
        return (-math.inf if start is None else as_day(start).toordinal(), math.inf if end is None else as_day(end).toordinal())

    (a, b), (c, d) = span(one), span(other)
    return a <= d and c <= b


def _profile(benefit: Benefit, worth: Benefits | None) -> Iterator[Finding]:
    missing = [name.replace("_", " ") for name in PROFILE if getattr(benefit, name) in (None, "")]
    if benefit.value is None:
        missing.append("value")
    if missing:
        yield fact(
            "benefit-incomplete",
            benefit.id,
            f"the profile of benefit {benefit.id!r} lacks {', '.join(missing)}",
            "who does not measure cannot realise",
            Severity.INFO,
        )
    start = worth[benefit.id].start if worth is not None else None
    if benefit.baseline_date is not None and start is not None and benefit.baseline_date >= start:
        yield fact(
            "benefit-late-baseline",
            benefit.id,
            f"the baseline of benefit {benefit.id!r} was measured on {benefit.baseline_date}, after it starts on {start}",
            "measure before go-live: afterwards the difference is lost",
        )


def _owner(portfolio: Portfolio, benefit: Benefit) -> Iterator[Finding]:
    if benefit.owner is None:
        return  # BEN-R03 says so
    owner = portfolio.items.get(benefit.owner)
    if isinstance(owner, Person) and owner.permanent is False:
        yield fact("benefit-owner-leaves", benefit.id, f"benefit {benefit.id!r} is owned by {benefit.owner!r}, who leaves with the project",
            "give it to somebody in the line: benefits are realised after closure",
        )  # fmt: skip
    elif isinstance(owner, Person) and owner.permanent is None:
        yield fact(
            "benefit-owner-unknown",
            benefit.id,
            f"whether {benefit.owner!r}, who owns benefit {benefit.id!r}, is there after closure is not stated",
            "write permanent: under people:",
            Severity.INFO,
        )


def _timing(benefit: Benefit, worth: Benefits | None) -> Iterator[Finding]:
    row = worth[benefit.id] if worth is not None else None
    if row is not None and row.slip is not None and row.slip > 0:
        cost = f", which costs {row.loss:,}" if row.loss is not None and row.loss.amount > 0 else ""
        yield fact(
            "benefit-slipped",
            benefit.id,
            f"benefit {benefit.id!r} is planned from {row.planned_start} and cannot start before {row.start}{cost}",
            "what enables it is later than the plan says",
        )


def _disbenefits(portfolio: Portfolio, found: BenefitsMap) -> Iterator[Finding]:
    worse = {benefit.id for benefit in portfolio.benefits if benefit.disbenefit}
    for outcome in portfolio.outcomes:
        if outcome.kind == "business change" and found.reached_from(outcome.id) and not found.reached_from(outcome.id) & worse:
            yield fact(
                "benefit-no-disbenefit",
                outcome.id,
                f"business change {outcome.id!r} is said to make nothing worse for anybody",
                "record its dis-benefits: disbenefit: true",
                Severity.INFO,
            )


def _twice(portfolio: Portfolio) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Benefit]] = {}
    for benefit in sorted(portfolio.benefits, key=lambda one: one.id):
        if benefit.measure:
            groups.setdefault((benefit.measure.lower(), benefit.population.lower()), []).append(benefit)
    for group in groups.values():
        owners = {b.belongs_to for b in group if b.belongs_to is not None}
        if len(owners) > 1:
            yield fact("benefit-two-programmes", group[0].id, f"{listed(b.id for b in group)} count {group[0].measure!r} for {listed(sorted(owners))}",
                "one of them counts it",
            )  # fmt: skip
        kinds = {b.category.lower() for b in group}
        if "revenue" in kinds and any("avoided" in kind for kind in kinds):
            yield fact("benefit-counted-twice", group[0].id, f"{listed(b.id for b in group)} count {group[0].measure!r} as revenue and as avoided cost",
                "it is one or the other",
            )  # fmt: skip


def _at_gates(context: CheckContext, worth: Benefits | None) -> Iterator[Finding]:
    """BEN-R10: what is still to come by what is still to be spent, at each open gate."""
    portfolio = context.portfolio
    if worth is None or not worth.known or not any(gate.open for project in portfolio.projects for gate in project.gates):
        return
    try:
        rows = context.worth_going_on
    except IpmoError:
        return
    for row in rows.rows:
        gates = [gate for gate in portfolio[row.project].gates if gate.open]
        if gates and row.ratio is not None and row.ratio < 1:
            yield fact(
                "benefit-not-worth-it",
                f"{row.project}/{gates[0].id}",
                f"at gate {gates[0].id!r} project {row.project!r} has {'at least ' if row.at_least else ''}{beside(row.ratio, 1)} of benefit to come for every unit still to be"
                f" spent{f'; {row.stopping}' if row.freed is not None else ''}{row.said}",
                "what is spent already does not count: ask whether to go on",
                Severity.WARNING if row.pays_to_stop else Severity.INFO,
            )
        elif gates and row.benefit is not None and row.cost is None:
            yield fact(
                "benefit-not-worth-it",
                f"{row.project}/{gates[0].id}",
                f"at gate {gates[0].id!r} nobody can say whether project {row.project!r} is worth going on with: {row.reason}",
                "say what it will cost in all",
                Severity.INFO,
            )


_BENEFITS = Theme(_find, "MSP benefit profiles and maps; HM Treasury, The Green Book")

BENEFIT_CHECKS = (
    _BENEFITS.check(
        "benefit-no-objective", "Every benefit and outcome leads to an objective", "Effects that lead to no objective", rule="BEN-R01"
    ),
    _BENEFITS.check(
        "benefit-no-work", "Funded work brings every benefit about", "Benefits that no funded work brings about", rule="BEN-R01"
    ),
    _BENEFITS.check(
        "benefit-overclaimed", "Shares into one target sum to at most the whole", "Shares that claim more than the whole", rule="BEN-R02"
    ),
    _BENEFITS.check("benefit-no-share", "A contribution states its share", "Contributions without a share", rule="BEN-R02"),
    _BENEFITS.check(
        "benefit-overlap",
        "No two benefits count the same measure of the same people at the same time",
        "Benefits that count the same twice",
        rule="BEN-R02",
    ),
    _BENEFITS.check("benefit-incomplete", "The profile of a benefit is complete", "Benefit profiles with gaps", rule="BEN-R03"),
    _BENEFITS.check(
        "benefit-late-baseline",
        "The baseline of a benefit is measured before it starts",
        "Baselines measured after the benefit starts",
        rule="BEN-R03",
    ),
    _BENEFITS.check(
        "benefit-no-disbenefit",
        "A business change says whom it makes worse off",
        "Business changes without any dis-benefit",
        rule="BEN-R04",
    ),
    _BENEFITS.check(
        "benefit-owner-leaves",
        "The owner of a benefit is there after the project closes",
        "Benefits whose owner leaves with the project",
        rule="BEN-R05",
    ),
    _BENEFITS.check(
        "benefit-owner-unknown",
        "Whether the owner of a benefit stays is stated",
        "Benefits whose owner may leave with the project",
        rule="BEN-R05",
    ),
    _BENEFITS.check(
        "benefit-slipped",
        "What enables a benefit comes in time for its planned start",
        "Benefits that cannot start as planned",
        rule="BEN-R06",
    ),
    _BENEFITS.check(
        "benefit-not-booked", "A cashable benefit is taken out of a budget", "Cashable benefits that no budget gives up", rule="BEN-R07"
    ),
    _BENEFITS.check(
        "benefit-unadjusted",
        "The value of a benefit states its probability and its price base",
        "Benefits without a probability or a price base",
        rule="BEN-R08",
    ),
    _BENEFITS.check(
        "benefit-two-programmes", "A benefit is counted by one programme", "Benefits that two programmes count", rule="BEN-R09"
    ),
    _BENEFITS.check(
        "benefit-counted-twice",
        "A benefit is revenue or avoided cost, not both",
        "Benefits counted as revenue and as avoided cost",
        rule="BEN-R09",
    ),
    _BENEFITS.check(
        "benefit-not-worth-it",
        "At each gate what is still to come is worth what is still to be spent",
        "Gates where less is to come than is still to be spent",
        rule="BEN-R10",
    ),
)
