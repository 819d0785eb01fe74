"""In which order: weighted shortest job first by relative scores, and by money; earned value by a declared scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs

import ipmo
from ipmo import Money
from ipmo.model import Portfolio, Rate
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import Column, IpmoError, Shown, Table, UnitError
from ipmo_agile.fields import AgileFields, Inputs, Scope, bearers, converted

__all__ = ["CAVEAT", "Job", "delay_cost", "earned", "priorities", "smith", "wsjf"]

BASES = ("initial", "current")
"""The scopes that may be 100 %."""
CAVEAT = (
    "The order is the cheapest only for one server and jobs that wait for nothing; with dependencies it is a rule of thumb."
    " Relative scores have no unit: they rank, and cannot price a delay."
)


def wsjf(inputs: Inputs) -> float:
    """(value + urgency + risk) ÷ size, of relative scores: dimensionless, good for ranking only.

    >>> wsjf(Inputs(value=100, urgency=50, risk=20, size=10)), wsjf(Inputs(value=80, urgency=30, risk=10, size=5))
    (17.0, 24.0)

    Source: SAFe, Weighted Shortest Job First.
    """
    return (inputs.value + inputs.urgency + inputs.risk) / inputs.size


@attrs.frozen(kw_only=True)
class Job(Shown):
    """Work that waits in one queue.

    Args:
        id: its name.
        cost_of_delay: money (or any one unit) that each unit of time until it is done costs.
        duration: in the same unit of time.
    """

    id: str
    cost_of_delay: float
    duration: float

    def __attrs_post_init__(self) -> None:
        if self.duration <= 0:
            raise UnitError(f"job {self.id!r} takes {self.duration:g}: a duration is above 0")


def smith(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """The order of the least total cost of delay on one server: by cost of delay ÷ duration, falling; equals by id.

    Source: Smith, Various optimizers for single-stage production (1956); Reinertsen, The Principles of Product Development
    Flow (2009), for cost of delay divided by duration.
    """
    return tuple(sorted(jobs, key=lambda job: (-job.cost_of_delay / job.duration, job.id)))


def delay_cost(order: Sequence[Job]) -> float:
    """Σ cost of delay x completion, jobs one after another.

    >>> a, b, c = Job(id="1", cost_of_delay=10, duration=1), Job(id="2", cost_of_delay=3, duration=3), Job(id="3", cost_of_delay=1, duration=10)
    >>> delay_cost([a, b, c]), delay_cost([c, b, a])
    (36.0, 189.0)
    """
    total = done = 0.0
    for job in order:
        done += job.duration
        total += job.cost_of_delay * done
    return total


def priorities(portfolio: Portfolio, within: str | None = None) -> Table:
    """What to do first, by both forms, with what makes each doubtful.

    Args:
        portfolio: the portfolio.
        within: a programme or project; all when left out.

    Returns:
        item, wsjf, rank, tie (others with the same wsjf), cost_of_delay (money a week; None where no exchange rate turns it into the
        portfolio's currency), weeks (central duration; None where its end is not known), per_week (cost of delay ÷ duration), rank_by_money, waits_for (ranked items
        that must come first).
    """
    tree = hierarchy(portfolio)
    rows: list[tuple[str, AgileFields]] = [
        (full_id, fields)
        for full_id, _, fields in bearers(portfolio)
        if (fields.wsjf is not None or fields.cost_of_delay is not None)
        and (within is None or within in (full_id, portfolio.project_of(full_id), *(p.id for p in tree.programmes_of(full_id))))
    ]
    names = [name for name, _ in rows]
    scores = {name: wsjf(fields.wsjf) for name, fields in rows if fields.wsjf is not None}
    ties = {name: tuple(other for other in scores if other != name and scores[other] == scores[name]) for name in scores}
    inputs = {name: fields.wsjf for name, fields in rows}
    by_score = sorted(scores, key=lambda n: (-scores[n], _tie(inputs[n]), n))
    weeks = {name: _weeks(portfolio, name) for name in names}
    weekly = {name: _weekly(portfolio, fields.cost_of_delay) for name, fields in rows if fields.cost_of_delay is not None}
    costs = {name: cost for name, cost in weekly.items() if cost is not None}
    jobs = [Job(id=n, cost_of_delay=float(costs[n]), duration=w) for n in costs if (w := weeks[n])]
    by_money = [job.id for job in smith(jobs)]
    waits = ipmo.leads_to(portfolio, names)
    unit = portfolio.money.currency if portfolio.money is not None else ""
    return Table(
        [
            Column("item", "str", names),
            Column("wsjf", "float", [scores.get(n) for n in names]),
            Column("rank", "int", [by_score.index(n) + 1 if n in scores else None for n in names]),
            Column("tie", "str", [", ".join(ties.get(n, ())) for n in names]),
            Column("cost_of_delay", "float", [None if n not in costs else float(costs[n]) for n in names], f"{unit}/w".lstrip("/")),
            Column("weeks", "float", [weeks[n] for n in names]),
            Column("per_week", "float", [float(costs[n]) / w if n in costs and (w := weeks[n]) else None for n in names]),
            Column("rank_by_money", "int", [by_money.index(n) + 1 if n in by_money else None for n in names]),
            Column("waits_for", "str", [", ".join(sorted(waits[n])) for n in names]),
        ]
    )


def _tie(inputs: Inputs | None) -> float:
    """Order among equals; what states none comes last."""
    return float("inf") if inputs is None or inputs.tie is None else inputs.tie


def _weekly(portfolio: Portfolio, rate: Rate) -> Fraction | None:
    """A rate in the portfolio's currency a week of elapsed time; None where no exchange rate turns it into that."""
    days = {
        "d": Fraction(7, 5),
        "w": Fraction(7),
        "month": Fraction(36525, 1200),
        "year": Fraction(36525, 100),
    }
    value = converted(portfolio, rate.money)
    return None if value is None else value * 7 / days[rate.per]


def _weeks(portfolio: Portfolio, full_id: str) -> float | None:
    """Elapsed weeks from start to finish by the schedule; None where the finish is not known."""
    plan = ipmo.schedule(portfolio, on_cycle="cut")
    begin, end = plan.dates(full_id)
    if plan.doubt(full_id) or begin is None or end is None or end <= begin:
        return None
    return (end - begin).total_seconds() / (7 * 86400)


def earned(portfolio: Portfolio) -> Table:
    """Earned value of what declares a scope: both shares, so that growth of scope is seen.

    Returns:
        item, base (the declared 100 %), done, initial, current (in the scope's unit), share (by the declared base),
        share_of_initial, share_of_current, budget, earned (what `ipmo.earned_value` says: share x budget of what is one package;
        None where another earning rule is named or it is not known), growth (current ÷ initial - 1), and what would be earned by either
        base, earned_of_initial and earned_of_current, with the cost performance of each (earned ÷ actual cost), cpi_of_initial and
        cpi_of_current: where scope grew, the two tell how much of the progress growth has eaten.
    """
    rows = [(full_id, fields.scope) for full_id, _, fields in bearers(portfolio) if fields.scope is not None]
    budget = ipmo.roll_up(portfolio, "budget") if portfolio.money is not None else None
    unit = portfolio.money.currency if portfolio.money is not None else ""
    money = []
    for full_id, _ in rows:
        value = budget[full_id].value if budget is not None and full_id in budget else None
        money.append(float(value.amount) if isinstance(value, Money) else None)
    shares = [s.share for _, s in rows]
    names = [name for name, _ in rows]
    gained, costed, spent = _earned(portfolio, names, shares, money)
    both = {base: [_rebased(s, gain, budgeted, base) for (_, s), gain, budgeted in zip(rows, gained, money, strict=True)] for base in BASES}
    behind = {
        base: [_rebased(s, gain, budgeted, base) for (_, s), gain, budgeted in zip(rows, costed, money, strict=True)] for base in BASES
    }
    return Table(
        [
            Column("item", "str", [name for name, _ in rows]),
            Column("base", "str", [s.base for _, s in rows]),
            Column("done", "float", [s.done for _, s in rows]),
            Column("initial", "float", [s.initial for _, s in rows]),
            Column("current", "float", [s.current for _, s in rows]),
            Column("share", "float", [None if v is None else 100 * v for v in shares], "%"),
            Column("share_of_initial", "float", [100 * s.done / s.initial for _, s in rows], "%"),
            Column("share_of_current", "float", [100 * s.done / s.current for _, s in rows], "%"),
            Column("budget", "float", money, unit),
            Column("earned", "float", gained, unit),
            Column("growth", "float", [100 * (s.current / s.initial - 1) for _, s in rows], "%"),
            *(Column(f"earned_of_{base}", "float", both[base], unit) for base in BASES),
            *(Column(f"cpi_of_{base}", "float", _by_cost(behind[base], spent)) for base in BASES),
        ]
    )


def _rebased(scope: Scope, gained: float | None, budget: float | None, base: str) -> float | None:
    """What is earned by a base, of what is earned by the declared one, else of the budget; at most the budget by either."""
    by = min(1.0, scope.done / (scope.initial if base == "initial" else scope.current))
    if not scope.base:
        return None if budget is None else budget * by
    return gained * by / scope.share if gained and scope.share else gained


def _by_cost(gained: Sequence[float | None], spent: Sequence[float | None]) -> list[float | None]:
    return [one / cost if one is not None and cost else None for one, cost in zip(gained, spent, strict=True)]


def _earned(
    portfolio: Portfolio, items: Sequence[str], shares: Sequence[float | None], money: Sequence[float | None]
) -> tuple[list[float | None], list[float | None], list[float | None]]:
    """(earned value, that of work with an actual cost, actual cost) by item, from the one answer that there is; before a status date is stated, the share of the budget."""
    try:
        found = ipmo.earned_value(portfolio)
    except IpmoError:
        shared = [None if share is None or budget is None else share * budget for share, budget in zip(shares, money, strict=True)]
        return shared, shared, [None] * len(items)
    rows = [found[name] if name in found else None for name in items]
    earned = [
        None if row is None or row.ev is None or share is None else float(row.ev.amount) for row, share in zip(rows, shares, strict=True)
    ]
    costed = [
        one if row is None or row.indices.costed is None else float(row.indices.costed.ev) for one, row in zip(earned, rows, strict=True)
    ]
    return earned, costed, [None if row is None or row.ac is None else float(row.ac.amount) for row in rows]
