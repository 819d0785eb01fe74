"""What happens if each project, or each task, is delayed in turn: the sensitivity of every gate and benefit to every piece of work."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal, get_args

import attrs

from ipmo.analysis.benefits.cost_of_delay import CostOfDelay, cost_of_delay
from ipmo.analysis.change.applying import applied, refuse_loops
from ipmo.analysis.change.branches import branches
from ipmo.analysis.dates.schedule import OnCycle, schedule
from ipmo.analysis.dependencies.crossings import as_slip
from ipmo.analysis.dependencies.targets import KINDS, Kind, Targets, targets
from ipmo.errors import IpmoError, UnknownItemError, close_matches, one_of
from ipmo.model.changes import Delay
from ipmo.model.hierarchy import summaries
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, row_at
from ipmo.units import Money, Span
from ipmo.words import agree, counted, measured

__all__ = ["By", "DelayEffect", "DelaySensitivity", "delay_sensitivity"]
WHERE = "what was delayed in turn"

By = Literal["project", "task"]


@attrs.frozen(kw_only=True)
class DelayEffect(Shown):
    """What the delay of one project or task does.

    Args:
        item: full id.
        moves: target to days on its own calendar, those that move, in the order of `Targets`.
        loss: of the benefits that come later; None where none has a known worth.
        refused: why it cannot be delayed: finished, not dated; empty when it can.
    """

    item: str
    moves: Mapping[str, float]
    loss: Money | None
    refused: str = ""


class DelaySensitivity(Answer[str, DelayEffect]):
    """The answer of `delay_sensitivity`: an effect each project or task that can be delayed, the one that costs or moves most first.

    `in` and `[]` take those that cannot be delayed too. `table()` has a row for each target that one of them moves, `matrix()` one
    for each of them.
    """

    def __init__(
        self, portfolio: Portfolio, slip: Span, rows: Sequence[DelayEffect], refused: Sequence[DelayEffect], aims: Targets
    ) -> None:
        self.portfolio, self.slip, self._aims = portfolio, slip, aims
        self.rows, self.refused = tuple(rows), tuple(refused)

    @property
    def ids(self) -> tuple[str, ...]:
        """The projects or tasks that were delayed, in order."""
        return tuple(row.item for row in self.rows)

    def __iter__(self) -> Iterator[DelayEffect]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, key: object) -> bool:
        return any(row.item == key for row in (*self.rows, *self.refused))

    def __getitem__(self, key: int | str) -> DelayEffect:
        """By place from 0, or by the id of a project or task, those that cannot be delayed included.

        Raises:
            UnknownItemError: it was not delayed here.
        """
        if isinstance(key, int):
            return row_at(self.rows, key, WHERE)
        for row in (*self.rows, *self.refused):
            if row.item == key:
                return row
        raise UnknownItemError(key, close_matches(key, self.ids), WHERE)

    def explain(self, key: int | str) -> str:
        """What the delay of one project or task moves and costs, in words."""
        row = self[key]
        if row.refused:
            return f"{row.item} cannot be delayed: {row.refused}"
        moved = [f"{name} by {measured(days, 'day')}" for name, days in row.moves.items()]
        text = f"{row.item} {self.slip} later moves {', '.join(moved) or 'no target'}"
        return f"{text}; it costs {row.loss}" if row.loss is not None and row.loss.amount else text

    def table(self) -> Table:
        """One row an item and a target that it moves: item, target, kind, days, loss (of the target, where it is a benefit)."""
        rows = [(row.item, name, days) for row in self.rows for name, days in row.moves.items()]
        kinds = {aim.name: aim.kind for aim in self._aims}
        known = cost_of_delay(self.portfolio, self._aims.schedule)
        losses = [self._loss_of(known, name, days) if kinds[name] == "benefit" else None for _, name, days in rows]
        return Table(
            [
                Column("item", "str", [item for item, _, _ in rows]),
                Column("target", "str", [name for _, name, _ in rows]),
                Column("kind", "str", [kinds[name] for _, name, _ in rows]),
                Column("days", "float", [days for _, _, days in rows], "d"),
                Column("loss", "float", losses, known.currency),
            ]
        )

    def _loss_of(self, known: CostOfDelay, benefit: str, days: float) -> float | None:
        date = self._aims.date(self._aims.place[benefit])
        loss = known.delayed(benefit, date, date + round(days * 1440))
        return None if loss is None else float(loss)

    def matrix(self, *kinds: Kind) -> Table:
        """One row an item, one column a target that some item moves: days; empty where it does not move. Last `loss`.

        Args:
            kinds: portfolio, programme, project, gate, deadline, benefit; gates and benefits when left out.

        Raises:
            OptionError: there is no such kind.
        """
        for kind in kinds:
            one_of("kind", kind, KINDS)
        wanted = kinds or ("gate", "benefit")
        hit = {name for row in self.rows for name in row.moves}
        names = [aim.name for aim in self._aims if aim.kind in wanted and aim.name in hit]
        currency = next((row.loss.currency for row in self.rows if row.loss is not None), "")
        columns = [Column("item", "str", [row.item for row in self.rows])]
        columns += [Column(name, "float", [row.moves.get(name) for row in self.rows], "d") for name in names]
        losses = [None if row.loss is None else float(row.loss.amount) for row in self.rows]
        return Table([*columns, Column("loss", "float", losses, currency)])

    def __repr__(self) -> str:
        hitting = sum(bool(row.moves) for row in self.rows)
        return f"<DelaySensitivity: {counted(len(self), 'item')} by {self.slip}, {hitting} {agree(hitting, 'moves', 'move')} something, {len(self.refused)} cannot be delayed>"


def delay_sensitivity(
    portfolio: Portfolio,
    *,
    slip: Span | str = "10 d",
    by: By = "project",
    items: Sequence[str] | None = None,
    on_cycle: OnCycle = "error",
) -> DelaySensitivity:
    """Every project (or task) delayed in turn, with what each delay does to every target and what it costs.

    Each is the `Delay` of the item on its own: a project is delayed with its unfinished first tasks.

    Args:
        portfolio: the portfolio.
        slip: how much later: working time of each item's calendar, or elapsed time.
        by: `project` or `task`.
        items: only these, or this one; every open one when left out.
        on_cycle: as in `schedule`; loops that are cut stay cut where they are.

    Raises:
        CycleError: links form a loop.
        UnitError: the slip is no length of time, or negative.
        OptionError: `by` is neither.
        UnknownItemError: an item is no project or task.
    """
    span = as_slip(slip)
    one_of("by", by, get_args(By))
    refuse_loops(on_cycle, portfolio)
    names = _names(portfolio, by) if items is None else [items] if isinstance(items, str) else list(items)
    for name in () if items is None else names:
        if not isinstance(portfolio.items.get(name), Project | Task):
            known = [full_id for full_id, noun in portfolio.items.items() if isinstance(noun, Project | Task)]
            raise UnknownItemError(name, close_matches(name, known), "the projects and tasks of this portfolio")
    found = branches(portfolio)
    aims = found.targets
    worth = cost_of_delay(portfolio, found.schedule)
    nothing = Money(Decimal(0), worth.currency) if worth.worth else None
    rows: list[DelayEffect] = []
    refused: list[DelayEffect] = []
    for name, moved in zip(names, found.slipped(names, span), strict=True):
        why = ""
        if moved is None:
            moved, why = _anew(portfolio, aims, name, span)
        moves = {aims[t].name: aims.days(t, aims.date(t), date) for t, date in sorted(moved.items())}
        row = DelayEffect(item=name, moves=moves, loss=_loss(aims, worth, moved, nothing), refused=why)
        (refused if why else rows).append(row)
    rows.sort(key=lambda row: (-(row.loss.amount if row.loss is not None else 0), -math.fsum(row.moves.values()), row.item))
    return DelaySensitivity(portfolio, span, rows, refused, aims)


def _names(portfolio: Portfolio, by: By) -> list[str]:
    """What is open: projects that run or will, tasks that are not finished and no summaries."""
    live = [p for p in portfolio.projects if p.counted_as not in ("closed", "cancelled") and p.actual_finish is None]
    if by == "project":
        return [p.id for p in live if not p.tasks or any(not t.finished for t in p.tasks)]
    wholes = {p.id: summaries(p) for p in live}
    return [f"{p.id}/{t.id}" for p in live for t in p.tasks if not t.finished and t.id not in wholes[p.id]]


def _anew(portfolio: Portfolio, aims: Targets, name: str, span: Span) -> tuple[Mapping[int, int], str]:
    """What a delay moves by a schedule of the changed portfolio, or why there can be none."""
    try:
        after = targets(schedule(applied(portfolio, [Delay(name, span)]), on_cycle="cut"))
    except IpmoError as error:
        return {}, str(error).splitlines()[0]
    both = ((t, aims.date(t), after.place.get(aim.name)) for t, aim in enumerate(aims))
    return {t: after.date(place) for t, date, place in both if place is not None and after.date(place) != date}, ""


def _loss(aims: Targets, worth: CostOfDelay, moved: Mapping[int, int], nothing: Money | None) -> Money | None:
    found = [
        loss
        for t, date in moved.items()
        if aims[t].kind == "benefit" and (loss := worth.delayed(aims[t].item, aims.date(t), date)) is not None
    ]
    if not found:
        return nothing
    return Money(sum(found, Decimal(0)), worth.currency)
