"""Whether the risk register is looked after, whether its responses are paid for, and whether the money is enough for what it says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ipmo.analysis.control.exposure import exposure
from ipmo.analysis.dates.triggers import past
from ipmo.analysis.money.rollup import LEFT_OUT
from ipmo.errors import IpmoError, listed
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate, Fixed, Referenced, Shaped, number
from ipmo.model.held import Held, by_project, risks_of
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.risks import Exposure, Impact, Risk
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Project, Task
from ipmo.rules.themes import Theme, fact
from ipmo.units import Money, Span, as_day
from ipmo.words import beside

if TYPE_CHECKING:
    from ipmo.analysis.risk.reserve import Reserve

__all__ = ["RISK_CHECKS"]

STALE = 92
"""Days after which a risk that nobody looked at says nothing of today: a quarter."""
FASTER = 0.05
"""How much more of the reserve than of the exposure may be gone before it is said."""
MITIGATING = frozenset(("avoid", "reduce", "transfer", "share", "contingent", "exploit", "enhance"))


def _open(pf: Portfolio) -> Iterator[tuple[str, str, Risk]]:
    """Open risks of the portfolio, of programmes and of projects that go on: whose, full id, risk; those whose window has closed apart."""
    gone = past(pf, pf.status_date)
    for one in _recorded_in(pf):
        if one.noun.state == "open" and one.id not in gone:
            yield one.owner, one.id, one.noun


def _recorded_in(pf: Portfolio) -> Iterator[Held[Risk]]:
    return (one for one in risks_of(pf) if one.project is None or one.project.counted_as not in LEFT_OUT)


def _windows(context: CheckContext) -> Iterator[Finding]:
    """Open risks that can happen no longer, by their last day or by their trigger: they count in no exposure."""
    pf = context.portfolio
    gone = past(pf, pf.status_date)
    for one in _recorded_in(pf):
        found = gone.get(one.id)
        if found is not None and not found.by_trigger and one.noun.ends is not None:
            message = f"risk {one.id!r} could happen until {as_day(one.noun.ends)} and is still open; it counts no longer"
            yield fact("risk-window-closed", one.id, message, "close it, say that it occurred, or move its window")
        elif found is not None:
            message = f"risk {one.id!r} is open, and cannot happen by today's plan: {found.why}; it counts no longer"
            yield fact("risk-window-closed", one.id, message, "close it, or correct its trigger or its window")


def _recorded(context: CheckContext) -> Iterator[Finding]:
    """What a risk does not say, and risks that nobody has looked at for a quarter."""
    today = context.portfolio.status_date
    for owner, full_id, risk in _open(context.portfolio):
        lacks = [name for name in ("cause", "name", "effect", "owner", "response") if not getattr(risk, name)]
        lacks = ["event" if name == "name" else name for name in lacks]
        if risk.starts is None and risk.ends is None and risk.triggered_by is None:
            lacks.append("window")
        if lacks:
            whose = context.portfolio[owner].name or repr(owner)
            message = f"risk {full_id!r} of {whose} states no {', '.join(lacks)}"
            yield fact("risk-incomplete", full_id, message, "write what is missing in the register", Severity.INFO)
        seen = max((day for day in (risk.raised, risk.reviewed) if day is not None), default=None)
        if today is not None and seen is not None and (as_day(today) - seen).days > STALE:
            message = f"nobody has looked at risk {full_id!r} since {seen}, {(as_day(today) - seen).days} days ago"
            yield fact("risk-stale", full_id, message, f"look at it again, and write reviewed: (at most {STALE} days)", Severity.INFO)


def _shared(context: CheckContext) -> Iterator[Finding]:
    """Drivers behind risks of several projects, which no one risk covers."""
    pf = context.portfolio
    behind: dict[str, dict[str, list[Risk]]] = {}
    for owner, _, risk in _open(pf):
        if risk.driver is not None:
            behind.setdefault(risk.driver, {}).setdefault(owner, []).append(risk)
    tree = hierarchy(pf)
    for driver, owners in behind.items():
        projects = {owner: some for owner, some in owners.items() if pf.project_of(owner)}
        whole = set(projects)
        covered = any(whole <= {owner, *map(pf.project_of, _targets(risk))} for owner, some in projects.items() for risk in some)
        above = [pf[owner] for owner in owners if owner not in projects]  # a risk of a programme, or of the portfolio, is one for all in it
        covered = covered or any(whole <= {project.id for project in tree.projects(one)} for one in above)
        if len(projects) > 1 and not covered:
            message = f"driver {driver!r} is behind risks of {len(projects)} projects ({listed(sorted(projects))}): a risk of the portfolio"
            hint = "manage it once: one risk whose impacts name items of all these projects"
            yield fact("risk-shared-driver", driver, message, hint, Severity.INFO)


def _targets(risk: Risk) -> list[str]:
    return [one.target for one in (risk.before.impacts if risk.before is not None else ()) if one.target is not None]


def _promised(context: CheckContext) -> Iterator[Finding]:
    """Exposures that fall by responses which nobody pays for or carries out."""
    for owner, full_id, risk in _open(context.portfolio):
        if risk.before is None or risk.after is None:
            continue
        if not _lower(risk.before, risk.after, context.portfolio.calendar_for(owner)):
            continue
        lacks = [] if risk.response in MITIGATING else ["response that changes anything"]
        lacks += [] if risk.response_cost is not None else ["cost of the response"]
        lacks += [] if risk.actionee is not None else ["person who carries it out"]
        if lacks:
            message = f"risk {full_id!r} is less after its response, and states no {', '.join(lacks)}"
            hint = "write response:, response_cost: (0 where it costs nothing) and actionee:, or leave after: out"
            yield fact("response-not-planned", full_id, message, hint)


def _lower(before: Exposure, after: Exposure, calendar: Calendar) -> bool:
    """Whether an exposure falls in probability or in any mean impact; impacts after a response stand for all of those before it."""
    if after.probability is not None and before.probability is not None and after.probability < before.probability:
        return True
    was, now = _means(before.impacts, calendar), _means(after.impacts, calendar)
    hit = {(target, kind) for target, kind, _ in now}
    gone = any(key[:2] not in hit for key in was)
    return bool(after.impacts) and (gone or any(now[key] < mean for key, mean in was.items() if key in now))


def _means(impacts: Sequence[Impact], calendar: Calendar) -> Mapping[tuple[str | None, str, str], float]:
    """The mean of each impact by what it hits, whether that is time or money, and its unit: minutes, or of one currency.

    NaN where it is not known, which is neither less nor more.
    """
    out: dict[tuple[str | None, str, str], float] = {}
    for one in impacts:
        for kind, estimate in (("delay", one.delay), ("cost", one.cost)):
            mean = None if estimate is None else estimate.mean()
            if isinstance(mean, Span):
                unit, size = mean.dimension, math.nan if mean.dimension == "step" else calendar.minutes(mean)
            elif isinstance(mean, Money):
                unit, size = mean.currency, float(mean.amount)
            else:
                unit, size = "", math.nan
            if estimate is not None:
                out[one.target, kind, unit] = out.get((one.target, kind, unit), 0.0) + size
    return out


def _reserves(context: CheckContext) -> Mapping[str, Reserve]:
    """What the open threats of each project may cost, and what is there for it."""
    from ipmo.analysis.risk.reserve import reserve  # draws need numpy, which a first answer does without

    pf = context.portfolio
    risks = by_project(pf)
    found = (reserve(pf, project) for project in pf.projects if project.counted_as not in LEFT_OUT and project.id in risks)
    return {one.project: one for one in found if one is not None}


def _enough(context: CheckContext) -> Iterator[Finding]:
    """Reserves that the open threats together pass too often, and reserves that go faster than the exposure."""
    pf = context.portfolio
    for one in context.once(_reserves).values():
        if one.money is None or one.enough is None or one.enough >= 0.8:
            continue
        said = f"{one.p(50):,.0f} at P50 and {one.p(80):,.0f} at P80 {one.currency}"
        message = (
            f"the open threats of {one.project!r} cost {said}; granted beyond its plan are {max(one.money, 0):,.0f}, "
            f"enough in {beside(one.enough, 0.8, 0, percent=True)} of the samples"
        )
        severity = Severity.WARNING if one.enough < 0.5 else Severity.INFO
        yield fact("reserve-below-exposure", one.project, message, "grant more, answer the largest risks, or plan less", severity)
    if context.history:
        yield from _burnt(context.history[-1], pf, context.once(_reserves))


def _burnt(before: Portfolio, now: Portfolio, found: Mapping[str, Reserve]) -> Iterator[Finding]:
    from ipmo.analysis.risk.reserve import reserve

    rate = _rate(before, now)
    if rate is None:
        return
    earlier = {project.id: project for project in before.projects}
    for project in now.projects:
        one, other = found.get(project.id), earlier.get(project.id)
        was = None if other is None else reserve(before, other)
        if one is None or was is None or other is None or one.money is None or was.money is None or was.money <= 0:
            continue
        means = [exposure(pf, [noun], pf.status_date).before for pf, noun in ((before, other), (now, project))]
        if not means[0]:
            continue
        gone, less = 1 - max(one.money, 0) / (was.money * rate), max(1 - float(means[1] / means[0]) / rate, 0)
        if gone > less + FASTER:
            message = f"{gone:.0%} of the reserve of {project.id!r} went since {_said(before)}, and {less:.0%} of its exposure"
            yield fact("reserve-burns-faster", project.id, message, "find out what the reserve was spent on, and re-plan it")


def _rate(before: Portfolio, now: Portfolio) -> float | None:
    """What one unit of an earlier month's currency is in today's; None where no exchange rate says so."""
    if before.money is None or now.money is None or before.money.currency == now.money.currency:
        return 1.0
    day = now.status_date or before.status_date
    try:
        return None if day is None else float(now.exchange_rates.convert(Money(1, before.money.currency), day))
    except IpmoError:
        return None


def _said(pf: Portfolio) -> str:
    return "the last report" if pf.status_date is None else str(as_day(pf.status_date))


def _critical(context: CheckContext) -> Iterator[Finding]:
    """Threats without a response to work that decides the end."""
    if not risks_of(context.portfolio):
        return
    passes = context.schedule.passes
    critical = {context.schedule.network.ids[passes.lists.order[place]] for place in passes.critical}
    across = {end for link in context.portfolio.links for end in (link.source, link.target) if not link.source.startswith("external:")}
    holders = _holders(context.portfolio, critical)
    for owner, full_id, risk in _open(context.portfolio):
        if risk.response is not None or risk.opportunity:
            continue
        hit = [one.target or owner for one in (risk.before.impacts if risk.before else ()) if one.delay is not None]
        for target in dict.fromkeys(name for name in hit if name in critical or name in holders):
            what = "is on the critical path" if target in critical else "holds work on the critical path"
            what += " and handed over across projects" if target in critical and target in across else ""
            yield fact(
                "risk-unanswered", full_id, f"risk {full_id!r} has no response, and {target!r} {what}", "decide on a response, even accept"
            )


def _holders(pf: Portfolio, critical: set[str]) -> set[str]:
    """What holds critical work: summaries, projects, programmes, the portfolio."""
    out = {pf.id} if critical else set[str]()
    tree = hierarchy(pf)
    for item in critical:
        project = pf.project_of(item)
        if not project:
            continue
        out |= {project, *(programme.id for programme in tree.programmes_of(project))}
        parent = getattr(pf.items.get(item), "parent", None)
        while parent is not None and f"{project}/{parent}" not in out:
            out.add(f"{project}/{parent}")
            parent = getattr(pf.items.get(f"{project}/{parent}"), "parent", None)
    return out


def _padded(context: CheckContext) -> Iterator[Finding]:
    """Estimates whose base already holds what may go wrong, and risks that are counted in an uplift too."""
    pf = context.portfolio
    raised: dict[str, set[str]] = {}
    for project in pf.projects:
        if project.counted_as in LEFT_OUT:
            continue
        nouns: list[Project | Task] = [project, *(project.tasks if any(map(_bases, kinds_of_work(project))) else ())]
        for noun in nouns:
            for kind, estimate in _bases(noun):
                full_id = project.id if noun is project else f"{project.id}/{noun.id}"
                if isinstance(estimate, Referenced):
                    raised.setdefault(full_id, set()).add(kind)
                if _at_its_top(estimate):
                    message = f"the {kind} of {full_id!r} is planned at {estimate.central()}, which its own range passes in less than one of ten cases"
                    yield fact(
                        "estimate-padded", full_id, message, "plan the likely value, and keep the rest as contingency", Severity.INFO
                    )
    for whose, full_id, risk in _open(pf):
        for impact in risk.before.impacts if risk.before is not None else ():
            item = impact.target or whose
            for kind, hit in (("duration", impact.delay), ("cost", impact.cost)):
                owner = next((name for name in (item, whose) if kind in raised.get(name, ())), None)
                if hit is not None and owner is not None:
                    message = (
                        f"risk {full_id!r} is counted twice: the {kind} of {owner!r} is raised by what became of others, risks among it"
                    )
                    yield fact("risk-counted-twice", full_id, message, "take either the uplift or the risk out of the figures")


def _bases(noun: Project | Task) -> list[tuple[str, Estimate]]:
    """The estimates of an item that are more than one value."""
    duration = noun.duration if isinstance(noun, Task) else None
    found = [("duration", duration)] if duration is not None and type(duration) is not Fixed else []
    if noun.budget is not None:
        amounts = (line.amount for line in noun.budget.lines)
        found += [("cost", amount) for amount in amounts if amount is not None and type(amount) is not Fixed]
    return found


def _at_its_top(estimate: Estimate) -> bool:
    if not isinstance(estimate, Shaped):
        return False
    low, high = estimate.bounds
    return low < high and number(estimate.central()) >= number(estimate.quantile(0.9))


ISO = "ISO 31000:2018, 6.6; PRINCE2 7, risk register"
_REGISTER, _MONEY = Theme(_recorded, ISO), Theme(_enough, "AACE 40R-08 and 44R-08")
_BASE = Theme(_padded, "AACE 40R-08; Flyvbjerg, reference-class forecasting")
RISK_CHECKS = (
    Theme(_windows, ISO).check("risk-window-closed", "An open risk can still happen", "Risks whose window has closed", rule="RSK-R01"),
    _REGISTER.check(
        "risk-incomplete", "A risk states cause, event, effect, owner, window, response", "Risks that leave something out", rule="RSK-R01"
    ),
    _REGISTER.check("risk-stale", "Somebody looks at a risk every quarter", "Risks that nobody looks at", rule="RSK-R01"),
    Theme(_shared, "M_o_R 4, portfolio perspective; Hulett (2009), risk drivers").check(
        "risk-shared-driver", "A cause behind risks of several projects is managed once", "Risks of the portfolio", rule="RSK-R02"
    ),
    Theme(_promised, "PRINCE2 7, risk response planning").check(
        "response-not-planned", "A response that lowers a risk is paid for and carried out", "Responses that nobody planned", rule="RSK-R03"
    ),
    _MONEY.check("reserve-below-exposure", "The reserve covers the open threats at P80", "Reserves that are too small", rule="RSK-R04"),
    _MONEY.check("reserve-burns-faster", "The reserve lasts as long as the exposure", "Reserves that go too fast", rule="RSK-R05"),
    Theme(_critical, "GAO Schedule Assessment Guide, best practice 8").check(
        "risk-unanswered", "A threat to critical work has a response", "Threats to critical work without a response", rule="RSK-R06"
    ),
    _BASE.check("estimate-padded", "A base estimate is the likely value", "Estimates with padding", rule="RSK-R07"),
    _BASE.check("risk-counted-twice", "A risk is an uplift or an event, never both", "Risks that are counted twice", rule="RSK-R07"),
)
