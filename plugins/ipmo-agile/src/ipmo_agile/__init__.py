"""Agile delivery beside planned work: estimates from throughput, flow, order, and histories that are tried on the past.

Points and velocity never leave this adapter: what the portfolio sees is a time with percentiles.

```python
ipmo_agile.AgileForecast(remaining_items=140, throughput=weeks, per=ipmo.Span(1, "w")).quantile(0.85)
ipmo_agile.backtest(histories)                # how often P50 and P85 would have held
ipmo_agile.flow(items).table()                # cycle times, age, and Little's law where it holds
ipmo_agile.burn_up(items).plot()              # scope, what is done, and when the rest is
ipmo_agile.priorities(pf)                     # what first, by scores and by money
ipmo_agile.increment_plan(pf)                 # goals of increments as dated milestones
ipmo_agile.value_streams(pf)                  # flow over value streams
```

Our own words throughout; SAFe, Scrum and Kanban are names of their owners, and nothing here is certified.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from ipmo.figures.svg import Figure
from ipmo.plugin import (
    CheckContext,
    Column,
    EstimateKind,
    Format,
    Methodology,
    Profile,
    Question,
    Role,
    Section,
    Stage,
    Table,
    UnitError,
    counted,
    hookimpl,
)
from ipmo_agile.burnup import BurnUp, BurnUpPeriod, burn_up
from ipmo_agile.fields import (
    FIELDS,
    GUIDE,
    AgileFields,
    Epic,
    Goal,
    Guardrails,
    Increment,
    Inputs,
    Iteration,
    Scope,
    Team,
    WorkItem,
    bearers,
    day_of,
    forecasts,
)
from ipmo_agile.flow import Flow, flow, little
from ipmo_agile.forecast import AgileForecast, parse_forecast
from ipmo_agile.formats import FORMATS
from ipmo_agile.guardrails import GuardrailRow, GuardrailView, guardrails
from ipmo_agile.history import Backtest, Bulk, Trial, backtest, bulk_closures, throughput, without_bulk
from ipmo_agile.increments import GoalRow, IncrementPlan, StreamRow, ValueStreams, increment_plan, value_streams
from ipmo_agile.jira import backlog, read_jira
from ipmo_agile.jira_csv import read_jira_csv
from ipmo_agile.kanban import EpicCard, Kanban, portfolio_kanban
from ipmo_agile.priority import CAVEAT, Job, delay_cost, earned, priorities, smith, wsjf
from ipmo_agile.rules import CHECKS
from ipmo_agile.tracked import tracked

__all__ = [
    "AGILE",
    "AgileFields",
    "AgileForecast",
    "Backtest",
    "Bulk",
    "BurnUp",
    "BurnUpPeriod",
    "Epic",
    "EpicCard",
    "Flow",
    "Goal",
    "GoalRow",
    "GuardrailRow",
    "GuardrailView",
    "Guardrails",
    "Increment",
    "IncrementPlan",
    "Inputs",
    "Iteration",
    "Job",
    "Kanban",
    "Scope",
    "StreamRow",
    "Team",
    "Trial",
    "ValueStreams",
    "WorkItem",
    "backlog",
    "backtest",
    "bulk_closures",
    "burn_up",
    "delay_cost",
    "earned",
    "flow",
    "guardrails",
    "increment_plan",
    "ipmo_formats",
    "ipmo_methodologies",
    "little",
    "parse_forecast",
    "portfolio_kanban",
    "priorities",
    "read_jira",
    "read_jira_csv",
    "smith",
    "throughput",
    "tracked",
    "value_streams",
    "without_bulk",
    "wsjf",
]


def _section(context: CheckContext) -> Iterable[str | Table | Figure]:
    """Forecasts with their percentiles, the order of work, flow, and earned value by scope."""
    pf = context.portfolio
    rows = [(full_id, task, forecast) for full_id, task, forecast in forecasts(pf)]
    if rows:
        yield "How long the open work takes, from what was finished in past periods; a commitment names its percentile."
        yield Table(
            [
                Column("item", "str", [full_id for full_id, _, _ in rows]),
                Column("items_left", "int", [f.remaining_items for _, _, f in rows]),
                Column("a_period", "str", [str(f.per) for _, _, f in rows]),
                Column("mean_throughput", "float", [sum(f.throughput) / len(f.throughput) for _, _, f in rows]),
                *(
                    Column(f"P{round(100 * p)}", "str", [str(q) if (q := f.quantile(p)) is not None else "not known" for _, _, f in rows])
                    for p in (0.5, 0.7, 0.85, 0.95)
                ),
                Column("deadline", "date", [task.deadline for _, task, _ in rows]),
            ]
        )
    held = [(full_id, fields) for full_id, _, fields in bearers(pf)]
    if any(fields.wsjf is not None or fields.cost_of_delay is not None for _, fields in held):
        yield "# What first"
        yield CAVEAT
        yield priorities(pf)
    for full_id, fields in held:
        started = [item for item in fields.backlog if item.started is not None]
        if sum(item.finished is not None for item in started) >= 8:
            try:
                found = flow(started)
            except UnitError:
                continue
            yield f"# Flow of {full_id}"
            yield f"{found.start} to {found.end}: {counted(found.arrived, 'item')} started, {found.finished} finished."
            yield found.table()
    for full_id, fields in held:
        if sum(item.finished is not None for item in fields.backlog) >= 8 and pf.status_date is not None:
            try:
                up = burn_up(fields.backlog, as_of=day_of(pf.status_date))
            except UnitError:
                continue
            yield f"# Burn-up of {full_id}"
            yield f"{repr(up)[1:-1]}."
            yield up.plot()
    if any(fields.increments for _, fields in held):
        plan = increment_plan(pf)
        yield "# Increments"
        told = [(name, share) for name in plan.increments if (share := plan.predictability(name)) is not None]
        kept = "; ".join(f"{name} brought {share:.0%} of what it promised" for name, share in told)
        yield f"{repr(plan)[1:-1]}.{f' {kept}.' if kept else ''}"
        yield plan.table()
    if pf.status_date is not None and sum(bool(fields.backlog) for _, fields in held) > 1:
        streams = value_streams(pf)
        yield "# Flow over value streams"
        yield f"From {streams.start} to {streams.end - timedelta(days=1)}. Items count one each, whatever their size."
        yield streams.table()
    if pf.status_date is not None and any(fields.kanban for _, fields in held):
        board = portfolio_kanban(pf)
        yield "# The portfolio kanban"
        yield f"{counted(len(board.begun), 'epic')} begun in a year, {len(board.done)} done. Age: days since an epic came into its state."
        yield board.table()
    rails = guardrails(pf)
    if len(rails):
        yield "# Guardrails"
        yield f"{repr(rails)[1:-1].partition(': ')[2].capitalize()}."
        yield rails.table()
    if any(fields.scope is not None for _, fields in held):
        yield "# Earned by scope"
        yield earned(pf)


QUESTIONS = tuple(
    Question(name=f"agile/{slug}", title=title, source=GUIDE, ask=ask)
    for slug, title, ask in (
        ("priorities", "What first, by scores and by what a delay costs", priorities),
        ("increments", "Goals of increments as dated milestones, beside the day on which the plan has them", increment_plan),
        ("value-streams", "Flow over value streams: time, load, efficiency, predictability", value_streams),
        ("guardrails", "Guardrails of lean budgets: horizons, work, value streams, large epics and business owners", guardrails),
        ("kanban", "Epics by state, with ages and limits", portfolio_kanban),
        ("earned", "Earned value on both scope bases, beside what earned value says", earned),
    )
)
"""What people may ask of the method, on the command line too: `ipmo ask NAME PORTFOLIO`."""
AGILE = Methodology(
    name="agile",
    title="Agile delivery",
    source=GUIDE,
    edition="Kanban Guide 2020; SAFe 6.0",
    aliases=("flow", "scrum", "kanban"),
    applies_to=("programme", "project"),
    vocabulary={"project": "value stream", "task": "epic"},
    stages=(
        Stage(name="funnel", title="Funnel", phase="concept"),
        Stage(name="reviewing", title="Reviewing", phase="concept"),
        Stage(name="analysing", title="Analysing", phase="definition"),
        Stage(name="ready", title="Ready", phase="definition"),
        Stage(name="implementing", title="Implementing", phase="delivery"),
        Stage(name="done", title="Done", phase="transition"),
    ),
    roles=(
        Role(name="product-owner", title="Product owner", source=GUIDE, mandatory=True),
        Role(name="epic-owner", title="Epic owner", source=GUIDE),
        Role(name="delivery-lead", title="Delivery lead", source=GUIDE),
    ),
    profiles=(
        Profile(
            name="light",
            title="One team with one backlog",
            source="ipmo",
            without=("agile/epic", "agile/order", "agile/guardrails", "agile/scope-base"),
        ),
    ),
    checks=CHECKS,
    estimates=(EstimateKind(name="agile", title="Time from throughput history", source=GUIDE, parse=parse_forecast),),
    extensions=(FIELDS,),
    sections=(Section(name="agile", title="Agile work: forecasts, order and flow", source=GUIDE, show=_section),),
    questions=QUESTIONS,
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """Agile delivery."""
    return [AGILE]


@hookimpl
def ipmo_formats() -> Iterable[Format]:
    """Jira, as JSON and as CSV."""
    return FORMATS
