"""What a portfolio's own data show of its maturity: our own attributes, by perspective and level, with an edition.

Levels are those of the public model (awareness, repeatable, defined, managed, optimised); the attributes are ours, and none is taken from a
questionnaire. An attribute holds where four in five of what it looks at meet it. Level 5 is a matter of trends, which one state cannot show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import attrs

import ipmo
from ipmo.model import Benefit, Portfolio, Project, Risk
from ipmo.model.held import risks_of
from ipmo.plugin import Shown
from ipmo_p3o.fields import MODELS, PERSPECTIVES
from ipmo_p3o.offices import OPEN, day_of, office_model

__all__ = ["ATTRIBUTES", "EDITION", "MODELS", "NEED", "PERSPECTIVES", "Attribute"]

EDITION = "ipmo 2026.1"
"""Edition of the attributes; a level is evidenced by an edition."""
NEED = 0.8
"""The share that must meet an attribute before it holds."""
FRESH = timedelta(days=35)
SEASON = timedelta(days=92)
Met = tuple[int, int]


@attrs.frozen(kw_only=True)
class Attribute(Shown):
    """Something that the data show, or do not.

    Args:
        model: portfolio, programme or project.
        perspective: one of the seven.
        level: the level that it belongs to, 2 to 4.
        text: what is looked for.
        met: `(portfolio) -> (how many meet it, of how many)`.
    """

    model: str
    perspective: str
    level: int
    text: str
    met: Callable[[Portfolio], Met]


def _open(pf: Portfolio) -> list[Project]:
    return [project for project in pf.projects if project.counted_as in OPEN]


def _count(rows: Iterable[bool]) -> Met:
    found = list(rows)
    return sum(found), len(found)


def _of_projects(test: Callable[[Project], bool]) -> Callable[[Portfolio], Met]:
    return lambda pf: _count(map(test, _open(pf)))


def _today(pf: Portfolio) -> date | None:
    return None if pf.status_date is None else day_of(pf.status_date)


def _fresh(pf: Portfolio) -> Met:
    today = _today(pf)
    return _count(today is not None and any(timedelta(0) <= today - row.date <= FRESH for row in p.status) for p in _open(pf))


def _benefits_of(pf: Portfolio) -> dict[str, list[Benefit]]:
    found: dict[str, list[Benefit]] = {}
    for benefit in pf.benefits:
        for one in (*benefit.enabled_by, *benefit.any_of):
            found.setdefault(pf.project_of(one.source), []).append(benefit)
    return found


def _profiled(benefit: Benefit) -> bool:
    return all(v is not None for v in (benefit.owner, benefit.baseline, benefit.target)) and bool(benefit.measure)


def _with_benefit(pf: Portfolio) -> Met:
    found = _benefits_of(pf)
    return _count(project.id in found for project in _open(pf))


def _risks(pf: Portfolio) -> list[Risk]:
    held = {project.id for project in _open(pf)}
    return [one.noun for one in risks_of(pf) if one.noun.state == "open" and (one.project is None or one.owner in held)]


def _reviewed(pf: Portfolio) -> Met:
    today = _today(pf)
    return _count(
        today is not None and risk.reviewed is not None and timedelta(0) <= today - risk.reviewed <= SEASON and risk.before is not None
        for risk in _risks(pf)
    )


def _heard(pf: Portfolio) -> Met:
    named = {pf.project_of(item) or item for row in pf.stakeholders for item in row.items}
    return _count(project.id in named for project in _open(pf))


def _staffed(pf: Portfolio) -> Met:
    return _count(any(task.assignments or task.effort is not None for task in project.tasks) for project in _open(pf))


def _assigned(pf: Portfolio, test: Callable[[str], bool]) -> Met:
    names = {a.resource for project in _open(pf) for task in project.tasks for a in task.assignments}
    return _count(map(test, sorted(names)))


def _with_capacity(pf: Portfolio) -> Met:
    having = {resource.id for resource in pf.resources if resource.capacity}
    return _assigned(pf, having.__contains__)


def _priced(pf: Portfolio) -> Met:
    having = {resource.id for resource in pf.resources if resource.rate is not None}
    return _assigned(pf, having.__contains__)


def _reaching(pf: Portfolio) -> Met:
    model = office_model(pf)
    return _count(model.path(one.id).top for one in model.initiatives)


def _in_time(pf: Portfolio) -> Met:
    rows = [d for d in pf.decisions if d.state == "decided" and d.need_by is not None]
    return _count(d.decided is not None and d.need_by is not None and d.decided <= day_of(d.need_by) for d in rows)


def _served(pf: Portfolio) -> Met:
    sight = ipmo.line_of_sight(pf, include=("proposed",))
    return len(sight.projects) - len(sight.orphans), len(sight.projects)


def _budgeted(pf: Portfolio) -> Met:
    roll = ipmo.roll_up(pf, "budget", include=("proposed",), unrated="unknown")
    return _count(project.id in roll and roll.amount(project.id)[1] for project in _open(pf))


def _shared(pf: Portfolio) -> Met:
    return _count(risk.driver is not None for risk in _risks(pf))


def _has(*rows: Sequence[object]) -> Met:
    return _count(bool(row) for row in rows)


CONTROL, MONEY, RISK, GOVERN = "management control", "financial management", "risk management", "organisational governance"
WORTH, HEARD, STAFF = "benefits management", "stakeholder engagement", "resource management"
PROJECT = (
    (GOVERN, 2, "one person answers for each project", _of_projects(lambda p: p.owner is not None)),
    (GOVERN, 3, "each project has a gate with a board", _of_projects(lambda p: any(g.body for g in p.gates))),
    (GOVERN, 4, "what a gate decided rests on evidence", lambda pf: _count(bool(g.decision.evidence or g.evidence) for p in _open(pf) for g in p.gates if g.decision)),
    (CONTROL, 2, "each project has work with a duration", _of_projects(lambda p: any(t.duration is not None for t in p.tasks))),
    (CONTROL, 3, "each project has approved dates", _of_projects(lambda p: any(t.baseline_finish is not None for t in p.tasks))),
    (CONTROL, 4, "each project was reported on within five weeks", _fresh),
    (WORTH, 2, "each project enables a benefit", _with_benefit),
    (WORTH, 3, "each benefit has owner, measure, baseline and target", lambda pf: _count(map(_profiled, pf.benefits))),
    (WORTH, 4, "each benefit is booked or realised in part", lambda pf: _count(bool(b.booked) or b.actual is not None for b in pf.benefits)),
    (MONEY, 2, "the budget of each project is known", _budgeted),
    (MONEY, 3, "of each project in delivery something was spent on record", lambda pf: _count(p.actual is not None or any(t.actual is not None for t in p.tasks) for p in _open(pf) if p.counted_as == "active")),
    (MONEY, 4, "each project in delivery forecasts its cost", lambda pf: _count(p.forecast is not None or any(t.forecast is not None for t in p.tasks) for p in _open(pf) if p.counted_as == "active")),
    (HEARD, 2, "each project names who is affected", _heard),
    (HEARD, 3, "of each of them interest and influence are known", lambda pf: _count(s.interest is not None and s.influence is not None for s in pf.stakeholders)),
    (HEARD, 4, "of each of them it is known where they stand", lambda pf: _count(s.attitude not in (None, "unknown") for s in pf.stakeholders)),
    (RISK, 2, "each project has a register of risks", _of_projects(lambda p: bool(p.risks))),
    (RISK, 3, "each open risk has owner, response and window", lambda pf: _count(r.owner is not None and r.response is not None and r.ends is not None for r in _risks(pf))),
    (RISK, 4, "each open risk has figures and was looked at this season", _reviewed),
    (STAFF, 2, "each project says who works on it, or how much work it is", _staffed),
    (STAFF, 3, "whoever is assigned has a stated capacity", _with_capacity),
    (STAFF, 4, "whoever is assigned has a rate", _priced),
)  # fmt: skip
PROGRAMME = (
    (GOVERN, 2, "one person answers for each programme", lambda pf: _count(t.owner is not None for t in pf.programmes)),
    (GOVERN, 3, "there is a board for programmes", lambda pf: _has([b for b in pf.bodies if b.level == "programme"])),
    (CONTROL, 2, "each programme is reported on", lambda pf: _count(bool(t.status) for t in pf.programmes)),
    (CONTROL, 3, "each programme has a tolerance", lambda pf: _count(t.tolerance is not None for t in pf.programmes)),
    (WORTH, 2, "each programme has a benefit of its own", lambda pf: _count(any(b.belongs_to == t.id for b in pf.benefits) for t in pf.programmes)),
    (MONEY, 2, "each programme states its budget", lambda pf: _count(t.budget is not None for t in pf.programmes)),
    (MONEY, 3, "each programme states what was granted", lambda pf: _count(t.funding is not None for t in pf.programmes)),
)  # fmt: skip
PORTFOLIO = (
    (GOVERN, 2, "there is a board for the portfolio", lambda pf: _has([b for b in pf.bodies if b.level in (None, "portfolio")])),
    (GOVERN, 3, "each initiative reaches it by reporting lines", _reaching),
    (GOVERN, 4, "decisions are taken by the day they are needed", _in_time),
    (CONTROL, 2, "there is a baseline", lambda pf: _has(pf.baselines)),
    (CONTROL, 3, "each baseline was approved", lambda pf: _count(b.approved_by is not None for b in pf.baselines)),
    (CONTROL, 4, "the portfolio has a tolerance", lambda pf: _has([pf.tolerance] if pf.tolerance is not None else [])),
    (WORTH, 2, "there are objectives, and benefits", lambda pf: _has(pf.objectives, pf.benefits)),
    (WORTH, 3, "each project serves an objective", _served),
    (WORTH, 4, "something of each benefit was realised or booked", lambda pf: _count(b.actual is not None or bool(b.booked) for b in pf.benefits)),
    (MONEY, 2, "the budget of each project is known", _budgeted),
    (MONEY, 3, "price base and discount are stated", lambda pf: _has([pf.money.price_base] if pf.money and pf.money.price_base else [], pf.money.discount if pf.money else "")),
    (MONEY, 4, "what was granted in all is stated", lambda pf: _has([pf.funding] if pf.funding is not None else [])),
    (HEARD, 2, "there is a register of stakeholders", lambda pf: _has(pf.stakeholders)),
    (RISK, 2, "open risks are recorded", lambda pf: _has(_risks(pf))),
    (RISK, 3, "shared causes are declared", lambda pf: _has(pf.drivers)),
    (RISK, 4, "each open risk names its cause", _shared),
    (STAFF, 2, "resources are declared", lambda pf: _has(pf.resources)),
    (STAFF, 3, "each has a capacity", lambda pf: _count(bool(r.capacity) for r in pf.resources)),
    (STAFF, 4, "each has a rate", lambda pf: _count(r.rate is not None for r in pf.resources)),
)  # fmt: skip
ATTRIBUTES = tuple(
    Attribute(model=model, perspective=perspective, level=level, text=text, met=met)
    for model, rows in (("portfolio", PORTFOLIO), ("programme", PROGRAMME), ("project", PROJECT))
    for perspective, level, text, met in rows
)
"""All attributes of this edition."""
