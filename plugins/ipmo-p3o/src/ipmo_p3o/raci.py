"""Who is responsible, accountable, consulted and informed, as far as owners, boards, gates, decisions and offices say it.

Nothing is guessed: a cell is empty where nobody is named. Accountable is one: the owner of an initiative, benefit or risk, the board of a gate or a
decision, or the method's board for it where the item names none and exactly one board has that level.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ipmo.model import Portfolio, Programme, Project
from ipmo.model.held import gates_by_owner, risks_of
from ipmo.plugin import Column, Shown, ShownAnswer, Table, counted
from ipmo_p3o.offices import office_model

__all__ = ["Raci", "RaciRow", "raci"]


@attrs.frozen(kw_only=True)
class RaciRow(Shown):
    """One item with its parts.

    Args:
        item: its id.
        what: initiative, gate, decision, benefit or risk.
        responsible: who does it.
        accountable: who answers for it or decides it; empty where nobody is named.
        consulted: who sits on the board, or assures it.
        informed: the offices and boards above it.
    """

    item: str
    what: str
    responsible: tuple[str, ...]
    accountable: str
    consulted: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing: nobody answers, nobody does it, or one person does both and decides alone."""
        out = [] if self.accountable else ["nobody is accountable"]
        out += [] if self.responsible else ["nobody is responsible"]
        if self.what == "gate" and self.responsible == (self.accountable,):
            out.append("who does it decides on it")
        return tuple(out)


class Raci(ShownAnswer):
    """The answer of `raci`: a row an item, in the order of the file."""

    def __init__(self, rows: Sequence[RaciRow]) -> None:
        self.rows = tuple(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RaciRow]:
        return iter(self.rows)

    @property
    def gaps(self) -> tuple[tuple[str, str], ...]:
        """(item, what is missing)."""
        return tuple((row.item, gap) for row in self.rows for gap in row.gaps)

    def of(self, person: str) -> dict[str, tuple[str, ...]]:
        """What one person, board or office is in: items by part (responsible, accountable, consulted, informed)."""
        parts = ("responsible", "accountable", "consulted", "informed")
        held = {part: tuple(row.item for row in self.rows if _in(getattr(row, part), person)) for part in parts}
        return {part: items for part, items in held.items() if items}

    def table(self) -> Table:
        """One row an item: item, what, responsible, accountable, consulted, informed, gaps."""
        joined = [[", ".join(getattr(row, part)) or None for row in self.rows] for part in ("responsible", "consulted", "informed", "gaps")]
        return Table(
            [
                Column("item", "str", [row.item for row in self.rows]),
                Column("what", "str", [row.what for row in self.rows]),
                Column("responsible", "str", joined[0]),
                Column("accountable", "str", [row.accountable or None for row in self.rows]),
                Column("consulted", "str", joined[1]),
                Column("informed", "str", joined[2]),
                Column("gaps", "str", joined[3]),
            ]
        )

    def __repr__(self) -> str:
        return f"<Raci: {counted(len(self.rows), 'item')}, {counted(len(self.gaps), 'gap')}>"


def _in(part: str | tuple[str, ...], person: str) -> bool:
    return part == person if isinstance(part, str) else person in part


def raci(portfolio: Portfolio) -> Raci:
    """Who is responsible, accountable, consulted and informed for every initiative, gate, decision, benefit and risk.

    Responsible for an initiative is who owns its open work, for a gate or a decision who answers for what it is about, for a risk who carries out its response.

    Args:
        portfolio: the portfolio.
    """
    pf, model = portfolio, office_model(portfolio)
    bodies = {board.id: board for board in pf.bodies}
    levels: dict[str, list[str]] = {}
    for board in pf.bodies:
        levels.setdefault(board.level or "portfolio", []).append(board.id)
    rows: list[RaciRow] = []
    initiatives = {one.id for one in model.initiatives}

    def owner_of(item: str | None) -> tuple[str, ...]:
        noun = None if item is None else pf.items.get(pf.project_of(item) or item)
        return (noun.owner,) if isinstance(noun, Project | Programme) and noun.owner else ()

    def above(item: str) -> tuple[str, ...]:
        return tuple(one for one in model.path(item).steps if one != item) if item in initiatives else ()

    def seats(body: str) -> tuple[str, ...]:
        return bodies[body].members if body in bodies else ()

    nouns: list[Programme | Project] = [*pf.programmes, *pf.projects]
    gates = gates_by_owner(pf)
    for noun in nouns:
        if isinstance(noun, Project):
            does = dict.fromkeys(task.owner for task in noun.tasks if task.owner and not task.finished)
        else:
            does = dict.fromkeys(one.owner for one in pf.projects if one.programme == noun.id and one.owner)
        informed = above(noun.id)
        rows.append(
            RaciRow(
                item=noun.id,
                what="initiative",
                responsible=tuple(does) or owner_of(noun.id),
                accountable=noun.owner or "",
                informed=informed,
            )
        )
        level = "project" if isinstance(noun, Project) else "programme"
        for held in gates.get(noun.id, ()):
            gate = held.noun
            named = levels.get(level, ())
            body = gate.body or (named[0] if len(named) == 1 else "")
            rows.append(
                RaciRow(
                    item=held.id, what="gate", responsible=owner_of(noun.id), accountable=body, consulted=seats(body), informed=informed
                )
            )
    for held in gates.get(pf.id, ()):
        body = held.noun.body or ""
        rows.append(RaciRow(item=held.id, what="gate", responsible=(), accountable=body, consulted=seats(body)))
    for decision in pf.decisions:
        body = decision.body or ""
        rows.append(
            RaciRow(item=decision.id, what="decision", responsible=owner_of(decision.item), accountable=body, consulted=seats(body))
        )
    for benefit in pf.benefits:
        enabling = dict.fromkeys(one for e in (*benefit.enabled_by, *benefit.any_of) for one in owner_of(e.source))
        rows.append(RaciRow(item=benefit.id, what="benefit", responsible=tuple(enabling), accountable=benefit.owner or ""))
    for one in risks_of(pf):
        if one.noun.state == "open":
            does_it = one.noun.actionee or one.noun.owner
            rows.append(RaciRow(item=one.id, what="risk", responsible=(does_it,) if does_it else (), accountable=one.noun.owner or ""))
    return Raci(rows)
