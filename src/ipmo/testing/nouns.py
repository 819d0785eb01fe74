"""Strategies for every noun, made from the fields' own declarations: kind, choices, unit, what they refer to.

A new field of a noun is drawn as soon as it is declared. What a field's declaration cannot say (a rating lies on its
scale, a line ends after it starts) stands in `SPECIAL`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar, cast

import attrs
from hypothesis import strategies as st

from ipmo import model as m
from ipmo.emissions import CARBON, Emissions
from ipmo.model.changes import Change, Delay, SetProbability
from ipmo.model.estimating import as_lag
from ipmo.model.governance import SCALES
from ipmo.model.shape import Kind, Shape, shape
from ipmo.testing import strategies as s
from ipmo.units import ELAPSED, Effort, Money, Rate, Span, When, as_day, minutes

__all__ = ["noun", "wide_portfolios"]

Known = Mapping[str, Sequence[str]]
"""What there is to refer to: kind of reference, as fields declare it, to ids."""
NOBODY: Known = {}
Drawn: TypeAlias = st.SearchStrategy[Any]
Values: TypeAlias = dict[str, Any]
"""The values of a noun's fields, by name."""
N = TypeVar("N", bound=m.Noun)

efforts = st.builds(lambda n, u: Effort(Decimal(n), u), st.integers(0, 50), st.sampled_from(["ph", "pd"]))
emissions = st.builds(lambda n, u: Emissions(Decimal(n), u), st.integers(-50, 5000), st.sampled_from(CARBON))
rates = st.builds(lambda amount, unit: Rate(amount, unit), s.money, st.sampled_from(["year", "month", "pd"]))


def _three(values: Sequence[Any]) -> m.Triangular:
    low, likely, high = sorted(values, key=lambda value: getattr(value, "amount", value))
    return m.Triangular(low, likely, high)


costs = st.one_of(
    s.money.map(m.Fixed), st.lists(st.integers(1, 10**6).map(lambda n: Money(Decimal(n), "GBP")), min_size=3, max_size=3).map(_three)
)
factors = st.lists(st.integers(5, 30).map(lambda n: n / 10), min_size=3, max_size=3).map(_three)
numbers = st.integers(0, 999).map(float)
cut_offs = st.sampled_from(["", "period end", "3 d before period end", "1 w before period end", "2 ed after period end"])
splittings = st.builds(m.Splitting, least=st.none() | s.spans(low=1), most=st.none() | st.integers(1, 9))
LEAF: Mapping[object, Drawn] = {
    str: s.texts,
    bool: st.booleans(),
    int: st.integers(1, 40),
    float: numbers,
    Decimal: st.integers(1, 400).map(lambda n: Decimal(n) / 100),
    date: s.days,
    When: s.whens,
    Span: s.spans(),
    Money: s.money,
    Rate: rates,
    Effort: efforts,
    Emissions: emissions,
    m.Carbon: st.builds(m.Carbon, planned=emissions, forecast=st.none() | emissions, actual=st.none() | emissions),
    m.Budget: s.money.map(lambda value: m.Budget([m.BudgetLine(amount=m.Fixed(value))])) | s.lines,
    m.Spread: s.spreads,
    m.Earning: s.earnings,
    m.Splitting: splittings,
    m.Constraints: s.constraints,
    Change: st.builds(lambda share: SetProbability("nothing", share), s.shares),
}


def noun(cls: type[N], known: Known = NOBODY, **fixed: object) -> st.SearchStrategy[N]:
    """A strategy for one noun.

    Args:
        cls: its class.
        known: what it can refer to; a reference to what there is none of is left out.
        fixed: fields that are given, for example `id="R1"`.
    """
    return _noun(cls, known, fixed)


@st.composite
def _noun(draw: s.Draw, cls: type[N], known: Known, fixed: Mapping[str, object]) -> N:
    values: Values = dict(fixed)
    for one, kept in _drawn(cast(type, cls)):
        if one.name in values:
            continue
        found = of_field(one, known) if kept is None else kept
        if found is None:
            continue
        if not one.required and not draw(s.truth):
            continue
        values[one.name] = draw(found)
    special = SPECIAL.get(cls.__name__)
    if special is not None:
        special(draw, values, known)
    return cls(**values)


@functools.cache
def _drawn(cls: type) -> tuple[tuple[Shape, Drawn | None], ...]:
    """The fields of a noun, each with what it may hold where that is the same whatever there is to refer to."""
    return tuple((one, None if _refers(one) else of_field(one)) for one in shape(cls) if one.name not in ("extensions", "source_rows"))


def _refers(one: Shape) -> bool:
    """Whether what a field may hold depends on what there is to refer to: it names something, or holds nouns that may."""
    return bool(one.refers) or any(part.noun is not None for part in (one.kind.one, *one.kind.one.inner))


def of_field(one: Shape, known: Known = NOBODY) -> Drawn | None:
    """What a field may hold; None where there is nothing to refer to, or where only a person would know."""
    if one.name == "id":
        found: Drawn | None = s.names
    elif one.refers:
        there = known.get(one.refers, ())
        found = st.sampled_from(list(there)) if there else None
        if one.kind.form == "map":  # numbers by what is referred to
            return (
                st.dictionaries(found, st.integers(1, 400).map(lambda part: part / 100), max_size=2)
                if found is not None and one.kind.inner[-1].cls is float
                else None
            )
    elif one.choices and one.kind.form != "map":
        found = st.sampled_from(list(one.choices))
    elif one.cls is float and one.unit.startswith("share"):
        found = s.shares
    elif one.converter is as_lag:
        found = s.spans() | s.estimates().map(as_lag)
    elif one.cls is m.Estimate:
        found = {"time": s.estimates(), "money": costs}.get(one.unit, factors)
    else:
        found = _of_kind(one.kind.one, known)
    if found is None or not one.many:
        return found
    return st.lists(found, max_size=2, unique=one.cls is str)


def _of_kind(kind: Kind, known: Known) -> Drawn | None:
    if kind.form == "map":
        return st.dictionaries(s.names, s.texts, max_size=2) if kind.inner[0].cls is str else None
    if {inner.cls for inner in kind.inner} == {Rate, Money}:
        return st.one_of(s.money, s.money.map(lambda value: Rate(value, "year")))
    if kind.form == "either":
        return None
    if kind.cls in LEAF:
        return LEAF[kind.cls]
    return noun(kind.noun, known) if kind.noun is not None and _possible(kind.noun, known) else None


def _possible(cls: type[m.Noun], known: Known) -> bool:
    """Whether there is something for every reference that a noun cannot do without."""
    return all(known.get(one.refers) for one in shape(cls) if one.required and one.refers)


# ------------------------------------------------------------------------------------------ what fields cannot say


def _confidence(draw: s.Draw, values: Values, known: Known) -> None:
    values["rating"] = draw(s.among(*SCALES[values.get("scale", "dca-3")]))


def _waiver(draw: s.Draw, values: Values, known: Known) -> None:
    kept = draw(st.sampled_from(["rule", "service", *(["standard"] if known.get("standard") else [])]))
    for name in ("standard", "rule", "service"):
        values.pop(name, None)
    values[kept] = draw(s.among(*known["standard"])) if kept == "standard" else draw(s.names)


def _flow(draw: s.Draw, values: Values, known: Known) -> None:
    values["cut_off"] = draw(cut_offs)


def _line(draw: s.Draw, values: Values, known: Known) -> None:
    if values.get("since") is not None and values.get("until") is not None:
        first, last = draw(s.days), draw(s.up_to(400))
        values["since"], values["until"] = first, first + timedelta(days=last)


def _actuals(draw: s.Draw, values: Values, known: Known) -> None:
    if values.get("actual_start") is not None and values.get("actual_finish") is not None:
        values["actual_start"] = draw(s.days)
        values["actual_finish"] = values["actual_start"] + timedelta(days=draw(s.up_to(90)))


def _task(draw: s.Draw, values: Values, known: Known) -> None:
    _actuals(draw, values, known)
    if values.get("milestone"):
        for name in ("duration", "remaining", "hammock", "earning"):
            values.pop(name, None)
    else:
        values.pop("milestone_of", None)
    values.pop("parent", None)
    _ways_of_work(draw, values)


def _ways_of_work(draw: s.Draw, values: Values) -> None:
    """A task has work of its own to drive by effort or to do in other modes, and only one of both."""
    people: Sequence[m.Assignment] = values.get("assignments", ())
    without_work = values.get("milestone") or values.get("hammock")
    if without_work:
        values.pop("split", None)
        values.pop("interruptions", None)
    values["interruptions"] = sorted(values.get("interruptions", ()), key=lambda one: one.period)[:1]  # others might overlap
    if without_work or not people:
        values.pop("effort_driven", None)
    if without_work or values.get("effort_driven"):
        values.pop("modes", None)
    if not values.get("effort_driven"):
        values["assignments"] = _one_team(people)
    elif values.get("duration") is None:  # it comes from the efforts, which are in one unit
        unit = next((one.effort.unit for one in people if one.effort is not None), "pd")
        values["assignments"] = [one if one.effort is None else attrs.evolve(one, effort=Effort(one.effort.amount, unit)) for one in people]
    modes: Sequence[m.WorkMode] = values.get("modes", ())
    if modes:  # all of them, and the duration of the usual way, in working time or all in elapsed time
        elapsed = modes[0].duration.unit in ELAPSED
        values["modes"] = [one for one in modes if (one.duration.unit in ELAPSED) == elapsed]
        if elapsed or values.get("duration") is None:
            values["duration"] = draw(s.estimates(("ed",)) if elapsed else s.estimates())


def _one_team(people: Sequence[m.Assignment]) -> list[m.Assignment]:
    """The same people, without smaller or larger teams: these are of effort-driven work."""
    return [attrs.evolve(one, least=None, most=None) for one in people]


def _assignment(draw: s.Draw, values: Values, known: Known) -> None:
    """The minimum team is above 0 and at most the units, the largest at least the units."""
    if values.get("least") is not None:
        values["units"] = values.get("units") or 1.0
        values["least"] = values["units"] * draw(s.among(1.0, 0.5, 0.25))
    if values.get("most") is not None:
        values["most"] = values.get("units", 1.0) + draw(s.up_to(9))


def _work_mode(draw: s.Draw, values: Values, known: Known) -> None:
    """It takes some time, with one team."""
    values["duration"] = draw(s.spans(low=1))
    values["assignments"] = _one_team(values.get("assignments", ()))


def _project(draw: s.Draw, values: Values, known: Known) -> None:
    _actuals(draw, values, known)
    for name in ("tasks", "gates", "risks", "alignment"):
        values.pop(name, None)
    if values.get("start") is not None and values.get("finish") is not None:
        values["start"] = draw(s.days)
        values["finish"] = values["start"] + timedelta(days=draw(s.up_to(300)))


def _benefit(draw: s.Draw, values: Values, known: Known) -> None:
    values.pop("belongs_to", None)
    if values.get("lasts") is not None:
        values["lasts"] = Span(draw(s.up_to(9, 3)), "year")
    values["ramp"] = tuple(values.get("ramp", ()))[:3]


def _discount(draw: s.Draw, values: Values, known: Known) -> None:
    values["bands"] = [m.DiscountBand(until=30, rate=draw(s.among(0.0, 0.015, 0.035))), m.DiscountBand(rate=0.03)]


def _reference(draw: s.Draw, values: Values, known: Known) -> None:
    values["uplifts"] = [m.Uplift(certainty=0.5, uplift=0.1), m.Uplift(certainty=0.8, uplift=draw(s.among(0.2, 0.4)))]
    values.pop("ratios", None)


def _change_request(draw: s.Draw, values: Values, known: Known) -> None:
    tasks = list(known.get("leaf", ()))
    values["effect"] = [Delay(draw(s.among(*tasks)), draw(s.spans(("d", "w"), 1)))] if len(tasks) > 0 and draw(s.truth) else []


def _calendar(draw: s.Draw, values: Values, known: Known) -> None:
    made = draw(s.calendars())
    values.update({f.name: getattr(made, f.name) for f in attrs.fields(m.Calendar) if f.name != "id" and f.init})
    values.setdefault("id", made.id)


def _lost_days(draw: s.Draw, values: Values, known: Known) -> None:
    values["days"] = draw(s.among(m.Fixed(2.0), m.Uniform(0.0, 4.0), m.Triangular(0.0, 2.0, 6.0)))
    values["months"] = sorted(draw(st.sets(st.integers(1, 12), max_size=3)))


def _risk(draw: s.Draw, values: Values, known: Known) -> None:
    """Its window ends no earlier than it begins; what it is triggered by comes before it can happen for some time."""
    if values.get("within") is not None and (values.get("triggered_by") is None or values["within"].amount <= 0):
        values["within"] = None
    first, last = values.get("starts"), values.get("ends")
    if first is not None and last is not None and (as_day(last) < as_day(first) or minutes(last, end=True) < minutes(first)):
        values.update(starts=last, ends=first)


def _branch(draw: s.Draw, values: Values, known: Known) -> None:
    items = list(known.get("leaf", ()))[:2]
    values["ways"] = [m.Way(probability=draw(s.among(0.0, 0.25, 0.5)), items=[one]) for one in items]


def _calendar_exception(draw: s.Draw, values: Values, known: Known) -> None:
    values["first"] = draw(s.days)
    values["last"] = values["first"] + timedelta(days=draw(s.up_to(3)))
    values["hours"] = draw(s.among("none", "10:00-14:00"))


def _capacity(draw: s.Draw, values: Values, known: Known) -> None:
    rows = {row.since: row for row in values.get("capacity", ())}
    values["capacity"] = list(rows.values())
    if values.get("used_up"):  # it has no hours, and takes no work
        for field in ("calendar", "skills"):
            values.pop(field, None)


def _rates(draw: s.Draw, values: Values, known: Known) -> None:
    values["per"] = {"EUR": draw(LEAF[Decimal])}


def _money_settings(draw: s.Draw, values: Values, known: Known) -> None:
    values["currency"] = draw(s.among("GBP", "EUR"))
    values["discount"] = ""


def _price_base(draw: s.Draw, values: Values, known: Known) -> None:
    values["year"] = draw(s.maybe(s.up_to(2060, 1990)))


def _constraints(draw: s.Draw, values: Values, known: Known) -> None:
    made = draw(s.constraints)
    values.clear()
    values.update({f.name: getattr(made, f.name) for f in attrs.fields(m.Constraints)})


def _dialect(draw: s.Draw, values: Values, known: Known) -> None:
    made = draw(s.dialects())
    values.clear()
    values.update({f.name: getattr(made, f.name) for f in attrs.fields(m.Dialect) if f.init})


def _earning(draw: s.Draw, values: Values, known: Known) -> None:
    made = draw(s.earnings)
    values.clear()
    values.update({f.name: getattr(made, f.name) for f in attrs.fields(m.Earning) if f.init})


def _splitting(draw: s.Draw, values: Values, known: Known) -> None:
    made = draw(splittings)
    values.update(least=made.least, most=made.most)


def _interruption(draw: s.Draw, values: Values, known: Known) -> None:
    """It ends after it begins."""
    values["until"] = as_day(values["since"]) + timedelta(days=draw(st.integers(1, 30)))


def _earning_step(draw: s.Draw, values: Values, known: Known) -> None:
    values["weight"] = draw(s.among(1.0, 2.5))


def _spread(draw: s.Draw, values: Values, known: Known) -> None:
    made = draw(s.spreads)
    values.update(curve=made.curve, shares=made.shares)


def _gate(draw: s.Draw, values: Values, known: Known) -> None:
    """Each link into it stands once."""
    values["after"] = list({one.source: one for one in values.get("after", ())}.values())


def _gate_decision(draw: s.Draw, values: Values, known: Known) -> None:
    values["conditions"] = list({one.id: one for one in values.get("conditions", ())}.values())


def _baseline(draw: s.Draw, values: Values, known: Known) -> None:
    """Its file lies in the portfolio's folder, or reading what was written would be refused."""
    values["file"] = str(values.get("file", "")).replace("/", "").replace(":", "").strip(". ")


SPECIAL: Mapping[str, Callable[[s.Draw, Values, Known], None]] = {
    "Baseline": _baseline,
    "Confidence": _confidence,
    "Waiver": _waiver,
    "DataFlow": _flow,
    "BudgetLine": _line,
    "Task": _task,
    "Assignment": _assignment,
    "WorkMode": _work_mode,
    "Project": _project,
    "Benefit": _benefit,
    "DiscountSchedule": _discount,
    "ReferenceClass": _reference,
    "ChangeRequest": _change_request,
    "Calendar": _calendar,
    "CalendarException": _calendar_exception,
    "LostDays": _lost_days,
    "Branch": _branch,
    "Risk": _risk,
    "Resource": _capacity,
    "RateRow": _rates,
    "MoneySettings": _money_settings,
    "PriceBase": _price_base,
    "Constraints": _constraints,
    "Dialect": _dialect,
    "Earning": _earning,
    "EarningStep": _earning_step,
    "Splitting": _splitting,
    "Interruption": _interruption,
    "Spread": _spread,
    "Gate": _gate,
    "GateDecision": _gate_decision,
}

# ------------------------------------------------------------------------------------------------ whole portfolios

ADDED = (
    ("stakeholders", m.Stakeholder),
    ("drivers", m.Driver),
    ("branches", m.Branch),
    ("resources", m.Resource),
    ("bodies", m.DecisionBody),
    ("offices", m.Office),
    ("services", m.Service),
    ("standards", m.Standard),
    ("risks", m.Risk),
    ("gates", m.Gate),
    ("issues", m.Issue),
    ("assumptions", m.Assumption),
    ("decisions", m.Decision),
    ("changes", m.ChangeRequest),
    ("baselines", m.Baseline),
    ("lessons", m.Lesson),
    ("discounts", m.DiscountSchedule),
)
"""Nouns at the top that the plain portfolios lack, in an order in which later ones may refer to earlier ones."""
LETTERS = {name: f"{name[:4]}-" for name, _ in ADDED}
KINDS = {
    "bodies": ("body", "owner", "office or body"),
    "offices": ("office", "owner", "office or body"),
    "standards": ("standard",),
    "resources": ("resource",),
    "drivers": ("driver",),
}


@st.composite
def wide_portfolios(draw: s.Draw, *, max_projects: int = 3, statused: bool = True) -> m.Portfolio:
    """Valid portfolios that may hold every noun: what `portfolios` makes, with registers, offices, flows, standards and waivers.

    Args:
        max_projects: how many projects at most.
        statused: some work has begun or is done.
    """
    pf = draw(s.portfolios(max_projects=max_projects, statused=statused))
    leaves = [full_id for full_id, item in pf.items.items() if isinstance(item, m.Task | m.Gate)]
    known: dict[str, list[str]] = {
        "owner": [p.id for p in pf.people],
        "person": [p.id for p in pf.people],
        "programme": [p.id for p in pf.programmes],
        "project": [p.id for p in pf.projects],
        "objective": [o.id for o in pf.objectives],
        "outcome": [o.id for o in pf.outcomes],
        "calendar": [c.id for c in pf.calendars],
        "item": [*leaves, *(p.id for p in pf.projects), *(p.id for p in pf.programmes)],
        "leaf": leaves,
        "node": leaves,
    }
    changes: Values = {}
    for name, cls in ADDED:
        made = []
        for id in s.numbered(draw, LETTERS[name], draw(s.up_to(2))):
            made.append(draw(noun(cls, known, id=id)))
            for kind in KINDS.get(name, ()):
                known.setdefault(kind, []).append(id)
        changes[name] = made
    places = known.get("office or body", [])
    changes["flows"] = draw(st.lists(noun(m.DataFlow, known), max_size=2)) if places else []
    changes["waivers"] = draw(st.lists(noun(m.Waiver, known), max_size=2)) if known["item"] else []
    projects = []
    for project in pf.projects:
        risks = [draw(noun(m.Risk, known, id=id)) for id in s.numbered(draw, "k", draw(s.up_to(2)))]
        confidence = draw(st.lists(noun(m.Confidence, known), max_size=1))
        projects.append(attrs.evolve(project, risks=risks, confidence=confidence))
    return attrs.evolve(pf, projects=projects, **changes)
