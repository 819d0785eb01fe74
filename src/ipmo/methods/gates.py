"""Whether a gate can be held: its evidence, its checks, its conditions, and who has the authority to decide it.

A gate of the portfolio stands under a gate of a method when its id or name, or its attribute `gate`, is the method's name
for it. What the method asks for is then asked here; nothing is decided.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

import attrs

from ipmo.analysis.control.authority import approver, covers
from ipmo.analysis.dates.schedule import schedule
from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import IpmoError, UnknownItemError, close_matches
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import GateRule, Methodology
from ipmo.model.governance import GO, Condition, Gate
from ipmo.model.held import gates_of, owners_above
from ipmo.model.portfolio import Portfolio
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, among, row_at
from ipmo.units import Money, as_day
from ipmo.words import counted

__all__ = ["GateView", "Gates", "gates"]
WHERE = "the gates of this portfolio"


@attrs.frozen(kw_only=True)
class GateView(Shown):
    """One gate: what it asks for and what is there.

    Args:
        item: full id of the gate.
        owner: the project, programme or portfolio whose gate it is.
        name: its title.
        method: the method whose gate it is; empty when none knows it.
        rule: that gate of the method.
        outcome: go, conditional go, hold, recycle or kill, as it stands today: an overdue condition makes a hold; None when open.
        decided: the outcome that was decided.
        missing: evidence and criteria without anything behind them.
        failing: findings of its checks about the project, or about anything in the programme or portfolio; waived ones do not count.
        conditions: of a conditional go, those not yet met.
        overdue: of those, the ones past their day.
        stake: what a decision releases: the funding decided, else the budget of what it is of; None when unknown.
        body: the board that decides: the gate's own, else the lowest one with the authority.
        covered: whether its authority is known to cover the stake; None when either is unknown.
        held: why it cannot be held yet, or its go does not count: what holds the work before it, such as an earlier gate; empty when nothing does.
        released: the funds that its decision releases as it stands today: those of a go; None for any other outcome.
    """

    item: str
    owner: str = ""
    name: str
    method: str
    rule: GateRule | None
    outcome: str | None
    decided: str | None
    missing: tuple[str, ...]
    failing: tuple[Finding, ...]
    conditions: tuple[Condition, ...]
    overdue: tuple[Condition, ...]
    stake: Money | None
    body: str
    covered: bool | None
    held: str = ""
    released: Money | None = None

    @property
    def ready(self) -> bool:
        """Nothing that it asks for is missing, and nothing holds what comes before it."""
        return not self.missing and not self.failing and not self.held

    @property
    def why(self) -> str:
        """How it stands, in a sentence."""
        if self.overdue:
            late = ", ".join(f"{c.id} (due {c.due})" for c in self.overdue)
            return f"decided {self.decided}, which is a hold: overdue conditions {late}"
        parts = [self.held] if self.held else []
        if self.missing:
            parts.append(f"lacks {', '.join(self.missing)}")
        if self.failing:
            parts.append(
                "; ".join(f.message for f in self.failing[:3]) + (f" and {len(self.failing) - 3} more" if len(self.failing) > 3 else "")
            )
        if self.covered is False:
            parts.append(f"{self.body} may not release {self.stake}")
        if self.conditions:
            parts.append(f"has open conditions {', '.join(c.id for c in self.conditions)}")
        if self.decided == "recycle":
            return "; ".join((f"decided {self.decided}", *parts))
        if self.decided is not None:
            return f"decided {self.decided}" + (f", though {'' if self.held else 'it '}{'; '.join(parts)}" if parts else "")
        if not parts:
            return "ready to be decided" + ("" if self.rule else "; no method knows it, so only its own criteria count")
        return "; ".join(parts)


class Gates(Answer[str, GateView]):
    """The answer of `gates`: one view a gate, in file order."""

    def __init__(self, rows: Iterable[GateView]) -> None:
        self.rows = tuple(rows)
        self._by_item = {row.item: row for row in self.rows}

    @property
    def ids(self) -> tuple[str, ...]:
        """The full ids of the gates, in file order."""
        return tuple(row.item for row in self.rows)

    def __iter__(self) -> Iterator[GateView]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, item: str | int) -> GateView:
        """By full id, or by place from 0.

        Raises:
            UnknownItemError: there is no such gate.
        """
        if isinstance(item, int):
            return row_at(self.rows, item, WHERE)
        if not among(item, self._by_item):
            raise UnknownItemError(item, close_matches(item, self._by_item), WHERE)
        return self._by_item[item]

    def explain(self, item: str) -> str:
        """How a gate stands, in a sentence.

        Raises:
            UnknownItemError: there is no such gate.
        """
        row = self[item]
        return f"{row.item}{f' ({row.name})' if row.name else ''}: {row.outcome or 'open'}; {row.why}"

    def table(self) -> Table:
        """One row a gate, by these columns: gate, of, name, method, outcome, decided, ready, missing, failing, conditions, overdue, stake, released,
        body, covered, held, why.
        """
        rows = self.rows
        return Table(
            [
                Column("gate", "str", [r.item for r in rows]),
                Column("of", "str", [r.owner for r in rows]),
                Column("name", "str", [r.name for r in rows]),
                Column("method", "str", [r.method for r in rows]),
                Column("outcome", "str", [r.outcome for r in rows]),
                Column("decided", "str", [r.decided for r in rows]),
                Column("ready", "bool", [r.ready for r in rows]),
                Column("missing", "str", [", ".join(r.missing) for r in rows]),
                Column("failing", "int", [len(r.failing) for r in rows]),
                Column("conditions", "int", [len(r.conditions) for r in rows]),
                Column("overdue", "int", [len(r.overdue) for r in rows]),
                Column("stake", "str", [None if r.stake is None else str(r.stake) for r in rows]),
                Column("released", "str", [None if r.released is None else str(r.released) for r in rows]),
                Column("body", "str", [r.body or None for r in rows]),
                Column("covered", "bool", [r.covered for r in rows]),
                Column("held", "str", [r.held or None for r in rows]),
                Column("why", "str", [r.why for r in rows]),
            ]
        )

    def __repr__(self) -> str:
        ready = sum(r.ready for r in self.rows if r.decided is None)
        return f"<Gates: {counted(len(self.rows), 'gate')}, {sum(r.decided is None for r in self.rows)} open, {ready} of them ready>"


def gates(portfolio: Portfolio, findings: Callable[[], Iterable[Finding]], methods: Callable[[str], Iterable[Methodology]]) -> Gates:
    """Every gate with its evidence, checks, conditions and authority.

    Args:
        portfolio: the portfolio.
        findings: tells what `check` found; asked only where a method's gate names checks.
        methods: the methods that a gate may be of, by its full id, the closest first.
    """
    every = gates_of(portfolio)
    rules = {one.id: _rule_for(one.noun, methods(one.id)) for one in every}
    if not rules:
        return Gates(())
    about: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings() if any(rule is not None and rule.checks for _, rule in rules.values()) else ():
        if finding.severity is not Severity.INFO:
            owner = portfolio.project_of(finding.item) or finding.item
            for code, name in itertools.product(finding.codes, owners_above(portfolio, owner)):
                about.setdefault((code, name), []).append(finding)
    today = None if portfolio.status_date is None else as_day(portfolio.status_date)
    budgets, held = _budgets(portfolio), _holds(portfolio)
    rows = []
    for one in every:
        gate, decision = one.noun, one.noun.decision
        method, rule = rules[one.id]
        wanted = dict.fromkeys((*(rule.evidence if rule else ()), *gate.criteria))
        there = {name for name, where in gate.evidence.items() if where.strip()} | set(decision.evidence if decision else ())
        failing = tuple(f for code in (rule.checks if rule else ()) for f in about.get((code, one.owner), ()))
        stands = gate.standing(today)
        stake = decision.funding if decision and decision.funding is not None else budgets.get(one.owner)
        body, covered = _authority(portfolio, gate, stake)
        why = held.get(one.id, "") if gate.open or stands in GO else ""
        rows.append(
            GateView(
                item=one.id,
                owner=one.owner,
                name=gate.name or (rule.title if rule else ""),
                method=method,
                rule=rule,
                outcome=stands,
                decided=decision.outcome if decision else None,
                missing=tuple(name for name in wanted if name not in there),
                failing=failing,
                conditions=tuple(c for c in decision.conditions if c.met is None) if decision else (),
                overdue=decision.overdue(today) if decision else (),
                stake=stake,
                body=body,
                covered=covered,
                held=why,
                released=decision.funding if decision and stands in GO and not why else None,
            )
        )
    return Gates(rows)


def _rule_for(gate: Gate, methods: Iterable[Methodology]) -> tuple[str, GateRule | None]:
    """The method's gate that a gate is, by what it calls itself."""
    calls = {text.casefold() for text in (gate.attributes.get("gate", ""), gate.id, gate.name) if text}
    for method in methods:
        for rule in method.gates:
            if rule.name.casefold() in calls or rule.title.casefold() in calls:
                return method.name, rule
    return "", None


def _holds(portfolio: Portfolio) -> dict[str, str]:
    """Why open gates have no date, by full id: what they follow was held, killed or paused."""
    try:
        network = schedule(portfolio, on_cycle="cut").network
    except IpmoError:  # nothing says when the portfolio starts
        return {}
    return {network.ids[node]: hold.reason for node, hold in network.holds.items()}


def _budgets(portfolio: Portfolio) -> dict[str, Money]:
    if portfolio.money is None:
        return {}
    try:
        roll = roll_up(portfolio, "budget", include=("proposed",))
    except IpmoError:  # price bases differ: what is at stake is not known
        return {}
    names = [portfolio.id, *(programme.id for programme in portfolio.programmes), *(project.id for project in portfolio.projects)]
    known = {name: roll[name] for name in names if name in roll and roll[name].value is not None}
    return {name: figure.value for name, figure in known.items() if not (roll.noted and figure.reasons)}  # a rate is missing: not known


def _authority(portfolio: Portfolio, gate: Gate, stake: Money | None) -> tuple[str, bool | None]:
    """(who decides: the gate's board, else the one with the authority; whether it is known to cover the stake)."""
    named = (gate.decision.decided_by if gate.decision else None) or gate.body
    try:
        if named is None:
            found = approver(portfolio, stake).body
            return ("", None) if found is None else (found.id, True)
        body = next((b for b in portfolio.bodies if b.id == named), None)
        return named, None if body is None or stake is None else covers(portfolio, body, stake)
    except IpmoError:  # a rate is missing: nothing is known to cover it
        return named or "", None
