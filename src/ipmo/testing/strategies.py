"""Hypothesis strategies that build valid portfolios by construction: nothing is filtered out, and they shrink."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from ipmo import model as m
from ipmo.units import Money, Rate, Span

__all__ = ["calendars", "dialects", "estimates", "portfolios", "spans", "texts"]

OUTCOMES = ("go", "conditional go", "hold", "recycle", "kill")
FIRST = date(2026, 1, 5)
Draw = st.DrawFn
T = TypeVar("T")


@functools.cache
def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """None or a value, made once: Hypothesis looks anew at the parts of each strategy that is new to it."""
    return st.none() | strategy


@functools.cache
def up_to(most: int, least: int = 0) -> st.SearchStrategy[int]:
    """A whole number from `least` to `most`, made once."""
    return st.integers(least, most)


@functools.lru_cache(maxsize=1024, typed=True)
def among(*choices: T) -> st.SearchStrategy[T]:
    """One of some values, the simplest first; made once for the same values."""
    return st.sampled_from(choices)


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029\ufeff\x85"), max_size=12)
"""Free text without control characters."""
names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn", "Co"), exclude_characters="/:@\ufeff"),
    min_size=1,
    max_size=6,
).filter(lambda text: not any(c.isspace() for c in text))
tails = st.just("") | names
"""What follows a letter and a number in an id: mostly nothing, else anything that an id may hold."""
days = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))
whens = st.one_of(days, st.builds(lambda d, t: datetime(d.year, d.month, d.day, t // 60, t % 60), days, st.integers(0, 1439)))
shares = among(0.0, 0.1, 0.25, 0.5, 0.6, 1.0)
money = st.builds(lambda n, c: Money(Decimal(n) / 100, c), st.integers(0, 10**9), among("GBP", "EUR"))
tolerances = st.builds(
    m.Tolerance,
    time=maybe(st.integers(0, 20).map(lambda n: Span(Decimal(n), "d"))),
    cost=st.none() | st.floats(0, 1),
    benefits=st.none() | st.floats(0, 1),
    risk=maybe(money),
)


def spans(units: Sequence[str] = ("min", "h", "d", "w", "ed"), low: int = 0, high: int = 30) -> st.SearchStrategy[Span]:
    """Lengths of time."""
    return _spans(tuple(units), low, high)


@functools.cache
def _spans(units: tuple[str, ...], low: int, high: int) -> st.SearchStrategy[Span]:
    return st.builds(lambda n, u: Span(Decimal(n), u), up_to(high, low), among(*units))


any_span = spans()
three = st.lists(st.integers(1, 30), min_size=3, max_size=3)
some_days = st.sets(days, max_size=4)
two_days = st.lists(days, max_size=2, unique=True)


def numbered(draw: Draw, letter: str, count: int) -> list[str]:
    """Ids that differ: a letter, a number, and one odd ending for all."""
    tail = draw(tails) if count else ""
    return [f"{letter}{n}{tail}" for n in range(1, count + 1)]


@st.composite
def estimates(draw: Draw, units: Sequence[str] = ("h", "d", "w")) -> m.Estimate:
    """Estimates of time of every built-in kind."""
    unit = draw(among(*units))
    low, likely, high = (Span(n, unit) for n in sorted(draw(three)))
    kind = draw(among("fixed", "triangular", "pert", "uniform", "discrete", "empirical", "lognormal", "normal"))
    made: dict[str, Callable[[], m.Estimate]] = {
        "fixed": lambda: m.Fixed(likely),
        "triangular": lambda: m.Triangular(low, likely, high),
        "pert": lambda: m.Pert(low, likely, high),
        "uniform": lambda: m.Uniform(low, high),
        "discrete": lambda: m.Discrete((low, high), (0.25, 0.75)),
        "empirical": lambda: m.Empirical((low, likely, high)),
        "lognormal": lambda: m.LogNormal(low, high),
        "normal": lambda: m.Normal(low, high),
    }
    return made[kind]()


@st.composite
def calendars(draw: Draw, id: str = "own") -> m.Calendar:
    """Calendars with odd weeks, split days, night shifts, holidays and exceptions."""
    hours = draw(among("09:00-17:00", "08:00-12:00, 13:00-17:30", "22:00-06:00", "00:00-24:00", "07:00-15:00"))
    week = draw(among("mon-fri", "mon-sat", "sun-thu", "mon, wed, fri", "mon-sun"))
    holidays = tuple(sorted(draw(some_days)))
    exceptions = tuple(
        m.CalendarException(first=day, last=day + timedelta(days=draw(up_to(3))), hours=draw(among("none", "10:00-14:00")))
        for day in draw(two_days)
    )
    return m.Calendar(id=id, week=week, hours=hours, holidays=holidays, exceptions=exceptions)


@st.composite
def dialects(draw: Draw) -> m.Dialect:
    """The named dialects, and variants of them."""
    base = m.DIALECTS[draw(among(*sorted(m.DIALECTS)))]
    if draw(truth):
        return base
    import attrs

    return attrs.evolve(
        base,
        progress=draw(among("retained", "override", "actual")),
        lag_calendar=draw(among("predecessor", "successor", "project", "continuous")),
        start_lag=draw(among("actual", "early")),
        milestones=draw(among("wall clock", "calendar")),
        float_to=draw(among("network", "project")),
        critical=draw(among("driving", "float")),
        hard=draw(among((), ("mandatory_start",), ("start_no_later", "must_finish_on"))),
    )


lines = st.lists(
    st.builds(
        lambda since, length, amount, kind: m.BudgetLine(
            since=since,
            until=None if length is None or since is None else since + timedelta(days=length),
            amount=m.Fixed(amount),
            kind=kind,
        ),
        maybe(days),
        st.none() | st.integers(0, 400),
        money,
        st.none() | among("capex", "opex"),
    ),
    min_size=1,
    max_size=3,
).map(lambda rows: m.Budget(rows))
"""Budgets of dated and undated lines."""
spreads = among("even", "front", "back", "s-curve").map(lambda curve: m.Spread(curve=curve)) | st.just(
    m.Spread(curve="given", shares=(0.2, 0.5, 0.3))
)
"""How money lies over time."""
earnings = st.one_of(
    among("percent", "0/100", "50/50", "level of effort").map(lambda rule: m.Earning(rule=rule)),
    st.integers(0, 9).map(lambda done: m.Earning(rule="units", total=9.0, done=float(done))),
    st.lists(st.builds(m.EarningStep, name=texts, weight=among(1.0, 2.5), done=maybe(days)), min_size=1, max_size=3).map(
        lambda steps: m.Earning(rule="weighted milestones", steps=steps)
    ),
)
"""Earning rules."""


def _constraints(fields: Mapping[str, Any]) -> m.Constraints:
    return m.Constraints(**fields)


constraints = st.fixed_dictionaries(
    {},
    optional={
        "as_late_as_possible": st.booleans(),
        "start_on": whens,
        "finish_no_later": whens,
        "must_start_on": whens,
        "mandatory_finish": whens,
        "expected_finish": whens,
    },
).map(_constraints)


truth = st.booleans()
any_estimate = estimates()
budgets = st.none() | money | lines
attributes = st.dictionaries(names, texts, max_size=2)
decisions = st.builds(m.GateDecision, outcome=among(*OUTCOMES), date=whens)
states = st.sampled_from(["active"] * 4 + ["proposed", "approved", "paused", "closed", "cancelled"])
reports = st.lists(st.builds(m.StatusReport, date=days, rag=among("green", "amber", "red"), note=texts), max_size=2)
lags = spans(low=-5, high=10)
benefit_lags = st.none() | st.just(Span(1, "month")) | any_span
values = st.none() | money | st.builds(lambda v: Rate(v, "year"), money)
years = st.integers(3, 9).map(lambda n: Span(Decimal(n), "year"))
ramps = st.lists(shares, max_size=3)


@functools.lru_cache(maxsize=1024)
def _two_of(*ids: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(ids), max_size=2, unique=True)


@st.composite
def _project(draw: Draw, name: str, owners: list[str], calendar_ids: list[str], statused: bool, tied: bool) -> m.Project:
    task_ids = numbered(draw, "t", draw(up_to(6)))
    gate_ids = numbered(draw, "g", draw(up_to(2)))
    tasks: list[m.Task] = []
    for place, task_id in enumerate(task_ids):
        before = draw(_two_of(*task_ids[:place])) if place else []
        after = [m.After(source=b, type=draw(among("FS", "SS", "FF", "SF")), lag=draw(maybe(lags))) for b in before]
        milestone = draw(truth)
        fields: dict[str, Any] = {}
        if statused and draw(truth):
            begun = draw(days)
            fields["actual_start"] = begun
            if draw(truth):
                fields["actual_finish"] = begun + timedelta(days=draw(up_to(30)))
            elif tied:
                fields["resumes"] = draw(maybe(whens))
        if tied:
            fields["constraints"] = draw(maybe(constraints))
            fields["finish_not_before"] = draw(maybe(whens))
            fields["baseline_finish"] = draw(maybe(whens))
            if milestone:
                fields["milestone_of"] = draw(maybe(among("start", "finish")))
            else:
                fields["hammock"] = draw(among(False, False, False, True))
        tasks.append(
            m.Task(
                id=task_id,
                name=draw(texts),
                after=after,
                milestone=milestone,
                duration=None if milestone else draw(maybe(any_estimate)),
                progress=draw(maybe(shares)),
                not_before=draw(maybe(whens)),
                deadline=draw(maybe(whens)),
                calendar=draw(maybe(among(*calendar_ids))),
                budget=draw(budgets),
                actual=draw(maybe(money)),
                spread=draw(maybe(spreads)),
                earning=None if milestone else draw(maybe(earnings)),
                owner=draw(maybe(among(*owners))),
                attributes=draw(attributes),
                **fields,
            )
        )
    gates = [
        m.Gate(
            id=g,
            name=draw(texts),
            after=[m.After(source=t) for t in task_ids[-1:]],
            need_by=draw(maybe(whens)),
            decision=draw(maybe(decisions)),
        )
        for g in gate_ids
    ]
    start, length = draw(maybe(days)), draw(maybe(up_to(300)))
    return m.Project(
        id=name,
        name=draw(texts),
        state=draw(states),
        start=start,
        finish=None if length is None else (start or FIRST) + timedelta(days=length),
        tasks=tasks,
        gates=gates,
        owner=draw(maybe(among(*owners))),
        category=draw(texts),
        budget=draw(maybe(money)),
        funding=draw(maybe(money)),
        exit_cost=draw(maybe(money)),
        tolerance=draw(maybe(tolerances)),
        status=draw(reports),
    )


def _links(draw: Draw, items: Sequence[Sequence[str]]) -> list[m.Link]:
    """Links from items of earlier projects to items of later ones."""
    links: list[m.Link] = []
    seen: set[tuple[str, str, str]] = set()
    for _ in range(draw(up_to(5))):
        givers = [place for place, inside in enumerate(items[:-1]) if inside]
        if not givers:
            break
        place = draw(among(*givers))
        receivers = [item for inside in items[place + 1 :] for item in inside]
        if not receivers:
            break
        ends = (draw(among(*items[place])), draw(among(*receivers)))
        kind = draw(among("FS", "SS", "FF", "SF"))
        if (*ends, kind) not in seen:
            seen.add((*ends, kind))
            lag, needed = draw(maybe(lags)), draw(maybe(whens))
            links.append(m.Link(source=ends[0], target=ends[1], type=kind, lag=lag, needed=needed))
    return links


def _outcome(draw: Draw, id: str, leaves: Sequence[str]) -> m.Outcome:
    enabled = draw(maybe(among(*leaves)))
    return m.Outcome(
        id=id,
        kind=draw(among("output", "outcome")),
        enabled_by=[] if enabled is None else [m.Enabler(source=enabled, lag=draw(maybe(any_span)))],
    )


def _benefit(draw: Draw, id: str, enablers: Sequence[m.Enabler], some: bool, outcomes: Sequence[m.Outcome]) -> m.Benefit:
    return m.Benefit(
        id=id,
        any_of=enablers if some else (),
        enabled_by=() if some else enablers,
        outcome=outcomes[0].id if len(outcomes) > 0 and draw(truth) else None,
        value=draw(values),
        lasts=draw(maybe(years)),
        ramp=draw(ramps),
        disbenefit=draw(truth),
        planned_start=draw(maybe(days)),
    )


@st.composite
def portfolios(draw: Draw, *, max_projects: int = 4, statused: bool = True, tied: bool = False) -> m.Portfolio:
    """Valid portfolios without loops: links lead from earlier projects to later ones, or on inside a project.

    Args:
        max_projects: how many projects at most.
        statused: some work has begun or is done.
        tied: constraints, hammocks and dialects other than ipmo's occur too.
    """
    owners = numbered(draw, "r", 2)
    programme_id, calendar_id, benefit_id, objective_id, outcome_id = (f"{letter}{draw(tails)}" for letter in ("m", "c", "b", "o", "u"))
    own_calendar = draw(calendars(calendar_id))
    calendar_ids = ["standard", "continuous", calendar_id] if calendar_id not in ("standard", "continuous") else [calendar_id]
    project_ids = numbered(draw, "p", draw(up_to(max_projects)))
    projects = [draw(_project(name, owners, calendar_ids, statused, tied)) for name in project_ids]
    items = [[f"{p.id}/{noun.id}" for noun in p.tasks] for p in projects]
    links = _links(draw, items)
    leaves = [item for inside in items for item in inside]
    benefits: list[m.Benefit] = []
    outcomes: list[m.Outcome] = []
    contributions: list[m.Contribution] = []
    if leaves:
        enablers = [
            m.Enabler(source=s, lag=draw(benefit_lags))
            for s in draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=2, unique=True))
        ]
        some = draw(truth)
        if draw(truth):
            outcomes.append(_outcome(draw, outcome_id, leaves))
        benefits.append(_benefit(draw, benefit_id, enablers, some, outcomes))
        contributions.append(m.Contribution(source=benefit_id, target=objective_id, share=draw(maybe(shares))))
    return m.Portfolio(
        id=f"x{draw(tails)}",
        name=draw(texts),
        start=FIRST,
        status_date=draw(maybe(days)),
        calendar=draw(maybe(among(calendar_id))),
        dialect=draw(dialects()) if tied else "ipmo",
        money=m.MoneySettings(currency="GBP"),
        tolerance=draw(maybe(tolerances)),
        calendars=[own_calendar],
        rates=[m.RateRow(since=date(2020, 1, 1), per={"EUR": Decimal("0.86")})],
        people=[m.Person(id=o, kind="role", permanent=draw(maybe(truth))) for o in owners],
        objectives=[m.Objective(id=objective_id, weight=draw(maybe(shares)))],
        programmes=[m.Programme(id=programme_id, tolerance=draw(maybe(tolerances)))],
        projects=[_within(p, programme_id) if draw(truth) else p for p in projects],
        links=links,
        outcomes=outcomes,
        benefits=benefits,
        contributions=contributions,
        resources=(),
        issues=(),
    )


def _within(project: m.Project, programme: str) -> m.Project:
    import attrs

    return attrs.evolve(project, programme=programme)
