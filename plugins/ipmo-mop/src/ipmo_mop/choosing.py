"""The problem of a portfolio: its open projects, what each costs, emits and is worth, and the rules between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs

import ipmo
from ipmo import Money
from ipmo.model import Portfolio
from ipmo.plugin import SetValue, UnitError, UnknownItemError, close_matches, set_value
from ipmo_mop.carbon import emitted_elsewhere, project_carbon
from ipmo_mop.catalogue import FIELDS, OPEN, MopFields, fields_of
from ipmo_mop.envelopes import COUNTED, at_least, coming, committed, forecast_costs, period_of, project_costs, unrated
from ipmo_mop.scoring import scores
from ipmo_mop.selection import Candidate, Selection, SelectionProblem, optimise
from ipmo_mop.staffing import Keep, staffing
from ipmo_mop.wording import in_currency

__all__ = ["problem_of", "select", "values_of"]


def select(
    portfolio: Portfolio,
    value: str | Mapping[str, float] = "",
    *,
    envelopes: Mapping[str, Money | str] | None = None,
    seconds: float | None = None,
    staffed: Keep | None = None,
) -> Selection:
    """Which open projects of a portfolio to fund.

    An envelope in a currency without an exchange rate is not known and binds nothing, which the answer says. A project whose forecast has no
    exchange rate cannot be chosen under an envelope; where it must be, or is closed, the answer says that envelopes may not hold.
    Carbon envelopes (`carbon_envelopes:`) bind as budgets do, each project emitting over its own time. Budgets by period come from `ipmo.time_phase`'s rules (each project's money over its own time) at the confidence that the portfolio
    states, as its checks ask; where a forecast is known, that is held against them too; what closed projects cost in a period is committed; limits from `envelopes:`,
    `requires:`, `excludes:`, `groups:` and `mandatory:`; what waits for another project's hand-over requires that project, and
    what requires a cancelled one cannot be chosen.

    Args:
        portfolio: the portfolio.
        value: `score` (weighted score), `benefit` (present value, in the portfolio's currency, of the benefits that come with exactly the chosen
            projects and not without them: both of a pair or neither, one of two substitutes), or project to a number; when left out, scores where criteria are stated, else benefits.
        envelopes: period to money, instead of those of the portfolio.
        seconds: the most that one solve may take.
        staffed: the choice is levelled too, and must fit the people there are (`capacity`), or keep commitments as well (`commitments`):
            projects that clash become a rule, and the next best choice is tried, until one fits. `Selection.staffing` has its plan.

    Raises:
        OptionError: there is no such word for `staffed`.
        UnitError: there is nothing to rank by, a score or weight is wrong, or an envelope names no period.
        UnknownItemError: an exclusion or a group names no open project.
    """
    problem = problem_of(portfolio, value, envelopes=envelopes)
    found = optimise(problem, seconds=seconds)
    if staffed is None:
        return found
    while True:
        plan = staffing(portfolio, found.chosen, keep=staffed)
        clashes = dict.fromkeys((one.projects, one.text) for one in plan.clashes if one.projects)
        found.staffing = plan
        if not clashes or found.choice.chosen is None:
            return found
        problem = attrs.evolve(problem, clashes=(*problem.clashes, *clashes))
        found = optimise(problem, seconds=seconds)


def _by_benefit(portfolio: Portfolio, value: str | Mapping[str, float]) -> bool:
    """Whether projects are worth the benefits that come with them."""
    return isinstance(value, str) and (value == "benefit" or (not value and not fields_of(portfolio).criteria))


def _gains(portfolio: Portfolio, value: str | Mapping[str, float]) -> SetValue | None:
    """What sets of open projects bring, where benefits are what they are worth."""
    if not _by_benefit(portfolio, value):
        return None
    return set_value(portfolio, [p.id for p in portfolio.projects if p.counted_as in OPEN], ipmo.attribute(portfolio).pool)


def values_of(portfolio: Portfolio, value: str | Mapping[str, float]) -> Mapping[str, float]:
    """What each project is worth by itself: its score, or the benefits that are due to it by the shares of the map."""
    if not isinstance(value, str):
        return value
    if value not in ("", "score", "benefit"):
        raise UnitError(f"value {value!r} is not one of score, benefit, or a mapping of projects to numbers")
    if value == "score" or (not value and fields_of(portfolio).criteria):
        return scores(portfolio).totals
    due = {row.initiative: row.value for row in ipmo.attribute(portfolio).rows if row.value is not None}
    if not due:
        raise UnitError("no project has a value: state criteria and scores, or benefits with a value and a discount rate")
    return due


def _read(every: str, envelopes: Mapping[str, Money | str]) -> Mapping[str, Money]:
    """Envelopes as they are given in Python, read as files are."""
    read = FIELDS.parse({"every": every, "envelopes": dict(envelopes)})
    return read.envelopes if isinstance(read, MopFields) else {}


def _groups(stated: MopFields, states: Mapping[str, str], names: Collection[str]) -> list[tuple[str, tuple[str, ...], bool]]:
    """The groups, each with its open members and whether exactly one of them is to be chosen.

    Raises:
        UnknownItemError: a member is no project.
    """
    groups = []
    for group in stated.groups:
        for member in group.members:
            if member not in states:
                raise UnknownItemError(member, close_matches(member, states), f"the projects (group {group.id!r})")
        groups.append((group.id, tuple(m for m in group.members if m in names), group.rule == "exactly one"))
    return groups


def _unsure(portfolio: Portfolio, rateless: Mapping[str, str]) -> tuple[str, ...]:
    """Why it is not known whether envelopes hold: what must be done, or is not chosen between, is forecast or spent without an exchange rate."""
    spent = unrated(portfolio, "actual")
    out = []
    for project in portfolio.projects:
        must = project.counted_as in COUNTED and (project.counted_as not in OPEN or fields_of(project).mandatory)
        gone = project.counted_as == "cancelled" and project.id in spent
        if (must and project.id in rateless) or gone:
            out.append(spent[project.id] if gone else rateless[project.id])
    return tuple(out)


def problem_of(
    portfolio: Portfolio, value: str | Mapping[str, float] = "", *, envelopes: Mapping[str, Money | str] | None = None
) -> SelectionProblem:
    """The problem of `select`, to look at or to change."""
    stated = fields_of(portfolio)
    given = stated.envelopes if envelopes is None else _read(stated.every, envelopes)
    known = {name: in_currency(portfolio, money) for name, money in given.items()}
    limits = {name: most for name, most in known.items() if most is not None}
    unknown = {
        name: f"the envelope of {name} is in {given[name].currency}, which has no exchange rate" for name in known.keys() - limits.keys()
    }
    periods = {name: period_of(portfolio, name) for name in known}
    gone, expected = (committed(portfolio), forecast_costs(portfolio)) if known else ({}, {})
    rateless = unrated(portfolio, "forecast") if known else {}
    expected = {**expected, **at_least(portfolio, rateless)}
    later = coming(portfolio) if expected else None
    carbon = {name: limit.tonnes for name, limit in stated.carbon_envelopes.items()}
    closed = emitted_elsewhere(portfolio) if carbon else {}
    worth = values_of(portfolio, value)
    projects = [p for p in portfolio.projects if p.counted_as in OPEN]
    names = {p.id for p in projects}
    states = {p.id: p.counted_as for p in portfolio.projects}
    candidates, requires, excludes, barred = [], [], [], []
    every_cost, every_carbon = project_costs(portfolio) if known else {}, project_carbon(portfolio) if carbon else {}
    for project in projects:
        fields = fields_of(project)
        costs = every_cost.get(project.id)
        if project.id not in worth and not fields.mandatory:
            barred.append((project.id, f"{project.id} has no value to be ranked by"))
        if limits and costs is None:
            barred += [] if fields.mandatory else [(project.id, f"what {project.id} costs is not known")]
        elif limits and project.id in rateless and not fields.mandatory:
            barred.append((project.id, f"what {project.id} is forecast to cost is not known: {rateless[project.id]}"))
        emits = every_carbon.get(project.id)
        if carbon and emits is None:
            barred += (
                []
                if fields.mandatory
                else [(project.id, f"how much carbon {project.id} emits is not known (write carbon:, 0 t CO2e where it emits none)")]
            )
        within = {name: costs[period] for name, period in periods.items() if costs and period in costs}
        air = {name: emits[period] for name in carbon if emits and (period := period_of(portfolio, name)) in emits}
        said = expected.get(project.id)
        candidates.append(
            Candidate(
                id=project.id, value=worth.get(project.id, 0.0), costs=within, carbon=air, mandatory=fields.mandatory,
                expected=None if said is None else {name: said[period] for name, period in periods.items() if period in said},
            )
        )  # fmt: skip
        for other in project.requires:
            if other in names:
                requires.append((project.id, other))
            elif states.get(other) == "cancelled":
                barred.append((project.id, f"{project.id} requires {other}, which is cancelled"))
        for other in fields.excludes:
            if other not in states:
                raise UnknownItemError(other, close_matches(other, states), f"the projects (excluded by {project.id!r})")
            if other in names:
                excludes.append((project.id, other))
    for link in portfolio.links:  # what waits for another's hand-over needs that other to be done
        giver, receiver = (portfolio.project_of(portfolio.resolve(end) or "") for end in (link.source, link.target))
        if link.kind == "schedule" and giver != receiver and giver in names and receiver in names:
            requires.append((receiver, giver))
    return SelectionProblem(
        candidates=candidates,
        envelopes=limits,
        committed={name: gone[period] for name, period in periods.items() if gone.get(period)},
        requires=list(dict.fromkeys(requires)),
        excludes=excludes,
        groups=_groups(stated, states, names),
        barred=barred,
        unit=portfolio.money.currency if portfolio.money is not None else "",
        gains=_gains(portfolio, value),
        carbon_envelopes=carbon,
        unsure=_unsure(portfolio, rateless) if limits else (),
        unknown={name: unknown[name] for name in given if name in unknown},
        coming=None if later is None else {name: later[period] for name, period in periods.items() if later.get(period)},
        emitted={name: closed[period] for name in carbon if closed.get(period := period_of(portfolio, name))},
    )
