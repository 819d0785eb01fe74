"""Compatible with MoP (Management of Portfolios): the right work, chosen exactly, and gates that hold.

```python
ipmo.line_of_sight(pf).table()          # objectives against projects
ipmo_mop.scores(pf).table()             # weighted scores, and how little weight changes their order
ipmo_mop.select(pf).table()             # the best selection under budgets and rules, and why
ipmo_mop.ahp(names, comparisons)        # weights from pairwise comparison
ipmo_mop.dashboard(pf, "B1").table()    # the delivery cycle on one page, against a named baseline
```

Inspired by the guidance; the rule texts are ours. MoP is a trade mark of its owner; nothing here is certified.
"""

from __future__ import annotations

from collections.abc import Iterable

import ipmo
from ipmo import Money
from ipmo.figures.svg import Figure
from ipmo.model import Portfolio
from ipmo.plugin import CheckContext, Column, IpmoError, Methodology, Profile, Question, Section, Table, agree, counted, hookimpl
from ipmo_mop.balance import NOT_KNOWN, PANELS, Balance, BalanceRow, Spot, balance
from ipmo_mop.carbon import CarbonBudget, CarbonPeriod, carbon
from ipmo_mop.catalogue import FIELDS, GATES, GUIDE, OPEN, RIGHTS, ROLES, STAGES, Criterion, Group, MopFields, fields_of
from ipmo_mop.choosing import problem_of, select
from ipmo_mop.concentration import Concentration, concentration
from ipmo_mop.contracts import ContractRow, Contracts, contracts
from ipmo_mop.dashboard import VIEWS, Dashboard, DashboardFigure, dashboard
from ipmo_mop.demands import Collision, GoLive, change_load, collisions
from ipmo_mop.fields import Booking, BusinessCase, ChangeLimit, ConcentrationLimit, Contract, Idea, Supplier, Tranche
from ipmo_mop.frontier import Bought, Frontier, FrontierPoint, frontier, frontier_of
from ipmo_mop.intake import Demand, IdeaRow, intake
from ipmo_mop.pipeline import Pipeline, Waiting, pipeline
from ipmo_mop.rules import CHECKS
from ipmo_mop.scoring import AHP, Scores, Swap, ahp, criteria_of, scores
from ipmo_mop.selection import Candidate, Reason, Rule, Selection, SelectionProblem, optimise, ranked
from ipmo_mop.staffing import Clash, NotKnown, Staffing, staffing
from ipmo_mop.tranches import FundingPlan, TrancheRow, tranches
from ipmo_mop.waiting import Chance, Choice, Later, Pay, Rolled, WaitOrCommit, rolled_back, value_of_waiting
from ipmo_mop.wording import named, said

__all__ = [
    "AHP",
    "MOP",
    "VIEWS",
    "Balance",
    "BalanceRow",
    "Booking",
    "Bought",
    "BusinessCase",
    "Candidate",
    "CarbonBudget",
    "CarbonPeriod",
    "Chance",
    "ChangeLimit",
    "Choice",
    "Clash",
    "Collision",
    "Concentration",
    "ConcentrationLimit",
    "Contract",
    "ContractRow",
    "Contracts",
    "Criterion",
    "Dashboard",
    "DashboardFigure",
    "Demand",
    "Frontier",
    "FrontierPoint",
    "FundingPlan",
    "GoLive",
    "Group",
    "Idea",
    "IdeaRow",
    "Later",
    "MopFields",
    "NotKnown",
    "Pay",
    "Pipeline",
    "Reason",
    "Rolled",
    "Rule",
    "Scores",
    "Selection",
    "SelectionProblem",
    "Spot",
    "Staffing",
    "Supplier",
    "Swap",
    "Tranche",
    "TrancheRow",
    "WaitOrCommit",
    "Waiting",
    "ahp",
    "balance",
    "carbon",
    "change_load",
    "collisions",
    "concentration",
    "contracts",
    "criteria_of",
    "dashboard",
    "frontier",
    "frontier_of",
    "intake",
    "ipmo_methodologies",
    "optimise",
    "pipeline",
    "problem_of",
    "ranked",
    "rolled_back",
    "scores",
    "select",
    "staffing",
    "tranches",
    "value_of_waiting",
]

MOST, POINTS = 60, 12
"""Above so many open projects the report leaves the reasons of the selection out: each is a solve of its own."""


def _what_to_fund(pf: Portfolio) -> Iterable[str | Table | Figure]:
    """The selection under the envelopes, with its reasons; or why there is none."""
    yield "# What to fund"
    try:
        answer = select(pf, seconds=20.0)
    except IpmoError as error:
        yield f"No selection: {error}."
        return
    names = [one.id for one in answer.problem.candidates]
    if answer.status == "infeasible":
        yield (
            "No selection keeps every rule. The fewest that cannot be kept together: "
            + "; ".join(said(pf, rule.text, names) for rule in answer.conflict)
            + "."
        )
        return
    if answer.value is None:
        yield "No selection was found in 20 seconds."
        return
    chosen = named(pf, answer.chosen) or "nothing"
    gap = (
        "it is the optimum" if answer.status == "optimal" else f"at most {answer.gap:.1%} could be gained" if answer.gap is not None else ""
    )
    yield f"The best selection is worth {answer.value:,.6g}{f' ({gap})' if gap else ''}: {chosen}."
    simple, less = ranked(answer.problem)
    if set(simple) != set(answer.chosen):
        broken = [said(pf, rule.text, names) for rule in answer.problem.rules if not rule.holds(frozenset(simple))]
        why = f"which breaks: {'; '.join(broken)}" if broken else f"worth {less:,.6g}"
        yield f"Ranking by value for money down to the cut-line would fund {named(pf, simple) or 'nothing'}, {why}."
    yield answer.budgets()
    if len(answer.problem.candidates) <= MOST:
        table = answer.table()
        yield _with(table, Column("why", "str", [said(pf, text, names) for text in table["why"]]))
        found = frontier_of(answer.problem, most=POINTS)
        if len(found) > 1:
            yield "# What money buys"
            yield "The selections that no other beats at their cost, whatever the envelopes; dual: what a million more is worth where projects can be cut to size."
            yield found.table()


def _section(context: CheckContext) -> Iterable[str | Table | Figure]:
    """The line of sight, scores with how firm their order is, and the selection with its reasons."""
    pf = context.portfolio
    stated = fields_of(pf)
    if not pf.objectives and not stated.criteria and not stated.envelopes and not stated.carbon_envelopes:
        return
    if pf.objectives:
        sight = ipmo.line_of_sight(pf)
        text = f"{counted(len(sight.projects), 'project')} {agree(len(sight.projects), 'serves', 'serve')} {len(pf.objectives) - len(sight.unserved)} of {counted(len(pf.objectives), 'objective')}."
        if sight.unserved:
            text += f" Served by none: {named(pf, sight.unserved)}."
        if sight.orphans:
            text += f" Serving none: {named(pf, sight.orphans[:8])}" + (
                f" and {len(sight.orphans) - 8} more." if len(sight.orphans) > 8 else "."
            )
        yield text  # the page shows the line of sight itself
    if any(one.file for one in pf.baselines) and pf.source is not None and pf.source.path:
        try:
            page = dashboard(pf)
        except IpmoError as error:
            yield f"No dashboard: {error}."
        else:
            yield "# Dashboard against the latest baseline"
            yield page.table()
    if stated.criteria:
        yield "# Scores"
        try:
            found = scores(pf)
        except IpmoError as error:
            yield f"No scores: {error}."
        else:
            close = sorted((s for s in found.swaps() if s.moved is not None), key=lambda s: (s.moved or 0.0, s.above))
            yield (
                "Points of 0 to 100 by criterion; the last column is the weight that must move before a project and the next one are level."
                + (f" Least firm: {said(pf, close[0].text, (close[0].above, close[0].below))}." if close else "")
            )
            yield found.table()
    if stated.envelopes:
        yield from _what_to_fund(pf)
    if any(one.axis == "achievability" for one in stated.criteria):
        yield from _balance(pf)
    if stated.carbon_envelopes:
        yield from _carbon(pf)
    if any(fields_of(project).tranches for project in pf.projects):
        yield from _tranches(pf)
    if stated.ideas and pf.status_date is not None:
        demand = intake(pf)
        yield "# Demand"
        yield f"{demand.text[:1].upper()}{demand.text[1:]}."
        table = _with(demand.table(), Column("idea", "str", [row.name or row.id for row in demand]))
        yield _some(table, "idea", "state", "raised", "days", "became")
    yield from _spread(pf)
    rows = [p for p in pf.projects if p.counted_as in OPEN and p.category] if stated.categories else []
    if rows:
        yield "# Money by category"
        roll = ipmo.roll_up(pf, "budget", include=("proposed",), unrated="unknown")
        money = {p.id: float(found.amount) if isinstance(found := roll[p.id].value, Money) else None for p in rows}
        by = {c: [money[p.id] for p in rows if p.category == c] for c in stated.categories}
        known = {c: [one for one in found if one is not None] for c, found in by.items()}
        unit = pf.money.currency if pf.money is not None else ""
        yield Table(
            [
                Column("category", "str", list(by)),
                Column("projects", "int", [len(found) for found in by.values()]),
                Column("budget", "float", [sum(found) if found else None for found in known.values()], unit),
                Column("not_known", "int", [len(found) - len(known[c]) for c, found in by.items()]),
            ]
        )


def _balance(pf: Portfolio) -> Iterable[str | Table | Figure]:
    """The bubble chart, and what lies where by number and money."""
    found = balance(pf)
    yield "# Balance"
    if found.spots:
        by = {name: [one.item for one in found.spots if one.quarter == name] for name in dict.fromkeys(one.quarter for one in found.spots)}
        yield "; ".join(f"{name}: {named(pf, items)}" for name, items in by.items()) + "."
        yield found.plot()
        yield found.bubbles()
    silent = [name for name in PANELS if {row.group for row in found.panel(name)} <= {NOT_KNOWN}]
    text = f" Of {', '.join(silent)} nothing is known for any project." if silent else ""
    yield f"Shares of open projects by number and by planned cost; what serves or reaches several is a group of its own.{text}"
    rows = [row for row in found.rows if row.panel not in silent]
    yield Table(
        [
            Column("group", "str", [f"{row.panel}: {row.group}" for row in rows]),
            Column("projects", "int", [len(row.projects) for row in rows]),
            Column("of_number", "float", [100 * row.share for row in rows], "%"),
            Column("of_budget", "float", [None if row.money_share is None else 100 * row.money_share for row in rows], "%"),
        ]
    )


def _tranches(pf: Portfolio) -> Iterable[str | Table | Figure]:
    """What money is released when, how far it lasts and what it makes possible."""
    yield "# Tranches"
    try:
        found = tranches(pf)
    except IpmoError as error:
        yield f"They cannot be said: {error}."
        return
    over = [f"{name} by {float(more):,.0f}" for name, more in found.over.items()]
    yield f"More is spent than released: {', '.join(over)}." if over else "Nothing is spent above what was released."
    yield _some(found.table(), "tranche", "amount", "on", "waits_for", "left")


def _some(table: Table, *names: str) -> Table:
    """Some columns of a table: what stands in half the width of a page."""
    return Table([Column(name, table.kind(name), table[name], table.unit(name)) for name in names])


def _with(table: Table, new: Column) -> Table:
    """A table with other values in one of its columns."""
    columns = (Column(name, table.kind(name), table[name], table.unit(name)) for name in table.columns)
    return Table(new if one.name == new.name else one for one in columns)


def _carbon(pf: Portfolio) -> Iterable[str | Table | Figure]:
    """Carbon by period against its envelopes."""
    found = carbon(pf)
    yield "# Carbon"
    over = [row.period for row in found if row.left is not None and row.left < 0]
    text = f"More is expected than the envelope allows in {', '.join(over)}." if over else "What is expected fits the envelopes."
    if found.unknown:
        text += f" Not known in full: {', '.join(found.unknown[:8])}" + (
            f" and {len(found.unknown) - 8} more." if len(found.unknown) > 8 else "."
        )
    yield text
    yield found.table()


def _spread(pf: Portfolio) -> Iterable[str | Table | Figure]:
    """What lies in few hands, and what waits in its stage: each where something of it is stated."""
    for limit in fields_of(pf).concentration:
        yield f"# Concentration by {limit.of}"
        try:
            found = concentration(pf, limit.of, limit.by)
        except IpmoError as error:
            yield f"It cannot be said: {error}."
            continue
        share = found.share(limit.top)
        if share is not None:
            yield f"The largest {limit.top} of {len(found.holders)} hold {share:.0%}; agreed is {limit.most:.0%} at most. Herfindahl index: {found.index:.2f}."
        yield found.table()
    if fields_of(pf).contracts:
        yield "# Contracts"
        agreed = contracts(pf)
        yield f"{repr(agreed)[1:-1]}."
        yield agreed.table()
    if fields_of(pf).stage_limits and pf.status_date is not None:
        found_there = pipeline(pf)
        yield "# The pipeline"
        yield (
            f"{counted(len(found_there.started), 'initiative')} begun and {len(found_there.finished)} finished since {found_there.since};"
            f" {len(found_there.in_hand)} in hand."
        )
        yield found_there.table()


QUESTIONS = tuple(
    Question(name=f"mop/{slug}", title=title, source=GUIDE, ask=ask)
    for slug, title, ask in (
        ("dashboard", "The delivery cycle on one page, each figure beside a named baseline", dashboard),
        ("scores", "How initiatives score on weighted criteria, and how firm their order is", scores),
        ("select", "Which initiatives to fund under the envelopes and rules, and why", select),
        ("frontier", "What each amount of money buys at best, and what a million more would", frontier),
        ("balance", "How the portfolio lies over horizon, risk, objective and business area", balance),
        ("concentration", "How much lies with the largest initiatives, suppliers, technologies or people", concentration),
        ("contracts", "What is committed to which supplier, and which contracts end before their work is done", contracts),
        ("tranches", "What money is released when, how far it lasts and what it makes possible", tranches),
        ("carbon", "What is emitted by period, against its envelopes", carbon),
        ("intake", "Which ideas wait, how long, and what became of those that were decided", intake),
        ("pipeline", "What waits in its stage, what is begun and what is finished", pipeline),
    )
)
"""What people may ask of the method, on the command line too: `ipmo ask NAME PORTFOLIO`."""
MOP = Methodology(
    name="mop",
    title="Compatible with MoP: management of portfolios",
    source=GUIDE,
    edition="2011, renamed since",
    aliases=("prince2-mop", "prince2-portfolio-management"),
    applies_to=("portfolio",),
    vocabulary={"project": "initiative", "body": "portfolio direction group"},
    stages=STAGES,
    gates=GATES,
    roles=ROLES,
    decision_rights=RIGHTS,
    profiles=(
        Profile(
            name="light",
            title="A small portfolio that one board decides on",
            source="ipmo",
            without=(
                "mop/tolerances",
                "mop/rebaselined",
                "mop/stop-list",
                "mop/baseline",
                "mop/comparable",
                "mop/portfolio-question",
                "mop/pipeline",
            ),
        ),
    ),
    checks=CHECKS,
    extensions=(FIELDS,),
    sections=(Section(name="mop", title="Selection: what the portfolio is for, and what to fund", source=GUIDE, show=_section),),
    questions=QUESTIONS,
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """MoP."""
    return [MOP]
